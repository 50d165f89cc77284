"""Time and memory: alternating rounds, percentiles, rates, processes."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

Figures = dict[str, object]
ENDINGS = ".?!"
_numbers = count(1)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def reword(question: str) -> str:
    """The question with marks at its end as it never had them before: no other word, but nothing read is at hand."""
    number, marks = next(_numbers), ""
    while number:
        number, place = divmod(number - 1, len(ENDINGS))
        marks += ENDINGS[place]
    return question + marks


def alternating(ways: Mapping[str, Callable[[str], float | None]], questions: Sequence[str], rounds: int) -> Figures:
    """p50 and p95 in milliseconds of each way, and the ratio to the first one.

    For each question all ways follow one another, so that other work on the machine
    touches them alike; each gets it worded anew, because what was read is remembered.
    A way may return its own seconds. The first round only warms up.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for question in questions:
            for name, way in ways.items():
                wording = reword(question)
                started = time.perf_counter()
                own = way(wording)
                seconds = own if isinstance(own, float) else time.perf_counter() - started
                if number:
                    times[name].append(seconds * 1000)
    floor = median(next(iter(times.values())))
    return {name: _summary(values, floor) for name, values in times.items()}


def _summary(values: Sequence[float], floor: float) -> Figures:
    middle, high = median(values), quantiles(values, n=20)[-1]
    return {
        "p50_ms": round(middle, 2),
        "p95_ms": round(high, 2),
        "ratio": round(middle / floor, 2),
        "p95_over_p50": round(high / middle, 2),
    }


def rate(work: Callable[[str], object], questions: Sequence[str], parallel: int, seconds: float) -> float:
    """Calls per second of so many threads over some seconds; each asks a question in new wording."""
    end = time.perf_counter() + seconds

    def one(start: int) -> int:
        done = 0
        while time.perf_counter() < end:
            work(reword(questions[(start + done) % len(questions)]))
            done += 1
        return done

    started = time.perf_counter()
    with ThreadPoolExecutor(parallel) as pool:
        done = sum(pool.map(one, range(0, 7 * parallel, 7)))
    return round(done / (time.perf_counter() - started), 1)


class Client:
    """Questions over HTTP on one kept connection per thread, with as little work as possible on this side."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._local = threading.local()

    def ask(self, question: str) -> None:
        reply = self._post(question, "application/json")
        reply.read()
        if reply.status != 200:
            raise RuntimeError(f"status {reply.status}")

    def first_text(self, question: str) -> float:
        """Seconds until the first piece of text of a streamed answer."""
        started = time.perf_counter()
        reply = self._post(question, "text/event-stream")
        while not reply.readline().startswith(b"data:"):
            pass
        seconds = time.perf_counter() - started
        reply.read()
        return seconds

    def _post(self, question: str, accept: str) -> http.client.HTTPResponse:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection(self._host, timeout=60)
        body = json.dumps({"question": question})
        connection.request("POST", "/api/chat", body, {"Content-Type": "application/json", "Accept": accept})
        return connection.getresponse()


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What a process of the product sees: nothing of the caller's settings, no rate limits."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    own = {"RATE_LIMIT_PER_MINUTE": "0", "GLOBAL_RATE_LIMIT_PER_MINUTE": "0", **settings}
    return kept | {f"NETZLOTSE_{name}": value for name, value in own.items()}


@contextmanager
def server(settings: Mapping[str, str]) -> Iterator[tuple[str, float, int]]:
    """``assistant serve`` in a process of its own: its address, the seconds until it was ready, its number."""
    port = _free_port()
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _is_ready(port):
            if process.poll() is not None:
                raise RuntimeError("the server stopped")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}", round(time.perf_counter() - started, 2), process.pid
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def resident(pid: int) -> int:
    """Resident memory of a process in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1000
    return 0


def command_seconds(arguments: Sequence[str], settings: Mapping[str, str]) -> float:
    """Seconds of a whole command line call."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return round(time.perf_counter() - started, 2)
