"""Logs without content: what happened, where, and how long it took – never what somebody asked or was told."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

LogMode = Literal["plain", "json", "off"]
REQUESTS = "assistant.requests"
_TRUSTED = ("assistant", "uvicorn")  # their messages are known to hold no content
_LONGEST = 300
_PACKAGE = Path(__file__).parents[1]
logger = logging.getLogger(__name__)


@contextmanager
def content_free_logs(mode: LogMode) -> Iterator[None]:
    """Send every log line of this process, whoever writes it, to stderr as one line without content.

    ``off`` leaves the lines of single requests out; warnings and errors are always written. What libraries print
    to stderr is not let through, because they print tracebacks, and error messages may repeat a question.
    """
    stderr, hooks = sys.stderr, (sys.excepthook, threading.excepthook)
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(LineFormatter(mode))
    root, requests = logging.getLogger(), logging.getLogger(REQUESTS)
    before = root.handlers[:], requests.level
    root.handlers[:] = [handler]
    requests.setLevel(logging.WARNING if mode == "off" else logging.INFO)
    sys.stderr = TracebackSink()
    threading.excepthook = lambda crash: _log_crash(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.excepthook = _log_crash
    try:
        yield
    finally:
        sys.stderr, (sys.excepthook, threading.excepthook) = stderr, hooks
        root.handlers[:] = before[0]
        requests.setLevel(before[1])


class LineFormatter(logging.Formatter):
    """One line per record: a JSON object, or words for people."""

    def __init__(self, mode: LogMode) -> None:
        super().__init__()
        self._as_json = mode == "json"

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; an exception is named by its type and where it came from, its message is left out."""
        fields = _fields(record)
        if self._as_json:
            return json.dumps(fields, ensure_ascii=False)
        head = f"{fields.pop('time')} {fields.pop('level')} {fields.pop('logger')}"
        return " ".join([head, *(f"{name}={value}" for name, value in fields.items())])


class TracebackSink(io.TextIOBase):
    """Stands in for stderr: a printed traceback becomes one log line, anything else is dropped."""

    def write(self, text: str) -> int:
        """Take what somebody prints."""
        if text.startswith("Traceback") and sys.exc_info()[0]:
            logger.error("unexpected error", exc_info=True)
        return len(text)


def error_location(error: BaseException) -> dict[str, str]:
    """Type of an error and the lines it came from, the innermost of this package and the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    locations = dict.fromkeys(_location(frame) for frame in (*own[-1:], *frames[-1:]))
    return {"error": type(error).__name__, "at": " < ".join(locations)}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    fields: dict[str, Any] = {"time": time, "level": record.levelname.lower(), "logger": record.name}
    if message := _message(record):
        fields["message"] = message
    given = getattr(record, "fields", None)
    if isinstance(given, Mapping):
        fields |= {name: value for name, value in given.items() if value is not None}
    if record.exc_info and record.exc_info[1]:
        fields |= error_location(record.exc_info[1])
    return fields


def _message(record: logging.LogRecord) -> str:
    """What a record says; of other people's loggers the pattern only, since what is filled in may be content."""
    if record.name.partition(".")[0] in _TRUSTED:
        return " ".join(record.getMessage().split())[:_LONGEST]
    return " ".join(record.msg.split())[:_LONGEST] if record.args and isinstance(record.msg, str) else ""


def _location(frame: traceback.FrameSummary) -> str:
    parts = Path(frame.filename).parts
    start = len(parts) - 1 - parts[::-1].index(_PACKAGE.name) if _PACKAGE.name in parts else max(len(parts) - 2, 0)
    return f"{'/'.join(parts[start:])}:{frame.lineno} {frame.name}"


def _log_crash(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None = None) -> None:
    if error is None or isinstance(error, SystemExit):
        return
    logger.error("a thread or the process ended unexpectedly", exc_info=(kind, error, trace))
