"""Standard figures of ranking by the evaluators of sentence-transformers: nDCG, MRR and MAP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers.cross_encoder.evaluation import CrossEncoderRerankingEvaluator
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

from assistant.training.examples import Example

Vectors = NDArray[np.float32]


class _Known:
    """Stands where an evaluator expects a model: texts are names, what they are worth was computed before."""

    def __init__(self, queries: Mapping[str, Vectors], documents: Mapping[str, Vectors], pairs: Mapping[str, float]):
        self.model_card_data = SimpleNamespace(set_evaluation_metrics=lambda *_: None)
        self._queries, self._documents, self._pairs = queries, documents, pairs

    def encode_query(self, names: Sequence[str], **_: Any) -> torch.Tensor:
        return torch.tensor(np.stack([self._queries[name] for name in names]))

    def encode_document(self, names: Sequence[str], **_: Any) -> torch.Tensor:
        return torch.tensor(np.stack([self._documents[name] for name in names]))

    def predict(self, pairs: Sequence[Sequence[str]], **_: Any) -> NDArray[np.float64]:
        return np.array([self._pairs["\0".join(pair)] for pair in pairs])


def retrieval_figures(
    examples: Sequence[Example], questions: Vectors, passages: Vectors, allowed: NDArray[np.bool_]
) -> dict[str, float]:
    """nDCG@10 and MRR@10 of the sections that answer, by the cosine of the adapted question alone.

    ``questions`` ``(examples, d)``, ``passages`` ``(n, d)``; only the ``allowed`` ``(n,)`` ones are searched.
    """
    documents = {str(position): passages[position] for position in np.flatnonzero(allowed)}
    queries = {example.id: vector for example, vector in zip(examples, questions, strict=True)}
    relevant = {example.id: {str(p) for p in example.answers if str(p) in documents} for example in examples}
    relevant = {name: found for name, found in relevant.items() if found}
    evaluator = InformationRetrievalEvaluator(
        {name: name for name in relevant},
        {name: name for name in documents},
        relevant,
        score_functions={"dot": lambda a, b: a @ b.T},
        write_csv=False,
    )
    found = evaluator(cast(Any, _Known(queries, documents, {})))
    return {"nDCG@10": round(found["dot_ndcg@10"], 4), "MRR@10": round(found["dot_mrr@10"], 4)}


def reranking_figures(examples: Sequence[Example], logits: Mapping[str, Mapping[int, float]]) -> dict[str, float]:
    """nDCG@10, MRR@10 and MAP of the reader among the passages that it was shown; ``logits`` by example and passage."""
    samples: list[dict[str, str | list[str]]] = []
    pairs: dict[str, float] = {}
    for example in examples:
        shown = logits[example.id]
        positive = [str(position) for position in shown if position in example.answers]
        negative = [str(position) for position in shown if position not in example.answers]
        if positive and negative:
            samples.append({"query": example.id, "positive": positive, "negative": negative})
            pairs |= {f"{example.id}\0{position}": logit for position, logit in shown.items()}
    if not samples:
        return {}
    evaluator = CrossEncoderRerankingEvaluator(samples, write_csv=False, show_progress_bar=False)
    found = evaluator(cast(Any, _Known({}, {}, pairs)))
    names = {"ndcg@10": "nDCG@10", "mrr@10": "MRR@10", "map": "MAP"}
    return {label: round(found[name], 4) for name, label in names.items()}
