"""What is kept of visitors: little, readable for its owner only, and not for long."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.core.errors import FeedbackError
from assistant.feedback.store import FILE, MAXIMUM_RECORDS, Feedback, FeedbackStore, Unanswered, forget_regularly

TODAY = date.today().isoformat()


def lost(*words: str, status: str = "no_source", language: str = "de", nearest: str = "") -> Unanswered:
    return Unanswered(TODAY, status, language, "", words, nearest)


def test_records_come_back_as_they_were_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "new" / "folder")
    assert (store.feedback(), store.unanswered()) == ([], [])
    assert not tmp_path.joinpath("new").exists()
    judged = Feedback(TODAY, "up", None, "gut", "answered", "extractive", "de", ("zim", "igp"))
    store.add(judged)
    store.add(lost("Drohnen", "Öl", nearest="zim"))
    assert store.feedback() == [judged]
    assert store.unanswered() == [lost("Drohnen", "Öl", nearest="zim")]


def dated(days_ago: int) -> Unanswered:
    day = (date.today() - timedelta(days=days_ago)).isoformat()
    return Unanswered(day, "no_source", "de", "", (f"Tag{days_ago}",), "")


@pytest.mark.parametrize(("days", "kept"), [(3, [2, 1, 0, -1]), (1, [0, -1]), (3650, [29, 3, 2, 1, 0, -1])])
def test_what_is_as_old_as_the_setting_says_is_gone_and_nothing_lives_longer_than_a_month(
    tmp_path: Path, days: int, kept: list[int]
) -> None:
    store = FeedbackStore(tmp_path, days)
    for days_ago in (30, 29, 3, 2, 1, 0, -1, -2):  # a clock may run ahead by a day, not by two
        store.add(dated(days_ago))
    assert store.unanswered() == [dated(days_ago) for days_ago in kept]


def test_a_damaged_file_is_an_error_that_names_the_way_out_and_can_be_purged(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 1000)
    store = FeedbackStore(tmp_path)
    for read in (store.feedback, store.unanswered, store.forget):
        with pytest.raises(FeedbackError, match="assistant feedback --purge"):
            read()
    assert store.purge() == 0
    store.add(lost("Drohnen"))
    assert store.purge() == 1
    assert list(tmp_path.iterdir()) == []


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
