"""What a person takes along: the result as a report, the answers as a profile file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.advisory.report import Bullets, Paragraph, Report, Table
from assistant.advisory.self_check import score_answers
from assistant.advisory.self_check_advice import recommend
from assistant.advisory.self_check_questions import UNKNOWN, Questionnaire
from assistant.advisory.self_check_report import NO_ANSWER, chosen_text, percent, to_profile, to_report
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import load_profile
from tests.support.answers import answers_of

TODAY = date(2026, 11, 23)


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


@pytest.mark.parametrize(("share", "shown"), [(0.0, "0 %"), (2 / 3, "67 %"), (1.0, "100 %"), (None, NO_ANSWER)])
def test_a_share_is_shown_in_whole_percent(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_every_question_is_listed_with_its_answer_and_points_or_with_none(questionnaire: Questionnaire) -> None:
    rows = list(chosen_text(questionnaire, {"leute": "mehrere", "partner": UNKNOWN}))
    assert [text for text, _, _ in rows] == [question.text for question in questionnaire.questions]
    answered = {text: (answer, points) for text, answer, points in rows if answer != NO_ANSWER}
    (question,) = (one for one in questionnaire.questions if one.id == "leute")
    (option,) = (one for one in question.answers if one.id == "mehrere")
    assert answered == {question.text: (option.text, str(option.points))}
    assert {points for _, answer, points in rows if answer == NO_ANSWER} == {"–"}
