"""The question adapter: low-rank changes of the encoder, learned for questions only.

Documents keep the shipped encoder, so a changed adapter needs no new index. All passages and sentences of the index are
negatives at once: ``-log softmax((cos + 0.5 best sentence) / 0.02)`` over passages, half of the same over sentences,
and twice the distance to the unadapted vector, which keeps what the encoder can do on other texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from assistant.index.e5_checkpoint import Checkpoint
from assistant.index.question_adapter import ADAPTED_TOKENS, adapted_text
from assistant.index.unigram_tokenizer import UnigramTokenizer
from assistant.training.corpus_vectors import FAR, CorpusVectors
from assistant.training.examples import Example
from assistant.training.network import MATRICES, Encoder, device, mean_of, pad, to_array, use_bfloat16
from assistant.training.schedule import Plan, batches_by_length, restore, run

RANK = 16
TEMPERATURE = 0.02
SENTENCE_LOSS = 0.5
STAY_LOSS = 2.0
BATCH = 64
CHECKPOINT = "adapter.safetensors"
_ASIDE_STYLES = frozenset({"near_miss", "talk:near_miss", "foreign"})


@dataclass(frozen=True, slots=True)
class _Item:
    example: Example
    tokens: tuple[int, ...]


class AdapterTrainer:
    """Trains an adapter on examples against the vectors of an index."""

    def __init__(self, checkpoint: Checkpoint, tokenizer: UnigramTokenizer, vectors: CorpusVectors, seed: int) -> None:
        torch.manual_seed(seed)
        self._tokenizer, self._vectors = tokenizer, vectors
        self.network = Encoder(checkpoint, RANK).to(device())
        self._plain = Encoder(checkpoint).to(device()).eval()

    def train(self, examples: Sequence[Example], folder: Path, passes: int, rate: float, seed: int) -> None:
        """Learn from the examples that have an answer; talks count twice."""
        items = [self._item(example) for example in examples if example.style not in _ASIDE_STYLES]
        items = [item for item in items if item.example.is_answerable]
        items += [item for item in items if item.example.style.startswith("talk:")]
        unadapted = self._unadapted(items)

        def batches_of(number: int) -> Sequence[object]:
            return batches_by_length([len(item.tokens) for item in items], BATCH, f"{seed}:{number}")

        def loss_of(batch: object) -> Tensor:
            assert isinstance(batch, list)
            return self._loss([items[number] for number in batch], unadapted[batch])

        self.network.train()
        run(self.network, Plan(folder / CHECKPOINT, passes, rate, seed), batches_of, loss_of, "Frage-Adapter")

    def restore(self, folder: Path) -> None:
        """Take the state that training left there."""
        restore(self.network, folder / CHECKPOINT)

    def _item(self, example: Example) -> _Item:
        text = adapted_text(example.question, example.earlier)
        return _Item(example, tuple(self._tokenizer.encode(text, ADAPTED_TOKENS)))

    def _unadapted(self, items: Sequence[_Item]) -> Tensor:
        return self._encode(self._plain, items)

    @torch.no_grad()
    def _encode(self, network: Encoder, items: Sequence[_Item]) -> Tensor:
        """Vectors ``(n, d)``, encoded by length and given back in order."""
        order = sorted(range(len(items)), key=lambda number: len(items[number].tokens))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        vectors = torch.cat([self._vector(network, [items[number] for number in batch]) for batch in batches])
        result = torch.empty_like(vectors)
        result[order] = vectors
        return result

    def encode(self, examples: Sequence[Example]) -> NDArray[np.float32]:
        """Adapted vectors ``(n, d)`` of questions."""
        self.network.eval()
        return to_array(self._encode(self.network, [self._item(example) for example in examples]))

    def _vector(self, network: Encoder, items: Sequence[_Item]) -> Tensor:
        tokens, mask = (table.to(device()) for table in pad([item.tokens for item in items], 1))
        with torch.autocast(device().type, torch.bfloat16, enabled=use_bfloat16()):
            states = network(tokens, mask)
        return functional.normalize(mean_of(states, mask), dim=-1)

    def _loss(self, items: Sequence[_Item], unadapted: Tensor) -> Tensor:
        vectors = self._vector(self.network, items)
        scores, sentences = self._vectors.cosines(vectors)
        weights = torch.tensor([item.example.weight for item in items], device=vectors.device)
        passage_loss = _many_positives(scores, self._passages_allowed(items), [list(i.example.answers) for i in items])
        wanted = [self._rows(item.example) for item in items]
        known = torch.tensor([bool(rows) for rows in wanted], device=vectors.device)
        sentence_loss = _many_positives(sentences, None, wanted) * known
        stay = 1 - (vectors * unadapted).sum(-1)
        total = weights * (passage_loss + SENTENCE_LOSS * sentence_loss) + STAY_LOSS * stay
        return total.mean()

    def _rows(self, example: Example) -> list[int]:
        table = self._vectors.sentences_of
        return [int(table[position, place]) for position, places in example.answers.items() for place in places]

    def _passages_allowed(self, items: Sequence[_Item]) -> Tensor:
        """Which passages compete: of English parts none for German questions, guides for guides' questions only."""
        rows = []
        for item in items:
            allowed = torch.ones(len(self._vectors.passages), dtype=torch.bool, device=self._vectors.passages.device)
            if item.example.language == "de":
                allowed &= ~self._vectors.doubled
            allowed &= self._vectors.guides if item.example.style == "guide" else ~self._vectors.guides
            allowed[list(item.example.set_aside)] = False
            allowed[list(item.example.answers)] = True
            rows.append(allowed)
        return torch.stack(rows)

    def weights(self) -> dict[str, NDArray[Any]]:
        """The change of the encoder, as ``question_adapter.npz`` holds it."""
        arrays: dict[str, NDArray[Any]] = _norm_arrays("ln", self.network.ln)
        for index, layer in enumerate(self.network.layers):
            for name in MATRICES:
                linear = getattr(layer, name)
                arrays[f"layers.{index}.{name}.a"] = to_array(linear.a, np.float16)
                arrays[f"layers.{index}.{name}.b"] = to_array(linear.b, np.float16)
                arrays[f"layers.{index}.{name}.bias"] = to_array(linear.bias, np.float16)
            arrays |= _norm_arrays(f"layers.{index}.aln", layer.aln)
            arrays |= _norm_arrays(f"layers.{index}.oln", layer.oln)
        return arrays


