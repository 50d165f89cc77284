"""Reads a foreign file in a process of its own that is ended when it takes too long, too much or breaks."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from assistant.core.errors import DocumentError
from assistant.ingestion.parsers.blocks import ParsedDocument
from assistant.ingestion.parsers.worker import MEMORY_STATUS

_ROOT = Path(__file__).resolve().parents[3]
_RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from assistant.ingestion.parsers.worker import main; main()"


@dataclass(frozen=True, slots=True)
class ParserLimits:
    """What one file may cost.

    50 MB holds a scanned report, 2,000 pages a handbook. Sixty seconds read some 800 dense
    pages. Two gigabytes are 20 times what the largest honest file needed. The answer is text only:
    ten million characters, each at most twelve bytes in JSON.
    """

    file_bytes: int = 50_000_000
    pages: int = 2_000
    seconds: int = 60
    memory_bytes: int = 2_000_000_000
    answer_bytes: int = 150_000_000


def read_document(file: IO[bytes], suffix: str, limits: ParserLimits) -> ParsedDocument:
    """The text of an open file, or ``DocumentError`` with a stable code."""
    status, answer = _run(file, suffix, limits)
    if status == MEMORY_STATUS:
        raise DocumentError("memory", "Die Datei braucht zu viel Speicher; bitte neu speichern oder teilen.")
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _timeout(limits)
    try:
        result: dict[str, Any] = json.loads(answer)
    except ValueError as error:
        raise DocumentError(
            "unreadable", "Die Datei bringt das Lesen zum Absturz; bitte öffnen und neu speichern."
        ) from error
    if "document" not in result:
        raise DocumentError(result["code"], result["reason"])
    return ParsedDocument(**result["document"])


def _timeout(limits: ParserLimits) -> DocumentError:
    return DocumentError(
        "timeout", f"Das Lesen dauert länger als {limits.seconds} Sekunden; bitte neu speichern oder teilen."
    )


def _run(file: IO[bytes], suffix: str, limits: ParserLimits) -> tuple[int, bytes]:
    """Exit status and output of the child; it sees the open file, but no settings, no secrets, no terminal."""
    numbers = (limits.seconds, limits.memory_bytes, limits.pages)
    command = [sys.executable, "-I", "-X", "utf8", "-c", _RUN, str(_ROOT), suffix, *map(str, numbers)]
    process = subprocess.Popen(
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        cwd="/",
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        with process.stdout as pipe:
            answer = _receive(pipe, limits)
        return process.wait(timeout=5), answer
    except subprocess.TimeoutExpired as error:
        raise _timeout(limits) from error
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _receive(pipe: IO[bytes], limits: ParserLimits) -> bytes:
    """Everything the child says, in time and not too much."""
    deadline = time.monotonic() + limits.seconds
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            part = os.read(pipe.fileno(), 1 << 16)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > limits.answer_bytes:
                raise DocumentError("too_large", "Das Dokument enthält zu viel Text; bitte teilen Sie es.")
    raise _timeout(limits)
