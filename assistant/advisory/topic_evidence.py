"""The best proven sentences on a fixed subject among chosen sources: what briefings are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.draft import AnswerContext
from assistant.answering.extractive import select_quotes
from assistant.answering.quote_check import drop_unproven
from assistant.answering.runtime import AppContext
from assistant.core.models import Claim, Kind, ParsedQuery, RetrievalResult, ScoredPassage
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Cooperation, Land, SourceMetadata
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.retriever import build_query, search

_DEPTH = 20
_LOOKED_THROUGH = 400


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked for, in which kinds of sources, and in which areas of cooperation know-how."""

    text: str
    kinds: tuple[Kind, ...]
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinderContext:
    """What gathering works with: the assistant, one library for the whole work, the firm's Land, the day."""

    assistant: AppContext
    corpus: SearchableCorpus
    land: Land | None
    today: date


def gather(finder: FinderContext, subject: Subject) -> tuple[tuple[Claim, ...], ...]:
    """Proven sentences on a subject, one tuple for each source, the best source first."""
    parsed = ParsedQuery(subject.text, subject.text, "de")
    query = build_query(
        parsed, finder.assistant.embedder, finder.assistant.analyzer, finder.assistant.regions, finder.land
    )
    ranked = tuple(_allowed(finder, subject, search(query, finder.corpus, _LOOKED_THROUGH, subject.kinds)))
    floor = finder.corpus.snapshot.thresholds["de"].sentence
    context = AnswerContext("de", finder.corpus, finder.assistant.prompts, finder.today)
    draft = drop_unproven(
        select_quotes(RetrievalResult(ranked[:_DEPTH], "enough", 0.0, floor), query, subject.text, context)
    )
    return tuple(paragraph for group in draft.groups for paragraph in group.paragraphs)


def _allowed(finder: FinderContext, subject: Subject, ranked: Sequence[ScoredPassage]) -> Iterator[ScoredPassage]:
    for one in ranked:
        source = finder.corpus.snapshot.sources[one.passage.document_id]
        if one.passage.language == "de" and fits(source, finder.land, finder.today) and _of_area(source, subject.areas):
            yield one


def fits(source: SourceMetadata, land: Land | None, today: date) -> bool:
    """Not ended, and meant for the firm's Land or for all."""
    laender = source_laender(source)
    return not is_ended(source, today) and (not laender or land in laender)


def _of_area(source: SourceMetadata, areas: Sequence[str]) -> bool:
    return not areas or (isinstance(source, Cooperation) and source.area in areas)
