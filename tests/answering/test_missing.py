"""A named thing that no source holds is not answered with another one's facts, and is named below the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.answer_notes import missing_note
from assistant.answering.pipeline import ask, stream
from assistant.answering.runtime import AppContext
from assistant.core.models import Answer
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder

PROMPTS = Prompts(shipped_folder("prompts"))


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Mit wie viel Prozent bezuschusst das Programm Cedernhof Produktionsnetzwerke?", ("Cedernhof",)),
        ("Mit wie viel Prozent bezuschusst der Netzbonus Produktionsnetzwerke in Österreich?", ("Österreich",)),
    ],
)
def test_an_unknown_name_is_refused_and_named(
    question: str, missing: tuple[str, ...], small_assistant: AppContext
) -> None:
    answer = ask(small_assistant, question)
    assert (answer.status, answer.missing, answer.citations) == ("no_source", missing, ())
    assert answer.text.startswith(PROMPTS.render("no_source", "de", examples="", contact="")[:40])
    assert list(stream(small_assistant, question))[-1].text == answer.text  # type: ignore[union-attr]


def test_the_same_question_about_a_known_name_is_answered(small_assistant: AppContext) -> None:
    answer = ask(small_assistant, "Mit wie viel Prozent bezuschusst der Netzbonus Produktionsnetzwerke?")
    assert (answer.status, answer.missing) == ("answered", ())
    assert "45 Prozent" in answer.text


def test_what_does_not_decide_stands_beside_the_answer(small_assistant: AppContext) -> None:
    without_reader = replace(small_assistant, reader=None, decision=None)  # with one it is refused
    answer = ask(without_reader, "Wie viel Prozent der Projektkosten bezuschusst der Netzbonus im Jahr 2041?")
    assert (answer.status, answer.missing) == ("answered", ("2041",))
    assert answer.to_dict()["missing"] == ("2041",)


@pytest.mark.parametrize(
    ("language", "missing", "note"),
    [
        ("de", ("Cedernhof", "Österreich"), "Nicht in meinen Quellen: Cedernhof, Österreich"),
        ("en", ("Cedarcourt",), "Not in my sources: Cedarcourt"),
        ("de", (), ""),
    ],
)
def test_one_line_names_what_is_missing(language: str, missing: tuple[str, ...], note: str) -> None:
    answer = Answer("f", "f", language, "no_source", "Text", missing=missing)  # type: ignore[arg-type]
    assert missing_note(answer, PROMPTS) == note
