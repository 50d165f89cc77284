"""Lines of all pages to headings, paragraphs and footnotes; running heads and feet go. Runs in the child process."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from assistant.ingestion.parsers.blocks import Block, clean_text, join_lines, split_at_page
from assistant.ingestion.parsers.pdf_reading_order import Line

_ZONE = 0.14  # share of the page height where running heads and feet stand
_PAGE_NUMBER = re.compile(
    r"(?:seite|page|s\.|p\.)?\s*[-–—|·\[(]*\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:(?:/|von|of|\|)\s*\d{1,4})?\s*[-–—|·\])]*",
    re.I,
)
_SIGN = re.compile(r"[•▪‣■●◦\uf0b7]\s*\S")
_BULLET = re.compile(r"(?:[–*-]|\(?\d{1,2}[.)]|[a-z]\))\s+\S")
_BULLET_SIGN = re.compile(r"^[•▪‣■●◦\uf0b7]\s*")
_TERMINAL = re.compile(r"[.!?:][\"“”»«’)\]]*$")
_NUMBERED = re.compile(r"(?:\(\d{1,2}\)|\d{1,2}(?:\.\d{1,2})*[.)]?)\s+[A-ZÄÖÜ]")
_NOTE_NUMBER = re.compile(r"(\d{1,3})\s?(?=[^\W\d_]|[„\"(])")
_LARGER = 1.12
_SMALLER = 0.93
_LONGEST_HEADING = 150


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a document: size of its text, distance of its lines, words that stand unbroken."""

    size: float
    leading: float
    words: frozenset[str]
    outline: Mapping[str, int]


def blocks_of_document(
    pages: Sequence[Sequence[Line]], heights: Sequence[float], outline: Mapping[str, int]
) -> tuple[list[Block], str]:
    """Blocks in reading order and the title as it is printed on the first page."""
    body = _without_artifacts(pages, heights)
    measure = _measure(body, outline)
    split = [_split_footnotes(lines, measure) for lines in body]
    marked = [list(_headings(text, measure)) for text, _ in split]
    levels = _levels([line for lines in marked for line, heading in lines if heading], outline)
    blocks: list[Block] = []
    paragraph: list[Line] = []
    notes: list[Block] = []
    for (text, foot), lines in zip(split, marked, strict=True):
        edges = _edges(text)
        for line, heading in lines:
            if heading or (paragraph and _starts_anew(paragraph[-1], line, edges, measure)):
                blocks += [*_flush(paragraph, measure), *notes]
                paragraph, notes = [], []
            if heading:
                blocks.append(Block(line.text, line.page, levels[_style(line)]))
            else:
                paragraph.append(line)
        notes += _footnotes(foot, measure)
    blocks += [*_flush(paragraph, measure), *notes]
    return blocks, _printed_title(body, measure)


def _measure(pages: Sequence[Sequence[Line]], outline: Mapping[str, int]) -> Measure:
    sizes = Counter[float]()
    distances: list[float] = []
    words: set[str] = set()
    for lines in pages:
        for above, line in zip([None, *lines], lines, strict=False):
            sizes[round(line.size * 2) / 2] += len(line.text)
            inner = line.text.split(" ")
            words.update(re.findall(r"[^\W_]+(?:-[^\W_]+)*", " ".join(inner[:-1]).lower()))
            if above and above.column == line.column and 0 < above.y - line.y < 3 * line.size:
                distances.append((above.y - line.y) / line.size)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    return Measure(size, median(distances) if distances else 1.25, frozenset(words), outline)


