"""Search among chosen sources: the proven sentences on a subject, and the offers and programmes a firm can turn to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.advisory.self_check_questions import Dimension
from assistant.answering.draft import AnswerContext
from assistant.answering.extractive import select_quotes
from assistant.answering.quote_check import drop_unproven, is_proven
from assistant.answering.runtime import AppContext
from assistant.core.models import Claim, Kind, ParsedQuery, RetrievalResult, ScoredPassage
from assistant.core.quotes import first_german_quote
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Cooperation, Funding, Land, SourceMetadata, SupportOffer, Topic
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.retriever import Query, build_query, search

CHECK_NOTE = "(bitte aktuellen Stand prüfen)"
_LOOKED_THROUGH = 400  # passages of a search that are looked at
_DEPTH = 20  # passages of which sentences are chosen
_NEARBY = 0.05  # what a source of the firm's own Land gains in the order
_UNCERTAIN = 0.08  # what one loses whose status is not confirmed
_NO_MONEY = 0.05  # what a programme loses that only brings contacts


@dataclass(frozen=True, slots=True)
class FinderContext:
    """What a search works with: the assistant, one corpus for the whole work, the firm's Land, the day."""

    assistant: AppContext
    corpus: SearchableCorpus
    land: Land | None
    today: date


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked for, in which kinds of sources, and in which areas of cooperation know-how."""

    text: str
    kinds: tuple[Kind, ...]
    areas: tuple[str, ...] = ()


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


def find_paragraphs(context: FinderContext, subject: Subject) -> tuple[tuple[Claim, ...], ...]:
    """Proven sentences on a subject, one tuple for each source, the best source first."""
    query = _query(context, subject.text)
    ranked = tuple(_of_subject(context, subject, search(query, context.corpus, _LOOKED_THROUGH, subject.kinds)))
    threshold = context.corpus.snapshot.thresholds["de"].sentence
    answer_context = AnswerContext("de", context.corpus, context.assistant.prompts, context.today)
    found = RetrievalResult(ranked[:_DEPTH], "enough", 0.0, threshold)
    draft = drop_unproven(select_quotes(found, query, subject.text, answer_context))
    return tuple(paragraph for group in draft.groups for paragraph in group.paragraphs)


def _of_subject(context: FinderContext, subject: Subject, ranked: Sequence[ScoredPassage]) -> Iterator[ScoredPassage]:
    """The German passages of sources in force that hold for the firm and lie in the subject's areas."""
    for scored in ranked:
        source = context.corpus.snapshot.sources[scored.passage.document_id]
        if scored.passage.language == "de" and _holds_for_firm(source, context) and _in_areas(source, subject.areas):
            yield scored


class ReferralFinder:
    """Finds offers and programmes that a firm can turn to today; none is named twice."""

    def __init__(self, context: FinderContext) -> None:
        self._context = context
        self._named: set[str] = set()

    def find(self, dimension: Dimension, kind: Literal["support", "funding"], count: int) -> tuple[Referral, ...]:
        """The best sources of a kind for an area of the self-check, each with the first sentence of its text."""
        scores = self._scores(_query(self._context, getattr(dimension, kind)), kind, dimension.topics)
        found: list[Referral] = []
        for source_id in sorted(scores, key=lambda source_id: -scores[source_id]):
            referral = self._referral(source_id)
            if referral and len(found) < count:
                found.append(referral)
                self._named.add(source_id)
        return tuple(found)

    def _scores(self, query: Query, kind: Kind, topics: tuple[Topic, ...]) -> dict[str, float]:
        """The score of each open source's best passage, with what its Land and status add."""
        corpus = self._context.corpus
        scores: dict[str, float] = {}
        for scored in search(query, corpus, _LOOKED_THROUGH, (kind,)):
            source = corpus.snapshot.sources[scored.passage.document_id]
            known = source.id in scores or source.id in self._named
            if not known and set(topics) & set(source.topics) and _is_open(source, self._context):
                scores[source.id] = scored.score + _preference(source)
        return scores

    def _referral(self, source_id: str) -> Referral | None:
        snapshot = self._context.corpus.snapshot
        claim = first_german_quote([passage for passage in snapshot.passages if passage.document_id == source_id])
        return Referral(snapshot.sources[source_id], claim) if claim and is_proven(claim) else None


def _query(context: FinderContext, text: str) -> Query:
    assistant = context.assistant
    parsed = ParsedQuery(text, text, "de")
    return build_query(parsed, assistant.embedder, assistant.analyzer, assistant.regions, context.land)


def _holds_for_firm(source: SourceMetadata, context: FinderContext) -> bool:
    """Not ended, and meant for the firm's Land or for all."""
    laender = source_laender(source)
    return not is_ended(source, context.today) and (not laender or context.land in laender)


def _in_areas(source: SourceMetadata, areas: Sequence[str]) -> bool:
    return not areas or (isinstance(source, Cooperation) and source.area in areas)


def _is_open(source: SourceMetadata, context: FinderContext) -> bool:
    """An offer or programme that is not paused, holds for the firm, and that not only others may apply for."""
    if not isinstance(source, Funding | SupportOffer) or not _holds_for_firm(source, context):
        return False
    if isinstance(source, Funding):
        applicants = source.eligibility.applicants
        return source.type != "rule" and source.status != "paused" and (not applicants or "company" in applicants)
    return source.status != "paused"


def _preference(source: SourceMetadata) -> float:
    """Near before far, confirmed before unclear, and among programmes money before contacts."""
    no_money = isinstance(source, Funding) and source.type == "network" and not source.amount.rates
    return _NEARBY * bool(source_laender(source)) - _UNCERTAIN * _is_uncertain(source) - _NO_MONEY * no_money


def _is_uncertain(source: SourceMetadata) -> bool:
    return isinstance(source, Funding | SupportOffer) and source.status in ("unclear", "call_based")
