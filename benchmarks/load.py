"""Many people at once against a real server: times, refusals, memory, and that no answer reaches somebody else.

    python benchmarks/load.py [--minutes 30] [--json FILE]

Every person has an address of their own (as behind a trusted proxy) and asks marked questions. Afterwards the same
conversations are asked again one by one and compared, of a second server that remembers none of them. The server reads
as many passages under load as without it, and each pair of question and passage in a run of its own, so the texts must
be the same. The servers run with their default limits. The people run on the same machine and take part of it, so the
times are upper bounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the tests' visitors

from assistant.core.settings import load_settings
from assistant.operations.evaluate import default_file, load_questions
from tests.support.serving import running
from tests.support.visitor import Busy, Visitor, plain, text_of

PACKAGES = ("gradio", "fastapi", "uvicorn", "chromadb", "onnxruntime")
LEARNED = ("weights", "reader_model")
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None)


@dataclass(slots=True)
class Person:
    """Somebody with an address of their own; ``said`` are the questions with the answers shown to them.

    ``timings`` are the stages of each answer in milliseconds, where the server tells them.
    """

    number: int
    address: str
    questions: list[str]
    said: list[tuple[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    timings: list[dict[str, float]] = field(default_factory=list)
    refused: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Forwarded-For": f"10.{self.number // 62500}.{self.number // 250 % 250}.{self.number % 250 + 1}"}

    def timed(self, ask: Callable[[str], str], question: str) -> None:
        """Ask and remember how it went."""
        started = time.perf_counter()
        try:
            answer = ask(question)
        except Busy:
            self.refused += 1
            return
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}"[:200])
            return
        self.seconds.append(time.perf_counter() - started)
        self.said.append((question, answer))


class People:
    """Makes persons, each with questions that nobody else asks."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pool = [one.question for one in load_questions(default_file()) if not one.history]
        self.count = 0
        self._lock = threading.Lock()

    def person(self, questions: int) -> Person:
        with self._lock:
            self.count += 1
            number = self.count
        chosen = random.Random(number).sample(self.pool, questions)
        return Person(
            number, self.address, [f"{text} Vorgang M{number:05d}x{turn}" for turn, text in enumerate(chosen)]
        )


def chat_on_page(person: Person, pause: Callable[[], None]) -> None:
    """Open the chat page, ask, leave."""
    with httpx.Client(base_url=person.address, timeout=60, limits=_LIMITS) as client, ExitStack() as stack:
        visitor = Visitor(client, person.headers)
        try:
            visitor.open()
            stack.enter_context(visitor.staying())
        except Exception as error:
            person.errors.append(f"opening: {type(error).__name__}: {error}"[:200])
            return
        for question in person.questions:
            asked = len(person.said)
            person.timed(lambda text: text_of(visitor.ask(text)[-1]), question)
            if len(person.said) > asked:
                shown = [plain(text_of(one)) for one in visitor.shown if one["role"] == "user"]
                expected = [" ".join(said.split()) for said, _ in person.said]
                if shown != expected:
                    person.errors.append(f"other questions on the page: {shown} instead of {expected}")
            pause()


def chat_in_widget(person: Person, pause: Callable[[], None]) -> None:
    """Open the embedded page, ask with the history that the page keeps, leave."""
    with httpx.Client(base_url=person.address, timeout=60, headers=person.headers) as client:
        client.get("/embed").raise_for_status()

        def ask(text: str) -> str:
            answer = post(client, text, person.said, stream=True)
            person.timings.append(answer["timings_ms"])
            return str(answer["text"])

        for question in person.questions:
            person.timed(ask, question)
            pause()


def post(client: httpx.Client, question: str, said: list[tuple[str, str]], *, stream: bool) -> dict[str, Any]:
    """Ask over REST and return the answer."""
    turns = [turn for pair in said[-5:] for turn in zip(("user", "assistant"), pair, strict=True)]
    body = {"question": question, "history": [{"role": role, "content": text} for role, text in turns]}
    headers = {"Accept": "text/event-stream" if stream else "application/json"}
    reply = client.post("/api/chat", json=body, headers=headers)
    if reply.status_code in (429, 503):
        if not reply.headers.get("retry-after") or "message" not in reply.json()["error"]:
            raise AssertionError("a refusal without Retry-After and a sentence")
        raise Busy
    reply.raise_for_status()
    if not stream:
        return dict(reply.json())
    events = [part.split("\n") for part in reply.text.split("\n\n") if part]
    done = [json.loads(data.removeprefix("data: ")) for name, data in events if name == "event: done"]
    if len(done) != 1 or done[0]["question"] != question:
        raise AssertionError("the stream did not end with the answer to the question")
    return dict(done[0])


