"""The self-check over a real server and in a real Chromium, mostly with scripts switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.core.company_profile import load_profile
from tests.support.serving import serving
from tests.support.shared import copy_data

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()
PATIENCE = 30_000
SOME = {"frage-leute": "niemand", "frage-partner": "firmen", "land": "Hessen"}


@pytest.fixture
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", base_url=server, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def fill(page: Page, *, skip: tuple[int, ...] = ()) -> None:
    page.goto("/selbstcheck")
    sets = page.locator("fieldset")
    for place in range(sets.count()):
        if place not in skip:
            sets.nth(place).locator("input").nth(place % 3).check()
    page.select_option("#land", "Sachsen")


def send(page: Page) -> None:
    page.get_by_role("button", name="Auswerten").click()
    expect(page.locator("h1")).to_have_text("Ihr Ergebnis")


def test_the_form_says_what_it_is_and_needs_no_answer_to_every_question(page: Page) -> None:
    page.goto("/selbstcheck")
    expect(page.get_by_text("keine Wissenschaft, keine Beratung")).to_be_visible()
    expect(page.get_by_text("Ihre Antworten werden nicht gespeichert")).to_be_visible()
    assert page.locator("fieldset").count() == page.locator("fieldset legend").count() == 19
    assert page.get_by_label("weiß nicht").count() == 19
    assert page.locator("input:checked, [required]").count() == 0


def test_a_result_has_chart_words_steps_sources_and_method(page: Page) -> None:
    fill(page, skip=(5, 6))
    send(page)
    chart = page.get_by_role("img", name=re.compile("Anteil der erreichten Punkte je Bereich"))
    expect(chart).to_be_visible()
    expect(page.locator("svg desc")).to_contain_text("Umgang mit eigenen Daten: keine Antwort")
    expect(page.locator("table").first).to_contain_text("Umgang mit eigenen Daten")
    assert 2 <= page.locator(".step").count() <= 3
    expect(page.get_by_text("17 von 19 Fragen beantwortet")).to_be_visible()
    expect(page.get_by_text("kein Messverfahren")).to_be_visible()
    page.locator("summary").click()
    expect(page.get_by_text("– Ihre Antwort").first).to_be_visible()
    expect(page.locator("details")).to_contain_text("0 Punkte")


def test_every_number_leads_to_its_source_and_every_source_opens(page: Page, server: str) -> None:
    fill(page)
    send(page)
    sources = page.locator("ol.sources li")
    numbers = {one.inner_text() for one in page.locator("a.citation").all()}
    assert numbers == {str(number) for number in range(1, sources.count() + 1)}
    for one in page.locator("a.citation").all():
        assert page.locator(str(one.get_attribute("href"))).count() == 1
    for place in range(sources.count()):
        source = sources.nth(place)
        quote = source.locator("blockquote").inner_text()
        link = source.get_by_role("link", name="Ganzer Text").get_attribute("href")
        expect(source.locator(".meta")).to_contain_text(re.compile("Stand|ohne Datum"))
        opened = httpx.get(f"{server}{link}")
        assert opened.status_code == 200
        assert quote in page_text(opened.text)
    page.locator("a.citation").last.click()
    expect(page.locator("ol.sources li").last).to_be_in_viewport()


def page_text(text: str) -> str:
    import html

    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def test_the_profile_file_is_downloaded_and_loads(page: Page, tmp_path: Path) -> None:
    fill(page, skip=(3,))
    send(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Ergebnis als Profildatei herunterladen").click()
    assert download.value.suggested_filename == "netzlotse-selbstcheck.yaml"
    path = tmp_path / "profil.yaml"
    download.value.save_as(path)
    profile = load_profile(path)
    assert profile.land == "Sachsen"
    assert len(profile.self_check or {}) == 18
    assert profile.largest_customer_share == 0.75
    expect(page.locator("h1")).to_have_text("Ihr Ergebnis")


def test_answers_can_be_changed_without_starting_over(page: Page) -> None:
    fill(page)
    chosen = [one.get_attribute("value") for one in page.locator("input:checked").all()]
    send(page)
    page.get_by_role("button", name="Antworten ändern").click()
    expect(page.locator("fieldset").first).to_be_visible()
    assert [one.get_attribute("value") for one in page.locator("input:checked").all()] == chosen
    assert page.locator("#land").input_value() == "Sachsen"
    page.locator("fieldset").first.get_by_label("weiß nicht").check()
    send(page)
    expect(page.get_by_text("18 von 19 Fragen beantwortet")).to_be_visible()


@pytest.mark.parametrize("unknown", [False, True])
def test_without_an_answer_the_questions_come_again(page: Page, unknown: bool) -> None:
    page.goto("/selbstcheck")
    if unknown:
        page.get_by_label("weiß nicht").first.check()
    page.get_by_role("button", name="Auswerten").click()
    expect(page.get_by_role("alert")).to_have_text("Bitte beantworten Sie mindestens eine Frage.")
    assert page.locator("input:checked").count() == int(unknown)


def test_everything_works_by_keyboard(browser: Browser, server: str) -> None:
    page = browser.new_page(base_url=server)
    page.set_default_timeout(PATIENCE)
    page.goto("/selbstcheck")
    page.locator("fieldset input").first.focus()
    for _ in range(19):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    assert page.locator("input:checked").count() == 19
    assert page.evaluate("document.activeElement.id") == "land"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ihr Ergebnis")
    page.locator("a.citation").first.focus()
    assert page.locator("a.citation").first.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#beleg-1")).to_be_in_viewport()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_the_screen_and_can_be_read(browser: Browser, server: str, width: int, scheme: str) -> None:
    page = browser.new_page(
        base_url=server,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page.set_default_timeout(PATIENCE)
    fill(page, skip=(5, 6))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert min(page.locator("label.answer").evaluate_all("all => all.map(e => e.offsetHeight)")) >= 44
    send(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.locator("svg text").evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())")
    assert len(boxes) == 12  # nine areas and three rings
    assert all(box["left"] >= 0 and box["right"] <= width for box in boxes)
    labels = page.locator("svg .label").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getCTM().a)"
    )
    assert min(labels) >= 11.5
    assert not overlapping(boxes[3:])
    back, ink = page.evaluate("""() => [getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('svg .label')).fill]""")
    assert contrast(back, ink) > 7
    page.close()


def overlapping(boxes: list[dict[str, float]]) -> bool:
    return any(
        one["left"] < other["right"] - 1 and other["left"] < one["right"] - 1
        and one["top"] < other["bottom"] - 3 and other["top"] < one["bottom"] - 3
        for place, one in enumerate(boxes) for other in boxes[place + 1 :]
    )  # fmt: skip


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_print_leaves_forms_out_and_is_black_on_white(browser: Browser, server: str) -> None:
    page = browser.new_page(base_url=server, color_scheme="dark")
    page.set_default_timeout(PATIENCE)
    fill(page)
    send(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="herunterladen")).to_be_hidden()
    expect(page.locator("svg")).to_be_visible()
    colours = page.evaluate("""() => [getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('svg .label')).fill]""")
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    page.close()


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_kept(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    hosts: set[str] = set()
    problems: list[str] = []
    page.on("request", lambda request: hosts.add(urlparse(request.url).netloc))
    page.on("console", lambda message: problems.append(message.text))
    fill(page)
    send(page)
    assert hosts == {urlparse(server).netloc}
    assert [one for one in problems if "favicon" not in one and "404" not in one] == []
    assert page.locator("script").count() == 0
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert context.cookies() == []
    assert page.evaluate("document.documentElement.lang") == "de"
    context.close()


def test_the_chat_page_leads_to_the_check(browser: Browser, server: str) -> None:
    page = browser.new_page(base_url=server)
    page.set_default_timeout(PATIENCE)
    page.goto("/")
    link = page.get_by_role("link", name=re.compile("Selbstcheck"))
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "/selbstcheck"
    page.close()


# Without a browser


def test_the_result_as_json(server: str) -> None:
    reply = httpx.post(f"{server}/api/selfcheck", json={"answers": {"leute": "niemand"}, "land": "Hessen"})
    data = reply.json()
    assert reply.status_code == 200
    assert data["land"] == "Hessen"
    assert [step["dimension"] for step in data["steps"]] == ["technik"]
    assert data["steps"][0]["programmes"]
    assert [one["number"] for one in data["citations"]] == list(range(1, len(data["citations"]) + 1))
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"answers": {"leute": "viele"}}, "Die Antwort 'viele' gibt es zur Frage 'leute' nicht"),
        ({"answers": {"farbe": "rot"}}, "Die Frage 'farbe' gibt es im Selbstcheck nicht"),
        ({"answers": {}, "land": "Tirol"}, "land"),
        ({"answers": ["leute"]}, "answers"),
        ({"answers": {}, "name": "x"}, "name"),
        ({}, "answers"),
    ],
)
def test_a_wrong_request_is_one_german_sentence(server: str, body: dict[str, object], hint: str) -> None:
    reply = httpx.post(f"{server}/api/selfcheck", json=body)
    assert reply.status_code == 422
    assert hint in reply.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/selbstcheck", "/selbstcheck/fragen", "/selbstcheck/profil"])
@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("frage-leute=viele", "gibt es zur Frage"),
        ("frage-farbe=<script>", "Die Frage &#39;farbe&#39; gibt es im Selbstcheck nicht."),
        ("frage-leute=%3Cimg%20src%3Dx%3E", "&lt;img src=x&gt;"),
        ("land=Tirol", "Dieses Land gibt es"),
        ("name=x", "ein Feld, das es im Selbstcheck nicht gibt"),
        ("%ff%fe&&=", "kein lesbares Formular"),
        ("&".join(f"frage-{number}=a" for number in range(201)), "kein lesbares Formular"),
    ],
)
def test_a_form_that_was_tampered_with_is_refused_on_a_page(server: str, path: str, content: str, hint: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = httpx.post(f"{server}{path}", content=content, headers=headers)
    assert reply.status_code == 422
    assert hint in reply.text
    assert "<script" not in reply.text
    assert "<img" not in reply.text


@pytest.mark.parametrize("path", ["/selbstcheck", "/selbstcheck/profil", "/api/selfcheck"])
def test_other_sites_and_huge_forms_are_refused(server: str, path: str) -> None:
    other = httpx.post(f"{server}{path}", data=SOME, headers={"origin": "https://evil.example"})
    assert other.status_code == 403
    assert httpx.post(f"{server}{path}", content=b"frage-leute=" + b"a" * 17_000).status_code == 413


def test_the_pages_carry_the_security_headers_and_set_no_cookie(server: str) -> None:
    for reply in (httpx.get(f"{server}/selbstcheck"), httpx.post(f"{server}/selbstcheck", data=SOME)):
        assert reply.status_code == 200
        assert "script-src 'self';" in reply.headers["content-security-policy"]
        assert "set-cookie" not in reply.headers
        assert reply.headers["cache-control"] == "no-store"


def test_the_profile_file_is_an_attachment(server: str) -> None:
    reply = httpx.post(f"{server}/selbstcheck/profil", data=SOME)
    assert reply.headers["content-disposition"] == 'attachment; filename="netzlotse-selbstcheck.yaml"'
    assert reply.headers["content-type"] == "application/yaml; charset=utf-8"
    assert reply.text.startswith("# Profildatei aus dem Selbstcheck")


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("PUT", 405), ("DELETE", 405)])
def test_other_methods_are_closed(server: str, method: str, status: int) -> None:
    assert httpx.request(method, f"{server}/selbstcheck/profil").status_code == status


def test_a_hub_without_the_file_has_no_such_page(small_knowledge: Path, small_index: Path, tmp_path: Path) -> None:
    settings = {"knowledge_dir": str(small_knowledge), "shipped_knowledge": "false"}
    with serving(copy_data(small_index, tmp_path / "data"), **settings) as server:
        assert httpx.get(f"{server}/selbstcheck").status_code == 404
        assert httpx.post(f"{server}/api/selfcheck", json={"answers": {}}).status_code == 404
        assert "/selbstcheck" not in httpx.get(f"{server}/").text
