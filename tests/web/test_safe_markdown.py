"""The rules that say what an answer's Markdown may become, and a real Markdown parser's view of the result."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from assistant.answering.citations import escape as escape_quote
from assistant.web.safe_markdown import safe_markdown, safe_url
from tests.support.hostile_strings import HOSTILE

TAGS = {"p", "ul", "ol", "li", "strong", "a", "br"}


def rendered(text: str, numbers: tuple[int, ...] = (1, 2)) -> str:
    """HTML of the safe Markdown, with raw HTML allowed so that anything left over would show."""
    definitions = "\n\n" + "\n".join(f"[{number}]: /quelle/x#beleg-1-{number}" for number in numbers)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    return parser.render(safe_markdown(text, numbers) + definitions)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ein Satz. [1]", '<p>Ein Satz. <a href="/quelle/x#beleg-1-1">1</a></p>'),
        ("Ein Satz. [3]", "<p>Ein Satz. [3]</p>"),
        ("**Was gilt**\n\n- eins [1]\n\n- zwei", "<strong>Was gilt</strong>"),
        ("1. eins\n2. zwei", "<ol>\n<li>eins</li>\n<li>zwei</li>\n</ol>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        (r"5 \* 3 \[x\]", "<p>5 * 3 [x]</p>"),
        ("# Überschrift", "<p># Überschrift</p>"),
        ("[Hub](https://hub.example/a_b)", '<p><a href="https://hub.example/a_b">Hub</a></p>'),
        ("[Mail](mailto:a@hub.example)", '<p><a href="mailto:a@hub.example">Mail</a></p>'),
        ("Hilfe: https://hub.example/a_b.", '<a href="https://hub.example/a_b">https://hub.example/a_b</a>.'),
        (r"Siehe https://hub.example/a\_b", '<a href="https://hub.example/a_b">https://hub.example/a_b</a>'),
        ("[1](https://hub.example)", "<p>[1](<a href="),
        ("[x](javascript:1)", "<p>[x](javascript:1)</p>"),
        ("~~x~~ `y` _z_ | a |\n|---|", "<p>~~x~~ `y` _z_ | a | |---|</p>"),
    ],
)
def test_only_the_short_list_gets_through(text: str, shown: str) -> None:
    assert shown in rendered(text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("wrap", ["{}", "- Satz {} [1]", "**{}**", "[{}](https://hub.example)", "[1]\n{}"])
def test_hostile_text_stays_text(text: str, wrap: str) -> None:
    html = rendered(wrap.format(text))
    assert set(re.findall(r"</?([a-z!?]+)", html)) <= TAGS, html
    assert all(re.match(r"https?://|mailto:|/quelle/x#", href) for href in re.findall(r'href="([^"]*)', html)), html
    assert not re.search(r"<a [^>]*(?<=[\s\"])(?:on\w+|style|src)=", html), html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_quote_is_shown_word_by_word(text: str) -> None:
    quote = " ".join(text.replace("\0", "").split())
    html = rendered(f"- {escape_quote(quote)} [1]")
    text_only = re.sub(r"<[^>]+>", "", html)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text_only = text_only.replace(entity, character)
    assert quote in " ".join(text_only.split())


@pytest.mark.parametrize(
    "url", ["https://a.example/x?y=1#z", "http://a.example", "mailto:a@b.example", "HTTPS://a.example"]
)
def test_addresses_that_may_be_opened(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    ["", None, "javascript:x", "data:text/html,x", "//a.example", "/a", "https://a b", "https://a\n", "https://a\"x",
     " https://a", "vbscript:x", "file:///etc", "blob:https://a", "https://a\\b", "https://" + "a" * 2000],
)  # fmt: skip
def test_addresses_that_may_not(url: str | None) -> None:
    assert safe_url(url) is None


def test_long_odd_text_is_quick() -> None:
    for odd in ("**", "[", "![", "[1]", "**a", "\\", "[a](", "https://", "- ", "1. "):
        assert safe_markdown(odd * 4000, (1,))


def test_an_address_with_a_users_name_stays_text_that_nothing_makes_a_link_of() -> None:
    assert safe_url("https://admin:geheim@evil.example/x") is None
    assert safe_url("https://example.org/@name") == "https://example.org/@name"
    shown = safe_markdown("Siehe https://admin:geheim@evil.example/x", ())
    assert "://" not in shown
    assert "@" not in shown
