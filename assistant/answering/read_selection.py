"""Which sentences answer, by what the reader made of them: the answer first, then what belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.answering.sentence_selection import Candidate, is_near_duplicate
from assistant.core.tuning import Tuning
from assistant.retrieval.decision import Decision


@dataclass(frozen=True, slots=True)
class ReadSelector:
    """Selects among candidates whose ``value`` is the probability that they answer.

    ``named`` are documents that the question calls by name: where one of them answers, no other document is quoted.
    """

    named: frozenset[str]
    decision: Decision
    tuning: Tuning

    def select(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The best sentence, then further ones that answer as well and those beside a chosen one that belong to it."""
        ranked = sorted(self._of_named(candidates), key=lambda candidate: -_value(candidate))
        chosen = ranked[:1]
        for candidate in ranked[1:]:
            if len(chosen) < self.tuning.read_sentences and self._fits(candidate, chosen):
                chosen.append(candidate)
        return chosen

    def _of_named(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        own = [
            candidate
            for candidate in candidates
            if candidate.claim.passage.document_id in self.named or candidate.is_under_question
        ]
        return own if any(_value(candidate) >= self.decision.beside for candidate in own) else candidates

    def _fits(self, candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
        if any(is_near_duplicate(candidate, other, self.tuning.near_duplicate_share) for other in chosen):
            return False
        if candidate.words + sum([other.words for other in chosen]) > self.tuning.max_words:
            return False
        document = candidate.claim.passage.document_id
        documents = [other.claim.passage.document_id for other in chosen]
        if documents.count(document) >= self.tuning.quotes_per_named_document:
            return False
        if document not in documents and len(set(documents)) >= self.tuning.read_documents:
            return False
        bar = self.decision.beside if _is_beside(candidate, chosen) else self.decision.further
        return _value(candidate) >= bar


def _value(candidate: Candidate) -> float:
    """A section whose heading is the question was asked for as a whole."""
    return candidate.value + (1.0 if candidate.is_under_question else 0.0)


def _is_beside(candidate: Candidate, chosen: Collection[Candidate]) -> bool:
    """Whether a chosen sentence stands next to it in the same passage."""
    return any(
        other.claim.passage.id == candidate.claim.passage.id and abs(other.position - candidate.position) == 1
        for other in chosen
    )
