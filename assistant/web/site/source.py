"""Pages that show one source in full, so that every citation can be opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.core.models import Passage
from assistant.core.sources import Guide, SourceMetadata
from assistant.index.snapshot import IndexSnapshot
from assistant.language.dates import format_date
from assistant.web.citation_text import show_as_of
from assistant.web.context import Context
from assistant.web.page_texts import CITATION
from assistant.web.templating import render

router = APIRouter()


@router.get("/quelle/{source_id:path}", include_in_schema=False)
def source_page(source_id: str, assistant: Context) -> HTMLResponse:
    """The source with its date, link and text; 404 when there is none."""
    snapshot = assistant.live_index.corpus().snapshot
    source = snapshot.sources.get(source_id)
    if source is None:
        return HTMLResponse(render("source_missing.html"), 404)
    passages = (passage for passage in snapshot.passages if passage.document_id == source_id)
    is_guide = isinstance(source, Guide)
    page = render(
        "source.html",
        source=source,
        meta=_meta(source),
        notes=list(_notes(source)),
        sections=[] if is_guide else list(_sections(passages)),
        statements=list(_statements(snapshot, source_id)),
        disclaimer=assistant.prompts.render("disclaimer", "de"),
    )
    return HTMLResponse(page)


def _sections(passages: Iterable[Passage]) -> Iterator[tuple[str, list[str]]]:
    """The heading of each section, empty before the first, with its paragraphs."""
    for headings, group in groupby(passages, key=lambda passage: passage.headings):
        yield " › ".join(headings), [paragraph for passage in group for paragraph in passage.text.split("\n\n")]


def _statements(snapshot: IndexSnapshot, guide: str) -> Iterator[tuple[str, list[tuple[SourceMetadata, str]]]]:
    """The German sentences of a guide, each with the cards that prove it and what they say."""
    for proof in snapshot.proofs.get(guide, ()):
        if proof.language == "de":
            cards = ((snapshot.sources.get(name.partition("#")[0]), quote) for name, quote in proof.quotes)
            yield proof.sentence, [(card, quote) for card, quote in cards if card]


def _notes(source: SourceMetadata) -> Iterator[str]:
    """What editors are not sure of: it stands beside the text, never in it."""
    if source.as_of and source.as_of_note:
        yield f"Zum Stand: {source.as_of_note}"
    if note := getattr(source, "valid_until_note", None):
        yield f"Zur Laufzeit: {note}"


def _meta(source: SourceMetadata) -> str:
    dated = source.as_of_note if source.as_of_note and not source.as_of else show_as_of(source.as_of)
    checked = f"verglichen am {format_date(source.checked.isoformat())}" if source.checked else ""
    check = CITATION["de"].check if source.verify else ""
    return " · ".join(part for part in (source.publisher or "", dated, checked, check) if part)
