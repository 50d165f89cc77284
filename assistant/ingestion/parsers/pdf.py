"""PDF to blocks: opens the file with pypdf under limits, reads every page, finds title and outline.

Runs in the child process.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError, PdfStreamError

from assistant.core.errors import DocumentError
from assistant.ingestion.parsers.blocks import (
    MAXIMUM_CHARACTERS,
    ParsedDocument,
    clean_authors,
    clean_text,
    clean_title,
    partial_date,
    to_sections,
)
from assistant.ingestion.parsers.pdf_fonts import FontCache
from assistant.ingestion.parsers.pdf_reading_order import Line, lines_of_page
from assistant.ingestion.parsers.pdf_structure import blocks_of_document
from assistant.ingestion.parsers.pdf_text_runs import PageReader, PageText

_TAIL = 2048  # some programs write a few lines after the end mark
_SCAN_SHARE = 0.5
_OUTLINE_ENTRIES = 5_000
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|odt|indd|tex|html?|pptx?|qxd|rtf)\s*$"
    r"|^microsoft (?:word|powerpoint)|^untitled|^\(?(?:anonymous|unspecified)\)?$",
    re.I,
)
_NOBODY = re.compile(r"^\(?(?:anonymous|unspecified|unknown)\)?$", re.I)
_UNREADABLE_SHARE = 0.3


def extract_pdf(data: bytes, maximum_pages: int) -> ParsedDocument:
    """The visible text of a PDF, page by page."""
    if b"%%EOF" not in data.rstrip(b"\0 \t\r\n")[-_TAIL:]:
        raise DocumentError(
            "truncated", "Das Ende der PDF-Datei fehlt; bitte laden oder speichern Sie sie noch einmal."
        )
    try:
        return _read(PdfReader(io.BytesIO(data), strict=False), maximum_pages)
    except LimitReachedError as error:
        raise DocumentError(
            "too_large", "Die PDF-Datei entpackt sich zu übermäßiger Größe; bitte neu speichern oder teilen."
        ) from error
    except DependencyError as error:
        raise _encrypted() from error
    except (PdfReadError, PdfStreamError) as error:
        raise DocumentError("unreadable", "Die PDF-Datei ist beschädigt; bitte öffnen und neu speichern.") from error


def _encrypted() -> DocumentError:
    return DocumentError("encrypted", "Die PDF-Datei ist mit einem Kennwort geschützt; bitte ohne Schutz speichern.")


def _read(reader: PdfReader, maximum_pages: int) -> ParsedDocument:
    if reader.is_encrypted and not reader.decrypt(""):
        raise _encrypted()
    count = len(reader.pages)
    if count > maximum_pages:
        raise DocumentError("too_many_pages", f"Die Datei hat {count} Seiten, höchstens {maximum_pages}; bitte teilen.")
    if not count:
        raise DocumentError("empty", "Die PDF-Datei hat keine Seiten; bitte neu speichern.")
    result = ParsedDocument("pdf", [], pages=count)
    off, fonts = _off_layers(reader), FontCache()
    pages: list[list[Line]] = []
    heights: list[float] = []
    characters = 0
    for number, page in enumerate(reader.pages, start=1):
        text = PageReader(page, fonts, off).read()
        _accept_recognised_text(text, result)
        result.hidden_characters += sum(len("".join(run.text.split())) for run in text.runs if run.hidden)
        characters += sum(len(run.text) for run in text.runs)
        if characters > MAXIMUM_CHARACTERS:
            raise DocumentError("too_large", "Die PDF-Datei enthält zu viel Text; bitte teilen Sie sie.")
        lines = lines_of_page(text, number)
        result.scanned_pages += not lines and text.image_share > _SCAN_SHARE
        pages.append(lines)
        heights.append(text.height)
    return _finish(reader, result, pages, heights)


def _accept_recognised_text(text: PageText, result: ParsedDocument) -> None:
    """A scanned page carries the words of its picture as invisible text; there, and only there, it is read."""
    layer = [run for run in text.runs if run.invisible_mode and run.text.strip()]
    visible = any(not run.hidden and run.text.strip() for run in text.runs)
    if layer and not visible and text.image_share > _SCAN_SHARE:
        for run in layer:
            run.hidden = False
        result.recognised_pages += 1


def _finish(reader: PdfReader, result: ParsedDocument, pages: list[list[Line]], heights: list[float]) -> ParsedDocument:
    blocks, printed = blocks_of_document(pages, heights, dict(_outline(reader)))
    letters = "".join(clean_text(block.text) for block in blocks)
    if not any(map(str.isalnum, letters)):
        raise _nothing(result)
    raw = "".join(block.text for block in blocks)
    strange = sum(letter == "\ufffd" or not (letter.isprintable() or letter.isspace()) for letter in raw)
    if strange > _UNREADABLE_SHARE * len(raw):
        raise DocumentError(
            "ocr_needed", "Die Schrift der PDF-Datei ist nicht lesbar: OCR nötig, danach erneut hinzufügen."
        )
    fields = _fields(reader)
    given = clean_title(fields.get("/Title", ""))
    result.title = given if len(given) > 2 and not _FILE_NAME.search(given) else clean_title(printed)
    result.authors = clean_authors([_NOBODY.sub("", fields.get("/Author", ""))])
    result.date = partial_date(fields.get("/CreationDate", ""))
    result.sections = to_sections(blocks, result.title)
    return result


def _nothing(result: ParsedDocument) -> DocumentError:
    if result.hidden_characters:
        return DocumentError("hidden_only", "Die Datei enthält nur unsichtbaren Text; bitte prüfen Sie ihre Herkunft.")
    if result.scanned_pages:
        return DocumentError("ocr_needed", "Die Datei enthält nur Bilder: OCR nötig, danach erneut hinzufügen.")
    return DocumentError("empty", "Die PDF-Datei enthält keinen Text; ist sie gescannt, ist OCR nötig.")


def _fields(reader: PdfReader) -> dict[str, str]:
    with suppress(PdfReadError, ValueError, TypeError, AttributeError, KeyError):
        return {str(name): str(value)[:2000] for name, value in (reader.metadata or {}).items()}
    return {}


def _outline(reader: PdfReader) -> Iterator[tuple[str, int]]:
    """Titles of the outline in lower case with their depth; a broken outline is as good as none."""
    try:
        todo: list[tuple[Any, int]] = [(reader.outline, 1)]
    except MemoryError:
        raise
    except Exception:
        return
    for _ in range(_OUTLINE_ENTRIES):
        if not todo:
            return
        entry, depth = todo.pop()
        if isinstance(entry, list):
            todo += [(child, depth + 1 if isinstance(child, list) else depth) for child in entry[:_OUTLINE_ENTRIES]]
        elif getattr(entry, "title", None):
            yield clean_text(str(entry.title)).lower(), min(depth, 6)


def _off_layers(reader: PdfReader) -> frozenset[int]:
    """Object numbers of layers that are switched off when the file is opened."""
    with suppress(PdfReadError, ValueError, TypeError, AttributeError, KeyError):
        properties: Any = reader.trailer["/Root"].get("/OCProperties")  # type: ignore[attr-defined]
        if properties is None:
            return frozenset()
        layers = properties.get_object()["/D"].get_object()
        off = {layer.idnum for layer in layers.get("/OFF", []) if hasattr(layer, "idnum")}
        if layers.get("/BaseState") == "/OFF":
            every = {layer.idnum for layer in properties.get_object()["/OCGs"] if hasattr(layer, "idnum")}
            off |= every - {layer.idnum for layer in layers.get("/ON", []) if hasattr(layer, "idnum")}
        return frozenset(off)
    return frozenset()
