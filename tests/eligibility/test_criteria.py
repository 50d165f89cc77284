"""One invented programme, changed in one place at a time, against firms on both sides of each limit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.core.company_profile import PROFILE_FIELDS, PROFILE_QUESTIONS, CompanyProfile, ProfileField
from assistant.core.sources import Funding
from assistant.eligibility.criteria import UNPROVEN, Criterion, check_eligibility
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.knowledge_loader import load_card
from tests.support.profile_values import profile_with, values_for

TODAY = date(2026, 11, 23)
TEXT = """Der Fräsbonus ist ein Zuschuss in Sachsen für neue Maschinen.

## Wer kann den Fräsbonus bekommen?

Den Fräsbonus erhalten Unternehmen mit Sitz in Sachsen, die weniger als 50 Beschäftigte und höchstens 10 Mio. Euro
Umsatz oder Bilanzsumme haben.

Der Fräsbonus ist für KMU gedacht, die höchstens 5 Jahre bestehen.

Ab 20 Beschäftigten gibt es den Fräsbonus nur mit Tarifvertrag.

## Mit wem muss man beim Fräsbonus zusammenarbeiten?

Für den Fräsbonus braucht es mindestens 3 Partner, darunter Firmen oder Forschungseinrichtungen.

## Wie beantragt man den Fräsbonus?

Anträge auf den Fräsbonus nimmt die Fräsbank bis zum 23.11.2026 an.

Anträge auf den Fräsbonus gab es zuletzt bis zum 22.11.2026.