def _without_artifacts(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """All pages without running heads, running feet and page numbers."""
    repeated = Counter(key for lines, height in zip(pages, heights, strict=True) for key in _margin_keys(lines, height))
    margins = Counter(
        margin for lines, height in zip(pages, heights, strict=True) for margin in _lonely_margins(lines, height)
    )
    enough = max(2, len(pages) // 5)
    kept = []
    for lines, height in zip(pages, heights, strict=True):
        drop: set[int] = set()
        for ordered in (_by_height(lines, top=True), _by_height(lines, top=False)):
            for row in ordered[:4]:
                if not _in_zone(row[0], height) or len(drop) + len(row) >= len(lines):
                    break
                common = all(repeated[_key(line, height)] >= enough for line in row)
                margin = _margin(row[0], height)
                lonely = len(pages) >= 3 and margins[margin] >= max(3, 0.5 * len(pages))
                number = _PAGE_NUMBER.fullmatch(" ".join(line.text for line in row))
                if not (common or number or (lonely and margin in _lonely_margins(lines, height))):
                    break
                drop.update(id(line) for line in row)
        kept.append([line for line in lines if id(line) not in drop])
    return kept


def _by_height(lines: Sequence[Line], *, top: bool) -> list[list[Line]]:
    """Lines of one height together, from the top or from the bottom of the page."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y if top else line.y):
        if rows and abs(rows[-1][0].y - line.y) < 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _in_zone(line: Line, height: float) -> bool:
    y = line.y if line.y >= 0 else line.y + height
    return y > (1 - _ZONE) * height or y < _ZONE * height


def _key(line: Line, height: float) -> tuple[str, float, bool]:
    return re.sub(r"\d+", "#", line.text.lower()), round(line.size), line.y > height / 2


def _margin_keys(lines: Sequence[Line], height: float) -> set[tuple[str, float, bool]]:
    return {_key(line, height) for line in lines if _in_zone(line, height)}


def _margin(line: Line, height: float) -> tuple[int, bool]:
    """How high a line stands in the margin at the head or foot of its page."""
    return round(line.y / 3), line.y > height / 2


def _lonely_margins(lines: Sequence[Line], height: float) -> set[tuple[int, bool]]:
    """Heights of outermost lines that stand clearly apart from the text."""
    found = set()
    for top in (True, False):
        rows = _by_height(lines, top=top)
        if len(rows) > 2 and _in_zone(rows[0][0], height):
            gap = abs(rows[0][0].y - rows[1][0].y)
            usual = median(abs(above[0].y - below[0].y) for above, below in itertools.pairwise(rows))
            if gap > 1.6 * usual and rows[0][0].size <= rows[1][0].size * _LARGER:
                found.add(_margin(rows[0][0], height))
    return found


def _split_footnotes(lines: Sequence[Line], measure: Measure) -> tuple[list[Line], list[Line]]:
    """Small print at the end of a column that begins with a mark."""
    columns: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        columns[line.column].append(line)
    foot: set[int] = set()
    for column in columns.values():
        tail: list[Line] = []
        for line in sorted(column, key=lambda line: line.y):
            if line.size > _SMALLER * measure.size:
                break
            tail.insert(0, line)
        first = next((i for i, line in enumerate(tail) if line.marked or _NOTE_NUMBER.match(line.text)), None)
        if first is not None and len(tail) < len(lines):
            foot.update(id(line) for line in tail[first:])
    notes = [line for line in lines if id(line) in foot]
    text = [line for line in lines if id(line) not in foot]
    _drop_marks(text, {match[1] for line in notes if (match := _NOTE_NUMBER.match(line.text))})
    return text, notes


def _drop_marks(lines: Sequence[Line], numbers: Collection[str]) -> None:
    """Marks that a font prints raised by itself look like digits at the end of a word; the page's notes name them."""
    if numbers:
        some = "|".join(sorted(numbers))
        mark = re.compile(rf"(?:(?<=[^\W\d_]{{3}})|(?<=[.,;:!?)“”»«\"]))(?:{some})(?=[\s.,;:!?)“”»«\"]|$)")
        for line in lines:
            line.text = mark.sub("", line.text)


def _footnotes(lines: Sequence[Line], measure: Measure) -> Iterator[Block]:
    """One block for each footnote, without its mark."""
    group: list[Line] = []
    for line in lines:
        if group and (line.marked or _NOTE_NUMBER.match(line.text)):
            yield _note(group, measure)
            group = []
        group.append(line)
    if group:
        yield _note(group, measure)


def _note(group: Sequence[Line], measure: Measure) -> Block:
    text = join_lines([line.text for line in group], measure.words)
    return Block(_NOTE_NUMBER.sub("", text, count=1) if _NOTE_NUMBER.match(text) else text, group[0].page, note=True)


def _headings(lines: Sequence[Line], measure: Measure) -> Iterator[tuple[Line, bool]]:
    """Each line and whether it is a heading; one over several lines becomes one."""
    index = 0
    while index < len(lines):
        line, above = lines[index], lines[index - 1] if index else None
        parts = [line]
        if _looks_like_heading(line, above, measure):
            while index + len(parts) < len(lines) and _goes_on(parts[-1], lines[index + len(parts)], line):
                parts.append(lines[index + len(parts)])
        text = join_lines([part.text for part in parts], measure.words)
        larger = line.size > _LARGER * measure.size
        fits = len(text) <= _LONGEST_HEADING and (len(parts) < 4 or larger)
        if fits and (len(parts) > 1 or _looks_like_heading(line, above, measure)):
            yield replace(line, text=text, y=parts[-1].y), True
        else:
            yield from ((part, False) for part in parts)
        index += len(parts)


def _goes_on(above: Line, line: Line, first: Line) -> bool:
    same = (line.column, line.bold, line.italic) == (first.column, first.bold, first.italic)
    close = 0 < above.y - line.y < 1.6 * line.size
    return same and close and abs(line.size - first.size) < 0.3 and not _NUMBERED.match(line.text)


def _looks_like_heading(line: Line, above: Line | None, measure: Measure) -> bool:
    text = line.text
    if not any(map(str.isalpha, text)) or len(text) > _LONGEST_HEADING:
        return False
    if line.size >= _LARGER * measure.size or clean_text(text).lower() in measure.outline:
        return True
    if line.size < _SMALLER * measure.size or text[-1] in ".,;:" or text[0].islower():
        return False
    apart = above is None or above.column != line.column or above.y - line.y > 1.25 * measure.leading * line.size
    return line.bold or (line.italic and apart and len(text) < 90)


def _style(line: Line) -> tuple[float, bool]:
    return -round(line.size * 2) / 2, not line.bold


def _levels(headings: Sequence[Line], outline: Mapping[str, int]) -> dict[tuple[float, bool], int]:
    """Level of each style of heading: as the outline ranks it, else by size."""
    levels: dict[tuple[float, bool], int] = {}
    for style in sorted({_style(line) for line in headings}):
        depths = Counter(
            outline[name] for line in headings if _style(line) == style and (name := line.text.lower()) in outline
        )
        levels[style] = depths.most_common(1)[0][0] if depths else min(6, 1 + max(levels.values(), default=0))
    return levels


def _edges(lines: Sequence[Line]) -> dict[int, tuple[float, float]]:
    """Left and right edge of each column."""
    columns: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        columns[line.column].append(line)
    return {
        column: (median(line.x0 for line in some), max(line.x1 for line in some)) for column, some in columns.items()
    }


def _starts_anew(above: Line, line: Line, edges: Mapping[int, tuple[float, float]], measure: Measure) -> bool:
    """Whether a line begins a new paragraph."""
    ended = bool(_TERMINAL.search(above.text))
    if _SIGN.match(line.text) or (ended and _BULLET.match(line.text)):
        return True
    if (above.page, above.column) != (line.page, line.column) or line.y > above.y:
        return ended or abs(above.size - line.size) > 0.15 * measure.size
    if above.y - line.y > 1.35 * measure.leading * max(line.size, above.size):
        return True
    if abs(above.size - line.size) > 0.15 * measure.size:
        return True
    left, right = edges[line.column]
    short = above.x1 < left + 0.85 * (right - left)
    indented = line.x0 > left + 0.7 * line.size and above.x0 < left + 0.3 * line.size
    return ended and (short or indented)


def _flush(paragraph: Sequence[Line], measure: Measure) -> Iterator[Block]:
    if paragraph:
        lines = [(_BULLET_SIGN.sub("", line.text), line.page) for line in paragraph]
        first = paragraph[0].text
        yield from split_at_page(lines, measure.words, item=bool(_BULLET_SIGN.match(first) or _BULLET.match(first)))


def _printed_title(pages: Sequence[Sequence[Line]], measure: Measure) -> str:
    """The largest print of the first page, if it is larger than the text."""
    first = next((lines for lines in pages if lines), [])
    largest = max((line.size for line in first), default=0.0)
    if largest < _LARGER * measure.size:
        return ""
    start = next(i for i, line in enumerate(first) if line.size == largest)
    parts = [first[start]]
    for line in first[start + 1 :]:
        if not _goes_on(parts[-1], line, parts[0]):
            break
        parts.append(line)
    return join_lines([line.text for line in parts], measure.words)
