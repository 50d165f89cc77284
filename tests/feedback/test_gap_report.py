"""The gap report: questions without a good answer, kept as words, grouped for editors; and the commands for both."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.cli import app
from assistant.core.errors import FeedbackError
from assistant.core.settings import load_settings
from assistant.feedback.gap_report import find_gaps
from assistant.feedback.recorder import record_unanswered
from assistant.feedback.store import FILE, MAXIMUM_RECORDS, Feedback, FeedbackStore, Unanswered, forget_regularly

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


def test_an_unanswered_question_is_kept_as_words_with_the_nearest_source(assistant: AppContext, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, feedback="unanswered")
    keeping = replace(assistant, settings=settings)
    answer = replace(ask(assistant, "Welche Förderung gibt es für Drohnen, Frau Huber?"), status="no_source")
    record_unanswered(keeping, replace(answer, citations=()))
    (kept,) = FeedbackStore(tmp_path).unanswered()
    assert (kept.day, kept.status, kept.area) == (TODAY, "no_source", "funding")
    assert {"Drohnen", "Förderung"} <= set(kept.words)
    assert "Huber" not in kept.words
    assert kept.nearest in assistant.live_index.corpus().snapshot.sources


@pytest.mark.parametrize("feedback", ["off", "feedback"])
def test_without_the_setting_no_word_is_kept(assistant: AppContext, tmp_path: Path, feedback: str) -> None:
    keeping = replace(assistant, settings=load_settings(data_dir=tmp_path, feedback=feedback))
    record_unanswered(keeping, ask(assistant, "Rezept für Käsespätzle"))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_costs_no_answer_and_can_be_purged(assistant: AppContext, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 1000)
    keeping = replace(assistant, settings=load_settings(data_dir=tmp_path, feedback="all"))
    record_unanswered(keeping, ask(assistant, "Rezept für Käsespätzle"))
    store = FeedbackStore(tmp_path)
    with pytest.raises(FeedbackError, match="--purge"):
        store.feedback()
    store.purge()
    store.add(lost("Drohnen"))
    assert store.unanswered() == [lost("Drohnen")]


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    FeedbackStore(tmp_path).add(lost("Drohnen"))
    (tmp_path / FILE).chmod(0o644)
    FeedbackStore(tmp_path).unanswered()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_what_is_too_old_goes_without_anybody_asking(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path, 3650)
    store.add(lost("Wollgras"))
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("UPDATE unanswered SET day = '2020-01-01'")
    connection.commit()
    connection.close()
    assert b"Wollgras" in (tmp_path / FILE).read_bytes()
    stop = threading.Event()
    stop.set()
    forget_regularly(store, stop)
    assert b"Wollgras" not in (tmp_path / FILE).read_bytes()


def test_a_flood_displaces_the_oldest_and_never_fills_the_disk(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    store.add(lost("Erste"))
    connection = sqlite3.connect(tmp_path / FILE)
    row = connection.execute("SELECT * FROM unanswered").fetchone()
    connection.executemany("INSERT INTO unanswered VALUES (?, ?, ?, ?, ?, ?)", [row] * (MAXIMUM_RECORDS + 50))
    connection.commit()
    connection.close()
    store.add(lost("Letzte"))
    kept = store.unanswered()
    assert len(kept) == MAXIMUM_RECORDS
    assert kept[-1].words == ("Letzte",)


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
