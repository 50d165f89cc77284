"""Script injection through every field that is shown: nothing runs, nothing loads – widget and chat page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlparse

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, Frame, Page, Route, expect

from tests.conftest import BuildIndex, write_files
from tests.support.hostile_strings import HOSTILE
from tests.support.hub import Hub
from tests.support.paths import ROOT, SCRIPTS
from tests.support.serving import free_port, serving

OTHER_WEBSITE = "http://evil.localhost"
WATCH = """
window.wrong = [];
document.addEventListener("securitypolicyviolation", (event) => wrong.push(event.blockedURI + event.violatedDirective));
"""
LOOK = """(selector) => {
  const tags = new Set(
    "A,ARTICLE,BLOCKQUOTE,BR,BUTTON,DETAILS,DIV,H1,H2,H3,LI,MARK,NOSCRIPT,OL,P,SECTION,SPAN,STRONG,SUMMARY,UL".split(","),
  );
  const found = [...document.querySelectorAll(selector)].flatMap((one) => [...one.querySelectorAll("*")]);
  const wrong = [...window.wrong, ...(window.pwned ? ["ran"] : []), ...(found.length ? [] : ["nothing is shown"])];
  for (const one of found.filter((one) => !one.closest("svg"))) {
    const ours = one.tagName === "EM" && one.innerHTML === "Wörtliche Zitate aus den Quellen";
    if (!tags.has(one.tagName) && !ours) wrong.push(one.outerHTML.slice(0, 200));
    for (const { name, value } of one.attributes) {
      if (/^on|^src|^style$|^srcdoc|^action|^formaction|^data$/.test(name)) wrong.push(name + "=" + value);
      if (name === "href" && !/^(https?:|mailto:)/.test(one.href)) wrong.push("href=" + value);
    }
  }
  return wrong;
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    expect.set_options(timeout=30_000)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(30_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog:{dialog.message}"))
    yield page
    hosts = {urlparse(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    context.close()
    assert hosts <= {"127.0.0.1", "hub.localhost"}


def hostile_answer(texts: list[str]) -> dict[str, Any]:
    """An answer as a model and a careless index might give it: every text in every field."""
    fields = ("id", "kind", "title", "section", "page", "url", "as_of", "status", "quote")
    citations = [
        dict.fromkeys(fields, text) | {"number": number, "verify": True, "passage": f"vor {text} nach", "score": 1}
        for number, text in enumerate(texts, 1)
    ]
    said = "\n\n".join(f"- Satz {text} [{number}] **{text}**\n\n{text}" for number, text in enumerate(texts, 1))
    return {
        "question": texts[0], "standalone_question": texts[0], "language": "de", "status": "answered", "text": said,
        "mode": "model", "model": texts[0], "ai_generated": True, "citations": citations, "suggestions": texts,
        "caution": None, "timings_ms": {},
    }  # fmt: skip


def stream(answer: dict[str, Any]) -> str:
    """The events of an answer, its text cut at odd places."""
    text = answer["text"]
    events = [("delta", {"text": text[start : start + 37]}) for start in range(0, len(text), 37)]
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in [*events, ("done", answer)])


def frame_of(page: Page) -> Frame:
    page.frame_locator("netzlotse-widget iframe").locator("#question").wait_for()
    return next(frame for frame in page.frames if "/embed?" in frame.url)


def test_the_widget_shows_hostile_answers_as_text(page: Page, hub: Hub) -> None:
    groups = [list(HOSTILE[start : start + 15]) for start in range(0, len(HOSTILE), 15)]
    waiting = iter(groups)

    def reply(route: Route) -> None:
        route.fulfill(status=200, content_type="text/event-stream", body=stream(hostile_answer(next(waiting))))

    page.context.route("**/api/chat", reply)
    page.goto(hub.origin() + hub.page(f'src="{hub.assistant}/widget.js" data-open-on-load="true"'))
    frame = frame_of(page)
    for number, group in enumerate(groups, 1):
        question = " ".join(" ".join(group).replace("\0", "").split())
        frame.fill("#question", question)
        frame.press("#question", "Enter")
        expect(frame.locator(".turn")).to_have_count(number)
        expect(frame.locator(".turn").last.locator(".follow-ups")).to_be_visible()
        assert frame.locator(".turn h2").last.inner_text() == question
        assert frame.evaluate(LOOK, "main, dialog") == []
        for cite in frame.locator(".turn").last.locator("details .cite").all():
            cite.evaluate("(button) => button.click()")
            assert frame.evaluate(LOOK, "main, dialog") == []
            frame.evaluate("document.querySelector('dialog').close()")
    assert frame.locator(".turn").first.locator(".answer li").first.inner_text().count("<script>pwned=1</script>") == 2


def test_errors_of_the_server_are_text_too(page: Page, hub: Hub) -> None:
    body = json.dumps({"error": {"code": "x", "message": "".join(HOSTILE[:9]), "request_id": "x"}})
    page.context.route(
        "**/api/chat", lambda route: route.fulfill(status=429, content_type="application/json", body=body)
    )
    page.goto(hub.origin() + hub.page(f'src="{hub.assistant}/widget.js" data-open-on-load="true"'))
    frame = frame_of(page)
    frame.fill("#question", "x")
    frame.press("#question", "Enter")
    expect(frame.locator(".again")).to_be_visible()
    assert frame.evaluate(LOOK, "main") == []


def test_attributes_of_the_script_are_text(page: Page, hub: Hub) -> None:
    texts = [text for text in HOSTILE if "\0" not in text]
    short = ["assistant-name", "contact-url", "privacy-url", "imprint-url", "button-color", "window-width", "language"]
    for start in range(0, len(texts), 7):
        group = texts[start : start + 7]
        values = dict(zip(short, group, strict=False)) | {"greeting": "".join(group), "theme": group[0]}
        values |= {"default-messages": "|".join(group[:4]), "position": group[-1]}
        attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in values.items())
        page.goto(hub.origin() + hub.page(f'src="{hub.assistant}/widget.js" data-open-on-load="true" {attributes}'))
        frame = frame_of(page)
        assert frame.evaluate(LOOK, "header, main, footer") == []
        assert frame.locator(".greeting").inner_text() == " ".join("".join(group).split())
        assert page.evaluate("[window.pwned, window.wrong]") == [None, []]
    assert len(HOSTILE) >= 30


@pytest.fixture(scope="module")
def hostile_server(build_index: BuildIndex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose every source carries hostile text in title, heading and sentences."""
    folder, data = tmp_path_factory.mktemp("hostile") / "knowledge", tmp_path_factory.mktemp("hostile") / "data"
    # Control and direction characters never get this far: loading refuses them (test_load).
    texts = [re.sub(r"[\0-\x1f\u202a-\u202e\u2066-\u2069]+", " ", text).strip() for text in HOSTILE]
    write_files(folder, {f"cooperation/pakt-{number}.md": source(number, text) for number, text in enumerate(texts)})
    build_index(folder, data)
    with serving(data, knowledge_dir=str(folder), shipped_knowledge="false") as address:
        yield address


def source(number: int, text: str) -> str:
    head = {
        "id": f"pakt-{number}", "kind": "cooperation", "area": "contracts", "url": f"https://hub.example/{number}?x=%3Cscript%3E&y=(javascript:pwned=1)",
        "title": f"Schraubenpakt {number} {text}"[:200],
    }  # fmt: skip
    fact = f"Der Schraubenpakt {number} regelt {text} die gemeinsame Lagerung von Schrauben und Muttern."
    return f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n\n{fact}\n\n## Lagerung {text}\n\n{fact} Und mehr.\n"


def test_hostile_sources_are_text_in_chat_page_widget_and_source_page(page: Page, hostile_server: str) -> None:
    questions = [f"Was regelt der Schraubenpakt {number} zur Lagerung von Schrauben?" for number in (0, 17, 34)]
    page.goto(hostile_server)
    expect(page.locator("#question textarea")).to_be_visible()
    page.evaluate("window.wrong = []")  # inline scripts of Gradio itself, which the policy refuses
    for number, question in enumerate(questions, 1):
        page.fill("#question textarea", question)
        page.keyboard.press("Enter")
        expect(page.locator(f"#chat a[href*='#beleg-{number}-1']").first).to_be_visible()
    assert page.evaluate(LOOK, "#chat .bot .prose, #chat .user .prose, #cards .prose") == []
    page.goto(f"{hostile_server}/embed")
    for number, question in enumerate(questions, 1):
        page.fill("#question", question)
        page.keyboard.press("Enter")
        expect(page.locator(".turn").nth(number - 1).locator(".cite").first).to_be_visible()
    assert page.evaluate(LOOK, "main") == []
    page.goto(f"{hostile_server}/quelle/pakt-2")
    assert page.evaluate("[window.pwned, window.wrong, document.images.length]") == [None, [], 0]


def test_the_chat_page_shows_hostile_answers_as_text(page: Page) -> None:
    port = free_port()
    script = SCRIPTS / "hostile_chat.py"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, str(script), str(port)], env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#beleg-50-1")).to_be_attached()
        expect(page.locator("#chat")).to_contain_text("constructor.constructor")
        assert page.evaluate(LOOK, "#chat .bot .prose, #chat .user .prose, #cards .prose") == []
        assert page.locator("#cards mark").count() == len(HOSTILE)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            httpx.get(address)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the page did not come up")
