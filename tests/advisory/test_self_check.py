"""How answers count: shares, levels, strengths and the weakest areas, as the page says."""

from __future__ import annotations

import pytest

from assistant.advisory.self_check import SelfCheckResult, check_answers, method, score_answers
from assistant.advisory.self_check_questions import UNKNOWN, Questionnaire
from assistant.core.errors import ProfileError, SelfCheckError
from tests.support.answers import answers_of


def shares(result: SelfCheckResult) -> dict[str, float | None]:
    return {one.dimension.id: one.share for one in result.dimensions}


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


def test_the_method_says_how_many_points_and_that_it_is_no_measurement() -> None:
    text = " ".join(method())
    assert "0 bis 3 Punkte" in text
    assert "kein Messverfahren" in text
    assert "Bei Gleichstand" in text


def test_not_knowing_chooses_nothing_and_every_other_answer_its_option(questionnaire: Questionnaire) -> None:
    chosen = check_answers(questionnaire, {"leute": "mehrere", "wissensluecke": UNKNOWN})
    assert {question: option.id for question, option in chosen.items()} == {"leute": "mehrere"}


def test_a_level_is_said_in_the_words_of_its_area(questionnaire: Questionnaire) -> None:
    result = score_answers(questionnaire, answers_of(questionnaire, 3, "technik"))
    for scored in result.dimensions:
        high = scored.dimension.id == "technik"
        assert scored.words == (scored.dimension.words.high if high else "Dazu gibt es keine Antwort.")
