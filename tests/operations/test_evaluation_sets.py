"""Sets of questions are read, sampled and kept apart as their files say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.core.errors import AssistantError
from assistant.operations.evaluation_sets import Case, CaseSet, draw_sample, load_judged, load_set, load_sets

QUESTION: dict[str, Any] = {
    "id": "q1",
    "card": "fraeshub",
    "question": "wer hilft?",
    "style": "spoken",
    "answers": [{"section": "Überblick", "sentence": "Er hilft."}],
}
TALK: dict[str, Any] = {"id": "t1", "card": "fraeshub", "turns": ["a", "b", "c"], "kind": "pay", "answers": []}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_labelled_question_becomes_a_case(tmp_path: Path) -> None:
    (case,) = load_set(str(write(tmp_path / "own.jsonl", QUESTION)), tmp_path).cases
    assert case == Case("q1", "wer hilft?", "spoken", "answerable", ("fraeshub",), ("Er hilft.",))


def test_of_a_conversation_the_last_turn_is_asked_and_without_answers_it_is_a_near_miss(tmp_path: Path) -> None:
    (case,) = load_set(str(write(tmp_path / "own.jsonl", TALK)), tmp_path).cases
    assert (case.question, case.earlier, case.style, case.kind) == ("c", ("a", "b"), "pay", "near_miss")


def test_golden_questions_tell_near_misses_from_foreign_ones_and_keep_talk_and_land() -> None:
    cases = load_set("golden", Path("nowhere")).cases
    assert Counter(case.kind for case in cases) == {"answerable": 105, "foreign": 30, "near_miss": 15}
    assert any(case.history and not case.earlier for case in cases)
    assert {"formal", "spoken", "keyword"} <= {case.style for case in cases}
    assert all(case.cards for case in cases if case.kind == "answerable")


def test_test_stands_for_two_sets_that_are_held_out_and_no_set_is_taken_twice(tmp_path: Path) -> None:
    for name in ("questions", "questions-test", "conversations-test", "holdout"):
        write(tmp_path / f"{name}.jsonl", QUESTION)
    chosen = ["questions", "test", "questions", str(tmp_path / "holdout.jsonl")]
    assert [(each.name, each.held_out) for each in load_sets(chosen, tmp_path)] == [
        ("questions", False),
        ("questions-test", True),
        ("conversations-test", True),
        (str(tmp_path / "holdout.jsonl"), True),
    ]


def test_missing_questions_say_where_they_are_and_what_works_without_them(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"'questions' fehlen .* knowledge/questions/; mit --on DATEI"):
        load_set("questions", tmp_path)


def test_an_unknown_set_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"'question' ist weder eine Datei noch .*golden, questions"):
        load_set("question", tmp_path)


@pytest.mark.parametrize(
    "row", [[], "x", {"id": "x"}, {"card": "x"}, QUESTION | {"answers": ["x"]}, TALK | {"turns": []}]
)
def test_a_broken_row_names_its_line(tmp_path: Path, row: object) -> None:
    path = write(tmp_path / "own.jsonl", QUESTION, row)
    with pytest.raises(AssistantError, match="Zeile 2"):
        load_set(str(path), tmp_path)


def test_judgements_are_optional_and_a_broken_file_of_them_is_named(tmp_path: Path) -> None:
    assert load_judged(tmp_path) == {}
    write(tmp_path / "judged.jsonl", {"id": "q1", "useful": ["Das auch."], "useless": ["Das nicht."]})
    assert load_judged(tmp_path) == {"q1": ("Das auch.",)}
    write(tmp_path / "judged.jsonl", {"id": "q1"})
    with pytest.raises(AssistantError, match=r"judged\.jsonl"):
        load_judged(tmp_path)


def many(**styles: int) -> CaseSet:
    cases = (Case(f"{style}{number}", "?", style) for style, count in styles.items() for number in range(count))
    return CaseSet("many", tuple(cases))


def test_a_sample_has_of_every_style_its_share_in_the_order_of_the_file() -> None:
    cases = many(lay=60, formal=30, english=10)
    sample = draw_sample(cases, 20).cases
    assert Counter(case.style for case in sample) == {"lay": 12, "formal": 6, "english": 2}
    assert list(sample) == [case for case in cases.cases if case in sample]


def test_shares_that_do_not_divide_add_up_to_the_size() -> None:
    for size in range(1, 11):
        assert len(draw_sample(many(a=3, b=3, c=4), size).cases) == size


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    cases = many(lay=100)
    assert draw_sample(cases, 10, 1) == draw_sample(cases, 10, 1)
    assert draw_sample(cases, 10, 1) != draw_sample(cases, 10, 2)


def test_a_sample_larger_than_the_set_is_the_set() -> None:
    assert draw_sample(many(lay=3), 5) == many(lay=3)
    assert draw_sample(CaseSet("empty", ()), 5).cases == ()
