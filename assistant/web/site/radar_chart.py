"""A radar chart as inline SVG, drawn on the server: no script, one colour, readable in print and by screen readers."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

WIDTH, HEIGHT = 360, 276
_CENTRE = (180.0, 138.0)
_RADIUS = 86.0
_LABEL_AT = 1.12
_LINE = 16
_SHIFT = (-1.0, 0.0, 0.7)  # lines that labels at the top, the sides and the bottom move, away from the drawing
RINGS = (1 / 3, 2 / 3, 1.0)
"""Where low ends, where high begins, and everything reached."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One area: a short label for the drawing, the full name for readers, the share or ``None``."""

    label: str
    name: str
    share: float | None


def radar(axes: Sequence[Axis], title: str) -> str:
    """The chart; areas without a value stay open, so that the line has a gap there."""
    parts = [
        f'<svg class="radar" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="radar-title radar-text">',
        f'<title id="radar-title">{html.escape(title)}</title>',
        f'<desc id="radar-text">{html.escape(describe(axes))}</desc>',
        '<g aria-hidden="true">',
        *_rings(len(axes)),
        *_spokes(axes),
        *_shape(axes),
        *_scale(len(axes)),
        *_labels(axes),
        "</g></svg>",
    ]
    return "\n".join(parts)


def describe(axes: Sequence[Axis]) -> str:
    """The chart in words."""
    return "; ".join(f"{one.name}: {_show(one.share)}" for one in axes) + "."


def _show(share: float | None) -> str:
    return "keine Antwort" if share is None else f"{share * 100:.0f} %"


def _point(index: float, count: int, share: float) -> tuple[float, float]:
    """Where a share lies on an axis; the first axis points up, the others follow clockwise."""
    angle = 2 * pi * index / count
    return _CENTRE[0] + _RADIUS * share * sin(angle), _CENTRE[1] - _RADIUS * share * cos(angle)


def _join(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _rings(count: int) -> Iterator[str]:
    for share in RINGS:
        corners = [_point(index, count, share) for index in range(count)]
        yield f'<polygon class="ring" points="{_join(corners)}"/>'


def _scale(count: int) -> Iterator[str]:
    """What the rings mean, between the first two axes."""
    for share in RINGS:
        x, y = _point(0.5, count, share * cos(pi / count))
        yield f'<text class="scale" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{share * 100:.0f} %</text>'


def _spokes(axes: Sequence[Axis]) -> Iterator[str]:
    for index, one in enumerate(axes):
        x, y = _point(index, len(axes), 1.0)
        kind = "spoke" if one.share is not None else "spoke open"
        yield f'<line class="{kind}" x1="{_CENTRE[0]}" y1="{_CENTRE[1]}" x2="{x:.1f}" y2="{y:.1f}"/>'


def _shape(axes: Sequence[Axis]) -> Iterator[str]:
    """The area between neighbours that both have a value, its outer line, and a dot for each value."""
    points = [None if one.share is None else _point(index, len(axes), one.share) for index, one in enumerate(axes)]
    for index, start in enumerate(points):
        end = points[(index + 1) % len(points)]
        if start and end:
            yield f'<polygon class="area" points="{_join([_CENTRE, start, end])}"/>'
            yield f'<polyline class="line" points="{_join([start, end])}"/>'
    for point in points:
        if point:
            yield f'<circle class="dot" cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="4"/>'


def _labels(axes: Sequence[Axis]) -> Iterator[str]:
    for index, one in enumerate(axes):
        x, y = _point(index, len(axes), _LABEL_AT)
        side = x - _CENTRE[0]
        anchor = "middle" if abs(side) < 1 else "start" if side > 0 else "end"
        top = y + _LINE * _SHIFT[(y > _CENTRE[1] - 0.6 * _RADIUS) + (y > _CENTRE[1] + 0.8 * _RADIUS)]
        value = "–" if one.share is None else _show(one.share)
        yield (
            f'<text class="label" text-anchor="{anchor}" x="{x:.1f}" y="{top:.1f}">{html.escape(one.label)}'
            f'<tspan class="value" x="{x:.1f}" dy="{_LINE}">{value}</tspan></text>'
        )
