"""What every reader of a file delivers: cleaned blocks of text, joined to sections. Runs in the child process."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.core.errors import DocumentError
from assistant.language.sentence_splitter import LIST_ITEM, split_sentences

# A book of 2,000 pages with 5,000 characters each; embedding more would keep an operator's computer busy for hours.
MAXIMUM_CHARACTERS = 10_000_000
MAXIMUM_HEADING = 150
MAXIMUM_TITLE = 200
_MAXIMUM_AUTHORS = 20
_LIGATURES = {
    ord(ligature): written
    for ligature, written in {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}.items()
}
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SCRIPT = re.compile(r"<(script|style)\b.{0,20000}?(</\1\s*>|\Z)", re.I | re.S)
_VARIATION = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_HYPHEN = re.compile(r"([^\W_]+)[-‐]$")
_JOINERS = re.compile(r"(?:und|oder|bzw|sowie|bis|wie|noch|als|statt|and|or|to|nor)\b")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (``level`` 0) or a heading of level 1, 2, … ; ``note`` marks footnotes, ``item`` those of a list."""

    text: str
    page: int | None = None
    level: int = 0
    note: bool = False
    item: bool = False


@dataclass(slots=True)
class ParsedDocument:
    """What was read from one file; travels as JSON from the child process."""

    format: str
    sections: list[dict[str, Any]]
    pages: int | None = None
    title: str = ""
    authors: list[str] = field(default_factory=list)
    date: str | None = None
    hidden_characters: int = 0
    recognised_pages: int = 0
    scanned_pages: int = 0


def clean_text(text: str) -> str:
    """Composed letters on one line; no control, invisible or private characters, single spaces."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8").translate(_LIGATURES))
    text = _VARIATION.sub("", text)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _replacement(character) for character in text)
    return " ".join(text.replace("\ufffd", " ").split())


def _replacement(character: str) -> str:
    """Nothing for format characters (soft hyphen, direction marks, tags), a space for all else that cannot be seen."""
    return "" if unicodedata.category(character) == "Cf" else " "


def clean_title(text: str) -> str:
    """A title as plain words: no markup, of a length that can be shown; empty if nothing is left."""
    words = clean_text(_TAG.sub(" ", _SCRIPT.sub(" ", text[:20_000]))).strip(" <>")
    return words if len(words) <= MAXIMUM_TITLE else words[: MAXIMUM_TITLE - 1].rsplit(" ", 1)[0] + "…"


def clean_authors(names: Iterable[str]) -> list[str]:
    """Names as plain words; one field may hold several."""
    single = (clean_title(name)[:100] for field_ in names for name in re.split(r"[;,]|\bund\b|\band\b|&", field_))
    return list(dict.fromkeys(name for name in single if len(name) > 1))[:_MAXIMUM_AUTHORS]


def partial_date(text: str) -> str | None:
    """The date at the start of a metadata field (``D:20240301…``, ``2024-03-01T…``), if it is one."""
    match = re.match(r"\s*(?:D:)?(19|20)(\d\d)(?:-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\d|3[01]))?)?", text)
    if not match:
        return None
    return "-".join(part for part in (match[1] + match[2], match[3], match[4]) if part)


def join_lines(lines: Sequence[str], words: frozenset[str] = frozenset()) -> str:
    """One line of text; words hyphenated at a line end are joined, "Klein- und" keeps its hyphen.

    ``words`` are the words (lower case) that stand unbroken in the document; they decide
    whether "long-/term" is one word or two.
    """
    text = ""
    for line in (raw.strip() for raw in lines):
        if not line:
            continue
        if text.endswith("\u00ad"):
            text = text[:-1] + line
        elif text and _HYPHEN.search(text):
            text = _join_hyphen(text, line, words)
        else:
            text = f"{text} {line}" if text else line
    return clean_text(text)


def _join_hyphen(text: str, line: str, words: frozenset[str]) -> str:
    if not line[0].isalnum() or _JOINERS.match(line):
        return f"{text} {line}"
    first = re.match(r"[^\W_]*", line)
    last = _HYPHEN.search(text)
    before, after = (last[1] if last else ""), (first[0] if first else "")
    if not line[0].islower() or before[-1:].isdigit() or (len(before) > 1 and before.isupper()):
        return text + line  # "IT-/Sicherheit", "2020-/2025": the hyphen belongs to the word
    joined, kept = (before + after).lower(), f"{before}-{after}".lower()
    return text + line if kept in words and joined not in words else text[:-1] + line


def to_sections(blocks: Iterable[Block], title: str = "") -> list[dict[str, Any]]:
    """Blocks to sections: one for each heading path and page, in reading order."""
    sections: list[dict[str, Any]] = []
    path: list[tuple[int, str]] = []
    total = 0
    for block in blocks:
        total += len(block.text)
        if total > MAXIMUM_CHARACTERS:
            raise DocumentError(
                "too_large",
                f"Das Dokument enthält über {MAXIMUM_CHARACTERS // 1_000_000} Millionen Zeichen; "
                "bitte teilen Sie es in mehrere Dateien.",
            )
        text = clean_text(block.text)
        if not text:
            continue
        if block.level:
            path = [(level, name) for level, name in path if level < block.level]
            if text != title:
                path.append((block.level, text[:MAXIMUM_HEADING]))
            continue
        headings = ["Fußnoten"] if block.note else [name for _, name in path]
        last = sections[-1] if sections else None
        if last and last["headings"] == headings and last["page"] == block.page:
            last["text"] += f"\n{_as_item(text)}" if block.item and _opens_list(last["text"]) else f"\n\n{text}"
        else:
            sections.append({"headings": headings, "text": text, "page": block.page})
    return sections


def _opens_list(text: str) -> bool:
    """Whether the last paragraph is a line that ends in a colon, with or without items below it."""
    return text.rpartition("\n\n")[2].partition("\n")[0].endswith(":")


def _as_item(text: str) -> str:
    """An item under its lead-in, where :func:`split_sentences` keeps the two together."""
    return text if LIST_ITEM.match(text) else f"– {text}"


def split_at_page(lines: Sequence[tuple[str, int]], words: frozenset[str], item: bool = False) -> Iterator[Block]:
    """One paragraph of ``(line, page)`` to blocks by page; a sentence stays on the page where it begins."""
    text = join_lines([line for line, _ in lines], words)
    pages = sorted({page for _, page in lines})
    if len(pages) < 2:
        yield Block(text, pages[0] if pages else None, item=item)
        return
    ends = [len(join_lines([line for line, on in lines if on <= page], words)) for page in pages]
    parts: dict[int, list[str]] = {}
    end = 0
    for sentence in split_sentences(text):
        start = text.find(sentence, end)
        end = start + len(sentence)
        # a joined hyphen may shift the end of a page by one character
        number = next((i for i, page_end in enumerate(ends) if start < page_end - 1), len(pages) - 1)
        parts.setdefault(pages[number], []).append(sentence)
    for page, sentences in parts.items():
        yield Block(" ".join(sentences), page, item=item)
