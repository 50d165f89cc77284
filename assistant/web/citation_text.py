"""Where a citation stands and how current it is, in words."""

from __future__ import annotations

from assistant.core.models import Citation, Language
from assistant.language.dates import format_date
from assistant.web.page_texts import CITATION


def place_of(citation: Citation, language: Language = "de") -> list[str]:
    """Section, page, date, and what a reader should know of the status; what is not known is left out."""
    texts = CITATION[language]
    parts = [
        citation.section,
        texts.page.format(page=citation.page) if citation.page else "",
        show_as_of(citation.as_of, language),
        texts.ended if citation.status == "ended" else "",
        texts.check if citation.verify else "",
    ]
    return [part for part in parts if part]


def show_as_of(as_of: str | None, language: Language = "de") -> str:
    """The date of a source, or that it has none."""
    texts = CITATION[language]
    return texts.as_of.format(date=format_date(as_of, language)) if as_of else texts.undated
