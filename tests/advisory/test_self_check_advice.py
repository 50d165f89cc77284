"""Advice: next steps that are cited, open and of the firm's Land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args

import pytest

from assistant.advisory.self_check import score_answers
from assistant.advisory.self_check_advice import Advice, recommend, to_dict
from assistant.advisory.self_check_questions import Questionnaire, questionnaire_of
from assistant.answering.runtime import AppContext
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Land
from assistant.language.numbers import unsupported_numbers
from tests.support.answers import answers_of

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
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


def test_what_must_be_checked_says_so_once(assistant: AppContext) -> None:
    seen = set()
    for advice in every_advice(assistant, None):
        for pointer in (one for step in advice.steps for one in (*step.offers, *step.programmes)):
            doubtful = pointer.source.verify or getattr(pointer.source, "status", "") in ("unclear", "call_based")
            assert f"{pointer.claim.text} {pointer.note}".count("prüfen") >= int(doubtful)
            assert not (pointer.note and "prüfen" in pointer.claim.text)
            seen.add(bool(pointer.note))
    assert seen == {True, False}
