"""Word files to blocks: the zip and XML of the standard library, guarded. Runs in the child process."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from assistant.core.errors import DocumentError
from assistant.ingestion.parsers.blocks import (
    Block,
    ParsedDocument,
    clean_authors,
    clean_title,
    partial_date,
    to_sections,
)

# One part of an honest file: 2,000 pages of text need some 30 MB of XML.
MAXIMUM_PART_BYTES = 60_000_000
MAXIMUM_ENTRIES = 10_000
MAXIMUM_DEPTH = 500
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_TITLE_LEVEL = 1
_HIDDEN_HALF_POINTS = 5  # under 3 points nobody reads


def extract_docx(data: bytes) -> ParsedDocument:
    """The visible text of a Word file with its headings; tracked deletions are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except zipfile.BadZipFile as error:
        raise DocumentError(
            "truncated", "Die Datei ist unvollständig oder beschädigt; bitte öffnen und neu speichern."
        ) from error
    except (RuntimeError, NotImplementedError, zlib.error, EOFError) as error:
        code = "encrypted" if "encrypted" in str(error) else "unreadable"
        raise DocumentError(code, "Die Datei ist verschlüsselt oder beschädigt; bitte neu speichern.") from error


def _read(archive: zipfile.ZipFile) -> ParsedDocument:
    names = archive.namelist()
    if len(names) > MAXIMUM_ENTRIES:
        raise DocumentError("too_large", "Das Archiv hat zu viele Teile; bitte in Word öffnen und neu speichern.")
    if "word/document.xml" not in names:
        raise DocumentError(
            "wrong_type", "Das ist keine Word-Datei; gelesen werden PDF, DOCX, HTML, Markdown und Text."
        )
    reader = _Reader(*_styles(_parse(archive, "word/styles.xml")) if "word/styles.xml" in names else ({}, set(), set()))
    root = _parse(archive, "word/document.xml")
    blocks = list(reader.blocks(root))
    core = _parse(archive, "docProps/core.xml") if "docProps/core.xml" in names else None
    fields = {field.tag.rpartition("}")[2]: field.text or "" for field in core} if core is not None else {}
    printed = next((block.text for block in blocks if block.level), "")
    title = clean_title(fields.get("title", "")) or clean_title(printed)
    if not any(any(map(str.isalnum, block.text)) for block in blocks):
        raise _nothing(reader.hidden_characters, any(True for _ in root.iter(_DRAWING)))
    return ParsedDocument(
        "docx",
        to_sections(blocks, title),
        title=title,
        authors=clean_authors([fields.get("creator", "")]),
        date=partial_date(fields.get("modified", "") or fields.get("created", "")),
        hidden_characters=reader.hidden_characters,
    )


def _nothing(hidden: int, pictures: bool) -> DocumentError:
    if hidden:
        return DocumentError("hidden_only", "Die Datei enthält nur unsichtbaren Text; bitte prüfen Sie ihre Herkunft.")
    if pictures:
        return DocumentError("ocr_needed", "Die Datei enthält nur Bilder: OCR nötig, danach erneut hinzufügen.")
    return DocumentError("empty", "Die Datei enthält keinen Text; bitte prüfen Sie ihren Inhalt.")


