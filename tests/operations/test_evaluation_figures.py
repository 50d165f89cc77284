"""Every figure follows what an answer shows: right for a sound one, wrong as soon as something is."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.models import Answer
from assistant.operations.evaluation_figures import (
    FIGURES,
    Outcome,
    by_group,
    is_same,
    measure,
    summarise,
)
from assistant.operations.evaluation_sets import Case

ENDS = "Ein Werkstattvertrag endet mit einer Kündigungsfrist von 6 Monaten."
CARDS = frozenset({"werkstattvertrag"})


@dataclass(frozen=True, slots=True)
class Saying(Answer):
    """An answer that says what is missing."""

    missing: tuple[str, ...] = ()


def saying(answer: Answer, *missing: str) -> Saying:
    """The same answer with what it says to be missing."""
    return Saying(**({each.name: getattr(answer, each.name) for each in fields(answer)} | {"missing": missing}))


@pytest.fixture(scope="module")
def answer(small_assistant: AppContext) -> Answer:
    """What is answered from one card, the labelled sentence among the quotes."""
    answer = ask(small_assistant, "Wann endet ein Werkstattvertrag?")
    assert answer.citations[0].id == "werkstattvertrag"
    assert ENDS in [citation.quote for citation in answer.citations]
    return answer


@pytest.fixture(scope="module")
def refusal(small_assistant: AppContext) -> Answer:
    return ask(small_assistant, "Rezept für Käsespätzle")


@pytest.fixture
def outcome(answer: Answer) -> Outcome:
    case = Case("a", answer.question, "formal", "answerable", tuple(CARDS), (ENDS,))
    return Outcome(case, answer, ("werkstattvertrag", "fraeshub"), CARDS, milliseconds=7.0)


def value(outcome: Outcome, figure: str, **changes: Any) -> float | None:
    return measure(replace(outcome, **changes)).get(figure)


def test_a_sound_answer_is_right_in_everything(outcome: Outcome) -> None:
    measured = measure(outcome)
    assert measured.pop("ms") == 7.0
    assert measured.pop("quotes_beside") == round(1 - 1 / len(outcome.answer.citations), 4)
    assert set(measured.values()) == {1.0}
    assert {"card_cited_1", "card_found_1", "sentence_shown", "answered", "citations_right"} <= measured.keys()


def test_a_refusal_of_an_answerable_question_is_right_in_nothing(outcome: Outcome, refusal: Answer) -> None:
    measured = measure(replace(outcome, answer=refusal))
    names = ("card_cited_1", "card_cited_2", "card_cited_any", "sentence_shown", "answered", "answered_bare")
    assert [measured[name] for name in names] == [0.0] * 6
    assert measured.keys().isdisjoint({"quotes_beside", "citations_right", "numbers_right"})


def test_cards_count_by_their_first_citation(outcome: Outcome) -> None:
    first = outcome.answer.citations[0]
    others = [replace(first, number=number, id=name) for number, name in enumerate("xxy", start=1)]
    names = ("card_cited_1", "card_cited_2", "card_cited_any")
    for before, wanted in ((0, [1, 1, 1]), (2, [0, 1, 1]), (3, [0, 0, 1])):
        cited = replace(outcome.answer, citations=(*others[:before], first))
        assert [value(outcome, name, answer=cited) for name in names] == wanted
    assert value(outcome, "card_cited_any", answer=replace(outcome.answer, citations=tuple(others))) == 0.0


def test_found_cards_count_by_the_place_of_their_passage(outcome: Outcome) -> None:
    for place, wanted in ((0, [1, 1, 1]), (2, [0, 1, 1]), (4, [0, 0, 1]), (5, [0, 0, 0])):
        found = (*["fraeshub"] * place, "werkstattvertrag")
        assert [value(outcome, f"card_found_{first}", found=found) for first in (1, 3, 5)] == wanted


@pytest.mark.parametrize(
    ("sentence", "quote", "same"),
    [
        ("Er hilft.", "Er hilft.", True),
        ("Er  hilft\nallen.", "Er hilft allen.", True),
        ("Er hilft.", "Wer fragt? Er hilft. Immer.", True),
        ("Wer fragt? Er hilft.", "Er hilft.", True),
        ("Er hilft.", "Er half.", False),
        ("Er hilft.", " ", False),
    ],
)
def test_a_sentence_is_shown_when_one_holds_the_other_word_for_word(sentence: str, quote: str, same: bool) -> None:
    assert is_same(sentence, quote) is same


def test_any_labelled_sentence_will_do_and_none_of_them_will_not(outcome: Outcome) -> None:
    assert value(outcome, "sentence_shown", case=replace(outcome.case, sentences=("Nichts davon.", ENDS))) == 1.0
    assert value(outcome, "sentence_shown", case=replace(outcome.case, sentences=("Nichts davon.",))) == 0.0


def test_quotes_are_beside_the_point_unless_labelled_or_judged_useful(outcome: Outcome) -> None:
    quotes = [citation.quote for citation in outcome.answer.citations]
    unlabelled = replace(outcome.case, sentences=("Nichts davon.",))
    assert value(outcome, "quotes_beside", case=unlabelled) == 1.0
    assert value(outcome, "quotes_beside", case=unlabelled, useful=tuple(quotes)) == 0.0
    assert value(outcome, "quotes_beside", case=replace(outcome.case, sentences=tuple(quotes))) == 0.0


def test_an_answer_must_hold_what_was_asked_for(outcome: Outcome) -> None:
    elsewhere = {"case": replace(outcome.case, sentences=("Nichts davon.",)), "cards": frozenset({"fraeshub"})}
    assert value(outcome, "answered", **elsewhere) == 0.0
    assert value(outcome, "answered_bare", **elsewhere) == 1.0
    assert value(outcome, "answered", **elsewhere | {"cards": CARDS}) == 1.0
    assert value(outcome, "answered", **elsewhere, useful=(ENDS,)) == 1.0


def test_what_says_that_it_misses_something_does_not_count_as_answered(outcome: Outcome) -> None:
    assert value(outcome, "answered", answer=saying(outcome.answer, "die Frist")) == 0.0
    assert value(outcome, "answered", answer=saying(outcome.answer)) == 1.0


def test_a_near_miss_wants_a_refusal_or_a_word_on_what_is_missing(outcome: Outcome, refusal: Answer) -> None:
    near = replace(outcome.case, kind="near_miss", sentences=())
    assert value(outcome, "near_misses_right", case=near) == 0.0
    assert value(outcome, "near_misses_right", case=near, answer=saying(outcome.answer, "die Frist")) == 1.0
    assert value(outcome, "near_misses_right", case=near, answer=refusal) == 1.0
    assert measure(replace(outcome, case=near)).keys() == {
        "near_misses_right",
        "citations_right",
        "numbers_right",
        "ms",
    }


def test_a_foreign_question_wants_a_refusal(outcome: Outcome, refusal: Answer) -> None:
    foreign = Case("b", "Rezept für Käsespätzle", "other", "foreign")
    assert value(outcome, "foreign_refused", case=foreign, answer=refusal) == 1.0
    assert value(outcome, "foreign_refused", case=foreign, answer=saying(outcome.answer, "die Frist")) == 0.0


def test_a_mark_without_citation_and_a_number_without_source_are_noticed(outcome: Outcome) -> None:
    text = outcome.answer.text
    assert value(outcome, "citations_right", answer=replace(outcome.answer, text=f"{text} Mehr. [9]")) == 0.0
    assert value(outcome, "numbers_right", answer=replace(outcome.answer, text=f"Es sind 987 Euro. [1] {text}")) == 0.0


def test_figures_speak_of_the_rows_that_have_them_with_their_interval() -> None:
    group = summarise([{"answered": 1.0, "quotes_beside": 0.5}, {"answered": 0.0, "quotes_beside": 1.0}, {"ms": 9.0}])
    assert group["answered"] == {"value": 0.5, "low": 0.0945, "high": 0.9055, "count": 2}
    beside = group["quotes_beside"]
    assert (beside["value"], beside["low"], beside["high"]) == (0.75, 0.5, 1.0)
    assert group["ms_p95"] == {"value": 9.0, "low": None, "high": None, "count": 1}
    assert group.keys() == {"answered", "quotes_beside", "ms_p50", "ms_p95"}


def test_groups_are_all_and_each_style() -> None:
    groups = by_group(["lay", "formal", "lay"], [{"answered": 1.0}, {"answered": 1.0}, {"answered": 0.0}])
    assert {name: group["answered"]["value"] for name, group in groups.items()} == {
        "all": 0.6667,
        "formal": 1,
        "lay": 0.5,
    }


def test_every_figure_has_a_name_of_its_own() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
