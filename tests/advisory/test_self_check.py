"""The self-check: counted as it says, words only of the answers, next steps that are proven, open and of the Land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from assistant.advisory.report import Bullets, Paragraph, Report, Table
from assistant.advisory.self_check import SelfCheckResult, method, score_answers
from assistant.advisory.self_check_advice import Advice, recommend, to_dict
from assistant.advisory.self_check_questions import (
    FILE_NAME,
    UNKNOWN,
    Questionnaire,
    load_questionnaire,
    questionnaire_of,
    unproven,
)
from assistant.advisory.self_check_report import to_profile, to_report
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import load_profile
from assistant.core.errors import KnowledgeError, ProfileError, SelfCheckError
from assistant.core.settings import shipped_folder
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Land
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.language.numbers import unsupported_numbers
from assistant.operations.lint_knowledge import check_knowledge

TODAY = date(2026, 11, 23)
SHIPPED = shipped_folder("knowledge")
TEXT = (SHIPPED / FILE_NAME).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    found = load_questionnaire([SHIPPED])
    assert found
    return found


def answers_of(questionnaire: Questionnaire, points: int, *dimensions: str) -> dict[str, str]:
    """Answers with so many points, or the next fewer, to all questions (of some dimensions)."""
    return {
        question.id: max((one.points, one.id) for one in question.answers if one.points <= points)[1]
        for question in questionnaire.questions
        if not dimensions or question.dimension in dimensions
    }


def shares(result: SelfCheckResult) -> dict[str, float | None]:
    return {one.dimension.id: one.share for one in result.dimensions}


# What the shipped questions promise


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


# What editors may get wrong


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


# How answers count


@pytest.mark.parametrize(("points", "share", "level"), [(0, 0.0, "low"), (3, 1.0, "high")])
def test_all_low_and_all_high(questionnaire: Questionnaire, points: int, share: float, level: str) -> None:
    result = score_answers(questionnaire, answers_of(questionnaire, points))
    assert set(shares(result).values()) == {share}
    assert {one.level for one in result.dimensions} == {level}
    assert result.answered == len(questionnaire.questions)


@pytest.mark.parametrize(
    ("chosen", "share", "level"),
    [
        ({}, None, None),
        ({"leute": UNKNOWN, "wissensluecke": UNKNOWN}, None, None),
        ({"leute": "niemand"}, 0.0, "low"),
        ({"leute": "nebenbei"}, 1 / 3, "middle"),
        ({"leute": "nebenbei", "wissensluecke": "liegen"}, 1 / 6, "low"),
        ({"leute": "nebenbei", "wissensluecke": "selbst"}, 1 / 3, "middle"),
        ({"leute": "mehrere", "wissensluecke": "liegen"}, 1 / 2, "middle"),
        ({"leute": "mehrere", "wissensluecke": "selbst"}, 2 / 3, "high"),
        ({"leute": "mehrere", "wissensluecke": UNKNOWN}, 1.0, "high"),
    ],
)
def test_a_share_counts_answered_questions_only(
    questionnaire: Questionnaire, chosen: dict[str, str], share: float | None, level: str | None
) -> None:
    result = score_answers(questionnaire, chosen)
    technique = next(one for one in result.dimensions if one.dimension.id == "technik")
    assert technique.share == (share if share is None else pytest.approx(share))
    assert technique.level == level
    assert all(one.share is None for one in result.dimensions if one is not technique)


@pytest.mark.parametrize(
    ("chosen", "weakest"),
    [
        ({}, []),
        ({"leute": "mehrere", "wissensluecke": "gezielt"}, []),  # nothing left to gain
        ({"leute": "mehrere", "wissensluecke": "selbst"}, ["technik"]),
        ({"leute": "niemand", "partner": "nein", "austausch": "nie", "schulungen": "keine"},
         ["technik", "kooperation", "branchen"]),
        ({"leute": "niemand", "partner": "nein", "wettbewerber": "nein", "schulungen": "keine"},
         ["kooperation", "technik", "lernen"]),  # of equals, more answers first
        ({"leute": "feste-zeit", "partner": "firmen", "austausch": "mehrmals"}, ["technik", "kooperation"]),
        ({"leute": "feste-zeit", "partner": "firmen", "austausch": "selten"}, ["branchen", "technik"]),
        ({"leute": "nebenbei", "partner": "firmen", "wettbewerber": "nein", "austausch": "selten"},
         ["kooperation", "technik", "branchen"]),
    ],
)  # fmt: skip
def test_the_weakest_by_the_stated_rule(
    questionnaire: Questionnaire, chosen: dict[str, str], weakest: list[str]
) -> None:
    assert [one.dimension.id for one in score_answers(questionnaire, chosen).weakest] == weakest


def test_strengths_are_high_and_at_most_three(questionnaire: Questionnaire) -> None:
    assert len(score_answers(questionnaire, answers_of(questionnaire, 3)).strengths) == 3
    assert score_answers(questionnaire, answers_of(questionnaire, 1)).strengths == ()
    mixed = answers_of(questionnaire, 2, "lernen") | answers_of(questionnaire, 3, "technik")
    assert [one.dimension.id for one in score_answers(questionnaire, mixed).strengths] == ["technik", "lernen"]


@pytest.mark.parametrize(
    ("chosen", "hint"),
    [
        ({"lieblingsfarbe": "rot"}, "Die Frage 'lieblingsfarbe' gibt es im Selbstcheck nicht."),
        ({"leute": "viele"}, "Die Antwort 'viele' gibt es zur Frage 'leute' nicht; möglich: niemand, nebenbei"),
        ({"leute": ""}, "Die Antwort '' gibt es"),
        ({"x" * 5000: "a"}, "x' gibt es im Selbstcheck nicht."),
    ],
)
def test_unknown_ids_are_one_german_sentence(questionnaire: Questionnaire, chosen: dict[str, str], hint: str) -> None:
    with pytest.raises(SelfCheckError) as raised:
        score_answers(questionnaire, chosen)
    assert isinstance(raised.value, ProfileError)
    assert hint in str(raised.value)
    assert len(str(raised.value)) < 250


# What the sources say to it

LAENDER: list[Land | None] = [None, *get_args(Land)]


def every_advice(assistant: AppContext, land: Land | None) -> Iterator[Advice]:
    """Advice in which each dimension is among the weakest once."""
    questionnaire = questionnaire_of(assistant.settings)
    assert questionnaire
    ids = [one.id for one in questionnaire.dimensions]
    for start in range(0, len(ids), 3):
        yield recommend(
            assistant, score_answers(questionnaire, answers_of(questionnaire, 0, *ids[start : start + 3])), land, TODAY
        )


@pytest.mark.parametrize("land", LAENDER)
def test_every_step_is_cited_open_and_of_the_land(assistant: AppContext, land: Land | None) -> None:
    snapshot = assistant.live_index.corpus().snapshot
    passages = {(one.document_id, one.text) for one in snapshot.passages}
    for advice in every_advice(assistant, land):
        assert len(advice.steps) == 3
        assert [one.number for one in advice.citations] == list(range(1, len(advice.citations) + 1))
        for citation in advice.citations:
            assert (citation.id, citation.passage) in passages
            assert citation.quote in citation.passage
        for step in advice.steps:
            assert step.because[0].passage.document_id == step.result.dimension.section
            assert 1 <= len(step.offers) <= 3
            assert 1 <= len(step.programmes) <= 2
            for kind, pointers in (("support", step.offers), ("funding", step.programmes)):
                for pointer in pointers:
                    source = snapshot.sources[pointer.source.id]
                    assert pointer.claim.passage.kind == kind
                    assert pointer.claim.text == pointer.claim.quote
                    assert not is_ended(source, TODAY)
                    assert getattr(source, "status", "") not in ("ended", "paused")
                    assert not source_laender(source) or land in source_laender(source)
        named = [one.source.id for step in advice.steps for one in (*step.offers, *step.programmes)]
        assert len(named) == len(set(named))


def test_a_programme_is_left_out_once_it_has_ended(assistant: AppContext) -> None:
    def programmes(today: date) -> set[str]:
        questionnaire = questionnaire_of(assistant.settings)
        assert questionnaire
        ids = [one.id for one in questionnaire.dimensions]
        found = (
            recommend(assistant, score_answers(questionnaire, answers_of(questionnaire, 0, one)), land, today)
            for one in ids
            for land in LAENDER[:4]
        )
        return {one.source.id for advice in found for step in advice.steps for one in (*step.offers, *step.programmes)}

    sources = assistant.live_index.corpus().snapshot.sources
    limited = {one for one in programmes(TODAY) if getattr(sources[one], "valid_until", None)}
    assert limited  # otherwise this test would show nothing
    assert not limited & programmes(date(2099, 1, 1))


def test_the_land_brings_offers_of_the_land(assistant: AppContext) -> None:
    advices = list(every_advice(assistant, "Sachsen"))
    regional = [
        one for advice in advices for step in advice.steps for one in step.programmes if source_laender(one.source)
    ]
    assert regional


def test_the_data_of_the_result(assistant: AppContext, questionnaire: Questionnaire) -> None:
    chosen = answers_of(questionnaire, 0, "technik") | answers_of(questionnaire, 3, "lernen")
    data = to_dict(recommend(assistant, score_answers(questionnaire, chosen), "Hessen", TODAY))
    numbers = {one["number"]: one for one in data["citations"]}
    assert data["answered"] == 4
    assert data["strengths"] == ["lernen"]
    assert [step["dimension"] for step in data["steps"]] == ["technik"]
    by_id = {one["id"]: one for one in data["dimensions"]}
    assert by_id["technik"]["level"] == "low"
    assert by_id["kunden"]["share"] is None
    used = set()
    for one in cited(data):
        assert numbers[one["citation"]]["quote"] == one["text"]
        assert not unsupported_numbers(one["text"], [numbers[one["citation"]]["passage"]])
        used.add(one["citation"])
    assert used == set(numbers)


def cited(data: Any) -> Iterator[Mapping[str, Any]]:
    """Everything in the data that carries a citation."""
    if isinstance(data, dict):
        if "citation" in data:
            yield data
        for value in data.values():
            yield from cited(value)
    elif isinstance(data, list):
        for value in data:
            yield from cited(value)


def test_without_the_paper_nothing_is_said_about_it(small_assistant: AppContext, questionnaire: Questionnaire) -> None:
    result = score_answers(questionnaire, answers_of(questionnaire, 0, "kooperation", "lernen"))
    advice = recommend(small_assistant, result, "Sachsen", TODAY)
    assert all(step.because == () for step in advice.steps)
    assert {one.id for one in advice.citations} <= {"fraeshub", "netzbonus-neu", "sachsen-lernscheck"}


# What is taken along


def test_the_profile_file_loads_and_tells_what_answers_tell(questionnaire: Questionnaire, tmp_path: Path) -> None:
    chosen = answers_of(questionnaire, 0) | {"leute": UNKNOWN, "partner": "beides"}
    path = tmp_path / "profil.yaml"
    path.write_text(to_profile(questionnaire, chosen, "Baden-Württemberg", TODAY), encoding="utf-8")
    profile = load_profile(path)
    assert profile.land == "Baden-Württemberg"
    assert profile.largest_customer_share == 0.75
    assert profile.role == "extended_workbench"
    assert profile.partners == ("company", "research")
    assert profile.self_check == chosen
    assert "nach der Antwort „etwa drei Viertel oder mehr“" in path.read_text(encoding="utf-8")
    again = score_answers(questionnaire, {one: str(answer) for one, answer in (profile.self_check or {}).items()})
    assert again.answered == len(questionnaire.questions) - 1


@pytest.mark.parametrize("chosen", [{}, {"leute": UNKNOWN}])
def test_a_profile_file_without_answers_loads_too(
    questionnaire: Questionnaire, tmp_path: Path, chosen: dict[str, str]
) -> None:
    path = tmp_path / "profil.yaml"
    path.write_text(to_profile(questionnaire, chosen), encoding="utf-8")
    assert load_profile(path).self_check == (chosen or None)


def test_every_answer_fits_the_profile(questionnaire: Questionnaire, tmp_path: Path) -> None:
    for question in questionnaire.questions:
        for option in question.answers:
            text = to_profile(questionnaire, {question.id: option.id})
            told = yaml.safe_load(text)
            assert {field: told[field] for field in option.profile} == option.profile


def test_the_report_says_the_same_and_numbers_lead_to_its_citations(
    assistant: AppContext, questionnaire: Questionnaire
) -> None:
    result = score_answers(questionnaire, answers_of(questionnaire, 1))
    report = to_report(recommend(assistant, result, "Bremen", TODAY), TODAY)
    assert [part.id for part in report.parts] == ["result", "strengths", "steps", "answers", "method"]
    by_number = {one.number: one for one in report.citations}
    used = set()
    for paragraph in paragraphs(report):
        for one in paragraph.statements:
            used.update(one.citations)
            assert all(by_number[number].quote == one.text for number in one.citations)
    assert used == set(by_number)
    assert "keine Wissenschaft" in report.footer
    assert dict(report.cover)["Land"] == "Bremen"


def paragraphs(report: Report) -> Iterator[Paragraph]:
    for part in report.parts:
        for block in part.blocks:
            if isinstance(block, Paragraph):
                yield block
            elif isinstance(block, Bullets):
                yield from block.items
            elif isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)


def test_the_method_says_how_many_points_and_that_it_is_no_measurement() -> None:
    text = " ".join(method())
    assert "0 bis 3 Punkte" in text
    assert "kein Messverfahren" in text
    assert "Bei Gleichstand" in text


def test_what_must_be_checked_says_so_once(assistant: AppContext) -> None:
    seen = set()
    for advice in every_advice(assistant, None):
        for pointer in (one for step in advice.steps for one in (*step.offers, *step.programmes)):
            doubtful = pointer.source.verify or getattr(pointer.source, "status", "") in ("unclear", "call_based")
            assert f"{pointer.claim.text} {pointer.note}".count("prüfen") >= int(doubtful)
            assert not (pointer.note and "prüfen" in pointer.claim.text)
            seen.add(bool(pointer.note))
    assert seen == {True, False}
