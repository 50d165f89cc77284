"""Labels of questions go along with the sentences that they name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.core.models import Document
from assistant.core.settings import shipped_folder
from assistant.ingestion.knowledge_loader import load_card, load_knowledge
from assistant.operations.question_labels import (
    Moved,
    Row,
    is_for_testing,
    move_labels,
    question_files,
    read_rows,
    sections_of,
    strayed_labels,
    write_rows,
)
from tests.conftest import write_files

CARD = """---
id: werk
kind: cooperation
area: contracts
title: Ein Werk
as_of: 2025
---

Ein Werk beginnt.

## Was kostet ein Werk?

Ein Werk kostet Geld. Ein Werk dauert.

## English

A work begins.
"""
PLACES = {
    "Ein Werk beginnt.": "Überblick",
    "Ein Werk kostet Geld.": "Was kostet ein Werk?",
    "Ein Werk dauert.": "Was kostet ein Werk?",
    "A work begins.": "English",
}


@pytest.fixture
def werk(tmp_path: Path) -> Document:
    write_files(tmp_path, {"werk.md": CARD})
    return load_card(tmp_path / "werk.md")


def row(*sentences: str, **more: str) -> Row:
    return {
        "id": "q1",
        "card": "werk",
        "style": "lay",
        "answers": [{"section": "?", "sentence": one} for one in sentences],
    } | more


def test_each_sentence_has_its_place(werk: Document) -> None:
    assert sections_of(werk) == PLACES


def test_labels_stay_move_or_are_lost(werk: Document) -> None:
    rows = [
        row("Ein Werk beginnt."),
        row("Das war einmal.", "Ein Werk kostet Geld."),
        row("Das teilt sich."),
        row("Das entfällt.", "Davon weiß niemand."),
        row(),
    ]
    moves = {"werk": {
        "Das war einmal.": ["Ein Werk kostet Geld."],
        "Das teilt sich.": ["Ein Werk dauert.", "A work begins.", "Gibt es nicht."],
        "Das entfällt.": [],
    }}  # fmt: skip
    moved, figures = move_labels(rows, moves, {"werk": werk})
    assert figures == Moved(kept=2, moved=2, lost=2, near_misses=1)
    assert [[one["sentence"] for one in each["answers"]] for each in moved] == [
        ["Ein Werk beginnt."], ["Ein Werk kostet Geld."], ["Ein Werk dauert.", "A work begins."], [], [],
    ]  # fmt: skip
    assert all(PLACES[one["sentence"]] == one["section"] for each in moved for one in each["answers"])
    assert [each["style"] for each in moved] == ["lay", "lay", "lay", "near_miss", "lay"]
    assert moved[3]["why"] == "aspect"


def test_a_conversation_without_an_answer_is_a_near_miss_by_its_kind(werk: Document) -> None:
    conversation = {"id": "t1", "card": "werk", "turns": ["a", "b"], "kind": "pay", "answers": row("Weg.")["answers"]}
    ((moved,), _) = move_labels([conversation], {}, {"werk": werk})
    assert moved["kind"] == "near_miss"
    assert "style" not in moved


def test_rows_are_written_as_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "questions" / "questions.jsonl"
    path.parent.mkdir()
    write_rows(path, [row("Öl?"), row()])
    assert read_rows(path) == [row("Öl?"), row()]
    assert "Öl?" in path.read_text("utf-8")
    assert list(path.parent.iterdir()) == [path]


def test_the_shipped_questions_name_sentences_of_their_cards_and_keep_the_test_cards_apart() -> None:
    knowledge = shipped_folder("knowledge")
    files = question_files([knowledge])
    assert {file.name for file in files} >= {"questions.jsonl", "questions-test.jsonl", "conversations.jsonl"}
    for file in files:
        own = {is_for_testing(one["card"]) for one in read_rows(file)}
        assert own == {file.stem.endswith("-test")}, file.name
    assert list(strayed_labels([knowledge], load_knowledge([knowledge]))) == []


def test_every_row_is_whole_and_has_an_id_of_its_own() -> None:
    rows = [one for file in question_files([shipped_folder("knowledge")]) for one in read_rows(file)]
    assert len({one["id"] for one in rows}) == len(rows)
    for one in rows:
        assert one.keys() - {"why"} in (
            {"id", "card", "question", "style", "answers"},
            {"id", "card", "turns", "kind", "answers"},
        )
        assert bool(one["answers"]) != ("near_miss" in (one.get("style"), one.get("kind"))), one["id"]
        assert json.dumps(one)
