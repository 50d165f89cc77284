"""What every format shows in the same way: runs of text, numbered sources, wide tables on pages of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal
from urllib.parse import quote, urlsplit

from assistant.advisory.export.plain_text import one_line
from assistant.advisory.report import Block, Note, Paragraph, Part, Report, Subheading, Table
from assistant.core.models import Citation
from assistant.language.dates import format_date

SOURCES_HEADING = "Quellen"
WIDE = 5
"""From so many columns on a table of sentences is put on a page in landscape."""
# Characters on a line and lines on a page at the size of table text, portrait and landscape.
_ROOM = {False: (100, 50), True: (150, 32)}
_LONGEST_HEAD = 200
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
    """A quoted place in a source; ``place`` is its section and page, as a lead to the quote."""

    number: int
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A source in the list at the end with the numbers that follow each other in it.

    ``link`` is empty where the address is none of the web.
    """

    title: str
    state: str
    address: str
    link: str
    entries: tuple[Entry, ...]


def runs(paragraph: Paragraph) -> tuple[Run, ...]:
    """A paragraph in pieces; a number stays on the line of what it proves."""
    return _joined([run for statement in _statements(paragraph) for run in statement])


def cell_lines(paragraph: Paragraph) -> tuple[tuple[Run, ...], ...]:
    """A paragraph in a table, where each statement begins a line of its own."""
    return tuple(_joined(statement) for statement in _statements(paragraph) if statement)


def remark_paragraphs(remark: Note) -> list[list[str]]:
    """The text of a remark as paragraphs of lines, as its author broke it."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", remark.text)]
    return [[line.strip() for line in part.split("\n")] for part in paragraphs if part]


def stretches(report: Report) -> Iterator[Stretch]:
    """The whole text in order, cut where the shape of the page changes."""
    blocks = [block for part in report.parts for block in _flow(part)]
    wide = [isinstance(block, Table) and is_wide(block) for block in blocks]
    for index in reversed(range(len(blocks) - 1)):  # what introduces a wide table stands above it
        wide[index] = wide[index] or (wide[index + 1] and isinstance(blocks[index], Heading | Subheading | Paragraph))
    for shape, group in groupby(zip(wide, blocks, strict=True), key=lambda pair: pair[0]):
        yield Stretch(shape, tuple(block for _, block in group))


def is_wide(table: Table) -> bool:
    """Whether a table needs a page in landscape."""
    return len(table.head) >= WIDE


def shares(table: Table) -> tuple[float, ...]:
    """The part of the width that each column gets, by how much is written in it; they add up to 1."""
    columns = [[cell_length(row[index]) for row in table.rows if index < len(row)] for index in range(len(table.head))]
    weights = [min(max((sum(column) / max(len(column), 1)) ** 0.75, 14), 56) for column in columns]
    return tuple(weight / sum(weights) for weight in weights)


def head_repeats(table: Table) -> bool:
    """Whether the head of a table is put on each of its pages; one as high as the page would never end."""
    return max(map(len, table.head), default=0) <= _LONGEST_HEAD


def keeps_together(row: Sequence[Paragraph], widths: Sequence[float], *, wide: bool) -> bool:
    """Whether a row is short enough to move to the next page in one piece."""
    characters, lines = _ROOM[wide]
    return all(
        cell_length(cell) / (characters * width) <= lines * 0.6 for cell, width in zip(row, widths, strict=False)
    )


def filled(row: Sequence[Paragraph], columns: int) -> tuple[Paragraph, ...]:
    """A row with as many cells as the table has columns."""
    return (*row, *[Paragraph(())] * (columns - len(row)))[:columns]


def cell_length(cell: Paragraph) -> int:
    """How many characters are written in a cell."""
    return sum(len(run.gap + run.text) for run in runs(cell))


def sources(report: Report) -> tuple[Listed, ...]:
    """The sources in the order of the numbers; numbers in a row from one source stand below it."""
    ordered = sorted(report.citations, key=lambda citation: citation.number)
    return tuple(_listed(tuple(group)) for _, group in groupby(ordered, key=_same_source))


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


def _statements(paragraph: Paragraph) -> Iterator[list[Run]]:
    """The runs of each statement; the lead belongs to the first."""
    lead = [Run("lead", one_line(paragraph.lead), " ")] if paragraph.lead else []
    for statement in paragraph.statements:
        text, note = one_line(statement.text), one_line(statement.note)
        numbers = [Run("number", f"[{number}]", "\u00a0", number) for number in statement.citations]
        yield [
            *lead,
            *([Run("text", text, " ")] if text else []),
            *numbers,
            *([Run("note", note, " ")] if note else []),
        ]
        lead = []
    if lead:
        yield lead


def _joined(found: Sequence[Run]) -> tuple[Run, ...]:
    """Runs without a gap before the first."""
    return tuple(replace(run, gap=run.gap if index else "") for index, run in enumerate(found))


def _same_source(citation: Citation) -> tuple[object, ...]:
    return citation.title, citation.url, citation.as_of, citation.status, citation.verify


def _listed(citations: Sequence[Citation]) -> Listed:
    first = citations[0]
    address = one_line(first.url or "")
    states = (
        f"Stand {format_date(first.as_of)}" if first.as_of else "ohne Datum",
        "beendet" if first.status == "ended" else "",
        "bitte Status prüfen" if first.verify else "",
    )
    return Listed(
        title=one_line(first.title),
        state=" · ".join(state for state in states if state),
        address=address,
        link=web_link(address),
        entries=tuple(Entry(citation.number, _place(citation), one_line(citation.quote)) for citation in citations),
    )


def _place(citation: Citation) -> str:
    section = one_line(citation.section)
    page = f"S. {citation.page}" if citation.page is not None else ""
    place = ", ".join(text for text in (section, page) if text)
    return place if not place or place[-1] in ".?!:" else f"{place}:"
