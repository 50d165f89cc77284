"""Log lines without content, figures for Prometheus, and a stop that lets answers end: real processes."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from serving import running, serving
from visitor import Visitor

TOKEN = "ein-langes-geheimnis-fuer-prometheus"
QUESTION = "Was bedeutet Coopetition für Zerspaner Kunigunde?"


@dataclass(frozen=True)
class Watched:
    """A server that has been used, and what it wrote."""

    address: str
    log: Path


@pytest.fixture(scope="module")
def watched(shipped_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    log = tmp_path_factory.mktemp("log") / "stderr"
    with running(shipped_data, stderr=log, log="json", metrics=TOKEN) as (_, address):
        headers = {"User-Agent": "Kunigunde-Browser", "X-Forwarded-For": "198.51.100.7"}
        with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
            client.post("/api/chat", json={"question": QUESTION})
            client.post("/api/chat", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
            client.get("/api/search", params={"q": QUESTION})
            client.get("/quelle/kunigunde")
            client.get("/kunigunde/geheim%0d%0afalsch")
            client.post("/api/chat", json={"question": QUESTION}, headers={"Origin": "https://kunigunde.example"})
            visitor = Visitor(client)
            visitor.open()
            visitor.ask(QUESTION)
        yield Watched(address, log)


def test_log_lines_tell_how_requests_ended_and_nothing_of_what_was_asked(watched: Watched) -> None:
    text = watched.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert "unigunde" not in text
    assert "oopetition" not in text
    assert "198.51.100" not in text
    assert "127.0.0.1" not in text
    chats = [line for line in lines if line.get("route") == "/api/chat"]
    assert [line["status"] for line in chats] == [200, 200, 403]
    assert all(line["answer"] and line["mode"] == "extractive" and line["request_id"] for line in chats[:2])
    assert chats[2]["code"] == "cross_site"
    assert {line["route"] for line in lines if "route" in line} >= {"/api/search", "/quelle/{id}", "-"}
    assert any(line.get("message") == "answer" and line["answer"] for line in lines), "the chat page's answer"


def test_metrics_count_answers_refusals_and_the_index(watched: Watched) -> None:
    reply = httpx.get(f"{watched.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    samples = {
        (one.name, *sorted(one.labels.values())): one.value
        for family in text_string_to_metric_families(reply.text)
        for one in family.samples
    }
    answers = {key: value for key, value in samples.items() if key[0] == "netzlotse_answers_total"}
    assert sum(value for key, value in answers.items() if "api" in key) == 2
    assert sum(value for key, value in answers.items() if "chat" in key) == 1
    assert samples["netzlotse_refused_total", "cross_site"] == 1
    assert samples["netzlotse_index_passages",] > 1000
    assert samples["netzlotse_index_age_seconds",] > 0
    assert samples["process_resident_memory_bytes",] > 50_000_000
    assert "unigunde" not in reply.text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer falsch"}, {"Authorization": f"Basic {TOKEN}"}])
def test_metrics_without_the_token_are_not_there(watched: Watched, headers: dict[str, str]) -> None:
    assert httpx.get(f"{watched.address}/metrics", headers=headers).status_code == 404


def test_metrics_are_off_by_default(server: str) -> None:
    assert httpx.get(f"{server}/metrics").status_code == 404


def test_metrics_on_loopback_are_closed_to_forwarded_requests(shipped_data: Path) -> None:
    with serving(shipped_data, metrics="loopback") as address:
        assert httpx.get(f"{address}/metrics").status_code == 200
        assert httpx.get(f"{address}/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
        assert httpx.get(f"{address}/metrics", headers={"Host": "hub.example"}).status_code == 404
    with serving(shipped_data, host="0.0.0.0", metrics="loopback") as address:
        assert httpx.get(f"{address}/metrics").status_code == 404


def test_the_server_ends_at_once_while_pages_are_open_and_an_answer_streams(shipped_data: Path) -> None:
    with running(shipped_data) as (process, address), httpx.Client(base_url=address, timeout=60) as client:
        visitor = Visitor(client)
        visitor.open()
        with visitor.staying():
            ask = {"json": {"question": QUESTION}, "headers": {"Accept": "text/event-stream"}}
            with client.stream("POST", "/api/chat", **ask) as reply:  # type: ignore[arg-type]
                process.send_signal(signal.SIGTERM)
                text = "".join(reply.iter_text())
            assert "event: done" in text
            assert process.wait(10) == -signal.SIGTERM  # shut down in order, then by the signal as habitual
