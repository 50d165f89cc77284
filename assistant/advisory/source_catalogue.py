"""All sources as advisers look through them: by words, kind, Land, status and topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.advisory.report import Block, Paragraph, Part, Report, Statement
from assistant.answering.citations import CitationIndex
from assistant.answering.runtime import AppContext
from assistant.core.models import KINDS, Kind, ParsedQuery, Passage
from assistant.core.quotes import first_german_quote, quote
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Funding, Land, SourceMetadata, SupportOffer, Topic
from assistant.index.corpus import SearchableCorpus
from assistant.language.dates import format_date
from assistant.retrieval.query_understanding import validate_question
from assistant.retrieval.retriever import build_query, search

MOST = 50
KIND_NAMES: dict[Kind, str] = {
    "position_paper": "Positionspapier",
    "cooperation": "Wissen zur Zusammenarbeit",
    "support": "Unterstützungsangebote",
    "funding": "Förderprogramme",
    "literature": "Literatur",
    "document": "Eigene Dokumente",
    "guide": "Leitfäden",
}
STATES = {"running": "laufend", "uncertain": "unklar oder pausiert", "ended": "beendet"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What sources must be like; empty fields ask for nothing. ``land`` also lets through what holds everywhere."""

    kinds: tuple[Kind, ...] = ()
    land: Land | None = None
    status: str = ""
    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A source with the passage that fits best."""

    source: SourceMetadata
    kind: Kind
    passage: Passage
    ended: bool


def search_sources(assistant: AppContext, text: str, filters: Filters, today: date | None = None) -> tuple[Hit, ...]:
    """The best sources, one hit each; without words all that pass the filters, by kind and title."""
    corpus, day = assistant.live_index.corpus(), today or date.today()
    found: dict[str, Hit] = {}
    for passage in _passages(assistant, corpus, text, filters.kinds or KINDS):
        source = corpus.snapshot.sources[passage.document_id]
        if source.id not in found and _passes(source, filters, day):
            found[source.id] = Hit(source, passage.kind, passage, is_ended(source, day))
    hits = list(found.values())
    if not text.strip():
        hits.sort(key=lambda hit: (KINDS.index(hit.kind), hit.source.title.lower()))
    return tuple(hits[:MOST])


def _passages(assistant: AppContext, corpus: SearchableCorpus, text: str, kinds: tuple[Kind, ...]) -> list[Passage]:
    if not text.strip():
        own = (passage for passage in corpus.snapshot.passages if not passage.generated and passage.language == "de")
        return [passage for passage in own if passage.kind in kinds]
    cleaned = validate_question(text)
    query = build_query(ParsedQuery(cleaned, cleaned, "de"), assistant.embedder, assistant.analyzer, assistant.regions)
    ranked = search(query, corpus, len(corpus.snapshot.passages), kinds)
    return [scored.passage for scored in ranked if not scored.passage.generated]


def _passes(source: SourceMetadata, filters: Filters, today: date) -> bool:
    laender = source_laender(source)
    if filters.land and laender and filters.land not in laender:
        return False
    if filters.topic and filters.topic not in source.topics:
        return False
    return not filters.status or state(source, today) == filters.status


def state(source: SourceMetadata, today: date) -> str:
    """Running, uncertain or ended; texts without an end are running."""
    if is_ended(source, today):
        return "ended"
    uncertain = isinstance(source, Funding | SupportOffer) and source.status in ("paused", "unclear")
    return "uncertain" if uncertain else "running"


def as_report(text: str, hits: tuple[Hit, ...], corpus: SearchableCorpus, today: date) -> Report:
    """A result list as a document: what each source is, quoted and cited."""
    citation_index = CitationIndex(corpus.snapshot.sources)
    blocks: list[Block] = []
    for hit in hits:
        claim = first_german_quote([hit.passage]) or quote(hit.passage.sentences[0], hit.passage)
        note = "(beendet)" if hit.ended else "(bitte Status prüfen)" if hit.source.verify else ""
        blocks.append(
            Paragraph((Statement(claim.text, (citation_index.number(claim),), note),), f"{hit.source.title}:")
        )
    return Report(
        title="Quellen aus dem Netzlotsen",
        subtitle=f"Suche: {text}" if text.strip() else "Auswahl nach Filtern",
        created=today,
        cover=(("Datum", format_date(today.isoformat())), ("Treffer", str(len(hits)))),
        parts=(Part("hits", "Treffer", tuple(blocks)),),
        citations=citation_index.citations,
    )
