"""What one answer is worth by what is known about its question, and the figures over many of them.

``docs/benchmarks.md`` explains each figure. One that says nothing about a question is left out for it, and its count
says over how many questions it speaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from assistant.core.models import Answer
from assistant.ingestion.status_sentences import CONTACT_HEADINGS, HEADINGS
from assistant.operations.evaluate import citations_right, numbers_right
from assistant.operations.evaluation_sets import Case
from assistant.operations.evaluation_statistics import bootstrap_interval, wilson_interval

ALL = "all"
"""The group of all cases of a set; the others are its styles."""
MILLISECONDS = "ms"
PERCENTILES = {f"{MILLISECONDS}_p50": 50, f"{MILLISECONDS}_p95": 95}
_OF_HEAD = frozenset(headings[-1] for table in (HEADINGS, CONTACT_HEADINGS) for headings in table.values())
Values = Mapping[str, float]
Group = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: the answer, the documents of the passages found for it, best first, the time it took.

    ``cards`` are the ids of the sources that answer it, ``useful`` sentences that readers judged so beside the labels.
    """

    case: Case
    answer: Answer
    found: tuple[str, ...]
    cards: frozenset[str]
    useful: tuple[str, ...] = ()
    milliseconds: float = 0.0

    @property
    def is_answered(self) -> bool:
        """Whether an answer was given rather than a refusal."""
        return self.answer.status == "answered"

    @property
    def missing(self) -> tuple[str, ...]:
        """What the answer says that its sources leave open."""
        return tuple(getattr(self.answer, "missing", ()))

    @property
    def cited(self) -> list[str]:
        """Cited documents, each once, by first citation."""
        return list(dict.fromkeys(citation.id for citation in self.answer.citations))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name in JSON, its label in tables, its value for one outcome, ``None`` where it says nothing."""

    name: str
    label: str
    measure: Callable[[Outcome], float | None]
    is_rate: bool = True


def is_same(sentence: str, quote: str) -> bool:
    """Whether one of the two holds the other word for word; white space does not count."""
    ours, theirs = " ".join(sentence.split()), " ".join(quote.split())
    return bool(ours and theirs) and (ours in theirs or theirs in ours)


def _holds(sentences: Collection[str], quote: str) -> bool:
    return any(is_same(sentence, quote) for sentence in sentences)


def _cites(first: int | None) -> Callable[[Outcome], float | None]:
    return lambda outcome: _of_cards(outcome, outcome.cited[:first])


def _finds(first: int) -> Callable[[Outcome], float | None]:
    return lambda outcome: _of_cards(outcome, outcome.found[:first])


def _of_cards(outcome: Outcome, documents: Iterable[str]) -> float | None:
    """Whether a right card is among the documents; of questions that no card answers nothing can be said."""
    if outcome.case.kind != "answerable" or not outcome.cards:
        return None
    return float(not outcome.cards.isdisjoint(documents))


def _shows_sentence(outcome: Outcome) -> float | None:
    if not outcome.case.sentences:
        return None
    return float(any(_holds(outcome.case.sentences, each.quote) for each in outcome.answer.citations))


def _share_beside(outcome: Outcome) -> float | None:
    """Without what is said of every programme: its state and whom to ask."""
    quotes = [each.quote for each in outcome.answer.citations if each.section not in _OF_HEAD]
    if not outcome.case.sentences or not quotes:
        return None
    right = (*outcome.case.sentences, *outcome.useful)
    return fmean(not _holds(right, quote) for quote in quotes)


def _answers(outcome: Outcome) -> float | None:
    """Whether an answer was given that holds what was asked for and says of nothing that it is missing."""
    if outcome.case.kind != "answerable":
        return None
    right = (*outcome.case.sentences, *outcome.useful)
    shows = any(_holds(right, each.quote) for each in outcome.answer.citations)
    return float(outcome.is_answered and not outcome.missing and (shows or bool(_cites(1)(outcome))))


def _is_answered(outcome: Outcome) -> float | None:
    return float(outcome.is_answered) if outcome.case.kind == "answerable" else None


def _knows_gap(outcome: Outcome) -> float | None:
    if outcome.case.kind != "near_miss":
        return None
    return float(not outcome.is_answered or bool(outcome.missing))


def _refuses(outcome: Outcome) -> float | None:
    return float(not outcome.is_answered) if outcome.case.kind == "foreign" else None


def _if_answered(measure: Callable[[Answer], float]) -> Callable[[Outcome], float | None]:
    return lambda outcome: measure(outcome.answer) if outcome.is_answered else None


FIGURES = (
    Figure("card_cited_1", "richtige Karte zuerst zitiert", _cites(1)),
    Figure("card_cited_2", "… unter den ersten zwei zitierten", _cites(2)),
    Figure("card_cited_any", "… überhaupt zitiert", _cites(None)),
    Figure("card_found_1", "richtige Karte zuerst gefunden", _finds(1)),
    Figure("card_found_3", "… in den ersten 3 Passagen", _finds(3)),
    Figure("card_found_5", "… in den ersten 5 Passagen", _finds(5)),
    Figure("sentence_shown", "Satz gezeigt, der antwortet", _shows_sentence),
    Figure("quotes_beside", "Zitate neben der Sache", _share_beside, is_rate=False),
    Figure("answered", "beantwortet", _answers),
    Figure("answered_bare", "irgendeine Antwort", _is_answered),
    Figure("near_misses_right", "Beinahe-Fragen erkannt", _knows_gap),
    Figure("foreign_refused", "fremde Fragen abgelehnt", _refuses),
    Figure("citations_right", "Zitate wohlgeformt", _if_answered(citations_right)),
    Figure("numbers_right", "Zahlen belegt", _if_answered(numbers_right)),
    Figure(MILLISECONDS, "Millisekunden", lambda outcome: outcome.milliseconds, is_rate=False),
)
RATES = frozenset(figure.name for figure in FIGURES if figure.is_rate)
LABELS = {figure.name: figure.label for figure in FIGURES if figure.name != MILLISECONDS} | {
    "ms_p50": "Millisekunden, Median",
    "ms_p95": "… 95. Perzentil",
}
"""What tables show, in their order."""


def measure(outcome: Outcome) -> dict[str, float]:
    """The value of every figure that says something about this outcome; a rate's is 0.0 or 1.0."""
    measured = {figure.name: figure.measure(outcome) for figure in FIGURES}
    return {name: round(value, 4) for name, value in measured.items() if value is not None}


