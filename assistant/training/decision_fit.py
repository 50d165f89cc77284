"""The decision: how the reader's logits, the null calibration and words together tell an answer from a near-miss.

Fitted on questions about cards that neither adapter nor reader was trained on, and on the golden questions: on what was
trained on, the reader is too sure of itself. Thresholds are shares of answerable questions that must stay answered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.answering.runtime import AppContext
from assistant.core.models import ChatMessage, RetrievalResult
from assistant.core.tuning import DEFAULT_TUNING
from assistant.retrieval.decision import (
    ANSWER_SIGNS,
    FAR,
    GUIDE_SIGNS,
    SENTENCE_SIGNS,
    Decision,
    Logistic,
    answer_signs,
    guide_signs,
    sentence_signs,
)
from assistant.retrieval.query_understanding import parse_query
from assistant.retrieval.reading import read, relative_signal
from assistant.retrieval.retriever import build_query, retrieve
from assistant.training.examples import Example
from assistant.training.schedule import Progress

WEIGHTS_TRIED = (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05)
ANSWERED, SURE = 0.94, 0.75
"""The shares of answerable questions that get an answer, and one without a caution."""
GUIDES_ON_FACTS = 0.06
"""Of the questions for one fact so many may get a guide."""
GOLDEN_WEIGHT = 3.0
"""Golden questions count more often: only among them are foreign ones."""
_FACTUAL = frozenset({"formal", "keyword", "near_miss"})  # and golden questions that nothing answers
FURTHER, BESIDE = 0.15, 0.05
"""How likely a further sentence must be to answer, and one that stands beside a quoted one."""


@dataclass(frozen=True, slots=True)
class Read:
    """A question with what was read for it; ``cards`` that answer it (none: nothing does)."""

    example: Example
    evidence: RetrievalResult
    cards: tuple[str, ...]
    signal: float


def read_all(assistant: AppContext, examples: Sequence[Example], answering: Mapping[str, Sequence[str]]) -> list[Read]:
    """Every example as far as it is read; ``answering`` names what answers where it is not the example's own card."""
    progress, found = Progress("Entscheidung"), []
    everything = replace(DEFAULT_TUNING, clear_reading=float("inf"))
    corpus = assistant.live_index.corpus()
    nothing = Logistic({}, 0.0)
    neutral = Decision(nothing, nothing, nothing, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert assistant.reader is not None
    for number, example in enumerate(examples, start=1):
        history = [ChatMessage("user", turn) for turn in reversed(example.earlier)]
        lexical = corpus.snapshot.space.lexical
        parsed = parse_query(
            example.question, history, assistant.analyzer, assistant.prompts, example.language, lexical
        )
        query = build_query(
            parsed, assistant.embedder, assistant.analyzer, assistant.regions, None, everything,
            assistant.question_adapter,
        )  # fmt: skip
        evidence = read(retrieve(query, corpus, date.today()), parsed, query, corpus, assistant.reader, neutral)
        signal = relative_signal(evidence, corpus.snapshot.thresholds[query.language])
        own = answering.get(example.id, (example.card,) if example.is_answerable else ())
        found.append(Read(example, evidence, tuple(own), signal))
        progress.update(number, len(examples))
    return found


def rerank(reads: Sequence[Read], weight: float) -> list[Read]:
    """The same with the reader's logit added to the scores, as ``read`` does it."""
    ranked = []
    for one in reads:
        scored = [
            replace(s, score=s.score + weight * (s.reading.passage if s.reading else -9)) for s in one.evidence.ranked
        ]
        best_first = tuple(sorted(scored, key=lambda s: -s.score))
        ranked.append(replace(one, evidence=replace(one.evidence, ranked=best_first)))
    return ranked


def first_share(reads: Sequence[Read]) -> float:
    """How often a card that answers comes first."""
    answerable = [one for one in reads if one.cards]
    return float(np.mean([one.evidence.ranked[0].passage.document_id in one.cards for one in answerable]))


def fit_decision(reads: Sequence[Read], situations: Sequence[Read]) -> tuple[Decision, dict[str, Any]]:
    """The decision and the figures that it was fitted with; ``situations`` are those that a guide may answer."""
    tried = {weight: first_share(rerank(reads, weight)) for weight in WEIGHTS_TRIED}
    ranking = max(tried, key=lambda weight: tried[weight])
    reads = rerank(reads, ranking)
    rows = [answer_signs(one.evidence.ranked, one.signal) for one in reads]
    weights = [GOLDEN_WEIGHT if one.example.style == "golden" else 1.0 for one in reads]
    answer = _fit(rows, ANSWER_SIGNS, [bool(one.cards) for one in reads], weights)
    yes = np.array([answer.probability(row) for row, one in zip(rows, reads, strict=True) if one.cards])
    no = np.array([answer.probability(row) for row, one in zip(rows, reads, strict=True) if not one.cards])
    sentence, precision = _fit_sentences(reads)
    weak, sure = (float(np.quantile(yes, 1 - share)) for share in (ANSWERED, SURE))
    figures = {
        "questions": len(reads),
        "first_by_weight": {str(weight): round(share, 4) for weight, share in tried.items()},
        "auc": area_under_curve(yes, no),
        "refused": {str(share): float(np.mean(no < np.quantile(yes, 1 - share))) for share in (0.95, 0.92, 0.9, 0.85)},
        "sentences": precision,
    }
    factual = [
        one for one in reads if one.example.style in _FACTUAL or (one.example.style == "golden" and not one.cards)
    ]
    guide, bar, shown = _fit_guides(situations, rerank(factual, -ranking))
    figures["guides"] = shown
    return Decision(answer, sentence, guide, ranking, sure, weak, FURTHER, BESIDE, bar), figures


def _fit_guides(situations: Sequence[Read], factual: Sequence[Read]) -> tuple[Logistic, float, dict[str, float]]:
    """What the guide that was meant looks like among those read, and from where on one is shown.

    Not for a question that asks for one fact, and rather none than another one than the one that is meant.
    """
    rows: list[Mapping[str, float]] = []
    labels: list[bool] = []
    for one in (*situations, *factual):
        for guide, signs in guide_signs(one.evidence, one.signal, 0.0).items():
            rows.append(signs)
            labels.append(guide in one.cards)
    logistic = _fit(rows, GUIDE_SIGNS, labels)
    best = [_likeliest(one, logistic) for one in situations]
    right = np.array([guide in one.cards for (guide, _), one in zip(best, situations, strict=True)])
    sure = np.array([value for _, value in best])
    others = np.array([_likeliest(one, logistic)[1] for one in factual] or [0.0])
    bar = float(np.quantile(others, 1 - GUIDES_ON_FACTS))
    meant = np.array([bool(one.cards) for one in situations])
    figures = {
        "right guide first": float(right[meant].mean()),
        "right guide shown": float((right & (sure >= bar))[meant].mean()),
        "other guide shown": float((~right & (sure >= bar))[meant].mean()),
        "shown on facts": float((others >= bar).mean()),
    }
    return logistic, bar, {name: round(value, 4) for name, value in figures.items()}


def _likeliest(one: Read, logistic: Logistic) -> tuple[str, float]:
    likely = {guide: logistic.probability(signs) for guide, signs in guide_signs(one.evidence, one.signal, 0.0).items()}
    return max(likely.items(), key=lambda item: item[1], default=("", 0.0))


def _fit_sentences(reads: Sequence[Read]) -> tuple[Logistic, dict[str, float]]:
    """What a labelled sentence looks like among those of the passages that were read."""
    rows: list[Mapping[str, float]] = []
    labels: list[bool] = []
    for one in reads:
        names = frozenset(one.example.sentences)
        if not names:
            continue
        for scored in one.evidence.ranked:
            for place in range(len(scored.sentence_scores)):
                signs = sentence_signs(scored, place, one.evidence.ranked[0].score)
                if signs is not None:
                    rows.append(signs)
                    labels.append(scored.passage.sentences[place] in names)
    logistic = _fit(rows, SENTENCE_SIGNS, labels)
    values = np.array([logistic.probability(row) for row in rows])
    truth = np.array(labels)
    bars = {f"precision at {bar}": float(truth[values >= bar].mean()) for bar in (0.2, 0.35, 0.5, 0.65)}
    shares = {f"found at {bar}": float((values[truth] >= bar).mean()) for bar in (0.2, 0.35, 0.5, 0.65)}
    return logistic, {name: round(value, 4) for name, value in (bars | shares).items()}


def _fit(
    rows: Sequence[Mapping[str, float]],
    names: Sequence[str],
    labels: Sequence[bool],
    sample_weights: Sequence[float] | None = None,
) -> Logistic:
    """Weights in the units of the signs; the fit itself sees them standardised. Of one kind only, that is always it."""
    if len(set(labels)) < 2:
        return Logistic({}, -FAR if any(labels) else FAR)
    table = np.array([[row[name] for name in names] for row in rows])
    centre, spread = table.mean(0), np.maximum(table.std(0), 1e-6)
    model = LogisticRegression(C=1.0, max_iter=1000).fit((table - centre) / spread, np.array(labels), sample_weights)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (weights * centre).sum())
    return Logistic(
        {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}, round(bias, 6)
    )


def area_under_curve(yes: np.ndarray[Any, Any], no: np.ndarray[Any, Any]) -> float:
    """Share of pairs in which the answerable question scores higher, ties half."""
    return float((yes[:, None] > no[None]).mean() + 0.5 * (yes[:, None] == no[None]).mean())


def write_decision(decision: Decision, path: Path) -> None:
    """As ``load_decision`` reads it."""
    path.write_text(json.dumps(asdict(decision), indent=2) + "\n", encoding="utf-8")
