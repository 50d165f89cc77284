"""REST and SSE over a real server."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

FIELDS = {
    "question", "standalone_question", "language", "status", "text", "mode", "model", "ai_generated", "citations",
    "suggestions", "timings_ms", "caution", "guide", "missing", "note", "considered", "choices",
}  # fmt: skip
CITATION_FIELDS = {
    "number", "id", "kind", "title", "section", "page", "url", "as_of", "status", "verify", "quote", "passage", "score",
}  # fmt: skip


def post(server: str, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{server}/api/chat", json=body, headers=headers, timeout=20)


def events(server: str, question: str) -> list[tuple[str, Any]]:
    text = post(server, {"question": question}, accept="text/event-stream").text
    blocks = [block.split("\n", 1) for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_an_answer_has_the_fields_of_the_contract(server: str) -> None:
    reply = post(server, {"question": "was heisst coopetition"})
    assert reply.status_code == 200
    answer = reply.json()
    assert set(answer) == FIELDS
    assert (answer["status"], answer["mode"], answer["model"], answer["ai_generated"]) == (
        "answered",
        "extractive",
        None,
        False,
    )
    assert all(set(citation) == CITATION_FIELDS for citation in answer["citations"])
    assert set(answer["timings_ms"]) == {"understand", "retrieve", "read", "answer", "verify", "total"}


@pytest.mark.parametrize("question", ["was heisst coopetition", "Wie wird das Wetter morgen?"])
def test_streamed_deltas_joined_are_the_text_of_done(server: str, question: str) -> None:
    received = events(server, question)
    assert [name for name, _ in received[:-1]] == ["delta"] * (len(received) - 1)
    name, answer = received[-1]
    assert name == "done"
    assert set(answer) == FIELDS
    assert "".join(data["text"] for _, data in received[:-1]) == answer["text"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": ""}, 422, "empty_question"),
        ({"question": " \n\t "}, 422, "empty_question"),
        ({"question": "ä" * 2001}, 413, "too_long"),
        ({"question": "x", "history": [{"role": "system", "content": "x"}]}, 422, "invalid_request"),
        ({"question": "x", "history": [{"role": "user", "content": "x", "extra": 1}]}, 422, "invalid_request"),
        ({"question": "x", "history": [{"role": "user", "content": "x", "sources": ["a"]}]}, 422, "invalid_request"),
        (
            {"question": "x", "history": [{"role": "assistant", "content": "x", "sources": ["a"] * 11}]},
            422,
            "invalid_request",
        ),
        ({"question": "x", "surprise": 1}, 422, "invalid_request"),
        ({"question": 5}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
        ([], 422, "invalid_request"),
        ({"question": "x", "lang": "fr"}, 422, "invalid_request"),
        ({"question": "x", "profile": {"employes": 5}}, 422, "invalid_request"),
        ({"question": "x" * 17000}, 413, "too_large"),
    ],
)
def test_bad_requests_are_typed_german_errors(server: str, body: Any, status: int, code: str) -> None:
    reply = post(server, body)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")
    assert error["request_id"] == reply.headers["x-request-id"]


def test_errors_come_before_the_stream_with_their_status(server: str) -> None:
    assert post(server, {"question": ""}, accept="text/event-stream").status_code == 422


def test_only_the_last_ten_turns_count(server: str) -> None:
    turns = [{"role": "user", "content": "Wie können wir gemeinsam Lehrlinge ausbilden?"}]
    turns += [{"role": "assistant", "content": "…"}] * 12
    assert (
        "Lehrlinge"
        not in post(server, {"question": "Wer hilft dabei?", "history": turns}).json()["standalone_question"]
    )


@pytest.mark.parametrize(
    "question", ["\ud800 was heisst coopetition", "was\u0000 heisst coopetition", "was heißt Coopetition\u202e?"]
)
def test_odd_characters_do_no_harm(server: str, question: str) -> None:
    reply = httpx.post(
        f"{server}/api/chat", content=json.dumps({"question": question}), headers={"content-type": "application/json"}
    )
    assert reply.status_code == 200
    assert reply.json()["status"] == "answered"


def test_search_returns_the_fields_of_the_contract(server: str) -> None:
    found = httpx.get(f"{server}/api/search", params={"q": "ZIM", "k": 3, "kind": ["funding", "support"]}).json()
    assert found["query"] == "ZIM"
    assert len(found["results"]) == 3
    assert set(found["results"][0]) == {"id", "kind", "title", "section", "page", "text", "score"}
    assert {one["kind"] for one in found["results"]} <= {"funding", "support"}


@pytest.mark.parametrize("params", [{"q": "x", "k": 0}, {"q": "x", "k": 51}, {"q": "x", "kind": "recipes"}, {}])
def test_search_refuses_wrong_parameters(server: str, params: dict[str, Any]) -> None:
    assert httpx.get(f"{server}/api/search", params=params).status_code == 422


def test_health_and_readiness(server: str) -> None:
    assert httpx.get(f"{server}/healthz").json() == {"status": "ok"}
    ready = httpx.get(f"{server}/readyz").json()
    assert ready["status"] == "ready"
    assert ready["counts"]["passages"] > ready["counts"]["documents"] > 0


def test_openapi_describes_the_public_routes(server: str) -> None:
    paths = httpx.get(f"{server}/api/openapi.json").json()["paths"]
    assert set(paths) >= {"/api/chat", "/api/search", "/healthz", "/readyz"}


def test_every_cited_source_can_be_opened(server: str) -> None:
    answer = post(server, {"question": "Was ist Coopetition?"}).json()
    for citation in answer["citations"]:
        page = httpx.get(f"{server}/quelle/{citation['id']}")
        assert page.status_code == 200
        assert citation["title"].split("(")[0].strip().split(":")[0][:20] or page.text


def test_an_unknown_source_is_a_friendly_404(server: str) -> None:
    page = httpx.get(f"{server}/quelle/gibt-es-nicht")
    assert page.status_code == 404
    assert "gibt es nicht" in page.text
