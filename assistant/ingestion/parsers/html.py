"""HTML to blocks with the parser of the standard library; nothing is fetched or run. Runs in the child process."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from assistant.ingestion.parsers.blocks import Block, clean_text

_DROPPED = frozenset(
    """script style template noscript svg math iframe object embed applet canvas audio video form button select
    textarea nav footer head datalist dialog""".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCKS = frozenset(
    """p div section article main aside header ul ol li dl dt dd table thead tbody tfoot tr caption blockquote pre
    figure figcaption address details summary body html hr h1 h2 h3 h4 h5 h6""".split()
)
_CLOSES_ITSELF = {"p": _BLOCKS, "li": {"li"}, "tr": {"tr"}, "td": {"td", "th", "tr"}, "th": {"td", "th", "tr"}}
_MAXIMUM_DEPTH = 2000
_WHITE = (
    r"(?:white|\#fff(?:fff)?(?:ff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*[^)]*\)"
    r"|transparent|rgba\([^)]*,\s*0(?:\.0+)?\s*\))"
)
_HIDING = re.compile(
    rf"""display\s*:\s*none | visibility\s*:\s*(?:hidden|collapse) | opacity\s*:\s*0?(?:\.0\d*|\.[0-4]|0)?(?=[;\s}}!]|$)
    | font-size\s*:\s*(?:0|[0-2](?:\.\d+)?p[xt]|0?\.[0-2]\d*r?em)(?![\d.])
    | (?:left|top|right|bottom|text-indent|margin-left|margin-top)\s*:\s*-\s*\d{{3,}}
    | clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01] | clip-path\s*:\s*inset\(\s*(?:50|100)%
    | transform\s*:\s*(?:scale\(\s*0(?:\.0\d*)?\s*\)|translate[XY]?\(\s*-\s*\d{{4,}})
    | (?<![\w-])color\s*:\s*{_WHITE}""",
    re.I | re.X,
)
_WHITE_TEXT = re.compile(rf"(?<![\w-])color\s*:\s*{_WHITE}", re.I)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;]+)", re.I)
_NO_SIZE = re.compile(r"(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)", re.I)
_MARK = re.compile(r"[\s\d,*†‡()\[\]]+")
_UNIT = re.compile(r"(?:(?:^|[\s\d/(])[kcmd]?m|10)$")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RULES = re.compile(r"([^{}]{1,2000})\{([^{}]{0,5000})\}")
_COMMENTS = re.compile(r"/\*.*?\*/", re.S)


class HtmlReader(HTMLParser):
    """Collects visible text as blocks; text that a reader of the page would not see is only counted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.title = ""
        self.meta: dict[str, list[str]] = {}
        self.hidden_characters = 0
        self._open: list[tuple[str, str]] = []  # tag and whether it is "shown", "hidden" or "dropped"
        self._text: list[str] = []
        self._hidden_by_style: set[str] = set()

    def read(self, text: str) -> None:
        """Parse a whole page."""
        for style in re.findall(r"<style\b[^>]*>(.*?)</style", text, re.I | re.S):
            self._read_style(_COMMENTS.sub("", style))
        self.feed(text)
        self.close()
        self._end_block()

    def _read_style(self, style: str) -> None:
        for names, rule in _RULES.findall(style):
            if _hides(rule):
                self._hidden_by_style.update(name.strip().lower() for name in names.split(","))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (given.get("name") or given.get("property") or "").lower()
            self.meta.setdefault(name, []).append(given.get("content", "")[:500])
        if tag == "br":
            self._text.append("\n")
        if tag in _BLOCKS:
            self._end_block()
        if tag in ("td", "th") and "".join(self._text).strip():
            self._text.append(" | ")
        if tag in _VOID or len(self._open) >= _MAXIMUM_DEPTH:
            return
        self._close_unclosed(tag)
        state = self._open[-1][1] if self._open else "shown"
        if tag in _DROPPED:
            state = "dropped" if tag != "head" else "head"
        elif state == "shown" and self._is_hidden(tag, given):
            state = "hidden"
        self._open.append((tag, state))

    def _close_unclosed(self, tag: str) -> None:
        """``<li>`` ends the ``<li>`` before it, and every block a ``<p>``."""
        while self._open and tag in _CLOSES_ITSELF.get(self._open[-1][0], ()):
            self._open.pop()
        if tag in _BLOCKS and any(name == "head" for name, _ in self._open):
            self.handle_endtag("head")

    def _is_hidden(self, tag: str, given: dict[str, str]) -> bool:
        names = {
            tag,
            f"#{given.get('id', '').lower()}",
            *(f".{name}" for name in given.get("class", "").lower().split()),
        }
        names |= {f"{tag}{name}" for name in names if name[0] in ".#"}
        if "hidden" in given or names & self._hidden_by_style or _hides(given.get("style", "")):
            return True
        return given.get("color", "").lower() in ("white", "#fff", "#ffffff")

    def handle_endtag(self, tag: str) -> None:
        """Close an element and what was left open in it."""
        if tag in _BLOCKS:
            self._end_block()
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - 50), -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        """Text: shown, hidden, or the title."""
        tag, state = self._open[-1] if self._open else ("", "shown")
        if tag == "title" and state != "dropped":
            self.title = self.title or data
        elif state == "shown" and tag == "sup" and _MARK.fullmatch(data):
            unit = _UNIT.search("".join(self._text[-3:]))
            self._text.append(data.translate(_RAISED) if unit else "")
        elif state == "shown":
            self._text.append(data if self._within("pre") else re.sub(r"\s+", " ", data))
        elif state == "hidden":
            self.hidden_characters += len("".join(data.split()))

    def _within(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._open[-5:])

    def _end_block(self) -> None:
        """Text up to here is one paragraph, or a heading when it stands in one."""
        lines = "".join(self._text).split("\n")
        self._text = []
        level = next((int(name[1]) for name, _ in reversed(self._open) if re.fullmatch("h[1-6]", name)), 0)
        if level:
            lines = [" ".join(lines)]
        item = not level and self._within("li")
        self.blocks += [Block(text, level=level, item=item) for line in lines if (text := clean_text(line))]


def _hides(style: str) -> bool:
    """Whether declarations make text invisible; white text on a background of its own is meant to be seen."""
    style = style.replace("\\", "")
    background = _BACKGROUND.search(style)
    if background and not re.match(_WHITE, background[1].strip(), re.I):
        style = _WHITE_TEXT.sub("", style)
    return bool(_HIDING.search(style)) or (bool(_NO_SIZE.search(style)) and "overflow" in style.lower())
