"""What visitors agreed to leave, and what could not be answered: little, masked, and not for long.

One SQLite file in the data folder that only its owner may read. It knows days, no times, no addresses, no sessions.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

FILE = "feedback.sqlite"
MAXIMUM_DAYS = 30
Thumb = Literal["up", "down"]
Reason = Literal["helpful", "wrong", "incomplete", "not_understood", "outdated", "other"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A visitor's judgement of one answer; of the answer only its sources, of the comment only what is masked."""

    day: str
    thumb: Thumb
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
    """Keeps both for some days; what is older goes at each opening and each writing."""

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

    def purge(self) -> int:
        """Forget everything; returns how many records that were."""
        count = len(self._rows("feedback")) + len(self._rows("unanswered"))
        self._path.unlink(missing_ok=True)
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
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            connection.execute("PRAGMA secure_delete = ON")
            for table, record in (("feedback", Feedback), ("unanswered", Unanswered)):
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(record.__slots__)})")
                oldest = date.today() - timedelta(days=self._days)
                connection.execute(f"DELETE FROM {table} WHERE day < ?", [oldest.isoformat()])
            yield connection


def _table(record: Feedback | Unanswered) -> str:
    return "feedback" if isinstance(record, Feedback) else "unanswered"


def _plain(value: str | Sequence[str] | None) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(list(value), ensure_ascii=False)