def by_group(styles: Sequence[str], rows: Sequence[Values]) -> dict[str, Group]:
    """The figures over all rows, then over those of each style in alphabetical order."""
    members: dict[str, list[Values]] = defaultdict(list)
    for style, row in zip(styles, rows, strict=True):
        members[style].append(row)
    return {ALL: summarise(rows)} | {style: summarise(members[style]) for style in sorted(members)}


def summarise(rows: Sequence[Values]) -> Group:
    """Each figure over the rows that have it: value, bounds of its 95 % interval (none for times), count."""
    group: Group = {}
    for figure in FIGURES:
        values = [row[figure.name] for row in rows if figure.name in row]
        if values and figure.name == MILLISECONDS:
            group |= {name: _entry(percentile(values, share), None, values) for name, share in PERCENTILES.items()}
        elif values:
            bounds = wilson_interval(sum(values), len(values)) if figure.is_rate else bootstrap_interval(values)
            group[figure.name] = _entry(fmean(values), bounds, values)
    return group


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile of values, ``share`` in 0…100."""
    return float(np.percentile(values, share))


def _entry(value: float, bounds: tuple[float, float] | None, values: Sequence[float]) -> dict[str, Any]:
    low, high = (round(bound, 4) for bound in bounds) if bounds else (None, None)
    return {"value": round(value, 4), "low": low, "high": high, "count": len(values)}
