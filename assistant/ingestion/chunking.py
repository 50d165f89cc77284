"""Documents to passages of at most 1,500 characters, cut at headings and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.core.models import Document, Passage, Section
from assistant.language.sentence_splitter import split_sentences

MAXIMUM_CHARACTERS = 1500
TARGET_CHARACTERS = 1200


def chunk_document(document: Document) -> tuple[Passage, ...]:
    """Passages in reading order; an id stays the same as long as its heading does."""
    counts: dict[str, int] = {}
    passages = []
    for section in document.sections:
        for text in _cut(section.text):
            passages.append(_passage(document, section, text, counts))
    return tuple(passages)


def _passage(document: Document, section: Section, text: str, counts: dict[str, int]) -> Passage:
    source = document.source
    slug = slugify(" ".join(section.headings)) or "text"
    if section.page is not None:
        slug = f"s{section.page}-{slug}"
    counts[slug] = counts.get(slug, 0) + 1
    return Passage(
        id=f"{source.id}#{slug}-{counts[slug]}",
        document_id=source.id,
        kind=document.kind,
        title=source.title,
        section=" › ".join(section.headings) or getattr(source, "section", "Überblick"),
        headings=section.headings,
        text=text,
        sentences=split_sentences(text),
        language=section.language,
        page=section.page,
        generated=section.generated,
    )


def _cut(text: str) -> Iterator[str]:
    """Whole paragraphs up to the target; a paragraph over the maximum is cut at its sentences."""
    packed = ""
    for block in _blocks(text):
        if packed and len(packed) + len(block) + 2 > TARGET_CHARACTERS:
            yield packed
            packed = ""
        packed = f"{packed}\n\n{block}" if packed else block
    if packed:
        yield packed


def _blocks(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = paragraph.strip()
        if len(paragraph) <= MAXIMUM_CHARACTERS:
            if paragraph:
                yield paragraph
        else:
            yield from _cut_long(paragraph)


def _cut_long(paragraph: str) -> Iterator[str]:
    packed = ""
    for sentence in split_sentences(paragraph):
        for start in range(0, len(sentence), MAXIMUM_CHARACTERS):
            piece = sentence[start : start + MAXIMUM_CHARACTERS].strip()
            if packed and len(packed) + len(piece) + 1 > TARGET_CHARACTERS:
                yield packed
                packed = ""
            packed = f"{packed} {piece}" if packed else piece
    if packed:
        yield packed


def slugify(text: str) -> str:
    """Lower case, German letters written out, everything else a hyphen."""
    lowered = text.lower()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        lowered = lowered.replace(letter, written)
    return re.sub(r"[^a-z0-9]+", "-", lowered).strip("-")
