"""The widget on a hub's website of another origin, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from assistant.web.widget.assets import FOLDER
from assistant.web.widget.contrast import contrast
from tests.support.hub import PROXIED, Hub, hub_website

ASK = "Was ist Coopetition?"
PATIENCE = 30_000
CONTACT = "https://hub.example/kontakt"
HOSTILE_STYLES = (
    "* { all: unset !important }",
    "div, button, iframe, netzlotse-widget { display: none !important }",
    "* { color: red !important; font-size: 60px !important; visibility: hidden !important; opacity: 0 !important }",
    "html { transform: translateX(-40px); direction: rtl } * { box-sizing: content-box; float: left }",
    "* { animation: spin 1s infinite; position: static !important; width: 1px !important; pointer-events: none }",
)
RECORD = """
window.heard = []; window.said = [];
for (const name of ["open", "close", "answer"])
  document.addEventListener("netzlotse:" + name, (event) => heard.push([name, event.detail]));
addEventListener("message", (event) => said.push(event.data));
document.addEventListener("securitypolicyviolation", (event) => said.push(["violation", event.violatedDirective]));
"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(RECORD)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def script(hub: Hub, **attributes: str) -> str:
    return " ".join(
        [
            f'src="{hub.assistant}/widget.js"',
            *(f'data-{name.replace("_", "-")}="{value}"' for name, value in attributes.items()),
        ]
    )


def visit(page: Page, hub: Hub, *scripts: str, name: str = "hub", **options: Any) -> None:
    page.goto(hub.origin(name) + hub.page(*(scripts or [script(hub)]), **options))
    expect(page.locator("netzlotse-widget").first).to_be_attached()


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("netzlotse-widget iframe")


def open_widget(page: Page) -> FrameLocator:
    page.locator("netzlotse-widget .launcher").click()
    expect(frame(page).locator("#question")).to_be_visible()
    return frame(page)


def ask(inside: FrameLocator, question: str = ASK) -> None:
    inside.locator("#question").fill(question)
    inside.locator("#question").press("Enter")
    expect(inside.locator(".turn h2").last).to_have_text(question)
    expect(inside.locator(".turn").last.locator(".follow-ups")).to_be_visible()


def box(page: Page, selector: str) -> dict[str, float]:
    return page.evaluate(
        """(selector) => document.querySelector("netzlotse-widget").shadowRoot.querySelector(selector)
        .getBoundingClientRect().toJSON()""",
        selector,
    )


def test_before_it_is_opened_one_file_is_loaded_and_nothing_is_kept(page: Page, hub: Hub) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, hub)
    expect(page.locator("netzlotse-widget .launcher")).to_be_visible()
    page.mouse.move(1240, 760)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if url.startswith(hub.assistant)] == [f"{hub.assistant}/widget.js"]
    assert {urlparse(url).hostname for url in asked} == {"hub.localhost", "127.0.0.1"}
    assert page.context.cookies() == []
    assert page.context.storage_state() == {"cookies": [], "origins": []}


def test_an_answer_with_its_sources_and_nothing_kept_after_it(page: Page, hub: Hub) -> None:
    replies: list[Any] = []
    page.on("response", lambda response: replies.append(response))
    visit(page, hub)
    inside = open_widget(page)
    page.wait_for_load_state("networkidle")
    loaded = [reply for reply in replies if "/embed" in reply.url]
    names = sorted(urlparse(reply.url).path.rpartition("/")[2] for reply in loaded)  # they arrive in any order
    assert names == ["answer.js", "embed", "embed.css", "embed.js"]
    assert sum(len(reply.body()) for reply in loaded) <= 60_000
    ask(inside)
    inside.locator(".answer .cite").first.click()
    sheet = inside.locator("dialog")
    expect(sheet).to_be_visible()
    quote = sheet.locator("mark").inner_text()
    assert quote[:40] in inside.locator(".answer").inner_text()
    href = sheet.get_by_role("link", name="Ganzer Text").get_attribute("href")
    assert href is not None
    assert page.request.get(href).ok
    assert {urlparse(reply.url).hostname for reply in replies} == {"hub.localhost", "127.0.0.1"}
    assert page.context.storage_state() == {"cookies": [], "origins": []}


