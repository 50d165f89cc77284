"""The questionnaire: what the shipped one promises, and what its editors may get wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.advisory.self_check_questions import (
    FILE_NAME,
    UNKNOWN,
    Questionnaire,
    known_answers,
    load_questionnaire,
    questionnaire_file,
    unproven,
)
from assistant.core.errors import KnowledgeError
from assistant.core.settings import shipped_folder
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.language.numbers import unsupported_numbers
from assistant.operations.lint_knowledge import check_knowledge

TODAY = date(2026, 11, 23)
SHIPPED = shipped_folder("knowledge")
TEXT = (SHIPPED / FILE_NAME).read_text(encoding="utf-8")


def test_the_shipped_check_is_short_and_covers_the_dimensions_of_the_paper(questionnaire: Questionnaire) -> None:
    assert 15 <= len(questionnaire.questions) <= 20
    assert len(questionnaire.dimensions) == 9
    sections = {one.section for one in questionnaire.dimensions}
    wanted = "ursachen geschaeftsmodelle mindset technische-kompetenzen kooperationsbereitschaft transdisziplinaer"
    assert {f"position-paper/{one}" for one in [*wanted.split(), "weiterbildung"]} == sections
    for one in questionnaire.dimensions:
        assert sum(question.dimension == one.id for question in questionnaire.questions) >= 2


def test_what_is_said_about_the_paper_is_literal(questionnaire: Questionnaire) -> None:
    documents = {one.source.id: one for one in load_knowledge([SHIPPED])}
    assert list(unproven(questionnaire, documents)) == []
    for dimension in questionnaire.dimensions:
        assert all(because.source.startswith("position-paper/") for because in dimension.because)


def test_levels_are_said_with_caution_and_suggestions_hold_no_number(questionnaire: Questionnaire) -> None:
    for one in questionnaire.dimensions:
        for words in (one.words.low, one.words.middle, one.words.high):
            assert words.startswith("Ihre Antworten deuten darauf hin, dass ")
            assert "laut" not in words
        assert not unsupported_numbers(one.step, ["zwei drei"])  # counts of things to do, nothing that claims


def test_check_is_content_with_the_shipped_file() -> None:
    assert not [one for one in check_knowledge([SHIPPED], TODAY).errors if FILE_NAME in one]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        (changed('    label: "Kunden"\n', ""), ["dimensions.0.label", "dieses Feld fehlt"]),
        (changed('    label: "Kunden"\n', '    label: "Kunden und Kundinnen"\n'), ["label", "höchstens 12"]),
        (changed("points: 0", "points: 4"), ["questions.0.answers.0.points", "höchstens 3"]),
        (changed("points: 0", "points: 1"), ["questions.0.answers", "0 und eine 3 Punkte"]),
        (changed("points: 0", "punkte: 0"), ["questions.0.answers.0.points", "dieses Feld fehlt"]),
        (changed("title:", "farbe: rot\ntitle:"), ["farbe", "dieses Feld gibt es nicht"]),
        (changed("dimension: kunden", "dimension: kundschaft"), ["groesster-kunde", "'kundschaft' gibt es nicht"]),
        (changed("id: vorgaben", "id: groesster-kunde"), ["'groesster-kunde' ist doppelt"]),
        (changed("id: haelfte", "id: viertel"), ["'viertel' ist doppelt"]),
        (changed("id: viertel", f"id: {UNKNOWN}"), ["kommt von selbst dazu"]),
        (changed("id: viertel", "id: Ein Viertel"), ["answers.2.id", "a-z"]),
        (changed("largest_customer_share: 0.75", "largest_customer_share: 75"), ["largest_customer_share"]),
        (changed("role: extended_workbench", "rolle: werkbank"), ["rolle", "dieses Feld gibt es nicht"]),
        (changed("role: extended_workbench", "notes: x"), ["'notes' füllt der Selbstcheck nicht aus"]),
        (changed("section: position-paper/mindset", "section: position-paper/ziele"), ["position-paper/ziele"]),
        (changed("topics: [competence]", "topics: [lernen]"), ["dimensions.8.topics.0", "'competence'"]),
        ("- nur eine Liste", ["Felder mit Werten"]),
        ("title: 'offen", ["kein gültiges YAML"]),
        ("", ["Felder mit Werten"]),
    ],
)
def test_a_wrong_file_is_one_german_sentence_with_file_and_field(tmp_path: Path, text: str, hints: list[str]) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load_questionnaire([tmp_path])
    assert str(raised.value).startswith(f"{tmp_path / FILE_NAME}: ")
    for hint in hints:
        assert hint in str(raised.value)
    assert [one for one in check_knowledge([tmp_path], TODAY).errors if FILE_NAME in one] == [str(raised.value)]


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("laut Positionspapier groß sein", "laut Positionspapier riesig sein", "steht nicht wörtlich in"),
        (", besonders bei einer verlängerten Werkbank.", ".", "steht nicht wörtlich in"),
        (
            "source: position-paper/kooperationen",
            "source: position-paper/fehlt",
            "'position-paper/fehlt' gibt es nicht",
        ),
    ],
)
def test_check_finds_sentences_that_are_not_literal(tmp_path: Path, old: str, new: str, hint: str) -> None:
    (tmp_path / FILE_NAME).write_text(changed(old, new), encoding="utf-8")
    (error,) = [one for one in check_knowledge([SHIPPED, tmp_path], TODAY).errors if FILE_NAME in one]
    assert hint in error
    assert "dimensions.kunden.because" in error
    assert str(tmp_path) in error


def test_a_hubs_own_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(changed("title: ", 'title: "Eigener Check"  # '), encoding="utf-8")
    own = load_questionnaire([SHIPPED, tmp_path])
    assert own
    assert own.title == "Eigener Check"
    assert load_questionnaire([tmp_path / "leer"]) is None


def test_the_file_in_force_is_that_of_the_last_folder_that_has_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(TEXT, encoding="utf-8")
    assert questionnaire_file([SHIPPED, tmp_path, tmp_path / "leer"]) == tmp_path / FILE_NAME
    assert questionnaire_file([tmp_path / "leer"]) is None


def test_of_an_older_profile_only_answers_that_still_exist_count(questionnaire: Questionnaire) -> None:
    given = {"leute": "mehrere", "wissensluecke": "von-gestern", "gibt-es-nicht": "ja", "partner": 3}
    assert known_answers(questionnaire, given) == {"leute": "mehrere"}
