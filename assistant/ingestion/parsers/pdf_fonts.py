"""Fonts of a PDF: bytes of a content stream to letters and their width. Runs in the child process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# pypdf keeps its decoded fonts to itself: what it offers to others gives text without place and width, from which
# hidden text and columns cannot be told. Of the class only from_font_resource and the attributes that ``decode`` reads
# are used. Where a new pypdf moves it, every PDF ends as "unreadable" and the tests of the parsers fail.
from pypdf.generic._font import Font

_UNKNOWN_WIDTH = 500.0  # thousandths of the font size, of a letter whose font says nothing


class FontCache:
    """The fonts of a document, each read once."""

    def __init__(self) -> None:
        self._fonts: dict[int, tuple[Font | None, Any]] = {}

    def get(self, resource: Any) -> Font | None:
        """The font of a resource dictionary; ``None`` when it is broken or no dictionary."""
        if not isinstance(resource, Mapping):
            return None
        if id(resource) not in self._fonts:
            # the resource is kept, too, so that its id stays its own
            self._fonts[id(resource)] = (_read_font(resource), resource)
        return self._fonts[id(resource)][0]


def _read_font(resource: Any) -> Font | None:
    try:
        return Font.from_font_resource(resource)
    except MemoryError:
        raise
    except Exception:  # a broken font must not cost the page; its text is read as Latin-1
        return None


def decode(font: Font | None, string: str | bytes) -> tuple[str, float, int, int]:
    """Text of a string, its width in thousandths of the font size, number of glyphs and of spaces."""
    if isinstance(string, str):
        data: bytes = getattr(string, "original_bytes", None) or string.encode("latin-1", "replace")
    else:
        data = bytes(string)
    if font is None:
        return data.decode("latin-1"), _UNKNOWN_WIDTH * len(data), len(data), data.count(b" ")
    if isinstance(font.encoding, str):
        codes = data.decode(font.encoding, "replace")
        shown = codes
    else:
        codes = data.decode("latin-1")
        shown = "".join(font.encoding.get(byte, chr(byte)) for byte in data)
    widths, default = font.character_widths, font.character_widths.get("default", _UNKNOWN_WIDTH)
    width = sum(font.space_width if code == font.space_char else widths.get(code, default) for code in codes)
    text = "".join(str(font.character_map.get(character, character)) for character in shown)
    return text, float(width), len(codes), codes.count(" ")
