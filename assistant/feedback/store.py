"""What visitors agreed to leave, and what could not be answered: little, masked, and not for long.

One SQLite file in the data folder that only its owner may read. It knows days, no times, no addresses, no sessions.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from assistant.core.errors import FeedbackError

logger = logging.getLogger(__name__)
FILE = "feedback.sqlite"
MAXIMUM_DAYS = 30
MAXIMUM_RECORDS = 20_000  # of each sort; whoever floods the file displaces the oldest
_LOOK_SECONDS = 3600.0
Rating = Literal["up", "down"]
Reason = Literal["helpful", "wrong", "incomplete", "not_understood", "outdated", "other"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A visitor's judgement of one answer; of the answer only its sources, of the comment only what is masked."""

    day: str
    thumb: Rating
    reason: Reason | None
    comment: str
    status: str
    mode: str
    language: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that was refused or answered with a caution, as words in alphabetical order, never as a sentence."""

    day: str
    status: str
    language: str
    area: str
    words: tuple[str, ...]
    nearest: str


class FeedbackStore:
    """Keeps both for some days; what is older goes at each opening and each writing, and hourly while a server runs."""

    def __init__(self, data_dir: Path, days: int = MAXIMUM_DAYS) -> None:
        self._path = data_dir / FILE
        self._days = min(days, MAXIMUM_DAYS)

    def add(self, record: Feedback | Unanswered) -> None:
        """Keep one record and forget what is too old."""
        values = {name: _plain(value) for name, value in asdict(record).items()}
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._open() as connection:
            connection.execute(f"INSERT INTO {_table(record)} ({columns}) VALUES ({marks})", list(values.values()))

    def feedback(self) -> list[Feedback]:
        """All judgements, oldest first."""
        return [Feedback(**{**row, "sources": tuple(json.loads(row["sources"]))}) for row in self._rows("feedback")]

    def unanswered(self) -> list[Unanswered]:
        """All questions without a good answer, oldest first."""
        return [Unanswered(**{**row, "words": tuple(json.loads(row["words"]))}) for row in self._rows("unanswered")]

    def forget(self) -> None:
        """Let go what is too old."""
        if self._path.exists():
            with self._open():
                pass

    def purge(self) -> int:
        """Forget everything, also from a damaged file; returns how many records could be counted."""
        try:
            count = len(self._rows("feedback")) + len(self._rows("unanswered"))
        except FeedbackError:
            count = 0
        for path in (self._path, self._path.with_name(f"{FILE}-journal")):
            path.unlink(missing_ok=True)
        return count

    def _rows(self, table: str) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        with self._open() as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY day, rowid")]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection to the file, made for its owner only, in which nothing is older than allowed."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            os.fchmod(descriptor, 0o600)
            os.close(descriptor)
            with closing(sqlite3.connect(self._path, timeout=2)) as connection, connection:
                _tidy(connection, self._days)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise FeedbackError(
                "Die Bewertungen lassen sich nicht lesen oder schreiben; 'assistant feedback --purge' verwirft sie."
            ) from error


def forget_regularly(store: FeedbackStore, stop: threading.Event) -> None:
    """Let go what is too old, at once and then every hour until stopped; also where nothing is taken any more."""
    while True:
        try:
            store.forget()
        except FeedbackError as error:
            logger.warning("old records could not be removed: %s", type(error.__cause__).__name__)
        if stop.wait(_LOOK_SECONDS):
            return


def _tidy(connection: sqlite3.Connection, days: int) -> None:
    """Tables that hold nothing too old, nothing from a day to come (a clock was wrong), and not too much."""
    connection.execute("PRAGMA secure_delete = ON")
    oldest, tomorrow = date.today() - timedelta(days=days), date.today() + timedelta(days=1)
    for table, record in (("feedback", Feedback), ("unanswered", Unanswered)):
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(record.__slots__)})")
        gone = [oldest.isoformat(), tomorrow.isoformat()]
        connection.execute(f"DELETE FROM {table} WHERE day <= ? OR day > ?", gone)
        kept = f"SELECT rowid FROM {table} ORDER BY rowid DESC LIMIT {MAXIMUM_RECORDS}"
        connection.execute(f"DELETE FROM {table} WHERE rowid NOT IN ({kept})")


def _table(record: Feedback | Unanswered) -> str:
    return "feedback" if isinstance(record, Feedback) else "unanswered"


def _plain(value: str | Sequence[str] | None) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(list(value), ensure_ascii=False)
