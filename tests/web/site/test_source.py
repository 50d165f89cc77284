"""The page of a source shows its text, and beside it what editors are not sure of."""

from __future__ import annotations

import html

from assistant.answering.runtime import AppContext
from assistant.web.site.source import source_page


def test_doubt_of_the_head_stands_beside_the_text(assistant: AppContext) -> None:
    snapshot = assistant.live_index.corpus().snapshot
    doubtful = [one for one in snapshot.sources.values() if one.as_of and one.as_of_note]
    assert doubtful
    for source in doubtful:
        page = html.unescape(bytes(source_page(source.id, assistant).body).decode())
        assert f'<p class="meta">Zum Stand: {source.as_of_note}</p>' in page
        note = getattr(source, "valid_until_note", None)
        assert note is None or f'<p class="meta">Zur Laufzeit: {note}</p>' in page


def test_the_page_says_what_it_is_no_substitute_for(assistant: AppContext) -> None:
    source = next(iter(assistant.live_index.corpus().snapshot.sources))
    page = bytes(source_page(source, assistant).body).decode()
    assert page.count(assistant.prompts.render("disclaimer", "de")) == 1


def test_an_unknown_source_is_not_found(assistant: AppContext) -> None:
    assert source_page("gibt-es-nicht", assistant).status_code == 404
