"""The Länder that a text is about, by their names and by the places and adjectives of ``places.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import get_args

from assistant.core.sources import Land

_LAENDER: tuple[Land, ...] = get_args(Land)


class RegionDetector:
    """Finds Länder in a text; the longest name wins, so "Sachsen-Anhalt" is not "Sachsen"."""

    def __init__(self, names: Mapping[str, Sequence[str]] | None = None) -> None:
        self._laender: dict[str, Land] = {land.lower(): land for land in _LAENDER}
        for land in _LAENDER:
            for name in (names or {}).get(land, ()):
                self._laender[name.lower()] = land
        longest_first = sorted(self._laender, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})s?(?!\w)")

    def detect(self, text: str) -> frozenset[Land]:
        """Länder that a text names."""
        return frozenset(land for _, _, land in self.find(text))

    def find(self, text: str) -> tuple[tuple[str, int, Land], ...]:
        """What names a Land: as written, where it starts, and the Land."""
        lowered = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
        matches = self._pattern.finditer(lowered)
        return tuple((text[match.start() : match.end()], match.start(), self._land(match[0])) for match in matches)

    def _land(self, name: str) -> Land:
        return self._laender.get(name) or self._laender[name.removesuffix("s")]
