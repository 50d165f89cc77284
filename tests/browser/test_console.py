"""Every page in a real Chromium: no word in the console, nothing against the policy, nothing kept or from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_chat_page import ask, open_chat
from tests.support.serving import serving
from tests.support.shared import copy_data

QUESTION = "Was heißt Coopetition?"
PAGES = (
    "/", "/en/", "/berater", "/selbstcheck", "/embed", "/widget", "/widget/vorschau", "/datenschutz", "/impressum",
    "/barrierefreiheit", "/quelle/coopetition",
)  # fmt: skip
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
KEPT = """async () => [
  document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ...(await indexedDB.databases()).map((one) => one.name), ...(window.caches ? await caches.keys() : []),
  ...(navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : []).map((one) => one.scope),
].filter(Boolean)"""


@dataclass(slots=True)
class Heard:
    """What a page said and asked for."""

    address: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text} {message.location}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", lambda request: self.asked.append(request.url))

    def check(self, page: Page) -> None:
        """Nothing was said, refused, kept or asked of others."""
        assert self.said == []
        assert page.evaluate("window.violations") == []
        assert page.evaluate(KEPT) == []
        assert [one for one in self.asked if not one.startswith((self.address, "data:", "blob:"))] == []


@pytest.fixture(scope="module")
def everything(shipped_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on which every page exists."""
    data = copy_data(shipped_data, tmp_path_factory.mktemp("everything") / "data")
    with serving(data, feedback="all", operator="Musterhub; Musterweg 1; mail@hub.example") as address:
        yield address


@pytest.fixture
def page(browser: Browser, everything: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=everything)
    context.add_init_script(WATCH)
    expect.set_options(timeout=30_000)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_quiet(page: Page, everything: str, path: str) -> None:
    heard = Heard(everything)
    heard.listen(page)
    reply = page.goto(path)
    assert reply
    assert reply.status == 200
    if path in ("/", "/en/"):
        expect(page.locator("#question textarea")).to_be_visible()
    else:
        page.wait_for_load_state("networkidle")
    heard.check(page)


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_a_conversation_is_quiet(page: Page, everything: str, path: str) -> None:
    heard = Heard(everything)
    heard.listen(page)
    open_chat(page, path)
    ask(page, QUESTION)
    page.locator("#chat a[href*='#beleg-1-1']").first.click()
    ask(page, "Und für wen gilt das?")
    page.click("#new")
    expect(page.locator("#chat")).not_to_contain_text(QUESTION)
    heard.check(page)


def test_the_widget_is_quiet(page: Page, everything: str) -> None:
    heard = Heard(everything)
    heard.listen(page)
    page.goto("/embed")
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .cite").first).to_be_visible()
    page.locator(".turn .cite").first.click()
    heard.check(page)


def test_the_forms_are_quiet(page: Page, everything: str) -> None:
    heard = Heard(everything)
    heard.listen(page)
    page.goto("/selbstcheck")
    page.locator("input[type=radio]").first.check()
    page.locator("form button").first.click()
    page.wait_for_load_state("networkidle")
    heard.check(page)
    page.goto("/berater")
    page.locator("form button").first.click()
    page.wait_for_load_state("networkidle")
    heard.check(page)


@pytest.mark.parametrize("path", ["/gibt-es-nicht", "/quelle/gibt-es-nicht"])
def test_a_missing_page_says_so_and_nothing_else(page: Page, everything: str, path: str) -> None:
    heard = Heard(everything)
    heard.listen(page)
    reply = page.goto(path)
    assert reply
    assert reply.status == 404
    assert [one for one in heard.said if "404" not in one] == []
    heard.said.clear()
    heard.check(page)
