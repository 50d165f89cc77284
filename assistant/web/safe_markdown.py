"""What an answer's Markdown may become: the rules that the chat page and the widget share.

Everything is text first. Then a short list is let through: paragraphs, list items, ``**bold**``, ``[n]`` of a
known citation, and links to http, https and mailto. ``static/embed/answer.js`` holds the same patterns.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection

_ITEM = re.compile(r" {0,3}(?:[-*]|(\d{1,3})\.) +(.+)")
_INLINE = re.compile(
    r"""\\(?P<literal>[!-/:-@\[-`{-~])
    |!\[[^\[\]]*\]\([^()\s]*\)
    |\*\*(?P<strong>(?:[^*\\]|\\.)+)\*\*
    |\[(?P<number>\d{1,3})\](?![(\[])
    |\[(?!\d+\])(?P<label>(?:[^\[\]\\]|\\.)+)\]\((?P<url>[^\s()<>]+)\)
    |(?P<bare>\b(?:https?://|mailto:)(?:[^\s<>()\[\]"'`\\]|\\[_*])*[^\s<>()\[\]"'`\\.,;:!?*_])""",
    re.VERBOSE,
)
_UNESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SAFE_URL = re.compile(r"(?:https?://(?![^/?#]*@)|mailto:)[^\s<>\"'`\\\x00-\x1f\x7f]+", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_\[\]{}()#+!|~$-])")


def escape(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    return _MARKDOWN.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def safe_url(url: str | None) -> str | None:
    """The address if it is one that may be opened: http and https without a user's name in them, or mailto."""
    return url if url and len(url) <= 2000 and _SAFE_URL.fullmatch(url) else None


def safe_markdown(text: str, numbers: Collection[int]) -> str:
    """An answer's Markdown with everything escaped that is not on the short list."""
    blocks = (block.strip("\n") for block in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(_block(block, numbers) for block in blocks if block.strip())


def _block(block: str, numbers: Collection[int]) -> str:
    """Items on lines of their own, all other lines joined to one paragraph."""
    shown: list[str] = []
    for line in block.splitlines():
        item = _ITEM.fullmatch(line)
        if item:
            mark = f"{int(item[1])}." if item[1] else "-"
            shown.append(f"{mark} {_inline(item[2], numbers)}")
        elif shown:
            shown[-1] += f" {_inline(line, numbers)}"
        else:
            shown.append(_inline(line, numbers))
    return "\n".join(shown)


def _inline(text: str, numbers: Collection[int], *, nested: bool = False) -> str:
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [_text(text[end : found.start()]), _token(found, numbers, nested)]
        end = found.end()
    # "[1]:" at the start of a line would define a link.
    return "".join([*parts, _text(text[end:])]).strip().replace("]:", "]\\:")


def _token(found: re.Match[str], numbers: Collection[int], nested: bool) -> str:
    whole, group = found[0], found.groupdict()
    if group["literal"]:
        return _text(group["literal"])
    if group["strong"] and not nested:
        return f"**{_inline(group['strong'], numbers, nested=True)}**"
    if group["number"]:
        return f"[{int(group['number'])}]" if int(group["number"]) in numbers else _text(whole)
    url = safe_url(_unescape(group["url"] or group["bare"] or ""))
    label = _unescape(group["label"] or "") or url
    if url and label:
        return f"[{_text(label)}](<{url}>)"
    return _text(whole).replace("://", "&#58;//").replace("@", "&#64;")  # nor does Markdown make a link of it by itself


def _unescape(text: str) -> str:
    return _UNESCAPE.sub(r"\1", text)


def _text(text: str) -> str:
    """Text between tokens, with the spaces at its ends kept."""
    return _MARKDOWN.sub(r"\\\1", html.escape(re.sub(r"\s+", " ", text), quote=False))
