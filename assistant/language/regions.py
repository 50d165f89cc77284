"""The Länder that a text is about, by their names and by the places and adjectives of ``places.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import get_args

from assistant.core.sources import Land

_UMLAUTS = {"ä": "a", "ö": "o", "ü": "u"}
_LAENDER: tuple[Land, ...] = get_args(Land)


class RegionDetector:
    """Finds Länder in a text; the longest name wins, so "Sachsen-Anhalt" is not "Sachsen"."""

    def __init__(self, names: Mapping[str, Sequence[str]] | None = None) -> None:
        called = {land.lower(): land for land in _LAENDER}
        called |= {name.lower(): land for land in _LAENDER for name in (names or {}).get(land, ())}
        self._laender = {_plain(name): land for name, land in called.items()}
        longest_first = sorted(called, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(_as_typed, longest_first))})s?(?!\w)")

    def detect(self, text: str) -> frozenset[Land]:
        """Länder that a text names."""
        return frozenset(land for _, _, land in self.find(text))

    def find(self, text: str) -> tuple[tuple[str, int, Land], ...]:
        """What names a Land: as written, where it starts, and the Land."""
        lowered = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
        matches = self._pattern.finditer(lowered)
        return tuple((text[match.start() : match.end()], match.start(), self._land(match[0])) for match in matches)

    def _land(self, name: str) -> Land:
        return self._laender.get(_plain(name)) or self._laender[_plain(name.removesuffix("s"))]


def _as_typed(name: str) -> str:
    """A pattern for a name as people type it: "sachsen anhalt", "Thueringen", "Baden Wurttemberg"."""
    pattern = re.sub(r"\\?[- ]", lambda _: r"[-\s]", re.escape(name))
    for umlaut, letter in _UMLAUTS.items():
        pattern = pattern.replace(umlaut, f"(?:{umlaut}|{letter}e?)")
    return pattern


def _plain(name: str) -> str:
    """The same for all ways to type a name."""
    for umlaut, letter in _UMLAUTS.items():
        name = name.replace(umlaut, letter).replace(letter + "e", letter)
    return re.sub(r"[-\s]", "", name)
