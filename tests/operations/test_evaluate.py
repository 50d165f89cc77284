"""The figures of the evaluation: they must notice what is wrong, and meet the aims on the shipped questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.errors import AssistantError
from assistant.core.models import Answer, Citation
from assistant.operations.evaluate import Row, claims, default_file, evaluate_file, load_questions, summarise
from tests.support.paths import EVALUATION

HOLDOUT = EVALUATION / "holdout.jsonl"


@pytest.fixture(scope="module")
def answer(assistant: AppContext) -> Answer:
    return ask(assistant, "Wie können wir mit einem Wettbewerber zusammenarbeiten?")


def row(answer: Answer) -> Row:
    return Row(load_questions(default_file())[0], answer, (), ())


def test_a_sound_answer_counts_as_precise_and_faithful(answer: Answer) -> None:
    figures = summarise([row(answer)])
    assert (figures["citation_precision"], figures["number_faithfulness"]) == (1.0, 1.0)


def test_a_mark_without_citation_is_noticed(answer: Answer) -> None:
    assert (
        summarise([row(replace(answer, text=answer.text + " Noch etwas. [9]", citations=answer.citations))])[
            "citation_precision"
        ]
        == 0.0
    )


def test_a_quote_that_is_not_in_its_passage_is_noticed(answer: Answer) -> None:
    wrong: Citation = replace(answer.citations[0], quote="steht dort nicht")
    assert summarise([row(replace(answer, citations=(wrong, *answer.citations[1:])))])["citation_precision"] == 0.0


def test_a_number_that_no_source_holds_is_noticed(answer: Answer) -> None:
    assert (
        summarise([row(replace(answer, text=f"Es gibt 987.654 Euro. [1] {answer.text}"))])["number_faithfulness"] == 0.0
    )


def test_claims_are_sentences_with_the_marks_behind_them() -> None:
    assert list(claims("Lead:\n\n- Eins. [1] Zwei. [2][3]\n- Drei. [1]")) == [
        ("Eins.", [1]),
        ("Zwei.", [2, 3]),
        ("Drei.", [1]),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "x"}', '{"id": "x", "question": "y", "more": 1}'])
def test_a_broken_questions_file_names_the_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "a", "question": "b"}\n' + text)
    with pytest.raises(AssistantError, match="Zeile 2"):
        load_questions(path)


@pytest.mark.parametrize("file", [default_file(), HOLDOUT], ids=["development", "holdout"])
def test_the_aims_hold(assistant: AppContext, file: Path) -> None:
    figures = evaluate_file(assistant, file)
    assert figures["citation_precision"] == 1.0
    assert figures["number_faithfulness"] == 1.0
    assert figures["recall_at_5"] >= 0.85
    assert figures["answered_in_scope"] >= 0.85
    assert figures["refused_out_of_scope"] >= 0.75
