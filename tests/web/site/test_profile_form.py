"""The adviser's form, the page that shows it, and the profile file: nothing is lost on any way."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answering.runtime import AppContext
from assistant.core.company_profile import PROFILE_FIELDS, CompanyProfile, ProfileField, load_profile, parse_profile
from assistant.web.resources import PROFILES
from assistant.web.site.adviser import router
from assistant.web.site.profile_form import nest, profile_file, read_profile, show_profile
from tests.support.profile_values import profile_with, values_for

EXAMPLES = sorted(PROFILES.glob("*.yaml"))
every_field = pytest.mark.parametrize("field", PROFILE_FIELDS, ids=lambda field: field.name)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("6,8 Mio.", 6_800_000),
        ("6.800.000", 6_800_000),
        ("6800000 Euro", 6_800_000),
        ("EUR 6,800,000", 6_800_000),
        ("420.000", 420_000),
        ("1 Mrd.", 1_000_000_000),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: int) -> None:
    assert read_profile({"turnover_eur": [text]}) == (CompanyProfile(turnover_eur=amount), {})


@pytest.mark.parametrize("text", ["viel", "2 bis 3 Mio.", "-5", "1,5"])
def test_an_amount_that_is_none_is_a_problem_of_its_field_and_loses_nothing_else(text: str) -> None:
    profile, problems = read_profile({"turnover_eur": [text], "name": ["Fräserei"]})
    assert profile == CompanyProfile(name="Fräserei")
    assert "Jahresumsatz" in problems["turnover_eur"]


def test_shares_are_given_in_percent() -> None:
    for text in ("72", "72 %", "72 Prozent"):
        assert read_profile({"largest_customer_share": [text]})[0].largest_customer_share == 0.72
    assert "largest_customer_share" in read_profile({"largest_customer_share": ["120"]})[1]


def test_choices_that_the_form_does_not_offer_are_problems() -> None:
    profile, problems = read_profile({"land": ["Atlantis"], "role": ["king"], "goals": ["none"], "employees": ["12"]})
    assert profile == CompanyProfile(employees=12)
    assert set(problems) == {"land", "role", "goals"}


def test_no_partner_is_different_from_no_answer() -> None:
    assert read_profile({"partners": ["none"]})[0].partners == ()
    assert read_profile({})[0].partners is None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_profile_survives_form_and_file(path: Path) -> None:
    profile = load_profile(path)
    assert read_profile(show_profile(profile)) == (profile, {})
    assert parse_profile(profile_file(profile)) == profile


@every_field
def test_every_value_of_every_field_survives_form_and_file(field: ProfileField) -> None:
    for value in values_for(field):
        profile = profile_with(field, value)
        shown = show_profile(profile)
        assert read_profile(shown) == (profile, {})
        assert show_profile(read_profile(shown)[0]) == shown
        assert parse_profile(profile_file(profile)) == profile


def test_fields_of_a_group_are_put_into_it() -> None:
    assert nest({"name": "x", "loan.rate": 1, "loan.years": 2}) == {"name": "x", "loan": {"rate": 1, "years": 2}}


class Inputs(HTMLParser):
    """What a browser would send of a form: texts, chosen options and checked boxes by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self._name = self._text_name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("input", "select", "textarea"):
            self._name = given.get("name", "")
            self.names.add(self._name)
        if tag == "textarea":
            self._text_name = self._name
        elif tag == "option" and "selected" in given:
            self._send(given["value"])
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._send(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text_name:
            self.sent.setdefault(self._text_name, [""])[0] += data

    def handle_endtag(self, tag: str) -> None:
        self._text_name = "" if tag == "textarea" else self._text_name

    def _send(self, value: str) -> None:
        self.sent.setdefault(self._name, []).append(value)


@pytest.fixture(scope="module")
def page(small_assistant: AppContext) -> TestClient:
    app = FastAPI()
    app.state.assistant = small_assistant
    app.include_router(router)
    return TestClient(app)


@every_field
def test_the_page_has_an_input_for_every_field_that_keeps_each_value(page: TestClient, field: ProfileField) -> None:
    for value in values_for(field):
        profile = profile_with(field, value)
        reply = page.post("/berater", data={"view": "briefing", **show_profile(profile)})
        assert read_profile(Inputs(reply.text).sent) == (profile, {})


def test_the_empty_page_sends_an_empty_profile_and_every_question_leads_to_its_input(page: TestClient) -> None:
    text = page.get("/berater").text
    assert read_profile(Inputs(text).sent) == (CompanyProfile(), {})
    for field in PROFILE_FIELDS:
        if field.question:
            assert f'id="{field.name}"' in text, field.name


def test_a_field_that_could_not_be_read_says_so_and_keeps_what_was_written(page: TestClient) -> None:
    text = page.post("/berater", data={"view": "briefing", "turnover_eur": "ganz viel"}).text
    assert Inputs(text).sent["turnover_eur"] == ["ganz viel"]
    assert 'id="problem-turnover_eur"' in text
    assert "bitte eine einzelne Zahl angeben" in text
