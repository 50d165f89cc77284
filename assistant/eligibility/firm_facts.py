"""What visitors say of their firm in a talk: where it is and how many people work there; the newest statement counts.

Only what is said of the firm itself counts: "wir sind 40 Leute", "Gießerei mit 140 Beschäftigten", not
"bis 250 Mitarbeiter" or "fünf Leute schulen".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.core.company_profile import CompanyProfile
from assistant.core.sources import Land
from assistant.language.number_words import number_words
from assistant.language.regions import RegionDetector

_PEOPLE = (
    r"(?:leuten?|mitarbeite\w*|beschäftigte\w*|angestellte\w*|mann|köpfe|kolleg\w+|ma"
    r"|employees|people|staff|workers)\b"
)
_COUNT = r"(?:\b(?:ca\.?|etwa|rund|knapp|gut|so|ungefähr|around|about|some)\s)?\b(?P<count>\d{1,3}(?:[.\s]?\d{3})?)\s*"
_OWN = (
    r"\b(?:wir sind|sind wir|sind|wir haben|haben wir|wir beschäftigen|beschäftigen wir|mit"
    r"|we are|we have|we employ|with)\s"
)
_BESIDE = r"(?:(?:aktuell|derzeit|inzwischen|jetzt|schon|nur|auch|aber|übrigens|insgesamt|halt|now|only|also)\s){0,2}"
_SAID_OF_FIRM = re.compile(rf"{_OWN}{_BESIDE}{_COUNT}{_PEOPLE}(?!\s*,?\s*(?:die|who|that)\b)", re.I)
_BARE = re.compile(rf"(?:^|[,.;:(–-])\s*{_COUNT}{_PEOPLE}\s*(?:$|[,.;:!?)–-]|(?:in|im|bei|am|near|und|and)\b)", re.I)
_BOUND = re.compile(
    r"\b(?:bis(?: zu)?|unter|über|ab|mehr als|weniger als|höchstens|mindestens|maximal|zwischen|je|pro|für|"
    r"firmen|unternehmen|betriebe|up to|under|over|more than|fewer than|less than|at least|companies|firms)"
    r"\s+(?:mit\s+|with\s+)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """Facts of a firm that a visitor told; ``None`` or empty is unknown."""

    laender: frozenset[Land] = frozenset()
    employees: int | None = None

    @property
    def profile(self) -> CompanyProfile:
        """The same as a profile; of several Länder none is the firm's."""
        (land,) = self.laender if len(self.laender) == 1 else (None,)
        return CompanyProfile(land=land, employees=self.employees)

    def to_dict(self) -> dict[str, str | int]:
        """What is known, by the names of the profile's fields."""
        return {name: value for name, value in self.profile.model_dump().items() if value is not None}


def find_facts(turns: Iterable[str], regions: RegionDetector) -> FirmFacts:
    """Facts from the turns of a visitor, the newest one first."""
    told = list(turns)
    laender = next((found for turn in told if (found := regions.detect(turn))), frozenset[Land]())
    employees = next((count for turn in told if (count := _employees(turn)) is not None), None)
    return FirmFacts(laender, employees)


def tell_facts(turns: Iterable[str], regions: RegionDetector, profile: CompanyProfile | None) -> FirmFacts:
    """Facts from a talk and a profile; what the profile sets wins, also where it sets nothing (``None``)."""
    facts = find_facts(turns, regions)
    given = profile.model_fields_set if profile else frozenset[str]()
    if profile and "land" in given:
        facts = replace(facts, laender=frozenset({profile.land} if profile.land else ()))
    if profile and "employees" in given:
        facts = replace(facts, employees=profile.employees)
    return facts


def _employees(turn: str) -> int | None:
    text = _in_figures(turn)
    for pattern in (_SAID_OF_FIRM, _BARE):
        for match in pattern.finditer(text):
            if not _BOUND.search(text[: match.start("count")]):
                return int(re.sub(r"\D", "", match["count"]))
    return None


def _in_figures(text: str) -> str:
    """ "Wir sind vierzig Leute" with 40; numbers that are no whole ones stay as they are."""
    whole = [word for word in number_words(text) if word.value.isdigit() and word.is_cardinal and not word.unit]
    for word in reversed(whole):
        text = f"{text[: word.start]}{word.value}{text[word.end :]}"
    return text
