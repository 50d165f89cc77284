"""The chat page in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

ASK = "Was ist Coopetition?"
PATIENCE = 30_000


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", base_url=server)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield page
    context.close()


def open_chat(page: Page, path: str = "/") -> None:
    page.goto(path)
    expect(page.locator("#question textarea")).to_be_visible()


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#chat")).to_contain_text(question)
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.get_by_text(re.compile("^(Weiterfragen|Ask on)$"))).to_be_visible()


def test_the_first_screen_says_that_it_is_an_ai_and_offers_examples(page: Page) -> None:
    open_chat(page)
    expect(page.get_by_text("Sie sprechen mit einem KI-System")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Weiterbildung"))).to_be_visible()
    expect(page.get_by_text("Orientierung, keine Rechts- oder Förderberatung")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de"


def test_a_citation_opens_its_card_with_the_quote_marked(page: Page) -> None:
    open_chat(page)
    ask(page, "Was bietet ein EDIH?")
    link = page.locator("#chat a[href*='#beleg-1-2']").first
    link.click()
    card = page.locator("#beleg-1-2")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    expect(card.locator("mark")).not_to_be_empty()
    quote = card.locator("mark").inner_text()
    assert quote[:40] in page.locator("#chat").inner_text()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_an_example_and_a_follow_up_are_answered(page: Page) -> None:
    open_chat(page)
    page.get_by_role("button", name=re.compile("Wettbewerber")).click()
    expect(page.locator("#chat a[href*='#beleg-1-1']").first).to_be_visible()
    follow_up = page.locator(".suggestions button:visible").first
    text = follow_up.inner_text()
    follow_up.click()
    expect(page.locator("#chat")).to_contain_text(text)
    expect(page.locator("#chat a[href*='#beleg-2-1']").first).to_be_visible()


def test_a_question_that_leans_on_the_conversation(page: Page) -> None:
    open_chat(page)
    ask(page, "Wie können wir gemeinsam Lehrlinge ausbilden?")
    expect(page.locator("#cards")).to_contain_text("Quellen zu: Wie können wir")
    ask(page, "Und wer hilft uns dabei?")
    expect(page.locator("#chat a[href*='#beleg-2-1']").first).to_be_visible()


def test_a_question_sent_at_once_after_another_is_asked_too(page: Page) -> None:
    open_chat(page)
    page.fill("#question textarea", "Wie können wir gemeinsam Lehrlinge ausbilden?")
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_have_value("")
    page.fill("#question textarea", ASK)
    page.keyboard.press("Enter")
    expect(page.locator("#chat a[href*='#beleg-2-1']").first).to_be_visible()
    expect(page.locator("#chat")).to_contain_text("Lehrlinge ausbilden?")
    expect(page.locator("#chat")).to_contain_text(ASK)


def test_a_refusal_is_friendly_and_offers_questions(page: Page) -> None:
    open_chat(page)
    ask(page, "Rezept für Käsespätzle")
    expect(page.locator("#chat")).to_contain_text("Dazu")
    expect(page.locator(".suggestions button:visible").first).to_be_visible()
    assert page.locator("#chat a[href*='#beleg-']").count() == 0


def test_the_english_page_speaks_english(page: Page) -> None:
    open_chat(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("You are talking to an AI system")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    ask(page, "What is coopetition?")
    expect(page.locator("#chat")).to_contain_text("Coopetition means")


def test_new_question_clears_the_conversation(page: Page) -> None:
    open_chat(page)
    ask(page, ASK)
    expect(page.locator("#chat a[href*='#beleg-1-1']").first).to_be_visible()
    page.get_by_role("button", name="Neue Frage").click()
    expect(page.locator("#chat")).not_to_contain_text(ASK)
    expect(page.locator("#cards")).to_contain_text("erscheinen hier")


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_kept(page: Page, server: str) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).netloc))
    open_chat(page)
    ask(page, ASK)
    expect(page.locator("#chat a[href*='#beleg-1-1']").first).to_be_visible()
    assert hosts == {urlparse(server).netloc}
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_screens_need_no_sideways_scrolling(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    open_chat(page)
    ask(page, ASK)
    expect(page.locator("#chat a[href*='#beleg-1-1']").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#chat a[href*='#beleg-1-1']").first.click()
    expect(page.locator("#beleg-1-1")).to_be_in_viewport()


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "<script>alert(1)</script> **fett**"]
)
def test_markup_in_a_question_is_shown_as_text(page: Page, text: str) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    open_chat(page)
    ask(page, text)
    expect(page.locator("#chat .bot").first).to_be_visible()
    assert not dialogs
    assert page.locator("#chat .user img, #chat .user script, #chat .user strong, #chat .user a").count() == 0


def test_everything_works_by_keyboard(page: Page) -> None:
    open_chat(page)
    page.locator("#question textarea").focus()
    page.keyboard.type(ASK)
    page.keyboard.press("Tab")
    expect(page.locator("#send")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Weiterfragen")).to_be_visible()
    link = page.locator("#chat a[href*='#beleg-1-1']").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#beleg-1-1")).to_be_focused()
