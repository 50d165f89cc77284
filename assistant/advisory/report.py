"""A document made of cited statements, before it is written as Markdown, DOCX or PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.core.models import Citation


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with the numbers of the citations that carry it.

    ``note`` follows the numbers and claims nothing by itself, such as „Stand 2025, bitte prüfen".
    A statement without citations is a heading-like text, a question or the adviser's own word.
    """

    text: str
    citations: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Statements that are read in one go; ``lead`` is a bold label in front of them."""

    statements: tuple[Statement, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; every item may hold several statements. ``open_box``: items to tick off."""

    items: tuple[Paragraph, ...]
    open_box: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row; each cell holds statements. ``caption`` says what it shows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Paragraph, ...], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Free text that somebody else answers for, set apart and marked with whose it is."""

    whose: str
    text: str


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside a part."""

    text: str


Block = Paragraph | Bullets | Table | Note | Subheading


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered part of a report; ``id`` names it where parts can be left out."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole document. ``cover`` holds label and value lines, ``citations`` everything cited, numbered 1…k."""

    title: str
    subtitle: str
    created: date
    cover: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    footer: str = ""