Der Fräsbonus startet am 24.11.2026, Anträge sind ab dann möglich.
"""


def programme(tmp_path: Path, head: str, text: str = TEXT) -> tuple[Funding, Any]:
    path = tmp_path / "fraesbonus.md"
    common = "id: fraesbonus\nkind: funding\ntitle: Fräsbonus Sachsen\nprovider: Fräsbank\ntype: grant\n"
    places = "" if "level:" in head else "level: bund\n"
    state = "" if "status:" in head else "status: open\n"
    path.write_text(f"---\n{common}{places}{state}{head}\n---\n\n{text}", encoding="utf-8")
    document = load_card(path)
    assert isinstance(document.source, Funding)
    return document.source, chunk_document(document)


def one(tmp_path: Path, head: str, name: str, profile: CompanyProfile, text: str = TEXT) -> Criterion:
    source, passages = programme(tmp_path, head, text)
    found = [rule for rule in check_eligibility(source, passages, profile, TODAY) if rule.name == name]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("land", "result"), [("Sachsen", "erfüllt"), ("Sachsen-Anhalt", "nicht erfüllt"), (None, "unklar")]
)
def test_the_land(tmp_path: Path, land: Any, result: str) -> None:
    rule = one(tmp_path, "level: land\nland: Sachsen", "Land", CompanyProfile(land=land))
    assert rule.result == result
    assert rule.rule
    assert "Sitz in Sachsen" in rule.rule.quote
    assert rule.missing == (("land",) if land is None else ())


@pytest.mark.parametrize(
    ("profile", "result", "missing"),
    [
        (CompanyProfile(employees=49, turnover_eur=10_000_000), "erfüllt", ()),
        (CompanyProfile(employees=50, turnover_eur=1), "nicht erfüllt", ()),
        (CompanyProfile(employees=49, turnover_eur=10_000_001), "unklar", ("balance_sheet_eur",)),
        (CompanyProfile(employees=49, turnover_eur=10_000_001, balance_sheet_eur=10_000_001), "nicht erfüllt", ()),
        (CompanyProfile(employees=49, turnover_eur=10_000_001, balance_sheet_eur=10_000_000), "erfüllt", ()),
        (CompanyProfile(), "unklar", ("employees", "turnover_eur", "balance_sheet_eur")),
    ],
)
def test_own_limits(tmp_path: Path, profile: CompanyProfile, result: str, missing: tuple[str, ...]) -> None:
    head = "eligibility: {employees_below: 50, turnover_max_eur: 10000000, balance_sheet_max_eur: 10000000}"
    rule = one(tmp_path, head, "Unternehmensgröße", profile)
    assert (rule.result, rule.missing) == (result, missing)
    assert rule.rule
    assert "weniger als 50 Beschäftigte" in rule.rule.quote


@pytest.mark.parametrize(("employees", "result"), [(249, "erfüllt"), (250, "nicht erfüllt")])
def test_programmes_for_smes_use_the_eu_limits(tmp_path: Path, employees: int, result: str) -> None:
    profile = CompanyProfile(employees=employees, turnover_eur=1_000_000)
    rule = one(tmp_path, "eligibility: {sme_only: true}", "Unternehmensgröße", profile)
    assert rule.result == result
    assert rule.rule
    assert "KMU" in rule.rule.quote


@pytest.mark.parametrize(
    ("employees", "result"), [(19, "erfüllt"), (20, "unklar"), (49, "unklar"), (50, "nicht erfüllt"), (None, "unklar")]
)
def test_from_a_size_on_a_further_condition_holds(tmp_path: Path, employees: int | None, result: str) -> None:
    head = "eligibility: {employees_below: 50, conditional_from_employees: 20}"
    assert one(tmp_path, head, "Unternehmensgröße", CompanyProfile(employees=employees)).result == result


@pytest.mark.parametrize(
    ("founded", "result"), [(2022, "erfüllt"), (2021, "unklar"), (2020, "nicht erfüllt"), (None, "unklar")]
)
def test_the_age_is_open_in_the_year_of_the_limit(tmp_path: Path, founded: int | None, result: str) -> None:
    rule = one(tmp_path, "eligibility: {company_age_max_years: 5}", "Alter", CompanyProfile(founded=founded))
    assert rule.result == result


@pytest.mark.parametrize(
    ("partners", "minimum", "types", "result"),
    [
        (None, 2, ("company", "research"), "unklar"),
        ((), 2, ("company", "research"), "nicht erfüllt"),
        (("company",), 2, ("company", "research"), "erfüllt"),
        (("company",), 2, ("research",), "nicht erfüllt"),
        (("research",), 2, (), "erfüllt"),
        (("research",), 3, (), "unklar"),
    ],
)
def test_partners(tmp_path: Path, partners: Any, minimum: int, types: tuple[str, ...], result: str) -> None:
    head = f"eligibility: {{cooperation_required: true, min_partners: {minimum}, partner_types: [{', '.join(types)}]}}"
    assert one(tmp_path, head, "Kooperation", CompanyProfile(partners=partners)).result == result


@pytest.mark.parametrize(
    ("head", "result", "words"),
    [
        ("application: {deadlines: [2026-11-23]}", "erfüllt", "23.11.2026"),
        ("application: {deadlines: [2026-11-22]}", "unklar", "22.11.2026"),
        ("valid_until: 2026-11-23", "erfüllt", "23.11.2026"),
        ("valid_from: 2026-11-24", "nicht erfüllt", "24.11.2026"),
        ("status: paused", "nicht erfüllt", "keine Anträge"),
        ("status: unclear", "unklar", "nicht bestätigt"),
        ("status: call_based", "unklar", "Aufruf"),
    ],
)
def test_the_period_includes_the_day_itself(tmp_path: Path, head: str, result: str, words: str) -> None:
    rule = one(tmp_path, head, "Antragszeit", CompanyProfile())
    assert rule.result == result
    assert words in rule.why


@pytest.mark.parametrize(
    ("applicants", "profile", "result"),
    [
        ("company", CompanyProfile(), "erfüllt"),
        ("network", CompanyProfile(), "nicht erfüllt"),
        ("startup", CompanyProfile(role="startup"), "erfüllt"),
        ("startup", CompanyProfile(founded=1990), "nicht erfüllt"),
        ("startup", CompanyProfile(founded=2024), "unklar"),
        ("founder", CompanyProfile(), "unklar"),
    ],
)
def test_who_may_apply(tmp_path: Path, applicants: str, profile: CompanyProfile, result: str) -> None:
    assert one(tmp_path, f"eligibility: {{applicants: [{applicants}]}}", "Antragsteller", profile).result == result


def test_sectors_can_confirm_but_not_exclude(tmp_path: Path) -> None:
    text = "Der Fräsbonus fördert Firmen der Automobilindustrie."
    head = "eligibility: {sectors: [Automobil]}"
    assert one(tmp_path, head, "Branche", CompanyProfile(sector="Zulieferer Automobil"), text).result == "erfüllt"
    assert one(tmp_path, head, "Branche", CompanyProfile(sector="Möbel"), text).result == "unklar"
    assert one(tmp_path, head, "Branche", CompanyProfile(), text).missing == ("sector",)


def test_a_condition_that_only_a_person_can_answer_stays_open(tmp_path: Path) -> None:
    text = "Den Fräsbonus erhalten nur Firmen mit Fräspass."
    rule = one(tmp_path, 'eligibility: {condition: "mit Fräspass"}', "Weitere Bedingung", CompanyProfile(), text)
    assert (rule.result, rule.missing) == ("unklar", ())
    assert rule.rule
    assert rule.rule.quote == text


def test_a_young_firm_is_no_founder_any_more(tmp_path: Path) -> None:
    rule = one(tmp_path, "eligibility: {applicants: [founder]}", "Antragsteller", CompanyProfile(role="startup"))
    assert rule.result == "unklar"


def test_a_rule_that_no_sentence_states_decides_nothing(tmp_path: Path) -> None:
    text = "Der Fräsbonus hilft beim Kauf einer Fräse."
    rule = one(tmp_path, "eligibility: {employees_below: 50}", "Unternehmensgröße", CompanyProfile(employees=300), text)
    assert (rule.result, rule.why, rule.rule) == ("unklar", UNPROVEN, None)


def test_a_programme_without_rules_has_none(tmp_path: Path) -> None:
    source, passages = programme(tmp_path, "")
    assert check_eligibility(source, passages, CompanyProfile(), TODAY) == ()


EVERY_RULE = """eligibility:
  applicants: [startup]
  employees_below: 50
  turnover_max_eur: 10000000
  balance_sheet_max_eur: 10000000
  company_age_max_years: 5
  sectors: [Fräs]
  cooperation_required: true
  partner_types: [company, research]