def _parse(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """One XML part; document types, entities, excessive size and depth are refused before they cost anything."""
    with archive.open(name) as part:
        content = part.read(MAXIMUM_PART_BYTES + 1)
    if len(content) > MAXIMUM_PART_BYTES:
        raise DocumentError(
            "too_large", "Die Datei entpackt sich zu übermäßiger Größe; bitte neu speichern oder teilen."
        )
    _check_xml(content)
    return ElementTree.fromstring(content)


def _check_xml(content: bytes) -> None:
    depth = 0

    def refuse(*_: object) -> None:
        raise DocumentError("unreadable", "Die Datei enthält eigene XML-Definitionen; bitte in Word neu speichern.")

    def enter(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAXIMUM_DEPTH:
            raise DocumentError("unreadable", "Die Datei ist zu tief verschachtelt; bitte in Word neu speichern.")

    def leave(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.Parse(content, True)


def _attribute(element: ElementTree.Element | None, name: str = "val") -> str:
    if element is None:
        return ""
    return element.get(_WORD + name) or element.get(_STRICT + name) or ""


def _child(element: ElementTree.Element | None, *path: str) -> ElementTree.Element | None:
    for name in path:
        if element is None:
            return None
        found = element.find(_WORD + name)
        element = found if found is not None else element.find(_STRICT + name)
    return element


def _styles(root: ElementTree.Element) -> tuple[dict[str, int], set[str], set[str]]:
    """Heading level by style id, the ids of styles whose text cannot be seen, and those of list items."""
    levels: dict[str, int] = {}
    hidden: set[str] = set()
    listed: set[str] = set()
    for style in root:
        style_id = _attribute(style, "styleId")
        name = _attribute(_child(style, "name")).lower()
        heading = re.fullmatch(r"(?:heading|überschrift) ?([1-9])", name)
        outline = _attribute(_child(style, "pPr", "outlineLvl"))
        if heading:
            levels[style_id] = int(heading[1])
        elif name in ("title", "titel"):
            levels[style_id] = _TITLE_LEVEL
        elif outline.isdigit() and int(outline) < 9:
            levels[style_id] = int(outline) + 1
        if _is_hidden(_child(style, "rPr")):
            hidden.add(style_id)
        if _child(style, "pPr", "numPr") is not None:
            listed.add(style_id)
    return levels, hidden, listed


def _is_on(element: ElementTree.Element | None) -> bool:
    return element is not None and _attribute(element).lower() not in ("0", "false", "off", "none")


def _is_backed(properties: ElementTree.Element | None) -> bool:
    """Whether a paragraph or table cell has a background of its own, on which white text can be read."""
    return _attribute(_child(properties, "shd"), "fill").lower() not in ("", "auto", "ffffff")


def _is_hidden(properties: ElementTree.Element | None, backed: bool = False) -> bool:
    """Whether run properties hide text: hidden, white without a background of its own, or tiny."""
    if properties is None:
        return False
    if _is_on(_child(properties, "vanish")) or _is_on(_child(properties, "webHidden")):
        return True
    size = _attribute(_child(properties, "sz"))
    if size.isdigit() and int(size) <= _HIDDEN_HALF_POINTS:
        return True
    backed = backed or _is_backed(properties)
    marked = _attribute(_child(properties, "highlight")).lower() not in ("", "none", "white")
    colour = _attribute(_child(properties, "color")).lower()
    return len(colour) == 6 and not backed and not marked and all(part >= "f0" for part in re.findall("..", colour))


class _Reader:
    """Walks through paragraphs and tables in order."""

    def __init__(self, levels: dict[str, int], hidden: set[str], listed: set[str]) -> None:
        self._levels = levels
        self._hidden = hidden
        self._listed = listed
        self.hidden_characters = 0

    def blocks(self, root: ElementTree.Element, backed: bool = False) -> Iterator[Block]:
        """All paragraphs; the cells of a table row stand on one line."""
        backed = backed or _is_backed(_child(root, "tcPr"))
        for element in root:
            name = element.tag.rpartition("}")[2]
            if name == "p":
                yield from self._paragraph(element, backed)
            elif name == "tr":
                cells = [" ".join(block.text for block in self.blocks(cell, backed)) for cell in element]
                yield Block(" | ".join(cell for cell in cells if cell))
            elif name not in ("pPr", "tblPr", "sectPr", "del", "moveFrom"):
                yield from self.blocks(element, backed)

    def _paragraph(self, paragraph: ElementTree.Element, backed: bool) -> Iterator[Block]:
        style = _attribute(_child(paragraph, "pPr", "pStyle"))
        outline = _attribute(_child(paragraph, "pPr", "outlineLvl"))
        level = self._levels.get(style, int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0)
        backed = backed or _is_backed(_child(paragraph, "pPr"))
        text = "".join(self._runs(paragraph, style in self._hidden, backed))
        lines = [" ".join(text.split("\n"))] if level else text.split("\n")
        item = not level and (style in self._listed or _child(paragraph, "pPr", "numPr") is not None)
        yield from (Block(line, level=level, item=item) for line in lines if line.strip())

    def _runs(self, element: ElementTree.Element, hidden: bool, backed: bool) -> Iterator[str]:
        for child in element:
            name = child.tag.rpartition("}")[2]
            if name == "r":
                properties = _child(child, "rPr")
                unseen = hidden or _attribute(_child(properties, "rStyle")) in self._hidden
                yield from self._runs(child, unseen or _is_hidden(properties, backed), backed)
            elif name == "t":
                if hidden:
                    self.hidden_characters += len("".join((child.text or "").split()))
                else:
                    yield child.text or ""
            elif name in ("tab", "br", "cr"):
                yield "\n" if name != "tab" else " "
            elif name == "noBreakHyphen":
                yield "-"
            elif name == "softHyphen":
                continue
            elif name not in ("del", "moveFrom", "instrText", "pPr", "rPr") and child.tag != _FALLBACK:
                yield from self._runs(child, hidden, backed)
