"""Countries besides Germany, their regions and towns, as texts name them; the list is ``foreign_places.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("foreign_places.yaml")
_ENDING = r"(?:e[nrms]?)?"


@dataclass(frozen=True, slots=True)
class ForeignPlace:
    """A stretch of a text, ``start`` to ``end``, that names a place of a ``country``; ``text`` as written there."""

    start: int
    end: int
    text: str
    country: str


class ForeignPlaces:
    """Finds places abroad by name; the longest name wins, so "Upper Austria" is one place."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """``names`` of each country besides its own; ``*`` and ``=`` mean what the file says."""
        called = [(name, country) for country, more in names.items() for name in (country, *more)]
        called.sort(key=lambda entry: len(entry[0]), reverse=True)
        self._countries = [country for _, country in called]
        self._pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(f'({_as_pattern(name)})' for name, _ in called)})(?!\w)")
        self._of_country = {
            country: re.compile(rf"(?<!\w)(?:{'|'.join(map(_as_pattern, (country, *more)))})")
            for country, more in names.items()
        }

    def find(self, text: str) -> tuple[ForeignPlace, ...]:
        """The places abroad that a text names, in order."""
        return tuple(
            ForeignPlace(match.start(), match.end(), match[0], self._countries[(match.lastindex or 1) - 1])
            for match in self._pattern.finditer(text)
        )

    def is_named(self, country: str, text: str) -> bool:
        """Whether a text names a country, one of its places or its adjective, also inside "Österreich-Programm"."""
        return bool(self._of_country[country].search(text))


@lru_cache(maxsize=1)
def load_foreign_places(path: Path = FILE) -> ForeignPlaces:
    """The shipped list, read once."""
    return ForeignPlaces(yaml.safe_load(path.read_text(encoding="utf-8")))


def _as_pattern(name: str) -> str:
    written = re.escape(name.strip("*=")) + (_ENDING if name.endswith("*") else "s?")
    return written if name.startswith("=") else f"(?i:{written})"
