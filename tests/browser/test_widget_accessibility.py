"""axe-core on the widget: closed, open, with an answer, with a source; both languages and themes; the other pages."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.test_chat_page import ask, open_chat
from tests.support.hub import Hub

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
QUESTIONS = {"de": "Was ist Coopetition?", "en": "What is coopetition?"}
CONTACT = "https://hub.example/kontakt"


def violations(place: Page | Frame, where: str = "document") -> list[Any]:
    """What axe finds, best practices included; frames are looked at one by one."""
    place.evaluate(AXE)
    found = place.evaluate(f"axe.run({where}, {{iframes: false, resultTypes: ['violations']}})")
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]


def inside(page: Page) -> Frame:
    page.frame_locator("netzlotse-widget iframe").locator("#question").wait_for()
    return next(frame for frame in page.frames if "/embed?" in frame.url)


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("de", "light", 1280), ("de", "dark", 1280), ("en", "light", 1280), ("en", "dark", 1280), ("de", "light", 320)],
)
def test_axe_finds_nothing_in_the_widget(browser: Browser, hub: Hub, language: str, theme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, reduced_motion="reduce")
    page = context.new_page()
    script = (
        f'src="{hub.assistant}/widget.js" data-language="{language}" data-theme="{theme}" data-button-color="#e8a200"'
    )
    page.goto(hub.origin() + hub.page(script, html=f"lang={language}"))
    page.locator("netzlotse-widget .launcher").wait_for()
    assert violations(page) == []
    page.locator("netzlotse-widget .launcher").click()
    frame = inside(page)
    assert violations(page) == []
    assert violations(frame) == []
    frame.fill("#question", QUESTIONS[language])
    frame.press("#question", "Enter")
    frame.locator(".follow-ups").wait_for()
    frame.locator("summary").click()
    assert violations(frame) == []
    frame.locator(".answer .cite").first.click()
    expect(frame.locator("dialog")).to_be_visible()
    assert violations(frame) == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_an_inline_widget_and_in_one_without_server(
    browser: Browser, hub: Hub, theme: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    attributes = f'src="{hub.assistant}/widget.js" data-theme="{theme}" data-contact-url="{CONTACT}"'
    path = hub.page(attributes, f"{attributes} data-mode=inline data-target=#chat")
    page.goto(hub.origin() + path)
    page.get_by_role("button", name="Chat starten").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Chat starten").click()
    assert violations(inside(page)) == []
    page.goto(hub.origin("fremd") + path)
    page.locator("netzlotse-widget .launcher").click()
    page.locator("netzlotse-widget .state a").first.wait_for()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/widget", "/embed", "/embed?language=en", "/quelle/zim-kooperationsprojekte"])
def test_axe_finds_nothing_on_the_pages(browser: Browser, hub: Hub, path: str, theme: Any) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme)
    page = context.new_page()
    page.goto(hub.assistant + path)
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    context.close()


def test_targets_are_large_enough_and_text_can_be_enlarged(browser: Browser, hub: Hub) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 256})  # 1280 × 1024 at 400 %
    page = context.new_page()
    page.goto(hub.origin() + hub.page(f'src="{hub.assistant}/widget.js"'))
    page.locator("netzlotse-widget .launcher").click()
    frame = inside(page)
    frame.fill("#question", QUESTIONS["de"])
    frame.press("#question", "Enter")
    frame.locator(".follow-ups").wait_for()
    small = """() => [...document.querySelectorAll("a, button, summary, textarea")]
        .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))"""
    assert frame.evaluate(small) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.locator(".follow-ups button").last.scroll_into_view_if_needed()
    frame.locator(".answer .cite").first.click()
    expect(frame.get_by_role("button", name="Schließen")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("path", "width", "theme"), [("/", 1280, "light"), ("/", 320, "dark"), ("/en/", 320, "light")])
def test_axe_finds_nothing_on_the_chat_page_with_an_answer(
    browser: Browser, hub: Hub, path: str, width: int, theme: Any
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 700}, color_scheme=theme, reduced_motion="reduce", base_url=hub.assistant
    )
    page = context.new_page()
    open_chat(page, path)
    assert violations(page) == []
    ask(page, QUESTIONS["en" if path == "/en/" else "de"])
    page.locator("#chat a[href*='#beleg-1-1']").first.click()
    assert violations(page) == []
    context.close()