def at_once(count: int, questions: int, people: People, way: Callable[..., None]) -> list[Person]:
    """``count`` people who start together and do not think between their questions."""
    persons = [people.person(questions) for _ in range(count)]
    start = threading.Barrier(count)

    def live(person: Person) -> None:
        start.wait()
        way(person, lambda: None)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(live, persons))
    return persons


def summary(persons: list[Person]) -> dict[str, Any]:
    """Times, refusals and errors of people; the server's own times where it told them, reading beside the total."""
    seconds = [one for person in persons for one in person.seconds] or [0.0]
    errors = [error for person in persons for error in person.errors]
    return {
        "people": len(persons),
        "answers": sum(len(person.said) for person in persons),
        "refused": sum(person.refused for person in persons),
        "errors": len(errors),
        "first_errors": errors[:3],
        "p50_s": round(median(seconds), 2),
        "p95_s": round(quantiles(seconds, n=20)[-1], 2) if len(seconds) > 1 else seconds[0],
        "longest_s": round(max(seconds), 2),
    } | stages([one for person in persons for one in person.timings])


def stages(timings: list[dict[str, float]]) -> dict[str, Any]:
    """Milliseconds of reading and of the whole answer, half and 95 of 100 answers, as the server measured them."""
    figures: dict[str, Any] = {}
    for stage in ("read", "total") if len(timings) > 1 else ():
        values = [one[stage] for one in timings]
        figures |= {f"{stage}_p50_ms": round(median(values)), f"{stage}_p95_ms": round(quantiles(values, n=20)[-1])}
    return figures


def foreign_answers(persons: list[Person], address: str, most: int = 60) -> int:
    """Ask the conversations of some people again, one by one; counts answers that differ from what they saw.

    ``address`` is that of a server that answered none of them, so that it reads everything anew.
    """
    differing = 0
    for person in random.Random(1).sample(persons, min(len(persons), most)):
        with httpx.Client(
            base_url=address, timeout=60, headers={"X-Forwarded-For": f"10.9.9.{os.getpid() % 250}"}
        ) as client:
            again: list[tuple[str, str]] = []
            for question, seen in person.said:
                answer = asked_patiently(client, question, again)
                differing += not plain(seen).startswith(plain(answer))
                again.append((question, answer))
    return differing


def asked_patiently(client: httpx.Client, question: str, said: list[tuple[str, str]]) -> str:
    """Ask until the limits let it through, each time from another address."""
    while True:
        client.headers["X-Forwarded-For"] = f"10.200.{random.randrange(250)}.{random.randrange(250)}"
        try:
            return str(post(client, question, said, stream=False)["text"])
        except Busy:
            time.sleep(1)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process holds: resident memory in MB, threads, open descriptors."""

    megabytes: float
    threads: int
    descriptors: int


def usage(process: int) -> Usage:
    """What the server holds at this moment."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    descriptors = sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    return Usage(round(int(status["VmRSS"].split()[0]) / 1024, 1), int(status["Threads"]), descriptors)


def settled(process: int) -> Usage:
    """Usage after connections have been closed and memory given back."""
    time.sleep(8)
    return usage(process)


def idle_widgets(count: int, people: People, process: int) -> dict[str, Any]:
    """Open the embedded page many times; it holds no line, so nothing stays open."""
    before = usage(process)
    for _ in range(count):
        person = people.person(1)
        with httpx.Client(base_url=person.address, headers=person.headers, timeout=60) as client:
            client.get("/embed").raise_for_status()
    after = usage(process)
    return {"pages": count, "added_mb": round(after.megabytes - before.megabytes, 1),
            "descriptors_added": after.descriptors - before.descriptors}  # fmt: skip


def idle_pages(count: int, people: People, process: int) -> dict[str, Any]:
    """Open the chat page many times; each holds a line until it is closed."""
    before = usage(process)
    with httpx.Client(base_url=people.address, timeout=60, limits=_LIMITS) as client, ExitStack() as stack:
        refused = 0
        for _ in range(count):
            visitor = Visitor(client, people.person(1).headers)
            visitor.open()
            try:
                stack.enter_context(visitor.staying())
            except Busy:
                refused += 1
        during = usage(process)
        person = people.person(3)
        chat_on_page(person, lambda: None)
    after = settled(process)
    return {"pages": count, "refused": refused, "added_mb": round(during.megabytes - before.megabytes, 1),
            "threads": [before.threads, during.threads, after.threads],
            "descriptors": [before.descriptors, during.descriptors, after.descriptors],
            "somebody_asks_meanwhile": summary([person])}  # fmt: skip


