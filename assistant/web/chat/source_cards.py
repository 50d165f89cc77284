"""Answers as Markdown for the chat page: reference links in the text, one card for each source."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from assistant.core.models import Answer, Citation, Language
from assistant.web.citation_text import place_of
from assistant.web.page_texts import CITATION, PAGE, CitationTexts
from assistant.web.safe_markdown import escape, safe_markdown, safe_url


def message(answer: Answer, turn: int, *notes: str) -> str:
    """The answer's Markdown made safe, with the definitions that its ``[n]`` need; ``notes`` are quiet lines below."""
    shown = "".join(f"\n\n_{escape(note)}_" for note in notes if note)
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
    if not answer.citations:
        return ""
    heading = PAGE[answer.language].sources_for.format(question=escape(answer.question[:120]))
    return "\n\n".join([f"### {heading}", *(_card(one, turn, answer.language) for one in answer.citations)])


def _card(citation: Citation, turn: int, language: Language) -> str:
    place = " · ".join(escape(part) for part in place_of(citation, language))
    return (
        f'<div class="card" id="beleg-{turn}-{citation.number}" tabindex="-1">\n\n'
        f"**[{citation.number}] {escape(citation.title)}**\n\n"
        f"{place}\n\n"
        f"<blockquote>{_mark_quote(citation)}</blockquote>\n\n"
        f"{_links(citation, CITATION[language])}\n\n</div>"
    )


def _mark_quote(citation: Citation) -> str:
    """The passage with its quote in ``<mark>``, on one line so that Markdown leaves the whole block alone."""
    before, quote, after = citation.passage.partition(citation.quote)
    return "".join((_break_lines(before), f"<mark>{_break_lines(quote)}</mark>" if quote else "", _break_lines(after)))


def _break_lines(text: str) -> str:
    return "<br>".join(html.escape(line) for line in re.split(r"\n+", text))


def _links(citation: Citation, texts: CitationTexts) -> str:
    links = [f"[{texts.text}](/quelle/{citation.id})"]
    if url := safe_url(citation.url):
        links.insert(0, f"[{texts.open}](<{url}>)")
    return " · ".join(links)
