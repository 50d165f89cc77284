"""Pages that show one source in full, so that every citation can be opened."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.answering.runtime import AppContext
from assistant.core.models import Passage
from assistant.core.sources import SourceMetadata
from assistant.language.dates import format_date

router = APIRouter()


@router.get("/quelle/{source_id:path}", include_in_schema=False)
def source_page(source_id: str, request: Request) -> HTMLResponse:
    """The source with its date, link and text; 404 when there is none."""
    assistant: AppContext = request.app.state.assistant
    snapshot = assistant.live_index.corpus().snapshot
    source = snapshot.sources.get(source_id)
    if source is None:
        return HTMLResponse(
            _page("Nicht gefunden", "<h1>Nicht gefunden</h1><p>Diese Quelle gibt es nicht (mehr).</p>"), 404
        )
    passages = [passage for passage in snapshot.passages if passage.document_id == source_id]
    return HTMLResponse(_page(source.title, "\n".join(_body(source, passages))))


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="de"><head><meta charset="utf-8"><title>{html.escape(title)} – Netzlotse</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/static/source.css"></head>'
        f'<body><main>{body}<p><a href="/">Zum Netzlotsen</a></p></main></body></html>'
    )


def _body(source: SourceMetadata, passages: Sequence[Passage]) -> Iterator[str]:
    yield f"<h1>{html.escape(source.title)}</h1>"
    yield f'<p class="meta">{html.escape(_meta(source))}</p>'
    if source.url:
        url = html.escape(source.url, quote=True)
        yield f'<p><a href="{url}" rel="noopener noreferrer">{url}</a></p>'
    for heading, group in groupby(passages, key=lambda passage: passage.headings):
        if heading:
            yield f"<h2>{html.escape(' › '.join(heading))}</h2>"
        for passage in group:
            for paragraph in passage.text.split("\n\n"):
                yield f"<p>{html.escape(paragraph)}</p>"


def _meta(source: SourceMetadata) -> str:
    dated = f"Stand {format_date(source.as_of)}" if source.as_of else source.as_of_note or "ohne Datum"
    checked = f"verglichen am {format_date(source.checked.isoformat())}" if source.checked else ""
    check = "bitte Status prüfen" if source.verify else ""
    return " · ".join(part for part in (source.publisher or "", dated, checked, check) if part)
