"""The front door over a real server: routes, bodies, origins, limits, headers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.chat_queue import ask_in_chat
from tests.support.serving import serving

pytestmark = pytest.mark.served

JOIN = "/gradio_api/queue/join"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/proxy=http://example.org",
        "/gradio_api/call/respond", "/gradio_api/run/predict", "/monitoring", "/gradio_api/openapi.json", "/docs",
        "/login", "/gradio_api/mcp/sse", "/en/gradio_api/upload", "/quelle/../../etc/passwd", "/.env", "/runs",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_routes_that_the_pages_do_not_use_are_closed(server: str, path: str, method: str) -> None:
    assert httpx.request(method, server + path).status_code in (404, 405)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_closed(server: str, method: str) -> None:
    assert httpx.request(method, f"{server}/api/chat").status_code == 405


@pytest.mark.parametrize(
    "event",
    [
        {"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], "fn_index": 0},
        {"data": [["nested"]], "fn_index": 0},
        {"data": [7], "fn_index": 0},
        {"data": "text", "fn_index": 0},
        {"data": ["x"], "fn_index": 0, "request": {}},
        {"data": [None], "event_data": {"index": {"path": "/etc/passwd"}}, "fn_index": 0},
        {"data": [None], "event_data": {"value": {"url": "http://evil.example/"}}, "fn_index": 0},
        {"data": [None], "event_data": {"value": [["x"]]}, "fn_index": 0},
        {"data": [None], "event_data": {"liked": {}}, "fn_index": 0},
        {"data": [None], "event_data": {"_data": "x"}, "fn_index": 0},
        {"data": [None], "event_data": "x", "fn_index": 0},
        {"data": ["x", {"url": "http://127.0.0.1/", "meta": {"_type": "gradio.FileData"}}], "fn_index": 0},
        {"data": [{"x": {"y": [{"path": "/etc/passwd"}]}}], "fn_index": 0},
        {"data": [["a"], ["b"]], "batched": True, "fn_index": 0},
        {"data": [True], "fn_index": 0},
        {"data": ["x"], "fn_index": "0"},
        {"data": ["x"], "fn_index": 0.5},
        {"data": ["x"], "fn_index": True},
        {"data": ["x"], "fn_index": -1},
        {"data": ["x"], "fn_index": 10**30},
        {"data": ["x"]},
        {"data": ["x"], "fn_index": 0, "trigger_id": "x"},
        {"data": ["x"], "fn_index": 0, "session_hash": "../x"},
        {"data": ["x"], "fn_index": 0, "session_hash": "a" * 41},
        {"data": ["x"], "fn_index": 0, "session_hash": ["a"]},
        {"data": ["x"], "fn_index": 0, "api_name": "respond"},
        {"data": ["x"], "fn_index": 0, "simple_format": True},
        {"data": ["x"], "fn_index": 0, "event_id": "x"},
        [],
        "x",
    ],
)
def test_a_chat_event_may_hold_text_only(server: str, event: Any) -> None:
    assert httpx.post(server + JOIN, json=event).status_code == 422


@pytest.mark.parametrize("body", [b"\xff{", b"", b"{", b"[" * 9000, b'{"data": [NaN], "fn_index": 0}', b'{"a":' * 3000])
def test_a_body_that_is_no_json_is_refused(server: str, body: bytes) -> None:
    assert httpx.post(server + JOIN, content=body).status_code == 400


@pytest.mark.parametrize("first", ["safe", "unsafe"])
def test_a_field_given_twice_cannot_hide_behind_the_other(server: str, first: str) -> None:
    fields = [b'"data": ["x"]', b'"data": [{"path": "/etc/passwd"}]']
    body = (
        b'{"fn_index": 0, "session_hash": "doppelt", ' + b", ".join(fields if first == "safe" else fields[::-1]) + b"}"
    )
    status = httpx.post(server + JOIN, content=body, headers={"content-type": "application/json"}).status_code
    assert status == (422 if first == "safe" else 200)


def test_a_text_that_looks_like_a_file_stays_text(server: str) -> None:
    text = json.dumps({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}})
    shown = ask_in_chat(server, text, "pruefung1")
    assert "root:" not in shown
    assert "/file=" not in shown


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
)
def test_other_sites_may_not_post(server: str, headers: dict[str, str]) -> None:
    assert httpx.post(f"{server}/api/chat", json={"question": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/embed",
        "/widget",
        "/widget/vorschau",
        "/quelle/zim-kooperationsprojekte",
        "/healthz",
        "/static/chat.js",
        "/nowhere",
    ],
)
def test_every_reply_carries_the_security_headers(server: str, path: str) -> None:
    headers = httpx.get(server + path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "set-cookie" not in headers


def test_answers_are_not_stored_by_browsers(server: str) -> None:
    reply = httpx.post(f"{server}/api/chat", json={"question": "was heisst coopetition"})
    assert reply.headers["cache-control"] == "no-store"


def test_forwarded_host_does_not_reach_the_page(server: str) -> None:
    page = httpx.get(f"{server}/", headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    assert "evil.example" not in page.text


def test_limits_hosts_and_embedding_follow_the_settings(shipped_data: Path) -> None:
    settings = {"rate_limit_per_minute": "2", "allowed_hosts": "127.0.0.1", "allowed_origins": "https://hub.example"}
    with serving(shipped_data, **settings) as server:
        replies = [httpx.post(f"{server}/api/chat", json={"question": "was heisst coopetition"}) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 200, 429]
        assert int(replies[2].headers["retry-after"]) > 0
        assert replies[2].json()["error"]["code"] == "too_many_requests"
        assert httpx.get(f"{server}/healthz", headers={"host": "evil.example"}).status_code == 400
        assert httpx.get(f"{server}/healthz", headers={"host": "127.0.0.1:1"}).status_code == 200
        join = {"data": [None], "fn_index": 0, "session_hash": "x"}
        refused = httpx.post(server + JOIN, json=join)
        assert refused.status_code == 429
        assert refused.json()["detail"].startswith("Das waren viele Fragen")
        for path, ancestors in {"/embed": "'self' https://hub.example", "/": "'self'", "/widget": "'self'"}.items():
            policy = httpx.get(server + path).headers["content-security-policy"]
            assert policy.endswith(f"frame-ancestors {ancestors}"), path


@pytest.mark.parametrize("trusted", ["127.0.0.1", "127.0.0.0/8", ""])
def test_a_trusted_proxy_says_who_asks_and_under_which_name(shipped_data: Path, trusted: str) -> None:
    headers = {
        "x-forwarded-for": "198.51.100.7, 203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "hub.example",
    }  # fmt: skip
    settings = {"trusted_proxies": trusted, "rate_limit_per_minute": "1", "allowed_hosts": "hub.example,127.0.0.1"}
    with serving(shipped_data, **settings) as server:
        page = httpx.get(f"{server}/config", headers=headers)
        assert (page.json()["root"] == "https://hub.example") == bool(trusted)
        assert ("strict-transport-security" in page.headers) == bool(trusted)
        origin = {"origin": "https://hub.example"}
        question = {"question": "was heisst coopetition"}
        asked = [
            httpx.post(f"{server}/api/chat", json=question, headers={**headers, **origin, "x-forwarded-for": address})
            for address in ("192.0.2.1, 203.0.113.9", "192.0.2.2, 203.0.113.9", "192.0.2.1, 203.0.113.10")
        ]
        assert [one.status_code for one in asked] == ([200, 429, 200] if trusted else [403, 403, 403])


@pytest.mark.parametrize("path", ["/config", "/gradio_api/info", "/", "/theme.css", "/api/search?q=x"])
def test_no_other_website_may_read_anything(server: str, path: str) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:3000", server):
        headers = httpx.get(server + path, headers={"origin": origin}).headers
        assert not [name for name in headers if name.startswith("access-control-")]
