"""Offers and programmes that a firm can turn to today, each with the literal sentence that says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.advisory.self_check_questions import Dimension
from assistant.advisory.topic_evidence import fits
from assistant.answering.quote_check import is_proven
from assistant.answering.runtime import AppContext
from assistant.core.models import Claim, Kind, ParsedQuery, Passage
from assistant.core.source_status import source_laender
from assistant.core.sources import Funding, Land, SourceMetadata, SupportOffer, Topic
from assistant.eligibility.rule_quotes import german_sentences
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.retriever import Query, build_query, search

CHECK_NOTE = "(bitte aktuellen Stand prüfen)"
_NEARBY = 0.05  # what a source of the firm's own Land gains in the order
_UNCERTAIN = 0.08  # what one loses whose status is not confirmed
_NO_MONEY = 0.05  # what a programme loses that only brings contacts
_LOOKED_THROUGH = 400


@dataclass(frozen=True, slots=True)
class Referral:
    """An offer or programme with the literal sentence that says what it is."""

    source: SourceMetadata
    claim: Claim

    @property
    def note(self) -> str:
        """A reminder where the source must be checked, unless the sentence says so itself."""
        doubtful = self.source.verify or _is_uncertain(self.source)
        return CHECK_NOTE if doubtful and "prüfen" not in self.claim.text else ""


class Finder:
    """Finds offers and programmes that a firm can turn to today; none is named twice."""

    def __init__(self, assistant: AppContext, corpus: SearchableCorpus, land: Land | None, today: date) -> None:
        self._assistant, self._corpus, self._land, self._today = assistant, corpus, land, today
        self._named: set[str] = set()

    def find(self, dimension: Dimension, kind: Literal["support", "funding"], count: int) -> tuple[Referral, ...]:
        """The best sources of a kind for an area, each with the first sentence of its text."""
        scores = self._scores(self._query(getattr(dimension, kind)), kind, dimension.topics)
        ordered = sorted(scores.items(), key=lambda one: -one[1])
        found: list[Referral] = []
        for source_id, _ in ordered:
            pointer = self._pointer(source_id)
            if pointer and len(found) < count:
                found.append(pointer)
                self._named.add(source_id)
        return tuple(found)

    def _query(self, text: str) -> Query:
        parsed = ParsedQuery(text, text, "de")
        return build_query(
            parsed, self._assistant.embedder, self._assistant.analyzer, self._assistant.regions, self._land
        )

    def _scores(self, query: Query, kind: Kind, topics: tuple[Topic, ...]) -> dict[str, float]:
        """The score of each open source's best passage, with what its place and status add."""
        scores: dict[str, float] = {}
        for one in search(query, self._corpus, _LOOKED_THROUGH, (kind,)):
            source = self._corpus.snapshot.sources[one.passage.document_id]
            known = source.id in scores or source.id in self._named
            if not known and set(topics) & set(source.topics) and self._is_open(source):
                scores[source.id] = one.score + _preference(source)
        return scores

    def _is_open(self, source: SourceMetadata) -> bool:
        """Neither ended nor paused, of the firm's Land or for all, and nothing that only others may apply for."""
        if not isinstance(source, Funding | SupportOffer) or not fits(source, self._land, self._today):
            return False
        if isinstance(source, Funding):
            applicants = source.eligibility.applicants
            return source.type != "rule" and source.status != "paused" and (not applicants or "company" in applicants)
        return source.status != "paused"

    def _pointer(self, source_id: str) -> Referral | None:
        passages: list[Passage] = [one for one in self._corpus.snapshot.passages if one.document_id == source_id]
        first = next(((passage, sentence) for _, passage, sentence in german_sentences(passages)), None)
        if first is None:
            return None
        claim = Claim(first[1], first[1], first[0], 0.0)
        return Referral(self._corpus.snapshot.sources[source_id], claim) if is_proven(claim) else None


def _preference(source: SourceMetadata) -> float:
    """Near before far, confirmed before unclear, and among programmes money before contacts."""
    no_money = isinstance(source, Funding) and source.type == "network" and not source.amount.rates
    return _NEARBY * bool(source_laender(source)) - _UNCERTAIN * _is_uncertain(source) - _NO_MONEY * no_money


def _is_uncertain(source: SourceMetadata) -> bool:
    return isinstance(source, Funding | SupportOffer) and source.status in ("unclear", "call_based")
