"""The adviser page in a real Chromium, and its forms without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.core.company_profile import load_profile
from assistant.web.resources import PROFILES

PATIENCE = 30_000
EXAMPLE = PROFILES / "werkzeugbauer.yaml"


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=server)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto("/berater")
    yield page
    context.close()


def load_example(page: Page) -> None:
    page.get_by_role("button", name="Werkzeugbauer").click()
    expect(page.get_by_role("heading", name="Abgleich mit den Programmen")).to_be_visible()


def test_an_example_is_matched_and_each_number_leads_to_its_source(page: Page) -> None:
    load_example(page)
    card = page.locator("#programm-bw-innovationsgutscheine")
    expect(card).to_be_visible()
    card.locator("summary").click()
    expect(card.get_by_role("row", name=re.compile("Unternehmensgröße"))).to_contain_text("48 Beschäftigte")
    numbers = page.locator("a.number:visible")
    for link in numbers.all()[:10]:
        target = page.locator(link.get_attribute("href") or "")
        assert target.count() == 1
        assert target.locator("q").inner_text()
    page.locator("summary", has_text="Beendet").click()
    expect(page.get_by_text("Digital Jetzt ist am 31.12.2023 ausgelaufen").first).to_be_visible()


def test_what_would_decide_is_asked_and_leads_to_its_field(page: Page) -> None:
    page.get_by_label("Branche").fill("Gießerei")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Diese Angaben entscheiden noch")).to_be_visible()
    page.get_by_role("link", name=re.compile("Wie viele Beschäftigte")).click()
    expect(page.locator("#employees")).to_be_in_viewport()


def test_a_wrong_amount_is_said_at_its_field_and_loses_nothing(page: Page) -> None:
    page.get_by_label("Name des Unternehmens").fill("Fräserei <b>Müller</b>")
    page.get_by_label("Jahresumsatz").fill("ganz viel")
    page.get_by_role("button", name="Abgleich").click()
    expect(page.get_by_text("bitte eine einzelne Zahl angeben")).to_be_attached()
    expect(page.locator("#turnover_eur")).to_have_value("ganz viel")
    expect(page.locator("#name")).to_have_value("Fräserei <b>Müller</b>")


@pytest.mark.parametrize(("format", "begins"), [("docx", b"PK"), ("pdf", b"%PDF"), ("md", b"#")])
def test_a_briefing_is_written_with_progress_and_saved(page: Page, tmp_path: Path, format: str, begins: bytes) -> None:
    load_example(page)
    page.get_by_role("button", name="Briefing", exact=True).click()
    page.get_by_label("Dateiart").select_option(format)
    page.get_by_label("Passende Programme").uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="Briefing erstellen").click()
    download.value.save_as(tmp_path / "briefing")
    assert download.value.suggested_filename.endswith(f".{format}")
    assert (tmp_path / "briefing").read_bytes().startswith(begins)
    expect(page.locator("#stage")).to_contain_text("Fertig")


def test_a_profile_is_saved_on_disk_and_loaded_again(page: Page, tmp_path: Path) -> None:
    load_example(page)
    page.locator("#profile > summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Profil als Datei speichern").click()
    saved = tmp_path / "profil.yaml"
    download.value.save_as(saved)
    assert load_profile(saved) == load_profile(EXAMPLE)
    page.goto("/berater")
    page.locator("#pick").set_input_files(saved)
    expect(page.get_by_role("heading", name="Abgleich mit den Programmen")).to_be_visible()
    expect(page.locator("#name")).to_have_value("Werkzeugbau Kaltenberg GmbH")


def test_a_broken_profile_file_is_said(page: Page, tmp_path: Path) -> None:
    (tmp_path / "profil.yaml").write_text("umsatz: 3", encoding="utf-8")
    page.locator("#pick").set_input_files(tmp_path / "profil.yaml")
    expect(page.get_by_text("Profildatei: umsatz: dieses Feld gibt es nicht.")).to_be_visible()


def test_the_self_check_shows_a_chart_and_goes_along_with_the_profile(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Selbstcheck", exact=True).click()
    groups = page.locator("fieldset", has=page.locator("input[type=radio]"))
    assert 15 <= groups.count() <= 20
    for place in range(groups.count()):
        groups.nth(place).locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Auswerten").click()
    expect(page.locator("svg.radar")).to_be_visible()
    number = page.locator("a.number:visible").first
    assert page.locator(number.get_attribute("href") or "").count() == 1
    page.locator("#profile > summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Profil als Datei speichern").click()
    download.value.save_as(tmp_path / "profil.yaml")
    assert len(load_profile(tmp_path / "profil.yaml").self_check or {}) == groups.count()
    page.get_by_role("button", name="Abgleich").click()
    expect(page.locator("input[type=hidden][name^='check-']")).to_have_count(groups.count() or 19)


def test_search_filters_and_exports(page: Page) -> None:
    page.get_by_role("button", name="Suche in allen Quellen").click()
    page.get_by_label("Suchworte").fill("Digitalisierung Zuschuss")
    page.get_by_label("Förderprogramme").check()
    page.locator("#in_land").select_option("Sachsen")
    page.locator("#state").select_option("running")
    page.get_by_role("button", name="Suchen", exact=True).click()
    expect(page.get_by_text(re.compile(r"^\d+ Treffer$"))).to_be_visible()
    expect(page.locator("article").first).to_contain_text("Förderprogramme")
    with page.expect_download() as download:
        page.get_by_role("button", name="Liste als Markdown").click()
    assert "Quellen" in Path(download.value.path()).read_text(encoding="utf-8")


def test_the_page_keeps_nothing_and_loads_from_its_own_host_only(page: Page, server: str) -> None:
    hosts: set[str] = set()
    messages: list[str] = []
    page.on("request", lambda request: hosts.add(urlparse(request.url).netloc))
    page.on("console", lambda message: messages.append(message.text))
    page.goto("/berater")
    load_example(page)
    assert hosts == {urlparse(server).netloc}
    assert messages == []
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_screens_need_no_sideways_scrolling(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    load_example(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_forms_work_without_scripts(server: str) -> None:
    reply = httpx.post(f"{server}/berater", data={"view": "match", "land": "Bayern", "employees": "30"})
    assert "Abgleich mit den Programmen" in reply.text
    reply = httpx.post(f"{server}/berater/briefing", data={"name": "Fräserei", "part": ["situation"], "format": "md"})
    assert reply.headers["content-disposition"].startswith('attachment; filename="')
    assert "Fräserei" in reply.text
    assert "Rechtliche Leitplanken" not in reply.text


@pytest.mark.parametrize("name", ["name", "description", "q", "example", "view", "file", "check-x", "format", "goals"])
def test_hostile_input_is_shown_as_text(server: str, name: str) -> None:
    hostile = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}\x00\ud7ff"
    reply = httpx.post(f"{server}/berater", data={name: hostile, "view": "search"})
    assert reply.status_code == 200
    assert "<img src=x" not in reply.text
    assert "<script>alert" not in reply.text
    assert ">49<" not in reply.text


def test_too_much_is_refused(server: str) -> None:
    assert httpx.post(f"{server}/berater", data={"description": "a" * 70_000}).status_code == 413
