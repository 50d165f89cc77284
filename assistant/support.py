"""Does a cited passage support a sentence that a language model wrote? For now only what is nearly literal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.embeddings import Encoder
from assistant.models import Language, Passage
from assistant.numbers import unsupported_numbers
from assistant.understand import detect_language

_SAME = 0.95


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage that a sentence cites, with the vectors ``(n, d)`` of its sentences."""

    passage: Passage
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown, what carries it, and what could stand in its place."""

    supported: bool
    reason: str
    quotes: tuple[tuple[int, str], ...] = ()
    closest: tuple[int, str] | None = None


class SupportCheck:
    """Judges sentences against the passages that they cite; built once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def judge(self, sentence: str, cited: Sequence[Cited], language: Language) -> Verdict:
        """Whether a cited sentence says nearly the same with the same numbers."""
        vector = self._encoder.encode_documents([sentence])[0]
        best, place, quote = max(
            (float(value), place, text)
            for place, one in enumerate(cited)
            for value, text in zip(one.vectors @ vector, one.passage.sentences, strict=True)
        )
        if unsupported_numbers(sentence, [quote]) or detect_language(sentence, language) != language or best < _SAME:
            return Verdict(False, "coverage", closest=(place, quote) if best >= _SAME - 0.07 else None)
        return Verdict(True, "", ((place, quote),))