def soak(minutes: float, count: int, people: People, process: int) -> tuple[list[Person], dict[str, Any]]:
    """People come, ask three questions with pauses to read, and leave; others follow."""
    end = time.monotonic() + minutes * 60
    finished: list[Person] = []
    samples: list[Usage] = []

    def keep_coming(seat: int) -> None:
        pauses = random.Random(seat)
        while time.monotonic() < end:
            person = people.person(3)
            (chat_on_page if seat % 2 else chat_in_widget)(person, lambda: time.sleep(pauses.uniform(1, 6)))
            finished.append(person)

    with ThreadPoolExecutor(count) as pool:
        seats = [pool.submit(keep_coming, seat) for seat in range(count)]
        while time.monotonic() < end:
            time.sleep(5)
            samples.append(usage(process))
        for seat in seats:
            seat.result()
    after = settled(process)
    warm = samples[len(samples) // 5 :]  # pools and caches fill in the first fifth
    first, last = (median(one.megabytes for one in part) for part in (warm[: len(warm) // 4], warm[-len(warm) // 4 :]))
    return finished, {
        "minutes": minutes,
        "megabytes": [first, last],
        "megabytes_each_minute": [one.megabytes for one in samples[::12]],
        "memory_change_percent": round((last / first - 1) * 100, 1),
        "threads": [warm[0].threads, max(one.threads for one in warm), after.threads],
        "descriptors": [warm[0].descriptors, max(one.descriptors for one in warm), after.descriptors],
    }


@contextmanager
def server(data_dir: Path) -> Iterator[tuple[int, str]]:
    """A server with its default limits and the caller's reader that believes the addresses the people claim."""
    given = load_settings()
    learned = {name: str(value) for name in LEARNED if (value := getattr(given, name)) is not None}
    limits = {"rate_limit_per_minute": "20", "global_rate_limit_per_minute": "600"}
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir.parent / "load.log"
    with running(data_dir, stderr=log, log="off", trusted_proxies="127.0.0.1", **limits, **learned) as (
        process,
        address,
    ):
        yield process.pid, address
        if written := log.read_text():
            print("The server said:", written[:2000], file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0, help="length of the soak; 0: none")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--crowd", type=int, default=60)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--data-dir", type=Path, help="a data folder with an index; default: a new one")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options, options.data_dir or Path(folder) / "data")
    print(table(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.exit(any(row.get("errors") or row.get("foreign") for row in figures.values() if isinstance(row, dict)))


def measure(options: argparse.Namespace, data_dir: Path) -> dict[str, Any]:
    """All phases one after the other, then the same conversations alone."""
    figures: dict[str, Any] = {"machine": machine()}
    groups: dict[str, list[Person]] = {}
    with server(data_dir) as (process, address):
        people = People(address)
        at_once(2, 2, people, chat_on_page)  # the first visitors fill caches
        figures["start"] = {"megabytes": usage(process).megabytes}
        groups["page"] = at_once(options.people, 5, people, chat_on_page)
        groups["widget"] = at_once(options.people, 5, people, chat_in_widget)
        figures |= {name: summary(groups[name]) for name in ("page", "widget")}
        time.sleep(61)  # let the limits per minute forget
        groups["crowd_page"] = at_once(options.crowd, 3, people, chat_on_page)
        groups["crowd_widget"] = at_once(options.crowd, 3, people, chat_in_widget)
        figures |= {name: summary(groups[name]) for name in ("crowd_page", "crowd_widget")}
        time.sleep(61)
        figures["idle_widgets"] = idle_widgets(options.pages, people, process)
        figures["idle_pages"] = idle_pages(options.pages, people, process)
        if options.minutes:
            groups["soak"], held = soak(options.minutes, options.people, people, process)
            figures["soak"] = summary(groups["soak"]) | held
        figures["end"] = {"megabytes": settled(process).megabytes}
    with server(data_dir) as (_, address):
        for name, persons in groups.items():
            figures[name]["foreign"] = foreign_answers(persons, address)
    return figures


def machine() -> dict[str, Any]:
    """Where and with what was measured."""
    return {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as text."""
    lines = []
    for name, row in figures.items():
        values = ", ".join(f"{key} {value}" for key, value in row.items() if value not in ([], {}))
        lines.append(f"{name:<13} {values}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
