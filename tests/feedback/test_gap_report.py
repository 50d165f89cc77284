"""The gap report: questions without a good answer, kept as words, grouped for editors; and its commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.feedback.gap_report import SHOWN_WORDS, find_gaps
from assistant.feedback.store import FILE, Feedback, FeedbackStore, Unanswered

TODAY = date.today().isoformat()
Run = Callable[..., str]


def lost(*words: str, status: str = "no_source", language: str = "de", nearest: str = "") -> Unanswered:
    return Unanswered(TODAY, status, language, "", words, nearest)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A command of this data folder; gives what it printed."""

    def invoke(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments, env={"NETZLOTSE_DATA_DIR": str(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def test_words_are_grouped_whatever_their_endings_and_shown_as_written_most_often() -> None:
    records = [
        lost("Drohnen", "Zuschüsse"),
        lost("Drohne", "Zuschuss", nearest="zim"),
        lost("Drohnen", "Wartung", status="unproven", nearest="zim"),
        lost("Imkerei"),
        lost("bees", language="en"),
        lost("bee", language="en"),
    ]
    first, second, third = find_gaps(records)
    assert (first.count, first.words[0], first.statuses) == (3, "Drohnen", {"no_source": 2, "unproven": 1})
    assert (first.nearest, first.last) == (("zim",), TODAY)
    assert (second.count, third.count) == (2, 1)


def test_questions_that_share_one_word_of_many_stay_apart() -> None:
    gaps = find_gaps([lost("Roboter", "Schweißen", "Kredit", "Zoll"), lost("Roboter", "Miete", "Steuer", "Messe")])
    assert [one.count for one in gaps] == [1, 1]


def test_a_gap_shows_its_most_frequent_words_refusals_and_nearest_sources() -> None:
    many = [f"Wort{letter}" for letter in "abcdefgh"]
    (gap,) = find_gaps(
        [lost("Drohnen", *many, nearest="zim"), lost("Drohnen", *many, nearest="igp"), lost("Drohnen", *many)]
    )
    assert gap.words[0] == "Drohnen"
    assert len(gap.words) == SHOWN_WORDS
    assert set(gap.nearest) == {"zim", "igp"}


def test_questions_without_a_word_that_may_be_kept_are_no_gap() -> None:
    assert find_gaps([]) == []
    assert find_gaps([lost()]) == []


def test_the_commands_show_export_and_purge(run: Run, tmp_path: Path) -> None:
    assert "NETZLOTSE_FEEDBACK" in run("feedback")
    assert "NETZLOTSE_FEEDBACK" in run("gaps")
    store = FeedbackStore(tmp_path)
    store.add(Feedback(TODAY, "down", "outdated", "Frist fehlt", "answered", "extractive", "de", ("zim",)))
    store.add(lost("Drohnen", nearest="igp"))
    assert "Frist fehlt" in run("feedback")
    exported = json.loads(run("feedback", "--json"))
    assert [len(exported[name]) for name in ("feedback", "unanswered")] == [1, 1]
    assert exported["feedback"][0]["sources"] == ["zim"]
    assert "1×  Drohnen  (1× no_source" in run("gaps")
    assert json.loads(run("gaps", "--json"))["gaps"][0]["nearest"] == ["igp"]
    assert json.loads(run("feedback", "--purge", "--json")) == {"purged": 2}
    assert not (tmp_path / FILE).exists()
