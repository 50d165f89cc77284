"""Match and briefing over REST."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

PROFILE = {"land": "Sachsen", "employees": 20, "turnover_eur": 3_000_000, "goals": ["digitalisation"]}


def post(server: str, path: str, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(server + path, json=body, headers=headers, timeout=60)


def test_a_match_has_the_fields_of_the_contract(server: str) -> None:
    data = post(server, "/api/match", {"profile": PROFILE}).json()
    assert {"programmes", "ended", "citations"} <= set(data)
    for one in data["programmes"]:
        assert {"id", "name", "verdict", "criteria", "missing"} <= set(one)
        assert one["verdict"] in ("passt", "unklar", "passt nicht")
        for rule in one["criteria"]:
            assert rule["result"] in ("erfüllt", "nicht erfüllt", "unklar")
            assert {"name", "result", "quote", "citation"} <= set(rule)
    numbers = [one["number"] for one in data["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("format", "type_", "begins"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("pdf", "application/pdf", b"%PDF"),
        ("md", "text/markdown", b"#"),
    ],
)
def test_a_briefing_is_a_file(server: str, format: str, type_: str, begins: bytes) -> None:
    body = {"profile": PROFILE, "notes": "Bitte lesen", "omit": ["questions"]}
    reply = post(server, f"/api/briefing?format={format}", body)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith(type_)
    assert reply.headers["content-disposition"].endswith(f'.{format}"')
    assert reply.content.startswith(begins)


def test_progress_comes_before_the_file(server: str) -> None:
    reply = post(server, "/api/briefing?format=md", {"profile": PROFILE}, Accept="text/event-stream")
    events = [part.split("\n", 1) for part in reply.text.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in events]
    assert names[-1] == "done"
    assert set(names[:-1]) == {"progress"}
    done = json.loads(events[-1][1].removeprefix("data: "))
    assert base64.b64decode(done["content"]).decode().startswith("#")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/match", {}, 422),
        ("/api/match", {"profile": {"umsatz": 1}}, 422),
        ("/api/match", {"profile": {"employees": -1}}, 422),
        ("/api/match", {"profile": {"employees": "viele"}}, 422),
        ("/api/match", {"profile": {}, "more": 1}, 422),
        ("/api/match", {"profile": {"notes": "a" * 5001}}, 422),
        ("/api/briefing", {"profile": {}, "omit": ["wetter"]}, 422),
        ("/api/briefing?format=exe", {"profile": {}}, 422),
        ("/api/briefing", {"profile": {"description": "a" * 70_000}}, 413),
    ],
)
def test_bad_requests_are_typed_german_errors(server: str, path: str, body: Any, status: int) -> None:
    reply = post(server, path, body)
    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"code", "message", "request_id"}


def test_an_empty_profile_leaves_everything_open(server: str) -> None:
    data = post(server, "/api/match", {"profile": {}}).json()
    assert data["size"]["class"] == "offen"
    assert data["questions"]
