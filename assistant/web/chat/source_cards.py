"""Answers as Markdown for the chat page: reference links in the text, one card for each source."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

from assistant.core.models import Answer, Citation, Language
from assistant.language.dates import format_date
from assistant.web.safe_markdown import escape, safe_markdown, safe_url

LABELS: Mapping[Language, Mapping[str, str]] = {
    "de": {
        "as_of": "Stand {date}",
        "undated": "ohne Datum",
        "check": "bitte Status prüfen",
        "open": "Quelle öffnen",
        "text": "Ganzer Text",
        "back": "zurück zur Antwort",
        "page": "S. {page}",
        "ended": "beendet",
        "sources": "Quellen",
        "none": "Die Quellen zu einer Antwort erscheinen hier.",
        "to": "Quellen zu: {question}",
    },
    "en": {
        "as_of": "as of {date}",
        "undated": "undated",
        "check": "please check status",
        "open": "Open source",
        "text": "Full text",
        "back": "back to the answer",
        "page": "p. {page}",
        "ended": "ended",
        "sources": "Sources",
        "none": "The sources of an answer appear here.",
        "to": "Sources for: {question}",
    },
}


def message(answer: Answer, turn: int, note: str = "") -> str:
    """The answer's Markdown made safe, with the definitions that its ``[n]`` need; ``note`` says who worded it."""
    shown = f"\n\n_{escape(note)}_" if note else ""
    return render_partial(answer.text, answer.citations, turn, shown)


def render_partial(text: str, citations: Sequence[Citation], turn: int, below: str = "") -> str:
    """As much of an answer as has arrived, as Markdown."""
    return safe_markdown(text, [one.number for one in citations]) + below + definitions(citations, turn)


def definitions(citations: Sequence[Citation], turn: int) -> str:
    """Reference links: where ``[n]`` leads to, with the source named in the title."""
    lines = [f'[{one.number}]: /quelle/{one.id}#beleg-{turn}-{one.number} "{_reference(one)}"' for one in citations]
    return "\n\n" + "\n".join(lines) if lines else ""


def _reference(citation: Citation) -> str:
    parts = [citation.title, citation.section, f"S. {citation.page}" if citation.page else ""]
    return html.escape(", ".join(part for part in parts if part)).replace("\\", "").replace("\n", " ")


def cards(answer: Answer, turn: int) -> str:
    """One card for each citation: title, place, date, the passage with the quote marked, links."""
    labels = LABELS[answer.language]
    head = f"### {labels['to'].format(question=escape(answer.question[:120]))}\n\n" if answer.citations else ""
    return head + "\n\n".join(_card(one, turn, answer.language) for one in answer.citations)


def _card(citation: Citation, turn: int, language: Language) -> str:
    labels = LABELS[language]
    return (
        f'<div class="card" id="beleg-{turn}-{citation.number}" tabindex="-1">\n\n'
        f"**[{citation.number}] {escape(citation.title)}**\n\n"
        f"{_place(citation, language)}\n\n"
        f"<blockquote>{_marked(citation)}</blockquote>\n\n"
        f"{_links(citation, labels)}\n\n</div>"
    )


def _place(citation: Citation, language: Language) -> str:
    labels = LABELS[language]
    date = labels["as_of"].format(date=format_date(citation.as_of, language)) if citation.as_of else labels["undated"]
    parts = [
        citation.section,
        labels["page"].format(page=citation.page) if citation.page else "",
        date,
        labels["ended"] if citation.status == "ended" else "",
        labels["check"] if citation.verify else "",
    ]
    return " · ".join(escape(part) for part in parts if part)


def _marked(citation: Citation) -> str:
    """The passage with its quote in ``<mark>``, on one line so that Markdown leaves the whole block alone."""
    before, quote, after = citation.passage.partition(citation.quote)
    return "".join((_lines(before), f"<mark>{_lines(quote)}</mark>" if quote else "", _lines(after)))


def _lines(text: str) -> str:
    return "<br>".join(html.escape(line) for line in re.split(r"\n+", text))


def _links(citation: Citation, labels: Mapping[str, str]) -> str:
    links = [f"[{labels['text']}](/quelle/{citation.id})"]
    if url := safe_url(citation.url):
        links.insert(0, f"[{labels['open']}](<{url}>)")
    return " · ".join(links)
