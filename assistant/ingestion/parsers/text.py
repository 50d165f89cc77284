"""HTML, Markdown and plain text of any usual encoding to blocks. Runs in the child process."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from statistics import median

from assistant.core.errors import DocumentError
from assistant.ingestion.parsers.blocks import (
    MAXIMUM_CHARACTERS,
    Block,
    ParsedDocument,
    clean_authors,
    clean_text,
    clean_title,
    join_lines,
    partial_date,
    to_sections,
)
from assistant.ingestion.parsers.html import HtmlReader

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text of every language is nearly free of these; a twentieth of a picture or program is.
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.05
_HEAD = re.compile(r"\A---[ \t]*\r?\n(.{0,20000}?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.S)
_BULLET = re.compile(r"\s*(?:[-*+•–▪‣]|\(?\d{1,2}[.)]|[a-z]\))\s+\S")
_NUMBERED = re.compile(r"(?:\(?\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,5}\.)\s+[A-ZÄÖÜ]\S*(?:\s+\S+){0,10}")
_RULE = re.compile(r"\s*(={3,}|-{3,})\s*")


def decode(data: bytes) -> str:
    """Bytes to text: by byte order mark, UTF-16 by its zero bytes, UTF-8, and else Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data.decode(encoding, "replace"))
    sample = data[:4000]
    if len(sample) > 3 and len(data) % 2 == 0:
        odd, even = sample[1::2].count(0) / len(sample[1::2]), sample[::2].count(0) / len(sample[::2])
        if max(odd, even) > 0.6 and min(odd, even) < 0.1:
            return _checked(data.decode("utf-16-le" if odd > even else "utf-16-be", "replace"))
    if len(_CONTROL.findall(data[:100_000])) > _CONTROL_SHARE * len(data[:100_000]):
        raise _wrong_type()
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _checked(data.decode("cp1252", "replace"))


def _checked(text: str) -> str:
    if len(text) > MAXIMUM_CHARACTERS:
        raise DocumentError(
            "too_large",
            f"Der Text hat über {MAXIMUM_CHARACTERS // 1_000_000} Millionen Zeichen; bitte teilen Sie ihn auf.",
        )
    if text[:100_000].count("\ufffd") > _CONTROL_SHARE * len(text[:100_000]):
        raise _wrong_type()
    return text


def _wrong_type() -> DocumentError:
    return DocumentError("wrong_type", "Das ist keine Textdatei; gelesen werden PDF, DOCX, HTML, Markdown und Text.")


def extract_html(text: str) -> ParsedDocument:
    """A web page without scripts, navigation and hidden text."""
    reader = HtmlReader()
    reader.read(text)
    title = clean_title(reader.title) or next((clean_title(block.text) for block in reader.blocks if block.level), "")
    return _finish(
        ParsedDocument(
            "html",
            to_sections(reader.blocks, title),
            title=title,
            authors=clean_authors(reader.meta.get("author", ())),
            date=next(
                (found for name in _DATES for value in reader.meta.get(name, ()) if (found := partial_date(value))),
                None,
            ),
            hidden_characters=reader.hidden_characters,
        )
    )


_DATES = ("date", "dcterms.date", "dc.date", "article:published_time", "last-modified")


def extract_markdown(text: str) -> ParsedDocument:
    """Markdown by way of its HTML, so that markup, links and embedded HTML are treated the same."""
    from markdown_it import MarkdownIt

    head = _HEAD.match(text)
    fields = dict(_head_fields(head[1])) if head else {}
    body = text[head.end() :] if head else text
    reader = HtmlReader()
    parser = MarkdownIt("commonmark").enable("table")
    setattr(parser, "validateLink", lambda _: True)  # noqa: B010 - whatever a link leads to, only its words are kept
    reader.read(parser.render(body))
    title = clean_title(fields.get("title", "")) or _first_heading(reader.blocks)
    return _finish(
        ParsedDocument(
            "markdown",
            to_sections(reader.blocks, title),
            title=title,
            authors=clean_authors([fields.get("author") or fields.get("authors") or ""]),
            date=partial_date(fields.get("date", "")),
            hidden_characters=reader.hidden_characters,
        )
    )


def _head_fields(head: str) -> Iterator[tuple[str, str]]:
    """Simple ``name: value`` lines; the head of a foreign file is never parsed as YAML."""
    for line in head.splitlines():
        match = re.match(r"(\w{1,30}):\s*(.{1,500})$", line)
        if match:
            yield match[1].lower(), match[2].strip().strip("\"'[]")


def _first_heading(blocks: Sequence[Block]) -> str:
    first = next((block for block in blocks if block.level), None)
    return clean_title(first.text) if first and first.level == 1 else ""


def extract_plain(text: str) -> ParsedDocument:
    """Plain text: paragraphs by blank lines, wrapped lines joined, numbered and underlined headings found."""
    words = frozenset(re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower()))
    blocks = list(_plain_blocks(re.split(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text), words))
    title = clean_title(blocks[0].text) if blocks and blocks[0].level == 1 else ""
    return _finish(ParsedDocument("text", to_sections(blocks, title), title=title))


def _plain_blocks(lines: Sequence[str], words: frozenset[str]) -> Iterator[Block]:
    group: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            group.append(line)
            continue
        if group:
            yield from _plain_group(group, words)
        group = []


def _plain_group(group: list[str], words: frozenset[str]) -> Iterator[Block]:
    """One run of lines without a blank one between them."""
    rule = _RULE.fullmatch(group[1]) if len(group) > 1 else None
    if rule:
        yield Block(group[0], level=1 if "=" in rule[1] else 2)
        group = group[2:]
    elif len(group) == 1 and _is_heading(group[0].strip()):
        yield Block(group[0], level=_depth(group[0]))
        return
    for lines in _paragraphs(group):
        yield Block(join_lines(lines, words), item=bool(_BULLET.match(lines[0])))


def _is_heading(line: str) -> bool:
    if len(line) > 90 or line[-1] in ".,;:!?":
        return False
    return bool(_NUMBERED.fullmatch(line)) or (line.isupper() and len(line) > 4 and any(map(str.isalpha, line)))


def _depth(line: str) -> int:
    number = re.match(r"\s*\(?(\d+(?:\.\d+)*)", line)
    return 2 + (number[1].count(".") if number else 0)


def _paragraphs(group: Sequence[str]) -> Iterator[list[str]]:
    """Wrapped lines stay together; long lines, bullets and lines after a short last line start anew."""
    if not group:
        return
    width = max(map(len, group))
    wrapped = median(map(len, group)) <= 130
    current: list[str] = []
    for line in group:
        ended = current and current[-1].rstrip()[-1] in ".!?:" and len(current[-1]) < 0.7 * width
        if current and (not wrapped or ended or _BULLET.match(line)):
            yield current
            current = []
        current.append(line)
    yield current


def _finish(document: ParsedDocument) -> ParsedDocument:
    """The document, if there is anything to read in it."""
    if any(any(map(str.isalnum, clean_text(section["text"][:2000]))) for section in document.sections):
        return document
    if document.hidden_characters:
        raise DocumentError("hidden_only", "Die Datei enthält nur unsichtbaren Text; bitte prüfen Sie ihre Herkunft.")
    raise DocumentError("empty", "Die Datei enthält keinen lesbaren Text; bitte prüfen Sie ihren Inhalt.")
