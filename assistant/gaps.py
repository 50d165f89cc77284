"""What people asked that the knowledge lacks: unanswered questions grouped by their words, for editors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.feedback import Unanswered

ALIKE = 0.34
SHOWN_WORDS = 6


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
    """Records that share words; grows while the report is made."""

    records: list[Unanswered] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)

    def likeness(self, record: Unanswered) -> float:
        """Share of the record's words that the group knows, weighted by how common they are in it."""
        known = sum(self.words[word] for word in record.words) / len(self.records)
        return known / len(record.words)

    def take(self, record: Unanswered) -> None:
        """Add a record."""
        self.records.append(record)
        self.words.update(record.words)


def find_gaps(records: Sequence[Unanswered]) -> list[Gap]:
    """Groups of like questions, the most frequent first; records without a word that may be kept are left out."""
    groups: list[_Group] = []
    for record in sorted((one for one in records if one.words), key=lambda one: -len(one.words)):
        best = max(groups, key=lambda group: group.likeness(record), default=None)
        if best is None or best.likeness(record) < ALIKE:
            groups.append(best := _Group())
        best.take(record)
    return sorted(map(_gap, groups), key=lambda gap: (-gap.count, gap.words))


def _gap(group: _Group) -> Gap:
    by_frequency = sorted(group.words.items(), key=lambda item: (-item[1], item[0]))
    return Gap(
        len(group.records),
        tuple(word for word, _ in by_frequency[:SHOWN_WORDS]),
        dict(Counter(record.status for record in group.records)),
        tuple(one for one, _ in Counter(record.nearest for record in group.records if record.nearest).most_common(3)),
        max(record.day for record in group.records),
    )
