"""Several people at once: nobody sees another's answer, too many are refused politely, and stopping is polite, too."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.support.serving import running
from tests.support.visitor import Busy, Visitor, plain, text_of

SESSIONS = 100
MEGABYTES_OF_A_SESSION = 0.25  # one question takes some 0.1, three take 0.15
TOPICS = ["Was ist Coopetition?", "Was regelt die ARGE?", "Wer berät zur Digitalisierung?", "Was fördert ZIM?"]


def test_no_answer_reaches_somebody_else(server: str) -> None:
    def chat(number: int) -> tuple[list[str], list[str]]:
        questions = [f"{TOPICS[(number + turn) % 4]} Vorgang M{number:03d}x{turn}" for turn in range(3)]
        with httpx.Client(base_url=server, timeout=120) as client:
            visitor = Visitor(client)
            visitor.open()
            with visitor.staying():
                for question in questions:
                    visitor.ask(question)
        return questions, [plain(text_of(one)) for one in visitor.shown]

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(chat, range(8)))
    for questions, shown in seen:
        assert shown[::2] == questions
        turns: list[dict[str, str]] = []
        for question, answer in zip(questions, shown[1::2], strict=True):
            alone = httpx.post(f"{server}/api/chat", json={"question": question, "history": turns}, timeout=60).json()
            assert answer.startswith(plain(alone["text"]))
            turns += [{"role": "user", "content": question}, {"role": "assistant", "content": alone["text"]}]


def test_what_is_too_much_is_refused_with_a_sentence(shipped_data: Path) -> None:
    with (
        running(shipped_data, rate_limit_per_minute="3") as (_, server),
        httpx.Client(base_url=server, timeout=120) as client,
    ):
        replies = [client.post("/api/chat", json={"question": TOPICS[0]}) for _ in range(5)]
        assert [one.status_code for one in replies] == [200, 200, 200, 429, 429]
        visitor = Visitor(client)
        visitor.open()
        try:
            visitor.ask(TOPICS[0])
            raise AssertionError("the chat page has the same limit")
        except Busy:
            pass
        for one in replies[3:]:
            assert int(one.headers["retry-after"]) > 0
            assert "Fragen" in one.json()["error"]["message"]


def test_conversations_kept_in_memory_are_bounded(shipped_data: Path) -> None:
    """Visitors who ask and vanish without a word; the one who was away longest is forgotten."""
    with (
        running(shipped_data, global_rate_limit_per_minute="0", sessions=str(SESSIONS)) as (process, server),
        httpx.Client(base_url=server, timeout=120) as client,
    ):
        visitors = [Visitor(client) for _ in range(SESSIONS + 20)]
        visitors[0].open()

        def first_question(visitor: Visitor) -> None:
            visitor.take_event_of(visitors[0])
            visitor.ask(TOPICS[0])

        first_question(visitors[0])
        before = resident_megabytes(process.pid)
        for visitor in visitors[1:]:
            first_question(visitor)
        assert len(visitors[-1].ask(TOPICS[1])) == 4
        assert len(visitors[0].ask(TOPICS[1])) == 2
        assert resident_megabytes(process.pid) - before < SESSIONS * MEGABYTES_OF_A_SESSION


def resident_megabytes(process: int) -> float:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) / 1024


def test_when_told_to_stop_running_answers_end_and_open_pages_do_not_hold_the_server(shipped_data: Path) -> None:
    with running(shipped_data) as (process, server), httpx.Client(base_url=server, timeout=60) as client:
        visitor = Visitor(client)
        visitor.open()

        def ask(number: int) -> str:
            body, headers = {"question": f"{TOPICS[number % 4]} {number}"}, {"Accept": "text/event-stream"}
            try:
                with client.stream("POST", "/api/chat", json=body, headers=headers) as reply:
                    return reply.read().decode() if reply.status_code == 200 else "refused"
            except (httpx.ConnectError, httpx.ReadError):
                return "refused"  # not taken any more

        with ThreadPoolExecutor(16) as pool, client.stream("GET", f"/gradio_api/heartbeat/{visitor.session}") as page:
            running_answers = [pool.submit(ask, number) for number in range(16)]
            next(page.iter_lines())
            ask(99)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            streams = [one.result() for one in running_answers]
        taken = [one for one in streams if one != "refused"]
        assert taken
        for stream in taken:
            assert stream.rstrip().rpartition("\n\n")[2].startswith("event: done") or '"stopping"' in stream
