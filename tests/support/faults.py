"""Real faults for tests: a small disk, processes that are started and killed, a damaged file."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.processes import Process
from tests.support.processes import start as start_process
from tests.support.serving import environment, free_port


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs of this size, unmounted at the end; the test is skipped where that is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"only root may mount a small disk: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def seal(place: Path) -> None:
    """Make a mounted disk read-only."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)


def fill_up(place: Path, *, leaving: int = 0) -> Path:
    """Fill a disk but for ``leaving`` bytes; gives the file that takes the room."""
    filler = place / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
        size = file.tell()
        file.truncate(max(0, size - leaving))
    return filler


def damage(path: Path) -> None:
    """Overwrite the middle half of a file with noise of the same length."""
    content = path.read_bytes()
    start, end = len(content) // 4, 3 * len(content) // 4
    path.write_bytes(content[:start] + os.urandom(end - start) + content[end:])


def start(*arguments: str, **settings: object) -> Process:
    """``assistant …`` in a process of its own."""
    return start_process(*arguments, environment=environment(**settings))


def run(*arguments: str, **settings: object) -> tuple[int, str, str]:
    """Exit code, output and error output of ``assistant …``."""
    process = start(*arguments, **settings)
    output, errors = process.communicate(timeout=600)
    return process.wait(), output, errors


def kill(process: Process) -> None:
    """End a process as a power cut would."""
    process.kill()
    process.communicate()


class Service:
    """A served assistant and what it says."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, question: str) -> dict[str, Any]:
        reply = httpx.post(f"{self.address}/api/chat", json={"question": question}, timeout=20)
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer

    def ready(self) -> dict[str, Any]:
        reply = httpx.get(f"{self.address}/readyz", timeout=20)
        condition: dict[str, Any] = reply.json()
        assert (reply.status_code == 503) == (condition["status"] == "unavailable")
        return condition

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 90) -> dict[str, Any]:
        """The first condition that is as wanted."""
        end = time.monotonic() + seconds
        while not wanted(condition := self.ready()):
            assert time.monotonic() < end, condition
            time.sleep(0.1)
        return condition


@contextmanager
def service(**settings: object) -> Iterator[Service]:
    """``assistant serve`` that answers, in whatever condition its index is; it looks at that often."""
    port = free_port()
    settings = {"index_check_seconds": 0.4, "rate_limit_per_minute": 0, **settings}
    process = start("serve", "--port", str(port), **settings)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Netzlotse läuft auf"), line if line else process.communicate()[1]
        yield Service(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.communicate(timeout=30)
