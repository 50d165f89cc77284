"""Nothing of a conversation is kept, unless the operator wants it and the visitor was told; what the law asks for."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.settings import load_settings
from assistant.feedback.store import FILE, FeedbackStore
from assistant.web.notice import visitor_notice
from assistant.web.site.legal import legal_page, text_for_websites
from tests.support.faults import run
from tests.support.hub import Hub
from tests.support.serving import environment, free_port, serving, wait_until_ready
from tests.support.shared import copy_data

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
MARK = "Quarkblumenthal"
ASK = f"Wie können wir mit dem Wettbewerber {MARK} zusammenarbeiten?"
PAGES = [
    "/",
    "/en/",
    "/embed",
    "/selbstcheck",
    "/quelle/zim-kooperationsprojekte",
    "/datenschutz",
    "/widget",
    "/berater",
]
PATIENCE = 60_000
# A frame of another site may not even look into a store; what is shut holds nothing.
KEPT = """async () => {
    const ways = {
        local: () => localStorage.length, session: () => sessionStorage.length, cookie: () => document.cookie,
        databases: async () => (await indexedDB.databases()).length, caches: async () => (await caches.keys()).length,
        workers: async () => (await navigator.serviceWorker.getRegistrations()).length,
    };
    const kept = {};
    for (const [name, look] of Object.entries(ways)) {
        try { kept[name] = await look(); } catch (error) {
            if (!/denied|security policy/i.test(error.message)) throw error;
            kept[name] = name === "cookie" ? "" : 0;
        }
    }
    return kept;
}"""
NOTHING = {"local": 0, "session": 0, "cookie": "", "databases": 0, "caches": 0, "workers": 0}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def ask_in_chat(page: Page, question: str = ASK) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#chat")).to_contain_text(MARK)
    expect(page.get_by_text(re.compile("^(Weiterfragen|Ask on)$"))).to_be_visible()


def ask_in_widget(page: Any, question: str = ASK) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    expect(page.locator(".turn").last.locator(".follow-ups")).to_be_visible()


def test_browser_server_disk_and_log_keep_nothing_of_a_conversation(
    context: BrowserContext, shipped_data: Path, tmp_path: Path
) -> None:
    """A whole visit to every page, recorded at the browser's side and on the server's disk."""
    seen: list[Response] = []
    context.on("response", lambda response: seen.append(response))
    (tmp_path / "tmp").mkdir()
    copy_data(shipped_data, tmp_path / "data")
    port, log = free_port(), tmp_path / "log.txt"
    own = environment(data_dir=tmp_path / "data") | {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    with log.open("wb") as output, subprocess.Popen(command, env=own, stdout=output, stderr=output) as process:
        try:
            server = f"http://127.0.0.1:{port}"
            wait_until_ready(process, server)  # type: ignore[arg-type]
            page = context.new_page()
            for path in PAGES:
                page.goto(server + path)
                page.locator("h1, #question").first.wait_for()
                if path in ("/", "/en/"):
                    ask_in_chat(page)
                if path == "/embed":
                    ask_in_widget(page)
                assert page.evaluate(KEPT) == NOTHING, path
            for question in (ASK, f"Rezept für {MARK} mit Spätzle", f"<{MARK}>" * 20):
                assert httpx.post(f"{server}/api/chat", json={"question": question}).status_code == 200
        finally:
            process.terminate()
            process.wait(20)
    assert context.cookies() == []
    assert context.storage_state() == {"cookies": [], "origins": []}
    assert {urlparse(one.url).netloc for one in seen if one.url.startswith("http")} == {f"127.0.0.1:{port}"}
    assert [one.url for one in seen if "set-cookie" in one.all_headers()] == []
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]
    assert holding == []
    assert not (tmp_path / "data" / FILE).exists()


def test_the_widget_on_another_website_keeps_nothing_on_either(context: BrowserContext, hub: Hub) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(hub.origin() + hub.page(f'src="{hub.assistant}/widget.js"'))
    page.locator("netzlotse-widget .launcher").click()
    ask_in_widget(page.frame_locator("netzlotse-widget iframe"))
    frame = next(one for one in page.frames if "/embed" in one.url)
    assert frame.evaluate(KEPT) == page.evaluate(KEPT) == NOTHING
    assert context.cookies() == []
    assert {urlparse(one).hostname for one in asked if one.startswith("http")} == {"hub.localhost", "127.0.0.1"}
    assert not [one for one in asked if MARK in one]


@pytest.mark.parametrize(("path", "words"), [("/", "KI-System"), ("/en/", "AI system"), ("/embed", "KI-System")])
def test_on_the_smallest_screen_the_notice_stands_before_the_first_input(
    context: BrowserContext, server: str, path: str, words: str
) -> None:
    page = context.new_page()
    page.goto(server + path)
    field = page.locator("#question textarea, textarea#question").first
    expect(field).to_be_visible()
    page.wait_for_timeout(1500)  # a field that took the focus on its own would scroll now
    said = page.get_by_text(words).first
    expect(said).to_be_in_viewport()
    assert (said.bounding_box() or {})["y"] < (field.bounding_box() or {})["y"]
    for target in ("datenschutz", "impressum"):
        link = page.locator(f"a[href$='{target}']").last
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport()
        assert page.request.get(f"{server}/{target}").ok
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_rating_is_announced_and_kept_only_when_it_is_sent(
    context: BrowserContext, shipped_data: Path, tmp_path: Path
) -> None:
    copy_data(shipped_data, tmp_path / "data")
    store = FeedbackStore(tmp_path / "data")
    with serving(tmp_path / "data", feedback="feedback") as server:
        page = context.new_page()
        page.goto(f"{server}/embed")
        expect(page.get_by_text("Bewertungen, die Sie abschicken")).to_be_in_viewport()
        ask_in_widget(page)
        page.get_by_text("Antwort bewerten").click()
        page.get_by_label("nein").check()
        page.get_by_label("Warum").select_option("incomplete")
        page.get_by_label("Anmerkung").fill("Frau Huber vermisst die Frist")
        assert store.feedback() == []
        page.get_by_role("button", name="Bewertung senden").click()
        expect(page.get_by_text("Ihre Bewertung ist angekommen")).to_be_visible()
        page.goto(server)
        expect(page.get_by_text("Bewertungen, die Sie abschicken")).to_be_visible()
        ask_in_chat(page)
        page.get_by_text("Antwort bewerten").click()
        page.get_by_label("ja", exact=True).check()
        page.get_by_role("button", name="Bewertung senden").click()
        expect(page.get_by_text("Ihre Bewertung ist angekommen")).to_be_visible()
    first, second = store.feedback()
    assert (first.thumb, first.reason, first.comment) == ("down", "incomplete", "[…] vermisst die Frist")
    assert (second.thumb, second.reason, second.comment) == ("up", None, "")
    assert first.sources
    assert first.sources == second.sources
    assert store.unanswered() == []
    assert MARK.encode() not in (tmp_path / "data" / FILE).read_bytes()


def test_where_ratings_are_not_taken_there_is_no_such_address(server: str) -> None:
    for content in ("{}", "not json", '{"thumb": "up"}'):
        reply = httpx.post(f"{server}/api/feedback", content=content, headers={"content-type": "application/json"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
    assert "/api/feedback" not in httpx.get(f"{server}/api/openapi.json").json()["paths"]
    assert "Bewertung senden" not in httpx.get(f"{server}/embed").text


def with_settings(assistant: AppContext, **settings: Any) -> AppContext:
    return replace(assistant, settings=load_settings(**settings))


@pytest.mark.parametrize(
    ("settings", "said", "unsaid"),
    [
        ({}, ["Es ist kein Sprachmodell angeschlossen", "Bewertungen werden nicht angenommen"], ["Tagen gelöscht"]),
        ({"feedback": "feedback"}, ["Ihr Daumen", "nach 30 Tagen"], ["einzelne Wörter daraus"]),
        ({"feedback": "unanswered", "feedback_days": 7}, ["einzelne Wörter daraus", "nach 7 Tagen"], ["Ihr Daumen"]),
        ({"feedback": "all", "feedback_days": 1}, ["Ihr Daumen", "einzelne Wörter daraus", "nach 1 Tag "], []),
        ({"privacy_url": "https://hub.example/ds?a=1&b=<2>"}, ["https://hub.example/ds?a=1&amp;b=&lt;2&gt;"], ["<2>"]),
    ],
)
def test_the_page_on_data_protection_speaks_of_this_server(
    assistant: AppContext, settings: dict[str, Any], said: list[str], unsaid: list[str]
) -> None:
    text = legal_page("privacy.html", with_settings(assistant, **settings))
    assert [one for one in said if one not in text] == []
    assert [one for one in unsaid if one in text] == []


def test_what_visitors_and_websites_are_told_follows_the_settings(assistant: AppContext) -> None:
    off, on = with_settings(assistant), with_settings(assistant, feedback="all", feedback_days=9)
    assert "aufbewahrt" not in visitor_notice(off, "de") + text_for_websites(off)
    for text in (visitor_notice(on, "de"), text_for_websites(on)):
        assert "höchstens 9 Tage" in text
        assert "einzelne Wörter" in text
    assert visitor_notice(on, "en").count("9 days") == 2


def test_the_imprint_names_the_operator_or_says_that_none_is_given(assistant: AppContext) -> None:
    named = legal_page("imprint.html", with_settings(assistant, operator="Hub e. V.; Weg 1 <b>; Ort; post@hub.example"))
    assert "Hub e. V.<br>Weg 1 &lt;b&gt;<br>Ort<br>post@hub.example" in named
    assert "noch kein Impressum" in legal_page("imprint.html", with_settings(assistant))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/datenschutz", "/impressum", "/barrierefreiheit", "/selbstcheck", "/berater"])
def test_axe_finds_nothing_on_the_plain_pages(browser: Browser, server: str, path: str, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    page.goto(server + path)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_a_running_server_forgets_a_removed_document(shipped_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    copy_data(shipped_data, data)
    path = tmp_path / "quittenring.txt"
    path.write_text("Der Quittenring versammelt Pressereien, die gemeinsam Obst einlagern.", encoding="utf-8")
    assert run("add", str(path), data_dir=data)[0] == 0
    with serving(data) as server:
        question = {"question": "Was ist der Quittenring?"}
        told = httpx.post(f"{server}/api/chat", json=question, timeout=30).json()
        assert told["citations"][0]["id"] == "quittenring"
        assert httpx.get(f"{server}/quelle/quittenring").status_code == 200
        assert run("remove", "quittenring", data_dir=data)[0] == 0
        end = time.monotonic() + 60
        while httpx.get(f"{server}/quelle/quittenring").status_code == 200:
            assert time.monotonic() < end
            time.sleep(0.5)
        history = [{"role": "user", "content": question["question"]}, {"role": "assistant", "content": told["text"]}]
        for body in (question, question | {"history": history}):
            assert "Pressereien" not in httpx.post(f"{server}/api/chat", json=body, timeout=30).text
        assert "Pressereien" not in httpx.get(f"{server}/api/search", params={"q": "Quittenring", "k": 50}).text
        assert httpx.get(f"{server}/readyz").status_code == 200
    left = [one for one in data.rglob("*") if one.is_file() and b"Pressereien" in one.read_bytes()]
    assert left == []


@pytest.mark.parametrize(
    "question",
    [
        "Was ist unternehmensWert:Mensch?",
        "Wie hoch ist die Forschungszulage und wer bekommt sie?",
        "Was bietet das Mittelstand-Digital Zentrum Hannover?",
        "Who can get Eurostars funding?",
        "Wie können wir mit einem Wettbewerber zusammenarbeiten?",
    ],
)
def test_quotes_are_short_and_few_and_every_answer_says_how_it_was_made(assistant: AppContext, question: str) -> None:
    """Date and state of a source are sentences of our own about it, no quotes from it."""
    answer = ask(assistant, question)
    passages = {one.text: one for one in assistant.live_index.corpus().snapshot.passages}
    quoted = [one for one in answer.citations if not passages[one.passage].generated]
    assert quoted
    assert max(len(one.quote) for one in answer.citations) <= 400
    assert max(Counter(one.id for one in quoted).values()) <= 3
    assert (answer.to_dict()["mode"], answer.to_dict()["ai_generated"]) == ("extractive", False)
