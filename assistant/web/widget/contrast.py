"""Colours that stay readable: contrast after WCAG 2.2 (relative luminance of sRGB, ratios 1 to 21)."""

from __future__ import annotations

import re

TEXT_RATIO = 4.5
WHITE, BLACK = "#ffffff", "#000000"


def parse_color(value: str) -> str | None:
    """``#rgb`` or ``#rrggbb`` (the ``#`` may be missing) as ``#rrggbb``; anything else is ``None``."""
    digits = value.strip().lower().removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if re.fullmatch(r"[0-9a-f]{6}", digits) else None


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """Black or white, whichever is easier to read; one of them always reaches 4.58."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, background))


def readable_on(color: str, background: str) -> str:
    """The colour itself if it can be read on the background, else mixed with black or white until it can."""
    towards = text_on(background)
    mixed = (_mix(color, towards, share / 20) for share in range(21))
    return next(one for one in mixed if contrast(one, background) >= TEXT_RATIO)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
