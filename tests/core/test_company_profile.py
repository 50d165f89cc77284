"""The table of the profile's fields against the model and the documentation, and profiles read from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from assistant.core.company_profile import (
    PROFILE_FIELDS,
    CompanyProfile,
    ProfileField,
    format_euro,
    load_profile,
    parse_profile,
)
from assistant.core.errors import ProfileError
from tests.support.paths import ROOT
from tests.support.profile_values import profile_with, values_for

ADVISERS = (ROOT / "docs" / "advisers.md").read_text(encoding="utf-8")


def fields_of(model: type[BaseModel], group: str = "") -> Iterator[tuple[str, Any]]:
    """Name and type of each field, those of groups as ``group.name``."""
    for name, field in model.model_fields.items():
        groups = [one for one in get_args(field.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        if groups:
            yield from fields_of(groups[0], f"{group}{name}.")
        else:
            yield group + name, field.annotation


def literals_in(annotation: Any) -> set[str]:
    """All words that a type allows."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {word for part in get_args(annotation) for word in literals_in(part)}


def test_every_field_of_the_profile_is_in_the_table_once_and_nothing_else() -> None:
    assert sorted(field.name for field in PROFILE_FIELDS) == sorted(name for name, _ in fields_of(CompanyProfile))


@pytest.mark.parametrize("field", PROFILE_FIELDS, ids=lambda field: field.name)
def test_the_choices_of_a_field_are_those_that_the_profile_allows(field: ProfileField) -> None:
    allowed = literals_in(dict(fields_of(CompanyProfile))[field.name])
    assert {name for name, _ in field.choices} == allowed
    assert bool(allowed) == (field.kind in ("choice", "choices"))


@pytest.mark.parametrize("field", PROFILE_FIELDS, ids=lambda field: field.name)
def test_the_profile_takes_the_values_of_each_fields_kind_and_says_them_in_words(field: ProfileField) -> None:
    for value in values_for(field):
        assert field.value_in(profile_with(field, value)) == value
        assert field.describe(value)
    assert field.value_in(CompanyProfile()) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("turnover_eur", 6_800_000, "6,8 Mio. Euro"),
        ("largest_customer_share", 0.72, "72 Prozent"),
        ("employees", 1200, "1200"),
        ("linked_enterprises", False, "nein"),
        ("role", "startup", "Start-up"),
        ("partners", ("company", "research"), "Firmen, Forschung"),
        ("partners", (), "keine"),
    ],
)
def test_values_in_words(name: str, value: Any, words: str) -> None:
    assert next(field for field in PROFILE_FIELDS if field.name == name).describe(value) == words


def test_an_empty_list_is_an_answer_only_where_none_of_these_can_be_chosen() -> None:
    by_name = {field.name: field for field in PROFILE_FIELDS}
    profile = CompanyProfile(partners=(), goals=())
    assert by_name["partners"].value_in(profile) == ()
    assert by_name["goals"].value_in(profile) is None


def test_the_facts_of_a_briefing_have_places_of_their_own() -> None:
    places = [field.briefing[0] for field in PROFILE_FIELDS if field.briefing]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_numbers_that_decide_may_stand_in_reasons_and_no_others() -> None:
    assert {field.name for field in PROFILE_FIELDS if field.stands_in_reasons} >= {"employees", "turnover_eur"}
    assert not ProfileField("staff", "integer", "Leute").stands_in_reasons
    assert not ProfileField("region", "text", "Gegend", decides=True).stands_in_reasons


class Loan(BaseModel):
    rate_eur: int | None = None


class Borrower(BaseModel):
    loan: Loan | None = None


def test_a_field_may_lie_in_a_group() -> None:
    rate = ProfileField("loan.rate_eur", "euro", "Rate")
    assert rate.value_in(Borrower(loan=Loan(rate_eur=7))) == 7
    assert rate.value_in(Borrower()) is None
    assert [name for name, _ in fields_of(Borrower)] == ["loan.rate_eur"]


def test_the_documentation_lists_every_field_as_it_is() -> None:
    for field in PROFILE_FIELDS:
        cells = (f"`{field.name}`", field.label, field.kind, "yes" if field.decides else "–", field.question or "–")
        assert f"| {' | '.join(cells)} |" in ADVISERS
    assert ADVISERS.count("| `") == len(PROFILE_FIELDS)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(6_800_000, "6,8 Mio. Euro"), (420_000, "420.000 Euro"), (43_000_001, "43,000001 Mio. Euro"), (0, "0 Euro")],
)
def test_amounts_are_shown_exactly(amount: int, shown: str) -> None:
    assert format_euro(amount) == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("foo: 1", "foo: dieses Feld gibt es nicht"),
        ("lan: Bayern", "gemeint ist wohl 'land'"),
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


def test_a_profile_is_read_from_yaml_and_json_and_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "firma.yaml"
    path.write_text('{"land": "Bayern", "employees": 12}', encoding="utf-8")
    assert load_profile(path) == CompanyProfile(land="Bayern", employees=12)
    path.write_text("", encoding="utf-8")
    assert load_profile(path) == CompanyProfile()
    path.write_bytes(b"\xff\xfe\xff")
    for unreadable in (path, tmp_path / "fehlt.yaml"):
        with pytest.raises(ProfileError, match=f"{unreadable.name}: das Profil ist nicht lesbar"):
            load_profile(unreadable)
