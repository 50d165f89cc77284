"""The embeddable page and its files over a real server; looks, colours and versions."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from hashlib import sha384
from html import unescape

import httpx
import pytest

from assistant.answering.runtime import AppContext
from assistant.web.widget.appearance import COLOR, WidgetAppearance, read_appearance, split_messages
from assistant.web.widget.assets import load_assets
from assistant.web.widget.contrast import contrast, parse_color, readable_on, text_on
from assistant.web.widget.embed import DARK, LIGHT

HOST = {"host": "lotse.example"}
COLORS = ["#ffffff", "#000000", "#ffff00", "#777777", "#808080", "#0b5394", "#ff0000", "#00ff00", "#5555ff", "#767676"]


def look(assistant: AppContext, headers: dict[str, str] = HOST, **query: str) -> WidgetAppearance:
    named = {name.replace("_", "-"): value for name, value in query.items()}
    return read_appearance(named, headers, assistant.settings, assistant.prompts)


def test_the_script_is_small_and_pinned_versions_match_their_hash(server: str) -> None:
    plain = httpx.get(f"{server}/widget.js")
    page = httpx.get(f"{server}/widget").text
    pinned = httpx.get(f"{server}/{re.search(r'widget-[0-9a-f]{12}[.]js', page)[0]}")  # type: ignore[index]
    integrity = unescape(re.search(r'data-integrity="([^"]+)"', page)[1])  # type: ignore[index]
    assert len(gzip.compress(plain.content)) <= 12_000
    assert plain.content == pinned.content
    assert integrity == "sha384-" + b64encode(sha384(pinned.content).digest()).decode()
    assert "max-age=3600" in plain.headers["cache-control"]
    assert "immutable" in pinned.headers["cache-control"]


def test_the_script_alone_may_be_read_by_other_sites(server: str) -> None:
    headers = httpx.get(f"{server}/widget.js").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["content-type"].startswith("text/javascript")
    for path in ("/embed", "/widget", "/", "/healthz", "/widget-000000000000.js/"):
        assert "access-control-allow-origin" not in httpx.get(server + path).headers, path


def test_the_script_does_without_what_policies_forbid() -> None:
    source = load_assets().files["widget.js"].body.decode()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "Storage",
                 "indexedDB", "cookie", "fetch(", "XMLHttpRequest", "sendBeacon", "import("):  # fmt: skip
        assert word not in source, word


@pytest.mark.parametrize("name", ["embed.js", "answer.js"])
def test_the_page_never_parses_html(name: str) -> None:
    source = load_assets().files[name].body.decode()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser",
                 "createContextualFragment", "Storage", "indexedDB", "cookie", "srcdoc"):  # fmt: skip
        assert word not in source, word


def test_the_page_may_be_framed_from_isolated_sites(server: str) -> None:
    headers = httpx.get(f"{server}/embed").headers
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cache-control"] == "no-store"


def test_files_are_compressed_lasting_and_known_again(server: str) -> None:
    path = re.search(r'src="(embed/[0-9a-f]{12}/embed[.]js)"', httpx.get(f"{server}/embed").text)[1]  # type: ignore[index]
    file = httpx.get(f"{server}/{path}")
    assert file.headers["content-encoding"] == "gzip"
    assert "immutable" in file.headers["cache-control"]
    assert httpx.get(f"{server}/{path}", headers={"accept-encoding": "identity"}).content == file.content
    assert httpx.get(f"{server}/{path}", headers={"if-none-match": file.headers["etag"]}).status_code == 304
    assert httpx.head(f"{server}/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/widget-000000000000.js", "/embed/000000000000/embed.js", "/embed/x/embed.js", "/embed/", "/widget/x"],
)
def test_what_does_not_exist_is_not_kept(server: str, path: str) -> None:
    reply = httpx.get(server + path)
    assert reply.status_code == 404
    assert reply.headers["cache-control"] == "no-store"


def test_a_look_is_read_and_odd_values_are_ignored(assistant: AppContext) -> None:
    plain = look(assistant, theme="pink", mode="spy", button_color="red;}", language="fr", privacy_url="javascript:x")
    assert (plain.language, plain.theme, plain.mode, plain.color) == ("de", "auto", "page", COLOR)
    assert (plain.name, plain.greeting, plain.privacy_url, plain.parent) == ("Netzlotse", "", None, "")
    chosen = look(
        assistant, theme="dark", mode="bubble", button_color="#FC0", language="en-GB", assistant_name="  Lotsin ",
        greeting="x" * 900, default_messages="Was?|Wer?", contact_url="mailto:a@hub.example",
    )  # fmt: skip
    assert (chosen.language, chosen.theme, chosen.mode, chosen.color) == ("en", "dark", "bubble", "#ffcc00")
    assert (chosen.name, len(chosen.greeting), chosen.examples) == ("Lotsin", 500, ("Was?", "Wer?"))
    assert chosen.contact_url == "mailto:a@hub.example"


def test_a_link_sent_around_cannot_put_words_on_this_host(assistant: AppContext) -> None:
    opened = look(
        assistant, {**HOST, "sec-fetch-dest": "document"}, greeting="Gewonnen!", contact_url="https://evil.example"
    )
    assert (opened.greeting, opened.contact_url) == ("", assistant.settings.contact_url)


@pytest.mark.parametrize(
    ("origin", "parent"),
    [
        ("https://lotse.example", "https://lotse.example"),
        ("http://lotse.example", "http://lotse.example"),
        ("https://hub.example", ""),
        ("null", ""),
        ("https://lotse.example/x", ""),
        ("", ""),
    ],
)
def test_without_allowed_origins_only_this_host_exchanges_messages(
    assistant: AppContext, origin: str, parent: str
) -> None:
    assert look(assistant, origin=origin).parent == parent


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ()),
        ("eins", ("eins",)),
        (" eins | zwei ||", ("eins", "zwei")),
        ('["eins | halb", "zwei", 3]', ("eins | halb", "zwei")),
        ("[kaputt|x", ("[kaputt", "x")),
        ("|".join("abcdef"), ("a", "b", "c", "d")),
    ],
)
def test_example_questions_come_as_a_list_or_with_bars(written: str, meant: tuple[str, ...]) -> None:
    assert split_messages(written) == meant


def test_values_of_the_address_are_escaped(server: str) -> None:
    evil = '"><script>pwned=1</script>$name${name}'
    query = dict.fromkeys(
        ("assistant-name", "greeting", "default-messages", "language", "theme", "mode", "origin"), evil
    )
    for path in ("/embed", "/widget/vorschau"):
        text = httpx.get(server + path, params=query).text
        assert "<script>pwned" not in text
        assert "pwned=1&lt;/script&gt;$name${name}" in text


@pytest.mark.parametrize("color", COLORS)
def test_text_and_links_can_be_read_with_any_colour(color: str) -> None:
    assert contrast(text_on(color), color) >= 4.5
    for ground in (LIGHT, DARK):
        assert contrast(readable_on(color, ground), ground) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert readable_on("#0b5394", LIGHT) == "#0b5394"


@pytest.mark.parametrize(
    ("written", "meant"), [("#FC0", "#ffcc00"), ("0b5394", "#0b5394"), ("red", None), ("#12345", None), ("#1;", None)]
)
def test_colours_are_hexadecimal(written: str, meant: str | None) -> None:
    assert parse_color(written) == meant


@pytest.mark.parametrize(
    ("website", "allowed", "said"),
    [
        ("https://hub.example/kontakt?x=1", False, "NETZLOTSE_ALLOWED_ORIGINS=https://hub.example"),
        ("hub.example", False, "https://hub.example ist nicht zugelassen"),
        ("kein name", False, "ist keine Herkunft"),
        ("javascript://x", False, "ist keine Herkunft"),
    ],
)
def test_webmasters_can_test_their_website(server: str, website: str, allowed: bool, said: str) -> None:
    verdict = httpx.get(f"{server}/widget/herkunft", params={"website": website}).json()
    assert verdict["allowed"] is allowed
    assert said in verdict["message"]


def test_this_host_itself_is_always_allowed(server: str) -> None:
    assert httpx.get(f"{server}/widget/herkunft", params={"website": server}).json()["allowed"] is True
