"""The reader: question, earlier turns, header and sentences in one pass; does the passage answer, and which sentence?

All weights of the encoder are learned, from the shipped ones on. A group is one question with a few passages: a
softmax over them and a "none of them" class at zero, and for each passage and sentence whether it answers. Passages
that do not answer are other sections of the right card and search results beyond the third (nearer ones of other cards
may answer as well); for a question that nothing answers, its own card and the nearest others.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from assistant.core.models import Passage, Reading
from assistant.index.e5_checkpoint import Checkpoint
from assistant.index.reader_input import ReaderInput, reader_tokens
from assistant.index.unigram_tokenizer import UnigramTokenizer
from assistant.training.examples import Example
from assistant.training.network import Encoder, device, mean_of, pad, use_bfloat16
from assistant.training.rewording import about_another, as_typed, short_name
from assistant.training.schedule import Plan, batches_by_length, restore, run

GROUP = 4
GROUPS_PER_BATCH = 16
HEAD = 128
POSITIVE_WEIGHT = 2.0
MAXIMUM_TOKENS = 208
CHECKPOINT = "reader.safetensors"
_FIRST_STRANGER = 3  # nearer passages of other cards may answer as well
_LAST_STRANGER = 24
_NEAREST_KEPT = 40
_ROWS_TOGETHER = 8
_TYPED, _HEADINGS_TYPED = 0.15, 0.4  # shares of the questions that are read as typed in a hurry
_HEADLESS = 0.6  # share of the headings asked whose passage is read without them: the words are the question's
_RENAMED = 0.2  # share of the headings asked that are asked about somebody else


_MATRIX = re.compile(r"(layers\.\d+\.(?:q|k|v|ao|fi|fo))\.weight")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage as tokens; labels are ``None`` where it is not known whether it answers."""

    tokens: ReaderInput
    answers: bool
    sentences: tuple[int, ...] | None


