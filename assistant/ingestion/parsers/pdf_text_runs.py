"""Content stream of a PDF page to runs of text with position, size and visibility. Runs in the child process.

pypdf parses the file and decodes the fonts; where a run stands and whether a reader
sees it (colour against background, size, rendering mode, page and clip area, layers)
is followed here, because plain extraction returns hidden text like any other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pypdf.generic import ContentStream

from assistant.ingestion.parsers.pdf_fonts import FontCache, decode
from assistant.ingestion.parsers.pdf_graphics_state import (
    Box,
    PaintedAreas,
    State,
    inside,
    matrix,
    multiply,
    number,
    numbers,
)

SMALLEST_POINTS = 3.0  # the smallest print of honest documents has 4 to 5 points
_FORMS = 2_000
_FORM_DEPTH = 12
_COVERING = 500  # areas that are looked under for text; more of them are a drawing
_SAVED = 500


@dataclass(slots=True)
class TextRun:
    """A piece of text on one baseline; ``y`` grows upwards, ``direction`` is in quarter turns."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: str
    length: float = 0.0
    direction: int = 0
    hidden: bool = False
    invisible_mode: bool = False
    artifact: bool = False


@dataclass(slots=True)
class PageText:
    """What stands on one page."""

    runs: list[TextRun] = field(default_factory=list)
    image_share: float = 0.0
    width: float = 0.0
    height: float = 0.0


