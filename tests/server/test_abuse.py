"""Hostile questions over REST, SSE and the chat page's queue: answered or refused in time, and the next one is fine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.chat_queue import ask_in_chat
from tests.support.paths import DATA
from tests.support.serving import serving

TABLE = DATA / "abuse"
STATUSES = {"answered", "no_source", "off_topic", "unproven"}
LIMIT = 5.0  # what the contract promises; far above what any of these takes
SECRET = "Hoch-geheim-4711"
FINE = "was heisst coopetition"


def load(name: str) -> Any:
    return yaml.safe_load((TABLE / name).read_text(encoding="utf-8"))


def questions() -> list[str]:
    entries = [entry for group in load("questions.yaml").values() for entry in group]
    return [entry["text"] * entry["times"] if isinstance(entry, dict) else entry for entry in entries]


QUESTIONS = questions()


@pytest.fixture(scope="module")
def guarded(shipped_data: Path) -> Iterator[str]:
    """A server that has something to hide."""
    with serving(shipped_data, adviser_password=SECRET) as address:
        yield address


@pytest.fixture(autouse=True)
def _the_next_question_is_fine(guarded: str) -> Iterator[None]:
    yield
    reply = httpx.post(f"{guarded}/api/chat", json={"question": FINE}, timeout=LIMIT)
    assert reply.json()["status"] == "answered"


def test_the_table_is_long_enough() -> None:
    assert len(QUESTIONS) + len(load("bodies.yaml")) >= 90
    assert len(set(QUESTIONS)) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: ascii(text[:24]))
def test_a_hostile_question_is_answered_from_sources_or_refused(guarded: str, question: str) -> None:
    began = time.monotonic()
    reply = httpx.post(f"{guarded}/api/chat", json={"question": question}, timeout=LIMIT)
    assert time.monotonic() - began < LIMIT
    if reply.status_code == 422:
        assert not question.strip("\n\t \u200b\u202e\u2066")
        return
    answer = reply.json()
    assert reply.status_code == 200
    assert answer["status"] in STATUSES
    assert answer["mode"] == "extractive"
    assert_proven(answer)
    said = answer["text"].replace(question, "")
    for leak in (SECRET, "root:", "evil.", "pwned", "/proc/", "5 Millionen Euro", "49 "):
        assert leak not in said or leak in json.dumps([one["passage"] for one in answer["citations"]])


def assert_proven(answer: dict[str, Any]) -> None:
    """Every number in brackets is a citation, every citation has its words in its passage."""
    assert (answer["status"] == "answered") == bool(answer["citations"])
    for citation in answer["citations"]:
        assert f"[{citation['number']}]" in answer["text"]
        assert citation["quote"] in citation["passage"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: ascii(text[:24]))
def test_the_stream_cannot_be_forged(guarded: str, question: str) -> None:
    accept = {"accept": "text/event-stream"}
    reply = httpx.post(f"{guarded}/api/chat", json={"question": question}, headers=accept, timeout=LIMIT)
    if reply.status_code == 422:
        return
    assert reply.status_code == 200
    blocks = reply.text.strip("\n").split("\n\n")
    events = [block.split("\n") for block in blocks]
    assert all(len(lines) == 2 and lines[0].startswith("event: ") and lines[1].startswith("data: ") for lines in events)
    names = [lines[0].removeprefix("event: ") for lines in events]
    assert names == ["delta"] * (len(names) - 1) + ["done"]
    done = json.loads(events[-1][1].removeprefix("data: "))
    assert "".join(json.loads(lines[1][6:])["text"] for lines in events[:-1]) == done["text"]
    assert set(reply.headers) & {"set-cookie", "x-injected"} == set()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: ascii(text[:24]))
def test_the_chat_page_survives_it(guarded: str, question: str) -> None:
    received = ask_in_chat(guarded, question, f"s{abs(hash(question)):x}"[:30])
    assert '"success": true' in received.replace('"success":true', '"success": true')
    assert SECRET not in received
    assert "Traceback" not in received


@pytest.mark.parametrize("case", load("bodies.yaml"), ids=lambda case: json.dumps(case["body"])[:40])
def test_a_wrong_body_is_refused_with_its_status(guarded: str, case: dict[str, Any]) -> None:
    reply = httpx.post(f"{guarded}/api/chat", json=case["body"], timeout=LIMIT)
    if case["body"] is None:
        reply = httpx.post(
            f"{guarded}/api/chat", content=b"null", headers={"content-type": "application/json"}, timeout=LIMIT
        )
    assert reply.status_code == case["status"]
    if case["status"] == 200:
        assert_proven(reply.json())
    else:
        assert reply.json()["error"]["message"].endswith(".")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"question": "' + b"x" * 10_000_000 + b'"}', 413),
        (b'{"question": "\\ud800 was heisst coopetition"}', 200),
        (b'{"question": "\\udfff\\ud800\\udfff"}', 200),
        (b'{"question": "was heisst coopetition", "question": 5}', 422),
        (b'{"question": 5, "question": "was heisst coopetition"}', 200),
        (b'{"question": NaN}', 422),
        (b'{"question": 1e999}', 422),
        (b'{"question": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 8000, 400),
        (b'{"question": "\xff\xfe"}', 400),
        (b'\xff\xfe{\x00"\x00', 422),
        (b'\xef\xbb\xbf{"question": "was heisst coopetition"}', 200),
        (b"", 422),
        (b"question=ZIM", 422),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>", 422),
        (b'{"question": "' + "ä".encode() * 2001 + b'"}', 413),
    ],
    ids=lambda value: ascii(value[:24]) if isinstance(value, bytes) else str(value),
)
def test_odd_bytes_are_an_answer_or_a_4xx(guarded: str, content: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    try:
        reply = httpx.post(f"{guarded}/api/chat", content=content, headers=headers, timeout=LIMIT)
    except httpx.WriteError:  # the server hung up on ten megabytes before they were through
        assert status == 413
        return
    assert reply.status_code == status