def test_every_source_of_an_answer_is_listed(page: Page, hub: Hub) -> None:
    visit(page, hub)
    inside = open_widget(page)
    ask(inside)
    numbers = inside.locator(".answer .cite").all_inner_texts()
    inside.locator("summary").click()
    assert sorted(set(numbers)) == inside.locator("details .cite").all_inner_texts()
    assert inside.locator("summary").inner_text() == f"Quellen ({len(set(numbers))})"


def test_the_page_hears_of_events_but_never_a_word(page: Page, hub: Hub) -> None:
    visit(page, hub)
    ask(open_widget(page))
    page.locator("netzlotse-widget .bar button").click()
    heard = page.evaluate("heard")
    assert [name for name, _ in heard] == ["open", "answer", "close"]
    assert heard[1][1] == {"mode": "bubble", "target": None, "status": "answered"}
    said = page.evaluate("said")
    assert [one["type"] for one in said] == ["ready", "answer"]
    for one in said:
        assert set(one) <= {"netzlotse", "type", "language", "status"}
        assert all(len(str(value)) <= 10 for value in one.values())


def test_messages_of_others_change_nothing(page: Page, hub: Hub) -> None:
    visit(page, hub, body="<iframe name='stranger' srcdoc='<p>x</p>'></iframe>")
    inside = open_widget(page)
    close = "postMessage({netzlotse: 1, type: 'close'}, '*')"
    page.evaluate(close)
    page.frame("stranger").evaluate(f"parent.{close}")  # type: ignore[union-attr]
    assert page.frame("stranger").evaluate("parent.frames.length") == 1  # the chat is out of reach
    ask(inside)
    assert page.evaluate("heard").pop()[0] == "answer"


def test_a_website_that_is_not_listed_reads_why_and_offers_the_contact(page: Page, hub: Hub) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    visit(page, hub, script(hub, contact_url=CONTACT), name="fremd")
    page.locator("netzlotse-widget .launcher").click()
    link = page.locator("netzlotse-widget .state a").first
    expect(link).to_have_attribute("href", CONTACT)
    expect(page.locator("netzlotse-widget .state")).to_contain_text("nicht erreichbar")
    [explained] = [text for text in said if text.startswith("Netzlotse:")]
    assert hub.origin("fremd") in explained
    assert "NETZLOTSE_ALLOWED_ORIGINS" in explained
    page.locator("netzlotse-widget .bar button").click()
    expect(page.locator("netzlotse-widget .launcher")).to_be_focused()


def test_with_the_server_down_there_is_a_message_and_the_contact(page: Page, hub: Hub) -> None:
    with hub_website() as gone:
        gone.file("/widget.js", (FOLDER / "widget.js").read_bytes(), "text/javascript")
        source = (
            f'src="{gone.origin("lotse")}/widget.js" data-contact-url="mailto:hilfe@hub.example" data-language="en"'
        )
        visit(page, hub, source)
    page.locator("netzlotse-widget .launcher").click()
    expect(page.locator("netzlotse-widget .state a").first).to_have_attribute("href", "mailto:hilfe@hub.example")
    expect(page.locator("netzlotse-widget .state")).to_contain_text("cannot be reached")


def test_a_failed_question_can_be_asked_again(page: Page, hub: Hub) -> None:
    visit(page, hub)
    inside = open_widget(page)
    page.context.route("**/api/chat", lambda route: route.abort())
    inside.locator("#question").fill(ASK)
    inside.locator("#question").press("Enter")
    expect(inside.locator(".answer")).to_contain_text("nicht erreichbar")
    expect(inside.locator(".answer a")).to_have_attribute("href", CONTACT)
    page.context.unroute("**/api/chat")
    inside.get_by_role("button", name="Erneut fragen").click()
    expect(inside.locator(".answer .cite").first).to_be_visible()
    assert inside.locator(".turn").count() == 1


@pytest.mark.parametrize("style", HOSTILE_STYLES)
def test_styles_of_the_page_do_no_harm(page: Page, hub: Hub, style: str) -> None:
    visit(page, hub, head=f"<style>{style}</style>")
    launcher = box(page, ".launcher")
    if "html { transform" not in style:  # which moves the whole page, and with it every fixed element
        assert (launcher["width"], launcher["height"], launcher["right"], launcher["bottom"]) == (60, 60, 1264, 784)
    inside = open_widget(page)
    ask(inside)
    panel = box(page, ".panel")
    assert (panel["width"], panel["height"]) == (400, 640)
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('netzlotse-widget').shadowRoot.querySelector('.bar')).color"
        )
        == "rgb(255, 255, 255)"
    )


