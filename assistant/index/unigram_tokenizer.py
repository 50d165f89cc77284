"""The unigram tokenizer of the encoder."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import inf
from pathlib import Path

from assistant.index.e5_checkpoint import END, START, UNKNOWN

MAXIMUM_TOKENS = 512
WORD_START = "▁"
LONG_WORD = 40
UNKNOWN_PENALTY = 10.0


class UnigramTokenizer:
    """Text to XLM-R's token numbers: the most probable sequence of pieces (Kudo 2018).

    The ``tokenizers`` package gives the same numbers, but takes a second and 290 MB to load.
    """

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], replacements: Mapping[int, str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces) if piece}
        self._scores = scores
        self._longest = max(map(len, self._numbers))
        self._unknown_score = min(scores) - UNKNOWN_PENALTY
        self._replacements = {0: "", **replacements}
        self._remembered = lru_cache(maxsize=1 << 15)(self._split)

    @classmethod
    def load(cls, path: Path) -> UnigramTokenizer:
        """Read the file that ``prepare_encoder`` wrote."""
        content = json.loads(path.read_text("utf-8"))
        replacements = {int(character): text for character, text in content["replacements"].items()}
        return cls(content["pieces"], content["scores"], replacements)

    def encode(self, text: str, limit: int = MAXIMUM_TOKENS) -> list[int]:
        """Token numbers with start and end token, cut to ``limit``."""
        numbers = [START]
        for word in self._words(text):
            numbers += self._remembered(word) if len(word) <= LONG_WORD else self._split(word[: limit * self._longest])
            if len(numbers) >= limit:
                break
        return [*numbers[: limit - 1], END]

    def encode_words(self, words: Sequence[str], limit: int = MAXIMUM_TOKENS) -> list[list[int]]:
        """Token numbers of each word, start and end token left out; words beyond the limit get none."""
        pieces: list[list[int]] = []
        room = limit - 2
        for word in words:
            numbers = self.encode(word, limit)[1:-1]
            pieces.append(numbers if len(numbers) <= room else [])
            room -= len(numbers)
        return pieces

    def _words(self, text: str) -> Iterator[str]:
        # Composed first: many PDF files hold "u" and two dots instead of "ü".
        clean = unicodedata.normalize("NFC", text).translate(self._replacements)
        return (WORD_START + word for word in re.sub(" {2,}", " ", clean).removeprefix(" ").split(" "))

    def _split(self, word: str) -> list[int]:
        """Viterbi search; ``best[end]`` holds the score, the start and the number of the piece that ends there."""
        best = [(0.0, 0, UNKNOWN)] + [(-inf, 0, UNKNOWN)] * len(word)
        for start in range(len(word)):
            score = best[start][0]
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = self._numbers.get(word[start:end])
                if number is not None and score + self._scores[number] > best[end][0]:
                    best[end] = (score + self._scores[number], start, number)
            if score + self._unknown_score > best[start + 1][0]:
                best[start + 1] = (score + self._unknown_score, start, UNKNOWN)
        return _trace(best)


def _trace(best: Sequence[tuple[float, int, int]]) -> list[int]:
    numbers, end = [], len(best) - 1
    while end:
        _, end, number = best[end]
        numbers.append(number)
    return numbers[::-1]
