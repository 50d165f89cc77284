"""What every format shows in the same way: runs of text, numbered sources, wide tables on pages of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from typing import Literal
from urllib.parse import quote, urlsplit

from assistant.export.plain import one_line
from assistant.models import Citation
from assistant.report import Block, Paragraph, Part, Remark, Report, Subheading, Table
from assistant.status import show_date

SOURCES_HEADING = "Quellen"
WIDE = 5
"""From so many columns on a table of sentences is put on a page in landscape."""
# Characters on a line and lines on a page at the size of table text, portrait and landscape.
_ROOM = {False: (100, 50), True: (150, 32)}
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~-._"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph: a lead, a text, a number that leads to a source, or a note; ``gap`` goes before it."""

    kind: Literal["lead", "text", "number", "note"]
    text: str
    gap: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part in the flow of blocks."""

    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks on pages of one shape: upright, or ``wide`` for a table with many columns."""

    wide: bool
    blocks: tuple[Heading | Block, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A source in the list at the end; ``link`` is empty where the address is none of the web."""

    number: int
    title: str
    place: str
    state: str
    address: str
    link: str
    quote: str


def runs(paragraph: Paragraph) -> tuple[Run, ...]:
    """A paragraph in pieces; a number stays on the line of what it proves."""
    pieces = []
    if paragraph.lead:
        pieces.append(Run("lead", one_line(paragraph.lead)))
    for statement in paragraph.statements:
        if text := one_line(statement.text):
            pieces.append(Run("text", text, " "))
        pieces += [Run("number", f"[{number}]", "\u00a0", number) for number in statement.citations]
        if note := one_line(statement.note):
            pieces.append(Run("note", note, " "))
    return tuple(
        Run(piece.kind, piece.text, piece.gap if place else "", piece.number) for place, piece in enumerate(pieces)
    )


def remark_paragraphs(remark: Remark) -> list[list[str]]:
    """The text of a remark as paragraphs of lines, as its author broke it."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", remark.text)]
    return [[line.strip() for line in part.split("\n")] for part in paragraphs if part]


def stretches(report: Report) -> Iterator[Stretch]:
    """The whole text in order, cut where the shape of the page changes."""
    blocks = [block for part in report.parts for block in _flow(part)]
    wide = [isinstance(block, Table) and is_wide(block) for block in blocks]
    for place in reversed(range(len(blocks) - 1)):  # what introduces a wide table stands above it
        wide[place] = wide[place] or (wide[place + 1] and isinstance(blocks[place], Heading | Subheading | Paragraph))
    for shape, group in groupby(zip(wide, blocks, strict=True), key=lambda pair: pair[0]):
        yield Stretch(shape, tuple(block for _, block in group))


def is_wide(table: Table) -> bool:
    """Whether a table needs a page in landscape."""
    return len(table.head) >= WIDE


def shares(table: Table) -> tuple[float, ...]:
    """The part of the width that each column gets, by how much is written in it; they add up to 1."""
    columns = [[cell_length(row[place]) for row in table.rows if place < len(row)] for place in range(len(table.head))]
    weights = [min(max(sqrt(sum(column) / max(len(column), 1)), 5), 15) for column in columns]
    return tuple(weight / sum(weights) for weight in weights)


def keeps_together(row: Sequence[Paragraph], widths: Sequence[float], *, wide: bool) -> bool:
    """Whether a row is short enough to move to the next page in one piece."""
    characters, lines = _ROOM[wide]
    return all(
        cell_length(cell) / (characters * width) <= lines * 0.6 for cell, width in zip(row, widths, strict=False)
    )


def cell_length(cell: Paragraph) -> int:
    """How many characters are written in a cell."""
    return sum(len(run.gap + run.text) for run in runs(cell))


def entries(report: Report) -> tuple[Entry, ...]:
    """The sources in the order of their numbers."""
    return tuple(_entry(citation) for citation in sorted(report.citations, key=lambda one: one.number))


def web_link(address: str) -> str:
    """The address as one that may be followed; empty for anything but http and https."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return quote(address, safe=_URL_CHARACTERS) if parts.scheme in ("http", "https") and parts.netloc else ""


def _flow(part: Part) -> Iterator[Heading | Block]:
    yield Heading(one_line(part.heading))
    yield from part.blocks


def _entry(citation: Citation) -> Entry:
    title, section, address = (one_line(text or "") for text in (citation.title, citation.section, citation.url))
    page = f"S. {citation.page}" if citation.page is not None else ""
    states = (
        f"Stand {show_date(citation.as_of)}" if citation.as_of else "ohne Datum",
        "beendet" if citation.status == "ended" else "",
        "bitte Status prüfen" if citation.verify else "",
    )
    return Entry(
        number=citation.number,
        title=title,
        place=", ".join(text for text in (section if section != title else "", page) if text),
        state=" · ".join(state for state in states if state),
        address=address,
        link=web_link(address),
        quote=one_line(citation.quote),
    )