def _norm_arrays(name: str, norm: Any) -> dict[str, NDArray[Any]]:
    return {f"{name}.weight": to_array(norm.weight, np.float16), f"{name}.bias": to_array(norm.bias, np.float16)}


def _many_positives(scores: Tensor, allowed: Tensor | None, positives: Sequence[Sequence[int]]) -> Tensor:
    """``-log`` of the share that all positives of a row ``(batch,)`` get together, zero for rows without any."""
    logits = scores / TEMPERATURE
    if allowed is not None:
        logits = logits.masked_fill(~allowed, FAR / TEMPERATURE)
    chosen = torch.full_like(logits, -torch.inf)
    for row, columns in enumerate(positives):
        columns = list(columns) or [0]
        chosen[row, columns] = logits[row, columns]
    return torch.logsumexp(logits, 1) - torch.logsumexp(chosen, 1)


def rank_of_card(scores: NDArray[np.float32], cards: Sequence[str], wanted: str) -> int:
    """The place, from 1, of a card among those of the passages by their best passage."""
    ranked = dict.fromkeys(cards[position] for position in np.argsort(-scores, kind="stable"))
    return list(ranked).index(wanted) + 1


def hits_by_style(
    trainer_vectors: Mapping[str, NDArray[np.float32]], examples: Sequence[Example], cards: Sequence[str]
) -> dict[str, tuple[float, float, float, int]]:
    """Right card first, among three, among five, and how many questions, by style and over all."""
    places: dict[str, list[int]] = {}
    for example in examples:
        place = rank_of_card(trainer_vectors[example.id], cards, example.card)
        for style in ("all", example.style.split(":")[0]):
            places.setdefault(style, []).append(place)
    return {
        style: (*(float(np.mean([place <= k for place in found])) for k in (1, 3, 5)), len(found))  # type: ignore[misc]
        for style, found in places.items()
    }
