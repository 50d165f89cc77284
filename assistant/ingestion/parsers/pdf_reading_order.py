"""Runs of a page to lines in reading order: columns found, marks of footnotes dropped. Runs in the child process."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.ingestion.parsers.pdf_text_runs import PageText, TextRun

_MARK = re.compile(r"[\d\s,;*†‡()\[\]–-]+")
_UNIT = re.compile(r"(?:^|[\s\d/(])(?:[kcmd]?m|s)$")
_RAISED = str.maketrans("0123456789-–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_RAISED_MARK = re.compile(r"(?<=[^\W\d_]{2}|.[.,;:!?)“\"])(?<!\b[kcmd]m)[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_BOLD = re.compile(r"bold|black|heavy|demi|-bd\b", re.I)
_ITALIC = re.compile(r"italic|oblique|slanted|-it\b", re.I)
_NARROWEST_COLUMN = 80.0
_NARROWEST_GUTTER = 6.0
_FEWEST_LINES = 4


@dataclass(slots=True)
class Line:
    """A line of text in its column; ``column`` is 0 for lines across the whole page."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    page: int
    column: int = 0
    bold: bool = False
    italic: bool = False
    marked: bool = False


def lines_of_page(page: PageText, number: int) -> list[Line]:
    """The visible lines of a page in the order in which they are read."""
    runs = [run for run in page.runs if not run.hidden and not run.artifact and run.text.strip()]
    rows = _rows(_upright(runs))
    segments = [segment for row in rows for segment in _segments(row)]
    gutters = sorted(_gutters(segments))
    return list(_in_order(rows, gutters, number))


def _upright(runs: Sequence[TextRun]) -> list[TextRun]:
    """Only runs of the page's main direction; what stands across it in the margin is a stamp."""
    turns = Counter[int]()
    for run in runs:
        turns[run.direction] += len(run.text)
    if not turns:
        return []
    turn = turns.most_common(1)[0][0]
    kept = [run for run in runs if run.direction == turn]
    for run in kept:
        x, y = run.x0, run.y
        run.x0, run.y = {0: (x, y), 1: (y, -x), 2: (-x, -y), 3: (-y, x)}[turn]
        run.x1 = run.x0 + run.length
    return kept


def _rows(runs: Sequence[TextRun]) -> list[list[TextRun]]:
    """Runs on one height, from top to bottom; raised marks belong to the line they stand on."""
    rows: list[list[TextRun]] = []
    top = 0.0
    for run in sorted(runs, key=lambda run: -run.y):
        small, large = sorted((run.size, rows[-1][0].size)) if rows else (0.0, 0.0)
        if rows and top - run.y <= (0.6 if small < 0.8 * large else 0.4) * large:
            rows[-1].append(run)
        else:
            rows.append([run])
            top = run.y
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def _segments(row: Sequence[TextRun]) -> Iterator[tuple[float, float, float]]:
    """Stretches without a gap as wide as a letter: ``(x0, x1, y)``."""
    x0, x1 = row[0].x0, row[0].x1
    for run in row[1:]:
        if run.x0 - x1 > 0.9 * run.size:
            yield x0, x1, row[0].y
            x0 = run.x0
        x1 = max(x1, run.x1)
    yield x0, x1, row[0].y


def _gutters(segments: Sequence[tuple[float, float, float]], depth: int = 0) -> Iterator[tuple[float, float]]:
    """Upright strips that separate columns: few lines cross them, and both sides are filled with lines."""
    if len(segments) < 2 * _FEWEST_LINES or depth > 2:
        return
    left, right = min(x0 for x0, _, _ in segments), max(x1 for _, x1, _ in segments)
    strip = _emptiest_strip(segments, left, right)
    if strip is None:
        return
    before = [segment for segment in segments if segment[1] <= strip[0] + 1]
    after = [segment for segment in segments if segment[0] >= strip[1] - 1]
    crossing = len(segments) - len(before) - len(after)
    if min(len(before), len(after)) < _FEWEST_LINES or crossing > 1.5 * (len(before) + len(after)):
        return
    if not (_is_column(before, strip[0] - left) and _is_column(after, right - strip[1]) and _beside(before, after)):
        return
    yield strip
    yield from _gutters(before, depth + 1)
    yield from _gutters(after, depth + 1)


