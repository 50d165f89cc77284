"""Sets are asked for real, talks turn by turn, and a report holds outcomes but no question that nobody asked to see."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.models import ChatMessage
from assistant.operations.evaluation_runner import COLUMNS, evaluate_sets, hold_talk, run_case
from assistant.operations.evaluation_sets import Case, CaseSet

CONTRACT = "Was regelt ein Werkstattvertrag?"
ENDS = "Ein Werkstattvertrag endet mit einer Kündigungsfrist von 6 Monaten."
RIGHT = Case("r", "Wann endet ein Werkstattvertrag?", "formal", cards=("werkstattvertrag",), sentences=(ENDS,))
WRONG = replace(RIGHT, id="w", style="lay", cards=("fraeshub",), sentences=("Er hilft.",))
FOREIGN = Case("f", "Rezept für Käsespätzle", "other", "foreign")
CASES = CaseSet("some", (RIGHT, WRONG, FOREIGN))


def test_earlier_turns_are_asked_and_the_systems_own_answers_are_the_talk(small_assistant: AppContext) -> None:
    talk = hold_talk(small_assistant, replace(RIGHT, earlier=(CONTRACT, "Und wann endet er?")))
    first = ask(small_assistant, CONTRACT)
    opening = [ChatMessage("user", CONTRACT), ChatMessage("assistant", first.text, first.sources)]
    assert talk[:2] == opening
    assert talk[2] == ChatMessage("user", "Und wann endet er?")
    assert talk[3].content == ask(small_assistant, "Und wann endet er?", opening).text
    assert len(talk) == 4


def test_a_talk_as_it_was_goes_before_what_is_asked(small_assistant: AppContext) -> None:
    was = (ChatMessage("user", CONTRACT), ChatMessage("assistant", "Vieles."))
    assert hold_talk(small_assistant, replace(RIGHT, history=was)) == list(was)


def test_a_last_turn_that_leans_on_the_talk_is_understood_from_it(small_assistant: AppContext) -> None:
    outcome = run_case(small_assistant, replace(RIGHT, question="Und wann endet er?", earlier=(CONTRACT,)))
    assert outcome.answer.standalone_question != "Und wann endet er?"
    assert outcome.cited[0] == outcome.found[0] == "werkstattvertrag"


def test_cards_are_known_by_their_aliases(small_assistant: AppContext) -> None:
    outcome = run_case(small_assistant, replace(RIGHT, cards=("werkstattvereinbarung",)))
    assert outcome.cards == {"werkstattvertrag"}


def test_a_report_counts_what_went_right_and_holds_each_outcome(small_assistant: AppContext) -> None:
    seen: list[tuple[str, int, int]] = []
    report = evaluate_sets(small_assistant, [CASES], progress=lambda *told: seen.append(told))["some"]
    assert seen == [("some", 1, 3), ("some", 2, 3), ("some", 3, 3)]
    assert list(report["groups"]) == ["all", "formal", "lay", "other"]
    assert report["groups"]["all"]["card_cited_1"]["value"] == 0.5
    assert report["groups"]["formal"]["sentence_shown"]["value"] == 1.0
    assert report["groups"]["lay"]["sentence_shown"]["value"] == 0.0
    assert report["groups"]["other"]["foreign_refused"]["value"] == 1.0
    outcome = dict(zip(COLUMNS, report["outcomes"]["w"], strict=True))
    assert (outcome["style"], outcome["card_cited_1"], outcome["foreign_refused"]) == ("lay", 0.0, None)
    assert outcome["ms"] > 0


def test_judgements_reach_the_question_that_they_are_about(small_assistant: AppContext) -> None:
    plain, judged = (
        evaluate_sets(small_assistant, [CASES], given)["some"]["groups"]["lay"]["quotes_beside"]["value"]
        for given in ({}, {"w": [ENDS], "x": ["Anderes."]})
    )
    assert plain == 1.0 > judged


@pytest.mark.parametrize("held_out", [False, True])
def test_questions_stand_in_a_report_only_when_they_went_wrong_and_are_not_held_out(
    small_assistant: AppContext, held_out: bool
) -> None:
    cases = replace(CASES, held_out=held_out)
    assert "Werkstattvertrag" not in json.dumps(evaluate_sets(small_assistant, [cases]))
    report = evaluate_sets(small_assistant, [cases], verbose=True)["some"]
    assert [row["id"] for row in report.get("wrong", [])] == ([] if held_out else ["w"])
    assert ("Werkstattvertrag?" in json.dumps(report)) is not held_out


def test_an_empty_set_has_no_figures(small_assistant: AppContext) -> None:
    report = evaluate_sets(small_assistant, [CaseSet("empty", ())])["empty"]
    assert (report["count"], report["groups"]) == (0, {"all": {}})
