"""Rows of questions to examples: which part they belong to, which passages and sentences answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.core.models import Passage
from assistant.index.corpus import SearchableCorpus
from assistant.operations.question_labels import is_for_testing
from assistant.training.examples import (
    Example,
    count_by_style,
    golden_examples,
    guide_examples,
    heading_examples,
    load_examples,
    part_of,
    situation_examples,
)
from tests.support.tiny_corpus import passage, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
NAMES = {
    part: next(f"karte-{n}" for n in range(99) if part_of(f"karte-{n}") == part)
    for part in ("training", "development", "test")
}
CARD = NAMES["training"]


def corpus(*passages: Passage) -> SearchableCorpus:
    return tiny_corpus(passages or (passage("a", "Der Zuschuss beträgt viel.", "Er eilt.", document=CARD),))


def rows_in(folder: Path, *rows: dict[str, Any], name: str = "questions") -> list[Path]:
    (folder / "questions").mkdir()
    lines = (json.dumps({"id": "q", "card": CARD, "style": "lay", "answers": []} | row) for row in rows)
    (folder / "questions" / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    return [folder]


def label(*sentences: str) -> list[dict[str, str]]:
    return [{"section": "Überblick", "sentence": sentence} for sentence in sentences]


def only(folders: list[Path], held: SearchableCorpus | None = None) -> Example:
    (example,) = load_examples(folders, held or corpus(), "training")
    return example


def test_every_card_has_one_part_and_most_are_trained_on() -> None:
    parts = [part_of(f"karte-{number}") for number in range(2000)]
    assert parts.count("test") == pytest.approx(400, abs=60)
    assert parts.count("development") == pytest.approx(200, abs=50)
    assert all((part == "test") == is_for_testing(f"karte-{number}") for number, part in enumerate(parts))


def test_labelled_sentences_are_found_in_their_passages(tmp_path: Path) -> None:
    example = only(rows_in(tmp_path, {"question": "Wie eilig?", "answers": label("Er eilt.")}))
    assert example.answers == {0: (1,)}
    assert example.sentences == ("Er eilt.",)
    assert example.is_answerable


def test_a_row_without_answers_is_a_near_miss(tmp_path: Path) -> None:
    example = only(rows_in(tmp_path, {"question": "Wie alt?", "style": "near_miss"}))
    assert not example.is_answerable


def test_a_talk_has_its_turns_newest_first(tmp_path: Path) -> None:
    talk = {"turns": ["Erste?", "Zweite?", "Und dann?"], "kind": "aspect", "style": None, "answers": label("Er eilt.")}
    example = only(rows_in(tmp_path, talk, name="conversations"))
    assert (example.question, example.earlier, example.style) == ("Und dann?", ("Zweite?", "Erste?"), "talk:aspect")


def test_an_english_question_is_answered_by_the_english_sentence_too(tmp_path: Path) -> None:
    held = corpus(passage("a", "Er eilt.", document=CARD), passage("b", "It is urgent.", document=CARD, language="en"))
    folders = rows_in(tmp_path, {"question": "How urgent is it?", "style": "english", "answers": label("Er eilt.")})
    assert only(folders, held).answers == {0: (0,), 1: (0,)}


def test_generated_passages_of_the_card_teach_nothing(tmp_path: Path) -> None:
    held = corpus(
        passage("a", "Er eilt.", document=CARD), passage("stand", "Stand: 2026.", document=CARD, generated=True)
    )
    folders = rows_in(tmp_path, {"question": "Wie eilig?", "answers": label("Er eilt.")})
    assert only(folders, held).set_aside == {1}


def test_parts_do_not_mix_and_files_of_the_test_part_are_read_for_that_part_only(tmp_path: Path) -> None:
    held = corpus(*(passage(name, "Er eilt.", document=name) for name in NAMES.values()))
    rows = [{"id": part, "card": name, "question": "Wie eilig?"} for part, name in NAMES.items()]
    folders = rows_in(tmp_path, *rows)
    assert [example.id for example in load_examples(folders, held, "training")] == ["training"]
    assert [example.id for example in load_examples(folders, held, "development")] == ["development"]
    assert load_examples(folders, held, "test") == []
    (tmp_path / "questions" / "questions.jsonl").rename(tmp_path / "questions" / "questions-test.jsonl")
    assert load_examples(folders, held, "training") == []
    assert [example.id for example in load_examples(folders, held, "test")] == ["test"]


def test_rows_of_cards_that_are_not_in_the_index_are_left_out(tmp_path: Path) -> None:
    folders = rows_in(
        tmp_path, {"card": next(f"x{n}" for n in range(99) if part_of(f"x{n}") == "training"), "question": "?"}
    )
    assert load_examples(folders, corpus(), "training") == []


def test_headings_that_ask_are_weak_examples_of_trained_cards() -> None:
    held = corpus(
        passage("a", document=CARD, heading="Was kostet das?"),
        passage("b", document=CARD, heading="Überblick"),
        passage("c", document=NAMES["test"], heading="Was kostet das?"),
        passage("d", document=CARD, heading="Bis wann?", generated=True),
    )
    (example,) = heading_examples(held)
    assert (example.question, example.answers, example.weight) == ("Was kostet das?", {0: ()}, 0.5)


def test_a_guides_questions_are_answered_by_its_text_not_by_each_other() -> None:
    text = passage("text", "Tun Sie dies.", document=CARD, kind="guide")
    asked = passage("fragen", "Was tun?", "Was nun?", document=CARD, kind="guide", generated=True)
    asked = type(asked)(**{name: getattr(asked, name) for name in asked.__slots__} | {"text": "Was tun?\nWas nun?"})
    found = guide_examples(corpus(text, asked))
    assert [example.question for example in found] == ["Was tun?", "Was nun?"]
    assert all(example.answers == {0: ()} and example.set_aside == {1} for example in found)


def test_what_ships_for_fitting_the_decision_can_be_read() -> None:
    golden, cards = golden_examples()
    assert len(golden) > 100
    assert all(example.id in cards for example in golden)
    situations, guides = situation_examples()
    assert {bool(guides[example.id]) for example in situations} == {True, False}
    assert count_by_style(situations) == {"situation": len(situations)}
