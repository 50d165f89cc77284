"""Follow-up questions that the knowledge can answer: headings of the files are questions already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.models import Citation, Evidence, Passage
from assistant.retrieve import Library

COUNT = 3


def suggest(
    evidence: Evidence, asked: str, library: Library, citations: Sequence[Citation], count: int = COUNT
) -> tuple[str, ...]:
    """Up to ``count`` questions whose answers stand next to what was just quoted."""
    used = {citation.passage for citation in citations}
    asked = asked.lower()
    found: dict[str, None] = {}
    for passage in _nearby(evidence, library, citations):
        heading = passage.headings[-1] if passage.headings else ""
        if heading.endswith("?") and passage.text not in used and heading.lower() not in asked:
            found.setdefault(heading)
        if len(found) == count:
            break
    return tuple(found)


def _nearby(evidence: Evidence, library: Library, citations: Sequence[Citation]) -> Iterator[Passage]:
    """One more section of each cited document first, then the passages that were ranked but not quoted."""
    cited = dict.fromkeys(citation.id for citation in citations)
    yield from (one.passage for one in evidence.ranked if one.passage.document_id in cited)
    yield from (one.passage for one in evidence.ranked)
    for place in sorted(place for one in cited for place in library.places_of[one]):
        yield library.generation.passages[place]
