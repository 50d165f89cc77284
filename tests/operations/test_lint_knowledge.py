"""What editors are told: errors to mend, notices to look at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.operations.lint_knowledge import UNCHECKED_DAYS, Findings, check_knowledge
from tests.conftest import SMALL_KNOWLEDGE, write_files

TODAY = date(2026, 6, 1)
CLEAN = """---
id: werk
kind: cooperation
area: contracts
title: Ein Werk
checked: 2026-05-01
aliases: [zweitname]
---

Ein Werk beschreibt einen Vertrag.

## English

A work describes a contract.
"""
FUNDED = """---
id: topf
kind: funding
title: Ein Topf
checked: 2026-05-01
level: bund
provider: Erfundenes Ministerium
type: grant
status: open
valid_until: 2027-12-31
eligibility: {employees_below: 250, turnover_max_eur: 50000000}
amount:
  rates: [{percent_min: 30, percent_max: 45, what: Kosten}]
  caps: [{eur: 25000, what: Höchstbetrag}]
---

Der Topf bezahlt 30 bis 45 Prozent und höchstens 25.000 Euro für Unternehmen mit weniger als 250 Beschäftigten und
höchstens 50 Mio. Euro Umsatz.

## English

The pot pays up to 45 percent.
"""


def findings(folder: Path, today: date = TODAY, **files: str) -> Findings:
    write_files(folder, {f"cooperation/{name}.md": text for name, text in files.items()})
    return check_knowledge([folder], today)


def test_clean_files_give_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, werk=CLEAN, topf=FUNDED) == Findings((), ())


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("title: Ein Werk\n", "", "title"),
        ("area: contracts", "area: contracts\nfarbe: rot", "farbe"),
        ("area: contracts", "area: contracts\nrelated: [fehlt]", "related: 'fehlt'"),
        ("## English\n\nA work describes a contract.\n", "", "English"),
        ("einen Vertrag.", "[einen Vertrag](fehlt).", "fehlt"),
        ("einen Vertrag.", "einen Vertrag. Dies ist wichtig.", "Dies ist wichtig"),
        ("einen Vertrag.", "einen Vertrag. Dabei hilft ein Anwalt.", "Dabei hilft"),
        ("a contract.", "a contract. It is short.", "It is short"),
        ("a contract.", "a contract. This helps.", "This helps"),
    ],
)
def test_an_error_names_the_file_and_what_is_wrong(tmp_path: Path, old: str, new: str, hint: str) -> None:
    assert old in CLEAN
    (error,) = findings(tmp_path, werk=CLEAN.replace(old, new)).errors
    assert str(tmp_path / "cooperation/werk.md") in error
    assert hint in error


@pytest.mark.parametrize(
    "text",
    [
        "einen [Vertrag](werk).",
        "einen [Vertrag](zweitname).",
        "einen [Vertrag](https://beispiel.de/vertrag).",
        "einen Vertrag. Sie sollten ihn lesen.",
        "einen Vertrag. Diesel ist teuer.",
        "einen Vertrag, der dies regelt.",
    ],
)
def test_what_stands_for_itself_is_no_error(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, werk=CLEAN.replace("einen Vertrag.", text)).errors == ()


@pytest.mark.parametrize("field", ["id: werk", "aliases: [zweitname]"])
def test_an_id_or_alias_given_twice_is_an_error(tmp_path: Path, field: str) -> None:
    other = CLEAN.replace(field, field.replace("werk", "anderes").replace("zweitname", "dritter"))
    (error,) = (one for one in findings(tmp_path, werk=CLEAN, anderes=other).errors if "steht schon in" in one)
    assert "werk.md" in error
    assert ("zweitname" if field.startswith("id") else "'werk'") in error


def test_the_same_id_in_two_kinds_folders_is_an_error(tmp_path: Path) -> None:
    write_files(tmp_path, {"funding/werk.md": CLEAN.replace("[zweitname]", "[]")})
    (error,) = findings(tmp_path, werk=CLEAN).errors
    assert "'werk'" in error


def test_a_hubs_own_folder_may_override_an_id(tmp_path: Path) -> None:
    write_files(tmp_path / "shipped", {"cooperation/werk.md": CLEAN})
    write_files(tmp_path / "own", {"cooperation/werk.md": CLEAN})
    assert check_knowledge([tmp_path / "shipped", tmp_path / "own"], TODAY).errors == ()


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("30 bis 45 Prozent", "bis zu 45 Prozent", "percent_min: 30"),
        ("höchstens 25.000 Euro", "höchstens 2.500 Euro", "amount.caps.0.eur: 25000"),
        ("weniger als 250 Beschäftigten", "wenigen Beschäftigten", "employees_below: 250"),
        ("50 Mio. Euro", "5 Mio. Euro", "turnover_max_eur"),
        ("status: open", "status: open\nsuccessor: fehlt", "successor: 'fehlt'"),
    ],
)
def test_numbers_and_references_of_the_head_must_be_held_by_the_text(
    tmp_path: Path, old: str, new: str, hint: str
) -> None:
    assert old in FUNDED
    (error,) = findings(tmp_path, topf=FUNDED.replace(old, new)).errors
    assert hint in error


def test_large_sums_are_named_as_editors_write_them(tmp_path: Path) -> None:
    (error,) = findings(tmp_path, topf=FUNDED.replace("50 Mio. Euro", "5 Mio. Euro")).errors
    assert "50000000" in error


@pytest.mark.parametrize(
    ("today", "hints"),
    [
        (date(2026, 6, 1), []),
        (date.fromordinal(date(2026, 5, 1).toordinal() + UNCHECKED_DAYS), []),
        (date.fromordinal(date(2026, 5, 1).toordinal() + UNCHECKED_DAYS + 1), ["checked"]),
        (date(2027, 12, 31), ["checked"]),
        (date(2028, 1, 1), ["valid_until", "checked"]),
    ],
)
def test_what_depends_on_the_day_is_a_notice(tmp_path: Path, today: date, hints: list[str]) -> None:
    found = findings(tmp_path, today, topf=FUNDED)
    assert found.errors == ()
    assert [notice.split(": ")[1] for notice in found.notices] == hints


def test_an_ended_programme_is_not_reported_as_past(tmp_path: Path) -> None:
    ended = FUNDED.replace("status: open", "status: ended")
    assert not any("valid_until" in one for one in findings(tmp_path, date(2028, 1, 1), topf=ended).notices)


def test_what_was_never_compared_is_a_notice(tmp_path: Path) -> None:
    (notice,) = findings(tmp_path, werk=CLEAN.replace("checked: 2026-05-01\n", "")).notices
    assert "noch nie" in notice


def test_one_broken_file_does_not_hide_the_findings_of_others(tmp_path: Path) -> None:
    errors = findings(
        tmp_path, werk=CLEAN.replace("title: Ein Werk\n", ""), topf=FUNDED.replace("25.000", "2.500")
    ).errors
    assert len(errors) == 2


def test_the_small_knowledge_lacks_only_english_parts(small_knowledge: Path) -> None:
    errors = check_knowledge([small_knowledge], TODAY).errors
    assert len(errors) == len(SMALL_KNOWLEDGE) - 2
    assert all("## English" in error for error in errors)


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    (error,) = check_knowledge([tmp_path / "fehlt"]).errors
    assert "existiert nicht" in error


def test_a_file_that_is_not_named_like_its_id_is_an_error(tmp_path: Path) -> None:
    (error,) = findings(tmp_path, anders=CLEAN).errors
    assert error.endswith("anders.md: id: 'werk' und Dateiname 'anders.md' sind verschieden.")


def test_numbers_in_notes_of_the_head_should_stand_in_the_text(tmp_path: Path) -> None:
    noted = FUNDED.replace("amount:\n", "amount:\n  note: ab 7.000 Euro\n").replace(
        "valid_until:", "as_of_note: 'von 1999'\nvalid_until:"
    )
    (notice,) = findings(tmp_path, topf=noted).notices
    assert notice.endswith("amount.note: die Zahl 7000 steht nicht im Text.")


def test_a_family_of_one_is_a_notice(tmp_path: Path) -> None:
    one = FUNDED.replace("status:", "family: Töpfe\nstatus:")
    (notice,) = findings(tmp_path, topf=one).notices
    assert "family: zu „Töpfe“ gehört sonst nichts" in notice
    other = one.replace("id: topf", "id: kessel")
    assert findings(tmp_path, topf=one, kessel=other).notices == ()


def test_what_talks_about_research_is_a_notice(tmp_path: Path) -> None:
    (notice,) = findings(tmp_path, werk=CLEAN.replace("einen Vertrag.", "einen Vertrag (Stand 2025).")).notices
    assert "werk.md: der Text spricht von der Recherche" in notice


def test_labels_of_questions_that_no_card_holds_are_notices(tmp_path: Path) -> None:
    row = '{"id": "q1", "card": "werk", "question": "Was?", "answers": [{"section": "Überblick", "sentence": "%s"}]}\n'
    held, gone = row % "Ein Werk beschreibt einen Vertrag.", row % "Ein Werk fehlt."
    write_files(tmp_path, {"questions/questions.jsonl": held + gone, "questions/questions-test.jsonl": gone})
    test, known = findings(tmp_path, werk=CLEAN).notices
    assert known.endswith("questions.jsonl: q1: steht nicht in 'werk': „Ein Werk fehlt.“")
    assert test.endswith("questions-test.jsonl: 1 Sätze stehen nicht mehr in ihrer Karte.")
