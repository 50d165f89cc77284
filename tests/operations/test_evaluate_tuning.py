"""The table of what each constant changes: all constants in it, tried at other values, counted rightly."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from assistant.answering.runtime import AppContext
from assistant.core.tuning import Tuning
from assistant.operations.evaluate import Question
from assistant.operations.evaluate_tuning import Ablation, headings_asked, other_values, try_all
from tests.support.paths import ROOT

LEARNED = {
    "plain_share",
    "adapted_lexical_weight",
    "subject_bonus",
    "read_passages_of_part",
    "read_passages",
    "read_passages_at_most",
    "clear_reading",
    "foreign_reader_weight",
    "read_sentences",
    "read_documents",
}
"""Constants that only count with learned weights; their figures stand where they were found, in the model card."""
NAMES = [field.name for field in fields(Tuning)]
QUESTIONS = [
    Question("a", "Was ist Coopetition?", expected=("position-paper/kooperationen",)),
    Question("b", "Rezept für Käsespätzle", answerable=False),
]


@pytest.mark.parametrize(
    ("name", "value", "tried"),
    [
        ("max_sentences", 5, {"off": 10_000, "2": 2, "10": 10}),
        ("value_margin", 0.16, {"off": 10_000, "0.08": 0.08, "0.32": 0.32}),
        ("english_bonus", 0.04, {"off": 0, "0.02": 0.02, "0.08": 0.08}),
    ],
)
def test_a_constant_is_tried_off_halved_and_doubled(name: str, value: float, tried: dict[str, float]) -> None:
    values = other_values(name, value)
    assert values == tried
    assert {type(each) for each in values.values()} == {type(value)}


def test_each_constant_has_three_rows_under_what_it_is_compared_with(small_assistant: AppContext) -> None:
    trials = list(try_all(small_assistant, QUESTIONS, headings_asked(small_assistant)))
    plain = [name for name in NAMES if name != "least_coverage"]
    assert [trial.name for trial in trials] == [
        "as they are",
        *(name for name in plain for _ in range(3)),
        "without vectors",
        *["least_coverage"] * 3,
    ]
    assert all(len(trial.to_markdown().split("|")) == 11 for trial in trials)


def test_changed_texts_are_counted(small_assistant: AppContext) -> None:
    two = replace(small_assistant, tuning=Tuning(max_sentences=2), reader=None, decision=None, question_adapter=None)
    contract = "Wann endet ein Werkstattvertrag?"  # two sentences speak of it, and one only of coopetition
    questions = [*QUESTIONS, Question("c", contract)]
    base, _, half, _ = Ablation(two, questions, ["Was ist Coopetition?", contract]).try_each("base", ["max_sentences"])
    assert (base.changed, base.changed_headings) == (0, 0)
    assert (half.changed, half.changed_headings) == (1, 1)
    assert (base.sentences, half.sentences) == (1.5, 1.0)


def test_the_published_table_names_every_constant() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for name in sorted({*NAMES} - LEARNED):
        assert text.count(f"| {name} | ") == 3