def test_the_page_is_as_it_was(page: Page, hub: Hub) -> None:
    visit(page, hub)
    look = """() => [...document.querySelectorAll("html, body, body *")].map((one) => {
        const style = getComputedStyle(one);
        const values = [...style].map((name) => style[name]);
        return [one.outerHTML.slice(0, 80), one.getBoundingClientRect().toJSON(), values];
    })"""
    before = page.evaluate(look)
    ask(open_widget(page))
    page.keyboard.press("Escape")
    expect(page.locator("netzlotse-widget .launcher")).to_be_focused()
    assert page.evaluate(look) == before
    page.evaluate("Netzlotse.destroy()")
    assert page.evaluate(look) == before
    assert page.evaluate("[...document.querySelectorAll('netzlotse-widget')].length") == 0
    assert page.evaluate("typeof window.Netzlotse") == "undefined"


def test_it_works_under_a_policy_that_allows_this_host_only(page: Page, hub: Hub) -> None:
    policy = (
        f"default-src 'none'; script-src {hub.assistant}; frame-src {hub.assistant}; require-trusted-types-for 'script'"
    )
    visit(page, hub, policy=policy)
    ask(open_widget(page))
    assert box(page, ".panel")["width"] == 400
    assert [one["type"] for one in page.evaluate("said")] == ["ready", "answer"]


def test_it_works_on_a_page_that_isolates_itself(page: Page, hub: Hub) -> None:
    path = hub.page(script(hub) + " crossorigin")
    hub._pages[path][1].update(
        {"cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin"}
    )
    page.goto(hub.origin() + path)
    assert page.evaluate("crossOriginIsolated") is True
    ask(open_widget(page))


def test_two_widgets_and_the_same_line_twice(page: Page, hub: Hub) -> None:
    inline = script(hub, mode="inline", target="#chat", window_height="500")
    visit(page, hub, script(hub), script(hub, button_color="red"), inline, inline)
    expect(page.locator("#chat netzlotse-widget")).to_be_attached()
    assert page.locator("netzlotse-widget").count() == 2
    page.evaluate("Netzlotse.open('#chat')")
    within = page.frame_locator("#chat netzlotse-widget iframe")
    expect(within.locator("#question")).to_be_visible()
    page.evaluate("(question) => Netzlotse.ask(question)", ASK)
    bubble = page.frame_locator("html > netzlotse-widget iframe")
    expect(bubble.locator(".turn h2")).to_have_text(ASK)
    expect(within.locator(".turn")).to_have_count(0)
    assert page.evaluate("heard.map(([name, about]) => [name, about.target])")[:2] == [
        ["open", "#chat"],
        ["open", None],
    ]


def test_an_inline_widget_calls_nobody_before_it_is_started(page: Page, hub: Hub) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, hub, script(hub, mode="inline", target="#chat", greeting="Schön, dass Sie da sind!"))
    expect(page.locator("#chat .card")).to_contain_text("Schön, dass Sie da sind!")
    assert [url for url in asked if "/embed" in url] == []
    page.get_by_role("button", name="Chat starten").click()
    expect(frame(page).locator("#question")).to_be_focused()
    expect(frame(page).locator(".greeting")).to_have_text("Schön, dass Sie da sind!")
    ask(frame(page))


def test_questions_by_script_keep_the_conversation_and_its_language(page: Page, hub: Hub) -> None:
    visit(page, hub)
    page.evaluate("(question) => Netzlotse.ask(question)", ASK)
    expect(frame(page).locator(".turn .cite").first).to_be_visible()
    page.evaluate("Netzlotse.ask('Und wer hilft uns dabei? & #1')")
    expect(frame(page).locator(".turn h2").last).to_have_text("Und wer hilft uns dabei? & #1")
    expect(frame(page).locator(".turn")).to_have_count(2)
    frame(page).get_by_role("link", name="English").click()
    expect(frame(page).get_by_role("button", name="New question")).to_be_visible()
    page.evaluate("Netzlotse.ask('What is coopetition?')")
    expect(frame(page).locator(".turn h2")).to_have_text("What is coopetition?")
    expect(frame(page).locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("netzlotse-widget .bar button")).to_have_attribute("aria-label", "Close")


