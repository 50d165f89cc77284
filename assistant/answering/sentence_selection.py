"""Which sentences an answer quotes: the best one, then those that add to it, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.models import Claim, Kind
from assistant.core.tuning import Tuning


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could be quoted.

    ``value``: score of its passage and its own; ``is_clear``: it speaks to the question more than to foreign ones;
    ``is_under_question``: the question is the heading over it; ``terms``: numbers of its terms; ``position``: which
    sentence of its passage it is, from 0; ``words``: how many it has.
    """

    claim: Claim
    value: float
    is_clear: bool
    is_under_question: bool
    terms: frozenset[int]
    position: int
    words: int


@dataclass(frozen=True, slots=True)
class SentenceSelector:
    """Selects for a question that calls the documents ``named`` by name and asks for the area ``area``."""

    named: frozenset[str]
    area: Kind | None
    tuning: Tuning

    def select(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The best sentences, best first: no two alike, few of one document; after the first only clear ones."""
        if not candidates:
            return []
        first = max(candidates, key=lambda candidate: candidate.value + self._preference(candidate, ()))
        least = first.value - self.tuning.value_margin
        clear = [
            candidate
            for candidate in candidates
            if candidate.is_clear and candidate.value >= least and candidate is not first
        ]
        chosen = [first]
        while len(chosen) < self.tuning.max_sentences:
            clear = [
                candidate for candidate in clear if self._fits(candidate, chosen)
            ]  # what does not fit now never will
            if not clear:
                break
            chosen.append(max(clear, key=lambda candidate: candidate.value + self._preference(candidate, chosen)))
        return chosen

    def _preference(self, candidate: Candidate, chosen: Sequence[Candidate]) -> float:
        """What is added to a sentence's value for where it stands."""
        passage = candidate.claim.passage
        if candidate.is_under_question:
            return self.tuning.heading_bonus
        if self.named:
            return self.tuning.named_bonus if passage.document_id in self.named else 0.0
        if passage.kind == "document":
            return self.tuning.document_bonus
        if passage.kind == self.area:
            return self.tuning.sentence_area_bonus
        is_new = all(other.claim.passage.kind != passage.kind for other in chosen)
        return self.tuning.new_kind_bonus if is_new else 0.0

    def _fits(self, candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
        """Whether a sentence that fitted beside all but the last chosen one fits beside that as well."""
        last, document = chosen[-1], candidate.claim.passage.document_id
        if candidate is last or is_near_duplicate(candidate, last, self.tuning.near_duplicate_share):
            return False
        if candidate.words + sum([other.words for other in chosen]) > self.tuning.max_words:
            return False
        if document != last.claim.passage.document_id:
            return True
        same = [other.claim.passage.document_id for other in chosen].count(document)
        named = document in self.named
        return same < (self.tuning.quotes_per_named_document if named else self.tuning.quotes_per_document)


def is_near_duplicate(candidate: Candidate, other: Candidate, share: float) -> bool:
    """Whether two sentences have more than this share of the shorter one's terms in common."""
    smaller = min(len(candidate.terms), len(other.terms))
    return len(candidate.terms & other.terms) > share * smaller
