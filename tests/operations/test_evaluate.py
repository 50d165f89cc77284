"""The figures of the evaluation: they must notice what is wrong, and meet the aims on the shipped questions."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.errors import AssistantError
from assistant.core.models import Answer, Citation
from assistant.operations.evaluate import (
    Row,
    claims,
    default_file,
    evaluate_file,
    load_questions,
    summarise,
    summary_table,
)
from tests.support.paths import EVALUATION

HOLDOUT = EVALUATION / "holdout.jsonl"


@pytest.fixture(scope="module")
def answer(assistant: AppContext) -> Answer:
    return ask(assistant, "Was ist Coopetition?")


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
@pytest.mark.slow
def test_the_aims_hold(assistant: AppContext, file: Path) -> None:
    figures = evaluate_file(assistant, file)
    assert figures["citation_precision"] == 1.0
    assert figures["number_faithfulness"] == 1.0
    assert figures["recall_at_5"] >= 0.85
    assert figures["answered_in_scope"] >= 0.85
    assert figures["refused_out_of_scope"] >= 0.75


@pytest.fixture
def two_questions(tmp_path: Path) -> Path:
    """One that is answered from several sources, one from nowhere."""
    asked = {
        "a": ("Was bringt Coopetition?", True),
        "b": ("Wie wird das Wetter?", False),
    }
    rows: list[dict[str, Any]] = [
        {"id": name, "question": question, "answerable": answerable} for name, (question, answerable) in asked.items()
    ]
    path = tmp_path / "two.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_changed_constant_changes_the_answers_and_is_named(assistant: AppContext, two_questions: Path) -> None:
    plain = evaluate_file(assistant, two_questions, verbose=True)
    changed = evaluate_file(assistant, two_questions, verbose=True, changes={"read_sentences": 1})
    assert "set" not in plain
    assert changed["set"] == {"read_sentences": 1}
    assert len(plain["questions"][0]["cited"]) > len(changed["questions"][0]["cited"]) == 1
    assert "read_sentences=1" in summary_table(changed)
    assert "set" not in summary_table(plain).split()


def test_progress_counts_the_questions(assistant: AppContext, two_questions: Path) -> None:
    seen: list[tuple[int, int]] = []
    evaluate_file(assistant, two_questions, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_the_command_refuses_an_unknown_constant_before_it_does_anything(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "assistant", "eval", "--set", "max_sentence=4"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"NETZLOTSE_DATA_DIR": str(tmp_path)}
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "'max_sentence' gibt es nicht; möglich sind max_sentences, " in done.stderr
    assert list(tmp_path.iterdir()) == []
