"""The Markdown file, read back with a parser of Markdown."""

from __future__ import annotations

import re

import pytest

from assistant.advisory.export import write
from tests.support.sample_report import HOSTILE, REPORT, hostile_report, parsed


@pytest.fixture(scope="module")
def markdown() -> str:
    return write(REPORT, "md").decode()


def test_markdown_is_headings_lists_tables_and_quotes(markdown: str) -> None:
    tokens = parsed(markdown)
    headings = [
        (token.tag, tokens[place + 1].content) for place, token in enumerate(tokens) if token.type == "heading_open"
    ]
    assert headings[:3] == [("h1", "Briefing: Position im Netzwerk"), ("h2", "1 Ausgangslage"), ("h2", "2 Stellung")]
    assert headings[-2:] == [("h2", "4 Fragen"), ("h2", "Quellen")]
    assert sum(token.type == "table_open" for token in tokens) == 2
    assert sum(token.type == "th_open" for token in tokens) == 7
    assert sum(token.type == "td_open" for token in tokens) == 2 + 16 * 5
    assert sum(token.type == "blockquote_open" for token in tokens) == 1
    assert markdown.count("- [ ] ") == 2


def test_every_number_in_markdown_is_in_the_list_of_sources(markdown: str) -> None:
    text, listed = markdown.split("## Quellen")
    assert set(re.findall(r"\[\d\]", text)) == set(re.findall(r"^\[\d\]", listed, re.MULTILINE))
    assert "**Förderbuch Band 6** · Stand 31.12.2024 · beendet · <https://foerderbuch.example/band/6" in listed
    assert "[1] Abschnitt 2, S. 4: „Satz 1" in listed
    assert "**Eigenes Papier** · ohne Datum · bitte Status prüfen\\\n[2]" in listed


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_in_a_text_becomes_markup(text: str) -> None:
    plain = [token.type for token in parsed(write(hostile_report("Text"), "md").decode())]
    other = [token.type for token in parsed(write(hostile_report(text), "md").decode())]
    leaves = {
        leaf.type for token in parsed(write(hostile_report(text), "md").decode()) for leaf in token.children or []
    }
    assert leaves <= {"text", "text_special", "strong_open", "strong_close", "hardbreak", "softbreak"}
    if text.strip():
        paragraphs = max(text.strip().count("\n\n"), 0)
        assert [kind for kind in other if "paragraph" not in kind and kind != "inline"] == [
            kind for kind in plain if "paragraph" not in kind and kind != "inline"
        ]
        assert other.count("paragraph_open") == plain.count("paragraph_open") + paragraphs