level: land
land: Sachsen"""
FITTING = CompanyProfile(
    land="Sachsen",
    employees=12,
    turnover_eur=1_000_000,
    sector="Möbel",
    role="cooperation_partner",
    founded=2024,
    partners=("company",),
)
JUDGED_BY_THE_MATCH = {"goals"}  # compared with the topics of a programme, not with its rules


@pytest.mark.parametrize("field", PROFILE_FIELDS, ids=lambda field: field.name)
def test_a_field_changes_the_result_of_a_rule_exactly_if_the_table_says_so(tmp_path: Path, field: ProfileField) -> None:
    source, passages = programme(tmp_path, EVERY_RULE)

    def rules(profile: CompanyProfile) -> tuple[Criterion, ...]:
        return check_eligibility(source, passages, profile, TODAY)

    starts = (CompanyProfile(), FITTING, FITTING.model_copy(update={"turnover_eur": 10**8}))
    changes = any(
        rules(profile_with(field, value, known)) != rules(known) for known in starts for value in values_for(field)
    )
    assert changes == (field.decides and field.name not in JUDGED_BY_THE_MATCH)


def test_what_an_empty_profile_lacks_is_asked_for(tmp_path: Path) -> None:
    source, passages = programme(tmp_path, EVERY_RULE)
    missing = {field for rule in check_eligibility(source, passages, CompanyProfile(), TODAY) for field in rule.missing}
    assert missing == set(PROFILE_QUESTIONS)


def test_a_rule_cannot_miss_what_nobody_would_be_asked_for() -> None:
    with pytest.raises(ValueError, match="holds no question for 'notes', which the rule Land misses"):
        Criterion("Land", "unklar", "", missing=("land", "notes"))


def test_a_reason_may_name_the_firms_own_number_but_no_other(tmp_path: Path) -> None:
    text = "Den Fräsbonus erhalten Unternehmen mit weniger als 50 Beschäftigten und höchstens 10 Mio. Euro Umsatz."
    head = "eligibility: {employees_below: 50, turnover_max_eur: 10000000}"
    own = one(tmp_path, head, "Unternehmensgröße", CompanyProfile(employees=12, turnover_eur=6_800_000), text)
    assert (own.result, own.why) == ("erfüllt", "12 Beschäftigte; Umsatz 6,8 Mio. Euro")
    conditional = "eligibility: {employees_below: 50, conditional_from_employees: 20}"
    foreign = one(tmp_path, conditional, "Unternehmensgröße", CompanyProfile(employees=30), text)
    assert (foreign.result, foreign.why) == ("unklar", UNPROVEN)