class PageReader:
    """Follows the operators of one page."""

    def __init__(self, page: Any, fonts: FontCache, off_layers: frozenset[int]) -> None:
        self._page = page
        self._fonts = fonts
        self._off = off_layers
        turn = int(page.get("/Rotate", 0) or 0) % 360
        box = page.cropbox
        self._box = Box(float(box.left), float(box.bottom), float(box.right), float(box.top))
        self._result = PageText(width=self._box.width, height=self._box.height)
        if turn in (90, 270):
            self._result.width, self._result.height = self._box.height, self._box.width
        self._turn = turn
        self._state = State(clip=self._box)
        self._stack: list[State] = []
        self._painted = PaintedAreas()
        self._path: list[Box] = []
        self._only_rectangles = True
        self._clip_next = False
        self._marks: list[str] = []
        self._forms = 0
        self._tm = self._line = matrix()
        self._operators = self._table()

    def read(self) -> PageText:
        """All runs of the page, upright."""
        content = self._page.get_contents()
        if content is not None:
            self._run(content, self._page.get("/Resources"), 0)
        for run in self._result.runs:
            self._upright(run)
        return self._result

    def _upright(self, run: TextRun) -> None:
        """Coordinates from the lower left corner of the page as it is shown."""
        x, y = run.x0 - self._box.x0, run.y - self._box.y0
        if self._turn == 90:
            x, y = y, self._box.width - x
        elif self._turn == 180:
            x, y = self._box.width - x, self._box.height - y
        elif self._turn == 270:
            x, y = self._box.height - y, x
        run.x0, run.x1, run.y = x, x + run.length, y
        run.direction = (run.direction - self._turn // 90) % 4

    def _run(self, content: Any, resources: Any, depth: int) -> None:
        found = resources.get_object() if resources is not None else {}
        self._resources = found if isinstance(found, Mapping) else {}
        own = self._resources
        for operands, operator in content.operations:
            handler = self._operators.get(operator)
            if handler:
                handler(operands)
            elif operator == b"Do" and operands:
                self._draw(operands[0], depth)
                self._resources = own

    def _table(self) -> dict[bytes, Callable[[Sequence[Any]], None]]:
        paint = dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"), self._paint_fill)
        lines = dict.fromkeys((b"m", b"l", b"c", b"v", b"y"), self._other_path)
        return {
            **paint,
            **lines,
            b"q": self._save,
            b"Q": self._restore,
            b"cm": self._concatenate,
            b"gs": self._graphics_state,
            b"re": self._rectangle,
            b"W": self._clip,
            b"W*": self._clip,
            b"n": self._end_path,
            b"S": self._end_path,
            b"s": self._end_path,
            **{name: self._colour(name) for name in (b"g", b"rg", b"k", b"sc", b"scn", b"cs")},
            b"BT": self._begin_text,
            b"Tf": self._font,
            b"Td": self._move,
            b"TD": self._move_leading,
            b"Tm": self._set_matrix,
            b"T*": lambda _: self._move([0, -self._state.leading]),
            b"Tj": lambda given: self._show(given[:1]),
            b"TJ": lambda given: self._show(given[0] if given and isinstance(given[0], list) else []),
            b"'": self._next_line,
            b'"': lambda given: self._next_line(given[2:3]),
            **{name: self._text_state(name) for name in (b"Tc", b"Tw", b"Tz", b"TL", b"Ts", b"Tr")},
            b"BDC": self._begin_marked,
            b"BMC": self._begin_marked,
            b"EMC": self._end_marked,
        }

    def _save(self, _: Sequence[Any]) -> None:
        if len(self._stack) < _SAVED:
            self._stack.append(self._state)

    def _restore(self, _: Sequence[Any]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def _concatenate(self, given: Sequence[Any]) -> None:
        self._state = replace(self._state, ctm=multiply(matrix(given), self._state.ctm))

    def _graphics_state(self, given: Sequence[Any]) -> None:
        states = self._resource("/ExtGState")
        named = states.get(given[0]) if given else None
        named = named.get_object() if named is not None else None
        if isinstance(named, Mapping):
            alpha = number(named["/ca"], 1.0) if "/ca" in named else self._state.alpha
            mixed = named.get("/BM", "/Normal") not in ("/Normal", "/Compatible")
            self._state = replace(self._state, alpha=alpha, mixed=mixed)

    def _resource(self, kind: str) -> Mapping[str, Any]:
        found = self._resources.get(kind)
        found = found.get_object() if found is not None else None
        return found if isinstance(found, Mapping) else {}

    def _rectangle(self, given: Sequence[Any]) -> None:
        x, y, width, height = (*numbers(given, 4),)
        if len(self._path) < 100:
            self._path.append(Box.around(self._state.ctm, x, y, x + width, y + height))

    def _other_path(self, _: Sequence[Any]) -> None:
        self._only_rectangles = False

    def _clip(self, _: Sequence[Any]) -> None:
        self._clip_next = True

    def _end_path(self, _: Sequence[Any]) -> None:
        if self._clip_next and self._only_rectangles and len(self._path) == 1:
            self._state = replace(self._state, clip=self._state.clip.intersect(self._path[0]))
        self._path, self._only_rectangles, self._clip_next = [], True, False

    def _paint_fill(self, given: Sequence[Any]) -> None:
        if self._only_rectangles and self._state.covers and not self._switched_off():
            for box in self._path:
                self._cover(box.intersect(self._state.clip), self._state.colour)
        self._end_path(given)

    def _cover(self, box: Box, colour: tuple[float, ...] | None) -> None:
        """A filled area is background for what follows and hides what it covers."""
        if box.height <= 0 or not self._painted.add(box, colour):
            return
        if box.height > 2 and len(self._painted) < _COVERING:
            for run in self._result.runs:
                if not run.hidden and box.holds((run.x0 + run.x1) / 2, run.y + run.size / 4):
                    run.hidden = True

    def _colour(self, operator: bytes) -> Callable[[Sequence[Any]], None]:
        def handle(given: Sequence[Any]) -> None:
            self._state = self._state.with_colour(operator, given, self._resource("/ColorSpace"))

        return handle

    def _text_state(self, operator: bytes) -> Callable[[Sequence[Any]], None]:
        name = {b"Tc": "spacing", b"Tw": "word_spacing", b"Tz": "scale", b"TL": "leading", b"Ts": "rise", b"Tr": "mode"}

        def handle(given: Sequence[Any]) -> None:
            changed: dict[str, Any] = {name[operator]: number(given[0] if given else 0, 0.0)}
            self._state = replace(self._state, **changed)

        return handle

    def _begin_text(self, _: Sequence[Any]) -> None:
        self._tm = self._line = matrix()

    def _font(self, given: Sequence[Any]) -> None:
        if len(given) < 2:
            return
        resource = self._resource("/Font").get(given[0])
        resource = resource.get_object() if resource is not None else None
        self._state = replace(self._state, font=self._fonts.get(resource), size=number(given[1], 12.0))

    def _move(self, given: Sequence[Any]) -> None:
        x, y = numbers(given, 2)
        self._tm = self._line = multiply((1.0, 0.0, 0.0, 1.0, x, y), self._line)

    def _move_leading(self, given: Sequence[Any]) -> None:
        self._state = replace(self._state, leading=-numbers(given, 2)[1])
        self._move(given)

    def _set_matrix(self, given: Sequence[Any]) -> None:
        self._tm = self._line = matrix(given)

    def _next_line(self, given: Sequence[Any]) -> None:
        self._move([0, -self._state.leading])
        self._show(given[:1])

    def _begin_marked(self, given: Sequence[Any]) -> None:
        tag = str(given[0]) if given else ""
        mark = "artifact" if tag == "/Artifact" else ""
        if tag == "/OC" and len(given) > 1:
            group = self._resource("/Properties").get(given[1]) if isinstance(given[1], str) else None
            raw = getattr(group, "indirect_reference", group)
            if getattr(raw, "idnum", None) in self._off:
                mark = "off"
        self._marks.append(mark)

    def _end_marked(self, _: Sequence[Any]) -> None:
        if self._marks:
            self._marks.pop()

    def _switched_off(self) -> bool:
        return "off" in self._marks

    def _draw(self, name: Any, depth: int) -> None:
        form = self._resource("/XObject").get(name)
        form = form.get_object() if form is not None else None
        if form is None or not hasattr(form, "get"):
            return
        if form.get("/Subtype") == "/Image":
            box = Box.around(self._state.ctm, 0, 0, 1, 1).intersect(self._state.clip)
            share = box.width * box.height / max(1.0, self._box.width * self._box.height)
            self._result.image_share = max(self._result.image_share, share)
            self._painted.add(box, None)
            return
        self._forms += 1
        if form.get("/Subtype") != "/Form" or depth >= _FORM_DEPTH or self._forms > _FORMS:
            return
        kept, stack, marks, text = self._state, self._stack, list(self._marks), (self._tm, self._line)
        self._stack = []
        self._concatenate(form.get("/Matrix", [1, 0, 0, 1, 0, 0]))
        if self._is_off(form.get("/OC")):
            self._marks.append("off")
        self._run(ContentStream(form, self._page.pdf), form.get("/Resources") or self._resources, depth + 1)
        self._state, self._stack, self._marks, (self._tm, self._line) = kept, stack, marks, text

    def _is_off(self, group: Any) -> bool:
        return getattr(getattr(group, "indirect_reference", group), "idnum", None) in self._off

    def _show(self, parts: Sequence[Any]) -> None:
        """Strings become runs; numbers between them move the pen."""
        state = self._state
        for part in parts:
            if isinstance(part, int | float):
                self._advance(-float(part) / 1000 * state.size * state.scale / 100)
            elif isinstance(part, str | bytes):
                self._show_string(part)

    def _advance(self, width: float) -> None:
        self._tm = multiply((1.0, 0.0, 0.0, 1.0, width, 0.0), self._tm)

    def _show_string(self, part: str | bytes) -> None:
        state = self._state
        text, width, count, spaces = decode(state.font, part)
        advance = (width / 1000 * state.size + count * state.spacing + spaces * state.word_spacing) * state.scale / 100
        placed = multiply(self._tm, state.ctm)
        x, y = placed[4] + state.rise * placed[2], placed[5] + state.rise * placed[3]
        self._advance(advance)
        end = multiply(self._tm, state.ctm)
        if not text:
            return
        size = abs(state.size) * math.hypot(placed[2], placed[3])
        turn = round(math.degrees(math.atan2(placed[1], placed[0])) / 90) % 4
        length = math.hypot(end[4] - placed[4], end[5] - placed[5])
        name = str(getattr(state.font, "name", ""))
        run = TextRun(text, x, x + end[4] - placed[4], y, size, name, length, turn)
        run.invisible_mode = state.mode in (3, 7)
        run.hidden = run.invisible_mode or self._unseen(run)
        run.artifact = "artifact" in self._marks
        self._result.runs.append(run)

    def _unseen(self, run: TextRun) -> bool:
        state = self._state
        if self._switched_off() or state.alpha < 0.1:
            return True
        if run.size < SMALLEST_POINTS and getattr(state.font, "sub_type", "") != "Type3":
            return True
        x, y = (run.x0 + run.x1) / 2, run.y + run.size / 4
        if not inside(self._box, run.x0, run.x1, y) or not state.clip.grown(run.size / 2).holds(x, y):
            return True
        background = self._painted.colour_at(x, y)
        if state.colour is None or background is None or state.mode in (1, 2, 5, 6):
            return False
        return all(abs(ink - paper) < 0.06 for ink, paper in zip(state.colour, background, strict=True))
