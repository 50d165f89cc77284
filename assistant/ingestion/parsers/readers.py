"""Which reader reads which kind of file: the one place that a new kind is added to.

A binary kind is known by its first bytes, whatever the file is called. Kinds of text are told apart by the name, and
by how they open. Each reader is imported when its first file comes, in the child process only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from assistant.core.errors import DocumentError
from assistant.ingestion.parsers.blocks import ParsedDocument


@dataclass(frozen=True, slots=True)
class BinaryReader:
    """A kind of file that its first bytes give away; ``read`` takes them all and the most pages to read."""

    name: str
    suffix: str
    signature: Callable[[bytes], bool]
    read: Callable[[bytes, int], ParsedDocument]


@dataclass(frozen=True, slots=True)
class TextReader:
    """A kind of text: the names it goes by, and how it may open under the name of another kind."""

    name: str
    suffixes: frozenset[str]
    read: Callable[[str], ParsedDocument]
    openings: tuple[str, ...] = ()


def _read_pdf(data: bytes, maximum_pages: int) -> ParsedDocument:
    from assistant.ingestion.parsers.pdf import extract_pdf

    return extract_pdf(data, maximum_pages)


def _read_docx(data: bytes, maximum_pages: int) -> ParsedDocument:
    from assistant.ingestion.parsers.docx import extract_docx

    return extract_docx(data)


def _read_html(text: str) -> ParsedDocument:
    from assistant.ingestion.parsers.text import extract_html

    return extract_html(text)


def _read_markdown(text: str) -> ParsedDocument:
    from assistant.ingestion.parsers.text import extract_markdown

    return extract_markdown(text)


def _read_plain(text: str) -> ParsedDocument:
    from assistant.ingestion.parsers.text import extract_plain

    return extract_plain(text)


BINARY_READERS = (
    BinaryReader("PDF", ".pdf", lambda data: b"%PDF-" in data[:1024], _read_pdf),
    BinaryReader("DOCX", ".docx", lambda data: data.startswith((b"PK\x03\x04", b"PK\x05\x06")), _read_docx),
)
TEXT_READERS = (
    TextReader("HTML", frozenset({".html", ".htm", ".xhtml"}), _read_html, ("<!doctype html", "<html")),
    TextReader("Markdown", frozenset({".md", ".markdown"}), _read_markdown),
    TextReader("Text (TXT)", frozenset({"", ".txt", ".text"}), _read_plain),
)


def read(data: bytes, suffix: str, maximum_pages: int) -> ParsedDocument:
    """Read a document; ``DocumentError`` says in German what else it is.

    What it is, its content decides, and the lower-case suffix only among kinds of text.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise DocumentError("empty", "Die Datei ist leer.")
    for reader in BINARY_READERS:
        if reader.signature(data):
            return reader.read(data, maximum_pages)
    _refuse_other_kinds(data, suffix)
    return _read_text(data, suffix)


def _refuse_other_kinds(data: bytes, suffix: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DocumentError("encrypted", "Die Datei ist mit einem Kennwort geschützt; bitte ohne Schutz speichern.")
        raise DocumentError("wrong_type", "Das ist ein altes Office-Format; bitte als DOCX oder PDF speichern.")
    if data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError("wrong_type", "Das ist RTF; bitte als DOCX oder PDF speichern.")
    if not any(suffix in reader.suffixes for reader in TEXT_READERS):
        *names, last = (reader.name for reader in (*BINARY_READERS, *TEXT_READERS))
        misnamed = any(suffix == reader.suffix for reader in BINARY_READERS)
        named = f"heißt zwar „{suffix}“, ist aber keines davon" if misnamed else "ist keines davon"
        raise DocumentError("wrong_type", f"Gelesen werden {', '.join(names)} oder {last}; die Datei {named}.")


def _read_text(data: bytes, suffix: str) -> ParsedDocument:
    from assistant.ingestion.parsers.text import decode

    text = decode(data)
    start = text.lstrip()[:200].lower()
    by_opening = (reader for reader in TEXT_READERS if reader.openings and start.startswith(reader.openings))
    by_name = (reader for reader in TEXT_READERS if suffix in reader.suffixes)
    return next(chain(by_opening, by_name)).read(text)
