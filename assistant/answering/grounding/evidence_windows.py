"""Cited passages and the stretches of them that may carry a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import Passage

QUOTE_CHARACTERS = 400
NEAREST = 3
LONGEST = 3


@dataclass(frozen=True, eq=False, slots=True)
class CitedPassage:
    """A cited passage and the vectors ``(n, d)`` of its sentences, as the index holds them (role "passage")."""

    passage: Passage
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of a cited passage; ``text`` is literal."""

    cited: int
    sentences: tuple[str, ...]
    text: str


def windows_of(number: int, cited: CitedPassage, vector: NDArray[np.float32]) -> tuple[Window, ...]:
    """Stretches of up to three sentences and 400 characters around the sentences nearest to a vector."""
    sentences = cited.passage.sentences
    if not sentences:
        return ()
    nearest = set(np.argsort(-(cited.vectors @ vector), kind="stable")[:NEAREST].tolist())
    spans = list(_spans(cited.passage.text, sentences))
    return tuple(
        Window(number, sentences[start:end], text)
        for start in range(len(sentences))
        for end in range(start + 1, min(start + LONGEST, len(sentences)) + 1)
        if nearest & set(range(start, end))
        and (end == start + 1 or spans[end - 1][1] - spans[start][0] <= QUOTE_CHARACTERS)
        and (text := cited.passage.text[spans[start][0] : spans[end - 1][1]])
    )


def nearest_sentence(cited: Sequence[CitedPassage], vector: NDArray[np.float32]) -> tuple[int, str, float] | None:
    """The sentence of the cited passages nearest to a vector, with the number of its passage and its cosine."""
    best: tuple[int, str, float] | None = None
    for number, cited_passage in enumerate(cited):
        if cited_passage.passage.sentences:
            cosines = cited_passage.vectors @ vector
            position = int(cosines.argmax())
            if best is None or cosines[position] > best[2]:
                best = number, cited_passage.passage.sentences[position], float(cosines[position])
    return best


def _spans(text: str, sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
    end = 0
    for sentence in sentences:
        start = text.find(sentence, end)
        start = start if start >= 0 else end
        end = start + len(sentence)
        yield start, end
