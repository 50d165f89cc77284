"""What people asked that the knowledge lacks: unanswered questions grouped by their words, for editors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.core.models import Language
from assistant.feedback.store import Unanswered
from assistant.language.term_analyzer import term as term_of

ALIKE = 0.34
SHOWN_WORDS = 6
SHOWN_SOURCES = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions about much the same: words by how often, refusals by status, the sources that came nearest."""

    count: int
    words: tuple[str, ...]
    statuses: dict[str, int]
    nearest: tuple[str, ...]
    last: str


@dataclass(slots=True)
class _Group:
    """Records that share words, whatever their endings; grows while the report is made."""

    records: list[Unanswered] = field(default_factory=list)
    terms: Counter[str] = field(default_factory=Counter)
    spellings: dict[str, Counter[str]] = field(default_factory=dict)

    def likeness(self, terms: Collection[str]) -> float:
        """Share of a record's terms that the group knows, weighted by how common they are in it."""
        return sum(self.terms[term] for term in terms) / len(self.records) / len(terms)

    def take(self, record: Unanswered, terms: Mapping[str, str]) -> None:
        """Add a record with its terms and how each was written."""
        self.records.append(record)
        self.terms.update(terms.keys())
        for term, word in terms.items():
            self.spellings.setdefault(term, Counter())[word] += 1

    def words(self) -> tuple[str, ...]:
        """The most frequent terms as they were written most often."""
        by_frequency = sorted(self.terms.items(), key=lambda item: (-item[1], item[0]))
        return tuple(self.spellings[term].most_common(1)[0][0] for term, _ in by_frequency[:SHOWN_WORDS])


def find_gaps(records: Sequence[Unanswered]) -> list[Gap]:
    """Groups of like questions, the most frequent first; records without a word that may be kept are left out."""
    groups: list[_Group] = []
    for record in sorted((record for record in records if record.words), key=lambda record: -len(record.words)):
        terms = _terms(record)
        best = max(groups, key=lambda group: group.likeness(terms), default=None)
        if best is None or best.likeness(terms) < ALIKE:
            groups.append(best := _Group())
        best.take(record, terms)
    return sorted(map(_gap, groups), key=lambda gap: (-gap.count, gap.words))


def _terms(record: Unanswered) -> dict[str, str]:
    language: Language = "en" if record.language == "en" else "de"
    return {term_of(word.lower(), language): word for word in record.words}


def _gap(group: _Group) -> Gap:
    nearest = Counter(record.nearest for record in group.records if record.nearest)
    return Gap(
        len(group.records),
        group.words(),
        dict(Counter(record.status for record in group.records)),
        tuple(source for source, _ in nearest.most_common(SHOWN_SOURCES)),
        max(record.day for record in group.records),
    )