def test_the_history_goes_along_and_ends_with_a_new_question(page: Page, hub: Hub) -> None:
    sent: list[Any] = []
    page.on(
        "request", lambda request: sent.append(request.post_data_json) if request.url.endswith("/api/chat") else None
    )
    visit(page, hub)
    inside = open_widget(page)
    ask(inside)
    ask(inside, "Und wer hilft uns dabei?")
    assert [turn["role"] for turn in sent[1]["history"]] == ["user", "assistant"]
    assert sent[1]["history"][0]["content"] == ASK
    inside.get_by_role("button", name="Neue Frage").click()
    expect(inside.locator(".turn")).to_have_count(0)
    expect(inside.locator("#examples")).to_be_visible()
    inside.locator("#examples button").nth(1).click()
    expect(inside.locator(".answer .cite").first).to_be_visible()
    assert sent[2]["history"] == []


def test_a_long_conversation_still_fits_into_one_request(page: Page, hub: Hub) -> None:
    visit(page, hub)
    inside = open_widget(page)
    for number in range(8):
        ask(inside, f"Frage {number}: was heißt Coopetition? {'äöü ' * 400}")
    assert inside.locator(".again").count() == 0


@pytest.mark.parametrize("width", [320, 767, 768, 1280])
def test_small_screens_are_filled_and_nothing_scrolls_sideways(page: Page, hub: Hub, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 600})
    visit(page, hub)
    inside = open_widget(page)
    ask(inside)
    panel = box(page, ".panel")
    if width < 768:
        assert (panel["x"], panel["y"], panel["width"], panel["height"]) == (0, 0, width, 600)
        assert page.evaluate("[document.body.inert, document.documentElement.style.overflow]") == [True, "hidden"]
    else:
        assert panel["right"] <= width
        assert panel["top"] >= 0
    assert inside.locator("html").evaluate("(root) => root.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("netzlotse-widget .bar button").click()
    assert page.evaluate("[document.body.inert, document.documentElement.style.overflow]") == [False, ""]


def test_a_page_without_a_viewport_rule_is_not_tiny_on_phones(browser: Browser, hub: Hub) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    page = context.new_page()
    visit(page, hub, head="")
    drawn = page.evaluate("screen.width / innerWidth")
    assert drawn < 0.5
    assert box(page, ".launcher")["width"] * drawn >= 59
    inside = open_widget(page)
    assert inside.locator("html").evaluate("() => innerWidth") == 390
    panel = box(page, ".panel")
    assert (round(panel["width"] * drawn), round(panel["height"] * drawn)) == (390, 800)
    context.close()


def test_everything_works_by_keyboard_and_nobody_is_caught(page: Page, hub: Hub) -> None:
    visit(page, hub)
    page.locator("#own").focus()
    page.keyboard.press("Tab")
    expect(page.locator("netzlotse-widget .launcher")).to_be_focused()
    page.keyboard.press("Enter")
    inside = frame(page)
    expect(inside.locator("#question")).to_be_focused()
    page.keyboard.type(ASK)
    page.keyboard.press("Enter")
    cite = inside.locator(".answer .cite").first
    expect(cite).to_be_visible()
    cite.focus()
    page.keyboard.press("Enter")
    expect(inside.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(inside.locator("dialog")).to_be_hidden()
    expect(cite).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.id") == "own":
            break
    expect(page.locator("#own")).to_be_focused()
    page.locator("netzlotse-widget .bar button").focus()
    page.keyboard.press("Escape")
    expect(page.locator("netzlotse-widget .panel")).to_be_hidden()
    expect(page.locator("netzlotse-widget .launcher")).to_be_focused()


def test_the_focus_returns_to_the_own_button_that_opened_it(page: Page, hub: Hub) -> None:
    visit(page, hub)
    page.locator("#own").focus()
    page.evaluate("Netzlotse.open()")
    expect(frame(page).locator("#question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#own")).to_be_focused()
    assert page.evaluate("heard.map(([name]) => name)") == ["open", "close"]


def test_an_answer_is_announced_once_and_then_not_met_again(page: Page, hub: Hub) -> None:
    visit(page, hub)
    inside = open_widget(page)
    inside.locator("#status").evaluate(
        """(status) => { window.spoken = [];
        const listener = new MutationObserver(() => spoken.push(status.textContent));
        listener.observe(status, {childList: true, subtree: true}); }"""
    )
    ask(inside)
    expect(inside.locator("#status")).to_have_text("")
    [answer, silence] = inside.locator("#status").evaluate("() => spoken")
    assert answer.startswith("Antwort mit ")
    assert "Positionspapier" in answer
    assert "[1]" not in answer
    assert silence == ""
    assert inside.locator("[aria-live], [role=status], [role=log], [role=alert]").count() == 1


@pytest.mark.parametrize(
    ("html", "language", "expected"),
    [
        ("lang='de'", "", "de"),
        ("lang='en-GB'", "", "en"),
        ("lang='fr' dir='rtl'", "", "de"),
        ("lang='de'", "en", "en"),
        ("lang='en'", "de", "de"),
    ],
)
def test_the_language_follows_the_page_or_the_attribute(
    page: Page, hub: Hub, html: str, language: str, expected: str
) -> None:
    visit(page, hub, script(hub, language=language), html=html)
    inside = open_widget(page)
    expect(inside.locator("html")).to_have_attribute("lang", expected)
    notice = {"de": "Sie sprechen mit einem KI-System", "en": "You are talking to an AI system"}[expected]
    expect(inside.locator(".notice").first).to_contain_text(notice)


@pytest.mark.parametrize("color", ["yellow", "#777", "white", "rgb(90, 90, 255)", "rebeccapurple", "keine"])
def test_any_colour_can_be_read(page: Page, hub: Hub, color: str) -> None:
    visit(page, hub, script(hub, button_color=color))
    colors = page.evaluate(
        """() => { const { shadowRoot } = document.querySelector("netzlotse-widget");
        const style = getComputedStyle(shadowRoot.querySelector(".launcher"));
        return [style.color, style.backgroundColor]; }"""
    )
    text, ground = ("#" + "".join(f"{int(one):02x}" for one in rgb[4:-1].split(",")) for rgb in colors)
    assert contrast(text, ground) >= 4.5
    inside = open_widget(page)
    assert inside.locator("html").evaluate("(root) => root.style.getPropertyValue('--accent')") == ground


def test_texts_place_and_size_are_the_hubs(page: Page, hub: Hub) -> None:
    attributes = {
        "assistant_name": "Lotsin <b>", "greeting": "Hallo &amp; willkommen",
        "default_messages": "Was ist ZIM?|Wer hilft?", "position": "top-left",
        "window_width": "500", "window_height": "30rem", "theme": "dark",
        "imprint_url": "https://hub.example/eigenes", "contact_url": "javascript:alert(1)",
    }  # fmt: skip
    visit(page, hub, script(hub, **attributes))
    launcher = box(page, ".launcher")
    assert (launcher["x"], launcher["y"]) == (16, 16)
    inside = open_widget(page)
    panel = box(page, ".panel")
    assert (panel["x"], panel["width"], panel["height"]) == (16, 500, 480)
    expect(page.locator("netzlotse-widget .bar")).to_contain_text("Lotsin <b>")
    expect(inside.locator(".greeting")).to_have_text("Hallo & willkommen")
    assert inside.locator("#examples button").all_inner_texts() == ["Was ist ZIM?", "Wer hilft?"]
    links = dict(
        zip(
            inside.locator("footer a").all_text_contents(),
            inside.locator("footer a").evaluate_all("all => all.map((one) => one.href)"),
            strict=True,
        )
    )
    assert links == {
        "Kontakt zu Menschen (öffnet in neuem Tab)": CONTACT,
        "Datenschutz (öffnet in neuem Tab)": "https://hub.example/ds",
        "Impressum (öffnet in neuem Tab)": "https://hub.example/eigenes",
    }
    assert inside.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor") == "rgb(17, 24, 39)"


def test_open_on_load_leaves_the_focus_and_small_screens_alone(page: Page, hub: Hub) -> None:
    visit(page, hub, script(hub, open_on_load="true"))
    expect(frame(page).locator("#question")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    page.set_viewport_size({"width": 375, "height": 700})
    visit(page, hub, script(hub, open_on_load="true"))
    expect(page.locator("netzlotse-widget .launcher")).to_be_visible()
    expect(page.locator("netzlotse-widget .panel")).to_be_hidden()


def test_a_browser_that_lacks_what_it_needs_is_left_alone(page: Page, hub: Hub) -> None:
    wrong: list[Any] = []
    page.on("pageerror", lambda error: wrong.append(error))
    page.add_init_script("delete Element.prototype.attachShadow")
    with page.expect_response("**/widget.js"):
        page.goto(hub.origin() + hub.page(script(hub)))
    page.wait_for_load_state("networkidle")
    assert wrong == []
    assert page.evaluate("[typeof window.Netzlotse, document.querySelectorAll('netzlotse-widget').length]") == [
        "undefined",
        0,
    ]


def test_the_pinned_script_works_with_its_hash(page: Page, hub: Hub) -> None:
    page.goto(f"{hub.assistant}/widget")
    line = page.locator("#pinned").inner_text()
    assert "integrity=" in line
    page.goto(hub.origin() + hub.page(body=line))
    expect(page.locator("netzlotse-widget .launcher")).to_be_visible()


def test_behind_a_path_of_another_host(page: Page, hub: Hub) -> None:
    visit(page, hub, f'src="{PROXIED}/widget.js"')
    inside = open_widget(page)
    ask(inside)
    inside.locator(".answer .cite").first.click()
    href = inside.get_by_role("link", name="Ganzer Text").get_attribute("href")
    assert href is not None
    assert href.startswith(f"{hub.origin()}{PROXIED}/quelle/")


def test_a_plain_frame_works_where_it_is_allowed(page: Page, hub: Hub) -> None:
    address = f"{hub.assistant}/embed?language=en&assistant-name=Pilot"
    path = hub.page(body=f'<iframe src="{address}" title="Chat" width="400" height="600"></iframe>')
    page.goto(hub.origin() + path)
    inside = page.frame_locator("iframe")
    expect(inside.locator("h1")).to_have_text("Pilot")
    ask(inside, "What is coopetition?")
    page.goto(hub.origin("fremd") + path)
    page.wait_for_load_state("networkidle")
    assert inside.locator("#question").count() == 0


@pytest.mark.parametrize("path", ["/", "/en/", "/quelle/zim-kooperationsprojekte", "/widget"])
def test_no_other_page_can_be_framed(page: Page, hub: Hub, path: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(hub.origin() + hub.page(body=f'<iframe src="{hub.assistant}{path}"></iframe>'))
    page.wait_for_load_state("networkidle")
    assert any("frame-ancestors" in text for text in said)


def test_webmasters_see_what_they_choose_and_get_the_line_for_it(page: Page, hub: Hub) -> None:
    page.goto(f"{hub.assistant}/widget")
    page.fill("[name=assistant-name]", 'Lotsin "Nord"')
    page.fill("[name=default-messages]", "Was ist ZIM?\nWer hilft?")
    page.select_option("[name=position]", "bottom-left")
    sample = page.frame_locator("#stage iframe")
    expect(sample.locator(".launcher")).to_have_attribute("aria-label", 'Lotsin "Nord": Fragen stellen')
    page.locator("#stage").scroll_into_view_if_needed()
    sample.locator(".launcher").click()
    expect(sample.frame_locator("iframe").locator("#examples button").first).to_have_text("Was ist ZIM?")
    line = page.locator("#plain").inner_text()
    assert 'data-assistant-name="Lotsin &quot;Nord&quot;"' in line
    assert 'data-position="bottom-left"' in line
    assert f'data-contact-url="{CONTACT}"' in line
    page.fill("[name=website]", hub.origin() + "/seite")
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator("#verdict")).to_have_text(f"{hub.origin()} ist zugelassen.")
    assert "Erst wenn Sie den Chat öffnen" in page.locator("#privacy").inner_text()
    page.check("[name=open-on-load]")
    assert "Erst wenn Sie den Chat öffnen" not in page.locator("#privacy").inner_text()
    page.goto(hub.origin() + hub.page(body=line))
    expect(page.locator("netzlotse-widget .launcher")).to_have_attribute("aria-label", 'Lotsin "Nord": Fragen stellen')