def _emptiest_strip(
    segments: Sequence[tuple[float, float, float]], left: float, right: float
) -> tuple[float, float] | None:
    """The widest strip among those that the fewest segments cross."""
    first, last = int(left + _NARROWEST_COLUMN), int(right - _NARROWEST_COLUMN)
    if last - first < _NARROWEST_GUTTER or last - first > 20_000:
        return None
    changes = [0] * (last - first + 2)
    for x0, x1, _ in segments:
        start, end = max(int(x0), first), min(int(x1) + 1, last + 1)
        if start < end:
            changes[start - first] += 1
            changes[end - first] -= 1
    counts, running = [], 0
    for change in changes[:-1]:
        running += change
        counts.append(running)
    best: tuple[int, int, int] | None = None
    start = 0
    for end in range(1, len(counts) + 1):
        if end == len(counts) or counts[end] != counts[start]:
            if end - start >= _NARROWEST_GUTTER:
                found = (counts[start], start - end, start)
                best = min(best, found) if best else found
            start = end
    return (float(first + best[2]), float(first + best[2] - best[1])) if best else None


def _is_column(segments: Sequence[tuple[float, float, float]], width: float) -> bool:
    """Running text fills its column; the cells of a table do not."""
    rows: dict[float, float] = {}
    for x0, x1, y in segments:
        rows[y] = rows.get(y, 0.0) + x1 - x0
    return width >= _NARROWEST_COLUMN and median(rows.values()) >= 0.55 * width


def _beside(before: Sequence[tuple[float, float, float]], after: Sequence[tuple[float, float, float]]) -> bool:
    """Whether both stand at the same height at least in part."""
    low = max(min(y for _, _, y in before), min(y for _, _, y in after))
    high = min(max(y for _, _, y in before), max(y for _, _, y in after))
    return high > low


def _in_order(rows: Sequence[Sequence[TextRun]], gutters: Sequence[tuple[float, float]], page: int) -> Iterator[Line]:
    """Lines across the page divide it into bands; in a band one column is read after the other."""
    columns: list[list[Line]] = [[] for _ in range(len(gutters) + 1)]
    for row in rows:
        crossed = any(run.x0 < end - 1 and run.x1 > start + 1 for run in row for start, end in gutters)
        if crossed or not gutters:
            yield from (line for column in columns for line in column)
            columns = [[] for _ in columns]
            yield from _lines(row, page, 0)
            continue
        for index, column in enumerate(columns):
            low = gutters[index - 1][0] if index else float("-inf")
            high = gutters[index][0] if index < len(gutters) else float("inf")
            column.extend(_lines([run for run in row if low <= (run.x0 + run.x1) / 2 < high], page, index + 1))
    yield from (line for column in columns for line in column)


def _lines(row: Sequence[TextRun], page: int, column: int) -> Iterator[Line]:
    """Usually one line; runs that lie on different heights by chance become two."""
    if not row:
        return
    sizes = Counter[float]()
    for run in row:
        sizes[round(run.size, 1)] += len(run.text.strip())
    size = sizes.most_common(1)[0][0]
    main = [run for run in row if abs(run.size - size) < 0.2]
    base = median(run.y for run in main)
    text, marked = _assemble(row, size, base)
    if text.strip():
        letters = sum(len(run.text.strip()) for run in row) or 1
        bold = sum(len(run.text.strip()) for run in row if _BOLD.search(run.font)) / letters > 0.8
        italic = sum(len(run.text.strip()) for run in row if _ITALIC.search(run.font)) / letters > 0.8
        yield Line(text.strip(), row[0].x0, max(run.x1 for run in row), base, size, page, column, bold, italic, marked)


def _assemble(row: Sequence[TextRun], size: float, base: float) -> tuple[str, bool]:
    """Text of a line with a space at each gap, without marks of footnotes; and whether it began with one."""
    text, marked = "", False
    last: TextRun | None = None
    for run in row:
        if last and run.text == last.text and abs(run.x0 - last.x0) < 0.2 * size and run.size == last.size:
            continue  # printed twice to look bold
        piece = run.text
        raised = run.size < 0.85 * size and run.y > base + 0.1 * size
        if raised and _MARK.fullmatch(piece):
            if _UNIT.search(text) or text.endswith("10"):
                piece = piece.translate(_RAISED)
            else:
                marked = marked or not text.strip()
                piece = " " if piece.endswith(" ") else ""
        gap = last is not None and run.x0 - last.x1 > 0.14 * max(min(run.size, size), 1.0)
        if gap and piece and not text.endswith(" ") and not piece.startswith((" ", "⁰", "¹", "²", "³", "⁻")):
            text += " "
        text += piece
        last = run
    marked = marked or text.lstrip()[:1] in tuple("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return _RAISED_MARK.sub("", text).lstrip("⁰¹²³⁴⁵⁶⁷⁸⁹"), marked
