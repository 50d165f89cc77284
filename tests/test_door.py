"""The front door over a real server: routes, bodies, origins, limits, headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import serving

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
        [],
    ],
)
def test_a_chat_event_may_hold_text_only(server: str, event: Any) -> None:
    assert httpx.post(server + JOIN, json=event).status_code == 422


def test_a_body_that_is_no_json_is_refused(server: str) -> None:
    assert httpx.post(server + JOIN, content=b"\xff{").status_code == 400


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
        for path, ancestors in {"/embed": "'self' https://hub.example", "/": "'self'", "/widget": "'self'"}.items():
            policy = httpx.get(server + path).headers["content-security-policy"]
            assert policy.endswith(f"frame-ancestors {ancestors}"), path
