from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.company_profile import CompanyProfile, load_profile, parse_profile
from assistant.core.errors import ProfileError
from assistant.web.resources import PROFILES
from assistant.web.site.profile_form import profile_file, read_profile, show_profile

EXAMPLES = sorted(PROFILES.glob("*.yaml"))


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
    profile, problems = read_profile({"land": ["Atlantis"], "role": ["king"], "employees": ["12"]})
    assert profile == CompanyProfile(employees=12)
    assert set(problems) == {"land", "role"}


def test_no_partner_is_different_from_no_answer() -> None:
    assert read_profile({"partners": ["none"]})[0].partners == ()
    assert read_profile({})[0].partners is None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_profile_survives_form_and_file(path: Path) -> None:
    profile = load_profile(path)
    assert read_profile(show_profile(profile)) == (profile, {})
    assert parse_profile(profile_file(profile)) == profile


def test_answers_of_the_self_check_travel_along() -> None:
    profile = CompanyProfile(self_check={"frage-1": "ja"})
    assert read_profile(show_profile(profile))[0] == profile


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("foo: 1", "foo: dieses Feld gibt es nicht"),
        ("employees: viele", "employees: hier muss eine ganze Zahl stehen"),
        ("land: Atlantis", "möglich: 'Baden-Württemberg'"),
        ("- eins", "hier müssen Felder mit Werten stehen"),
        ("a: [", "nicht lesbar"),
        ("!!python/object/apply:os.system ['true']", "nicht lesbar"),
        ("[" * 100_000, "nicht lesbar"),
        ("self_check: {a: {b: c}}", "self_check"),
    ],
)
def test_a_broken_profile_file_is_one_german_sentence(text: str, words: str) -> None:
    with pytest.raises(ProfileError, match=words.replace("(", r"\(")):
        parse_profile(text)
