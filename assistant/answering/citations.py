"""Draft to text: numbered citations of what its claims quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.answering.draft import Draft
from assistant.core.models import Citation, Claim
from assistant.core.sources import SourceMetadata

PASSAGE_CHARACTERS = 400
_MARKDOWN = re.compile(r"([\\`*_\[\]<>])")


class CitationIndex:
    """Numbers citations 1…k by first use; the same quote keeps its number."""

    def __init__(self, sources: Mapping[str, SourceMetadata]) -> None:
        self._sources = sources
        self._numbers: dict[tuple[str, str], Citation] = {}

    def number(self, claim: Claim) -> int:
        """The number of a claim's citation."""
        key = (claim.passage.id, claim.quote)
        if key not in self._numbers:
            source = self._sources[claim.passage.document_id]
            self._numbers[key] = make_citation(len(self._numbers) + 1, claim, source)
        return self._numbers[key].number

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in order."""
        return tuple(self._numbers.values())


def make_citation(number: int, claim: Claim, source: SourceMetadata) -> Citation:
    """A citation with everything a reader needs to open and judge the source."""
    passage = claim.passage
    return Citation(
        number=number,
        id=source.id,
        kind=passage.kind,
        title=_title(source),
        section=_section(source, passage.section),
        page=passage.page,
        url=source.url,
        as_of=source.as_of,
        status=getattr(source, "status", None),
        verify=source.verify,
        quote=claim.quote,
        passage=_shown(passage.text, claim.quote, whole=passage.kind != "document"),
        score=round(claim.score, 4),
    )


def _title(source: SourceMetadata) -> str:
    return source.publisher or source.title if source.id.startswith("position-paper/") else source.title


def _section(source: SourceMetadata, section: str) -> str:
    own = getattr(source, "section", None)
    return f"Abschnitt {own}" if own else section


def _shown(text: str, quote: str, *, whole: bool) -> str:
    """The whole passage of our own texts; of an added document at most 400 characters around the quote."""
    if whole or len(text) <= PASSAGE_CHARACTERS:
        return text
    start = max(0, text.find(quote) - (PASSAGE_CHARACTERS - len(quote)) // 2)
    return text[start : start + max(PASSAGE_CHARACTERS, len(quote))]


def render_draft(draft: Draft, citation_index: CitationIndex) -> Iterator[str]:
    """The text of the answer in pieces that can be shown one after the other; items of a list under a lead-in."""
    yield draft.lead_in
    gap, bullet = ("\n\n", "- ") if draft.lead_in else ("", "")
    for group in draft.groups:
        yield f"{gap}**{group.label}**" if group.label else ""
        gap = "\n\n" if group.label else gap
        for paragraph in group.paragraphs:
            yield gap + bullet
            yield from render_claims(paragraph, citation_index)
            gap = "\n\n"


def escape(text: str) -> str:
    """A quote as Markdown that shows it literally: nothing in it can become a link, emphasis or HTML."""
    return _MARKDOWN.sub(r"\\\1", text)


def render_claims(paragraph: Sequence[Claim], citation_index: CitationIndex) -> Iterator[str]:
    """Claims as text with their numbers; one without a text is a further number of the one before."""
    for position, claim in enumerate(paragraph):
        parts = [escape(claim.text), f"[{citation_index.number(claim)}]" if claim.quote else "", claim.note]
        yield (" " if position else "") + " ".join(part for part in parts if part)