class ReaderNetwork(nn.Module):
    """The encoder with segment vectors and two small heads."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__()
        self.encoder = Encoder(checkpoint)
        self.segments = nn.Parameter(torch.zeros(4, checkpoint.hidden))
        self.passage = _head(checkpoint.hidden)
        self.sentence = _head(checkpoint.hidden)

    def forward(self, rows: Sequence[ReaderInput]) -> tuple[Tensor, Tensor]:
        """Logits of passages ``(rows,)`` and of all their sentences that have a span, one after another.

        Rows of like length go together, so that little is padded.
        """
        order = sorted(range(len(rows)), key=lambda number: len(rows[number].tokens))
        passages: dict[int, Tensor] = {}
        sentences: dict[int, Tensor] = {}
        for start in range(0, len(order), _ROWS_TOGETHER):
            some = order[start : start + _ROWS_TOGETHER]
            logits, means = self._encode([rows[number] for number in some])
            passages |= dict(zip(some, logits, strict=True))
            sentences |= dict(zip(some, means, strict=True))
        in_order = torch.cat([sentences[number] for number in range(len(rows))])
        return torch.stack([passages[number] for number in range(len(rows))]), self.sentence(in_order).squeeze(-1)

    def _encode(self, rows: Sequence[ReaderInput]) -> tuple[Tensor, list[Tensor]]:
        """Logits of passages ``(rows,)``, and for each row the mean states of its sentences ``(sentences, hidden)``."""
        tokens, mask = pad([row.tokens for row in rows], 1)
        segments, _ = pad([row.segments for row in rows])
        where = self.segments.device
        tokens, mask, segments = tokens.to(where), mask.to(where), segments.to(where)
        with torch.autocast(where.type, torch.bfloat16, enabled=use_bfloat16()):
            states = self.encoder(tokens, mask, self.segments[segments])
        states = states.float()
        none = states.new_zeros((0, states.shape[-1]))
        means = []
        for number, row in enumerate(rows):
            spans = [states[number, start:end].mean(0) for start, end in filter(None, row.spans)]
            means.append(torch.stack(spans) if spans else none)
        return self.passage(mean_of(states, mask)).squeeze(-1), means


def _head(hidden: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(hidden, HEAD), nn.GELU(), nn.Linear(HEAD, 1))


class ReaderTrainer:
    """Trains a reader; ``nearest`` holds for each example the passages nearest to it, best first."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        tokenizer: UnigramTokenizer,
        passages: Sequence[Passage],
        positions_of: Mapping[str, Sequence[int]],
        seed: int,
    ) -> None:
        torch.manual_seed(seed)
        self._tokenizer, self._passages, self._positions_of = tokenizer, passages, positions_of
        self.network = ReaderNetwork(checkpoint).to(device())

    def train(
        self,
        examples: Sequence[Example],
        nearest: Mapping[str, Sequence[int]],
        folder: Path,
        passes: int,
        rate: float,
        seed: int,
    ) -> None:
        """Learn from groups that are drawn anew for each pass."""

        def batches_of(number: int) -> Sequence[object]:
            chance = random.Random(f"{seed}:{number}")
            groups = [self._group(example, nearest[example.id], chance) for example in examples]
            groups = [group for group in groups if group]
            lengths = [max(len(pair.tokens.tokens) for pair in group) for group in groups]
            batches = batches_by_length(lengths, GROUPS_PER_BATCH, f"{seed}:{number}")
            return [[groups[position] for position in batch] for batch in batches]

        def loss_of(batch: object) -> Tensor:
            assert isinstance(batch, list)
            return self._loss(batch)

        self.network.train()
        run(self.network, Plan(folder / CHECKPOINT, passes, rate, seed), batches_of, loss_of, "Leser")

    def card_of(self, position: int) -> str:
        """The card of a passage."""
        return self._passages[position].document_id

    def restore(self, folder: Path) -> None:
        """Take the state that training left there."""
        restore(self.network, folder / CHECKPOINT)

    def _group(self, example: Example, nearest: Sequence[int], chance: random.Random) -> list[Pair]:
        """A question with one passage that answers, if any does, and others that do not."""
        if example.style == "heading":
            return self._heading_group(example, nearest, chance)
        if chance.random() < _TYPED:
            example = replace(example, question=as_typed(example.question, chance))
        return [self._pair(example, position) for position in self._chosen(example, nearest, chance)]

    def _chosen(self, example: Example, nearest: Sequence[int], chance: random.Random) -> list[int]:
        chosen: list[int] = [chance.choice(list(example.answers))] if example.answers else []
        others = self._beside(example, nearest, chance) if example.card else list(nearest[:2])
        for position in others:
            if position not in chosen and len(chosen) < GROUP:
                chosen.append(position)
        return chosen

    def _heading_group(self, example: Example, nearest: Sequence[int], chance: random.Random) -> list[Pair]:
        """A heading asks the easy way, so its section is often read without it; about another nothing answers."""
        (section,) = example.answers
        passage = self._passages[section]
        chosen = self._chosen(example, nearest, chance)
        if passage.kind in ("funding", "support") and chance.random() < _RENAMED:
            titles = [self._passages[position].title for position in nearest]
            other = about_another(passage, [short_name(title) for title in titles])
            if other:
                example = replace(example, question=other, answers={})
                chosen = [position for position in chosen if self.card_of(position) == example.card]
        if chance.random() < _HEADINGS_TYPED:
            example = replace(example, question=as_typed(example.question, chance))
        bare = {section} if chance.random() < _HEADLESS else set()
        return [self._pair(example, position, position in bare) for position in chosen]

    def _beside(self, example: Example, nearest: Sequence[int], chance: random.Random) -> Iterator[int]:
        """Sections of the right card first, then strangers; guides keep to themselves."""
        shut = example.set_aside | set(example.answers)
        own = set(self._positions_of[example.card]) - shut
        mine = [position for position in nearest if position in own]
        strangers = [position for position in nearest if self._passages[position].document_id != example.card]
        if example.is_answerable:
            strangers = strangers[_FIRST_STRANGER:_LAST_STRANGER]
            chance.shuffle(strangers)
            chance.shuffle(mine)
            yield from (*mine[:1], *strangers)
        else:
            first = mine[:3]
            chance.shuffle(first)
            close = strangers[:6]
            chance.shuffle(close)
            yield from (*first[:2], *close)

    def _pair(self, example: Example, position: int, headless: bool = False) -> Pair:
        passage = self._passages[position]
        header = passage.title if headless else passage.header
        row = reader_tokens(
            self._tokenizer, example.question, example.earlier, header, passage.sentences, MAXIMUM_TOKENS
        )
        places = example.answers.get(position)
        known: tuple[int, ...] | None = () if places is None else places or None
        return Pair(row, places is not None, known)

    def _loss(self, groups: Sequence[Sequence[Pair]]) -> Tensor:
        pairs = [pair for group in groups for pair in group]
        passages, sentences = self.network([pair.tokens for pair in pairs])
        answers = torch.tensor([float(pair.answers) for pair in pairs], device=passages.device)
        weights = 1 + (POSITIVE_WEIGHT - 1) * answers
        alone = functional.binary_cross_entropy_with_logits(passages, answers, weights)
        labels, known = self._sentence_labels(pairs, sentences.device)
        single = functional.binary_cross_entropy_with_logits(
            sentences, labels, known * (1 + (POSITIVE_WEIGHT - 1) * labels), reduction="sum"
        ) / known.sum().clamp(min=1)
        return self._together(groups, passages) + alone + 2 * single

    @staticmethod
    def _together(groups: Sequence[Sequence[Pair]], passages: Tensor) -> Tensor:
        """Cross-entropy over the passages of a group and "none of them"."""
        losses, start = [], 0
        for group in groups:
            logits = torch.cat([passages[start : start + len(group)], passages.new_zeros(1)])
            right = next((place for place, pair in enumerate(group) if pair.answers), len(group))
            losses.append(torch.logsumexp(logits, 0) - logits[right])
            start += len(group)
        return torch.stack(losses).mean()

    @staticmethod
    def _sentence_labels(pairs: Sequence[Pair], where: torch.device) -> tuple[Tensor, Tensor]:
        labels: list[float] = []
        known: list[float] = []
        for pair in pairs:
            for place, span in enumerate(pair.tokens.spans):
                if span is not None:
                    labels.append(float(pair.sentences is not None and place in pair.sentences))
                    known.append(float(pair.sentences is not None))
        return torch.tensor(labels, device=where), torch.tensor(known, device=where)

    @torch.no_grad()
    def read(self, questions: Sequence[tuple[Example, int]]) -> list[Reading]:
        """What the network says on questions with one passage each."""
        self.network.eval()
        rows = [self._pair(example, position).tokens for example, position in questions]
        order = sorted(range(len(rows)), key=lambda number: len(rows[number].tokens))
        result: list[Reading] = [Reading(0.0, ())] * len(rows)
        for start in range(0, len(order), 64):
            some = order[start : start + 64]
            passages, sentences = self.network([rows[number] for number in some])
            flat = iter(sentences.cpu().tolist())
            for number, passage in zip(some, passages.cpu().tolist(), strict=True):
                spans = rows[number].spans
                result[number] = Reading(passage, tuple(next(flat) if span else None for span in spans))
        return result

    def inputs(self, questions: Sequence[tuple[Example, int]]) -> list[ReaderInput]:
        """Questions with one passage each as the network gets them."""
        return [self._pair(example, position).tokens for example, position in questions]

    def tensors(self) -> dict[str, NDArray[Any]]:
        """All learned arrays, as floats, named as ``index.e5_network`` names those of training."""
        arrays = {name: value.detach().cpu().float().numpy() for name, value in self.network.named_parameters()}
        renamed = {name.removeprefix("encoder."): array for name, array in arrays.items()}
        renamed["seg"] = renamed.pop("segments")
        return {_MATRIX.sub(r"\1.w", name): array for name, array in renamed.items()}


def nearest_passages(scores: NDArray[np.float32]) -> list[int]:
    """Positions of the passages that score best, best first."""
    order = np.argsort(-scores, kind="stable")[:_NEAREST_KEPT]
    return [int(position) for position in order if scores[position] > -5]
