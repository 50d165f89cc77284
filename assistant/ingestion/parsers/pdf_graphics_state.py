"""Matrices, areas and the graphics state that a page's operators change. Runs in the child process."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Colour = tuple[float, ...] | None
"""RGB within 0…1, or ``None`` where it cannot be known."""
_WHITE = (1.0, 1.0, 1.0)
_FAR = 1e7
_MOST_AREAS = 20_000


def number(value: Any, default: float) -> float:
    """A finite number, whatever the file says."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return default
    return max(-_FAR, min(_FAR, found)) if math.isfinite(found) else default


def numbers(given: Sequence[Any], count: int) -> list[float]:
    """Exactly ``count`` numbers; missing ones are zero."""
    return [number(given[index], 0.0) if index < len(given) else 0.0 for index in range(count)]


def matrix(given: Sequence[Any] = ()) -> Matrix:
    """Six operands as a matrix; anything else is the identity."""
    if len(given) < 6:
        return _IDENTITY
    a, b, c, d, e, f = numbers(given, 6)
    return (a, b, c, d, e, f)


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """``m`` applied first, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, ctm: Matrix, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The area of a rectangle after a transformation."""
        corners = [(x, y) for x in (x0, x1) for y in (y0, y1)]
        xs = [ctm[0] * x + ctm[2] * y + ctm[4] for x, y in corners]
        ys = [ctm[1] * x + ctm[3] * y + ctm[5] for x, y in corners]
        return cls(min(xs), min(ys), max(xs), max(ys))

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.y1 - self.y0

    def intersect(self, other: Box) -> Box:
        """What both share; of negative size when that is nothing."""
        return Box(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))

    def grown(self, by: float) -> Box:
        """Larger on all sides."""
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def inside(page: Box, x0: float, x1: float, y: float) -> bool:
    """Whether at least half of a run lies on the page."""
    return page.y0 <= y <= page.y1 and page.x0 <= (x0 + x1) / 2 <= page.x1


class PaintedAreas:
    """What was filled on a page so far, in order: the paper that later text stands on."""

    def __init__(self) -> None:
        self._areas: list[tuple[Box, Colour]] = []

    def __len__(self) -> int:
        return len(self._areas)

    def add(self, box: Box, colour: Colour) -> bool:
        """Remember an area (an image has no one colour); says whether it did, for a page may hold only so many."""
        if len(self._areas) >= _MOST_AREAS or box.width <= 0:
            return False
        self._areas.append((box, colour))
        return True

    def colour_at(self, x: float, y: float) -> Colour:
        """Colour of the topmost area at a point; bare paper is white."""
        return next((colour for box, colour in reversed(self._areas) if box.holds(x, y)), _WHITE)


@dataclass(frozen=True, slots=True)
class State:
    """Graphics and text state; ``colour`` is the one for filling, which text is shown in."""

    clip: Box
    ctm: Matrix = _IDENTITY
    colour: Colour = (0.0, 0.0, 0.0)
    space: str = "/DeviceGray"
    alpha: float = 1.0
    mixed: bool = False
    font: Any = None
    size: float = 12.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 100.0
    leading: float = 0.0
    rise: float = 0.0
    mode: float = 0.0

    @property
    def covers(self) -> bool:
        """Whether what is filled now hides what lies under it; a marker pen does not."""
        return self.alpha > 0.9 and not self.mixed

    def with_colour(self, operator: bytes, given: Sequence[Any], spaces: Mapping[str, Any]) -> State:
        """The state after a colour operator for filling."""
        if operator == b"cs":
            return replace(self, space=_space(given[0] if given else "", spaces), colour=(0.0, 0.0, 0.0))
        if operator in (b"g", b"rg", b"k"):
            return replace(self, space="device", colour=_rgb([number(share, 0.0) for share in given]))
        if self.space == "ink":  # one spot colour: none of it is white
            tints = [number(tint, 1.0) for tint in given]
            return replace(self, colour=_WHITE if tints and max(tints) < 0.05 else None)
        if self.space == "unknown":
            return replace(self, colour=None)
        return replace(self, colour=_rgb([number(share, 0.0) for share in given]))


def _space(name: Any, spaces: Mapping[str, Any]) -> str:
    """What the numbers of a colour space mean: ``device``, ``ink`` (spot colours) or ``unknown``."""
    found = spaces.get(name)
    found = found.get_object() if found is not None else name
    kind = str(found[0]) if isinstance(found, list) and found else str(found)
    if kind in ("/Separation", "/DeviceN"):
        return "ink"
    known = ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/ICCBased", "/CalGray", "/CalRGB")
    return "device" if kind in known else "unknown"


def _rgb(given: Sequence[float]) -> Colour:
    if len(given) == 1:
        return (given[0],) * 3
    if len(given) == 3:
        return tuple(given)
    if len(given) == 4:
        return tuple((1 - ink) * (1 - given[3]) for ink in given[:3])
    return None
