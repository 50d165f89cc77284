"""What visitors see of a refusal for too many questions: a sentence in the page's language, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_chat_page import open_chat
from tests.support.serving import serving

SENTENCES = {
    "de": "Das waren viele Fragen in kurzer Zeit. Bitte versuchen Sie es in",
    "en": "That was a lot of questions in a short time. Please try again in",
}
FIRST = {"de": "Was heißt Coopetition?", "en": "What is coopetition?"}
SECOND = "Und für wen gilt das?"


@pytest.fixture
def patient(shipped_data: Path) -> Iterator[str]:
    """A server that answers one question a minute."""
    with serving(shipped_data, rate_limit_per_minute="1") as address:
        yield address


@pytest.fixture
def page(browser: Browser, patient: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, base_url=patient, locale="de-DE")
    expect.set_options(timeout=30_000)
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.parametrize(("language", "path"), [("de", "/"), ("en", "/en/")])
def test_on_the_chat_page(page: Page, language: str, path: str) -> None:
    open_chat(page, path)
    box = page.locator("#question textarea")
    box.fill(FIRST[language])
    page.keyboard.press("Enter")
    answered = page.locator("#chat a[href*='#beleg-1-1']").first
    expect(answered).to_be_visible()
    expect(box).to_have_value("")
    box.fill(SECOND)
    page.keyboard.press("Enter")
    expect(page.get_by_text(SENTENCES[language])).to_be_visible()
    expect(page.get_by_text("Error", exact=True)).to_be_hidden()
    expect(page.get_by_text("Fehler", exact=True).first).to_be_hidden()
    expect(box).to_have_value(SECOND)
    answered.scroll_into_view_if_needed()
    answered.click(trial=True)  # nothing lies over the conversation


@pytest.mark.parametrize("language", ["de", "en"])
def test_in_the_widget(page: Page, language: str) -> None:
    page.goto(f"/embed?language={language}")
    page.fill("#question", FIRST[language])
    page.keyboard.press("Enter")
    expect(page.locator(".turn .cite").first).to_be_visible()
    page.fill("#question", SECOND)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last).to_contain_text(SENTENCES[language])
    expect(page.locator(".turn").last).to_contain_text(SECOND)
    expect(page.locator(".turn").last.get_by_role("button")).to_be_visible()
    expect(page.locator(".turn .cite").first).to_be_visible()


def test_programs_read_german_whatever_their_browser_prefers(patient: str) -> None:
    headers = {"Accept-Language": "en-GB,en;q=0.9"}
    replies = [httpx.post(f"{patient}/api/chat", json={"question": FIRST["de"]}, headers=headers) for _ in range(2)]
    assert [one.status_code for one in replies] == [200, 429]
    assert SENTENCES["de"] in replies[1].json()["error"]["message"]
    assert int(replies[1].headers["retry-after"]) > 0
