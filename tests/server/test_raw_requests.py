"""Requests as no client library would write them, byte by byte over a real connection."""

from __future__ import annotations

import socket
from urllib.parse import urlparse

import httpx
import pytest

PATIENCE = 60.0  # seconds after which a test gives up; the server does long before
UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVzdA==\r\n"
QUESTION = b'{"question":"ZIM"}'
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
POST = b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def reply(server: str, request: bytes) -> bytes:
    """Everything that comes back until the server closes or the body has been read."""
    parts = urlparse(server)
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        received = b""
        try:
            while b"\r\n\r\n" not in received and (chunk := connection.recv(65536)):
                received += chunk
        except ConnectionResetError:
            pass
    return received


def get(target: bytes, headers: bytes = b"Host: 127.0.0.1\r\n") -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + headers + b"\r\n"


@pytest.mark.parametrize(
    "target",
    [
        b"/assets/../../../../etc/passwd", b"/assets/%2e%2e/%2e%2e/etc/passwd", b"/assets/..%2f..%2fetc%2fpasswd",
        b"/static/%252e%252e/app.py", b"/static/..\\app.py", b"/static/%5c..%5capp.py", b"//etc/passwd",
        b"/static//chat.js",
        b"/%61pi/search?q=x", b"/healthz/", b"/api/search/?q=x", b"/berater/", b"/HEALTHZ", b"/healthz;x=1",
        b"/healthz%00",
        b"/quelle/%2e%2e%2fgeheim", b"/quelle/..", b"/quelle/zim-einzelprojekte%0d%0aX-Injected:1",
        b"http://evil.example/docs",
        "/quelle/größe".encode(), b"/gradio_api/file%3d/etc/passwd", b"/gradio_api/heartbeat/../upload", b"*",
    ],
)  # fmt: skip
def test_no_other_spelling_of_an_address_opens_anything(server: str, target: bytes) -> None:
    status = reply(server, get(target)).split(b" ")[1]
    assert status in (b"404", b"400")


def test_the_absolute_form_is_judged_by_its_path_and_the_host_header(server: str) -> None:
    assert reply(server, get(b"http://evil.example/healthz")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "headers",
    [
        b"", b"Host: \r\n", b"Host: 127.0.0.1\r\nHost: evil.example\r\n", b"Host: 127.0.0.1@evil.example\r\n",
        b"Host: 127.0.0.1/x\r\n", b"Host: 127.0.0.1\r\nContent-Length: 3\r\n", b"Host: 127.0.0.1\r\nX: a\x00b\r\n",
        b"Host: 127.0.0.1\r\nAuthorization: Basic eA==\r\nAuthorization: Basic eQ==\r\n",
        b"Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n",
    ],
)  # fmt: skip
def test_ambiguous_headers_are_refused(server: str, headers: bytes) -> None:
    assert reply(server, get(b"/healthz", headers)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Content-Length: 18\r\n\r\n" + QUESTION, b"200"),
        (CHUNKED + b"8\r\n" + QUESTION[:8] + b"\r\na\r\n" + QUESTION[8:] + b"\r\n0\r\n\r\n", b"200"),
        (b"Content-Length: 18\r\nContent-Length: 5\r\n\r\n" + QUESTION, b"400"),
        (b"Content-Length: 18\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" + QUESTION + b"\r\n0\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"Content-Length: -1\r\n\r\n", b"400"),
        (b"Content-Length: 99999999999999\r\n\r\n", b"413"),
        (b"Content-Length: 10485760\r\n\r\n", b"413"),
        (b"Transfer-Encoding: chunked\r\n\r\n5000\r\n" + b"x" * 0x5000 + b"\r\n0\r\n\r\n", b"413"),
        (b"Content-Type: text/plain\r\nContent-Length: 18\r\n\r\n" + QUESTION, b"400"),
    ],
)  # fmt: skip
def test_bodies_have_one_length_and_not_too_much(server: str, rest: bytes, status: bytes) -> None:
    assert reply(server, POST + rest).split(b" ")[1] == status


@pytest.mark.parametrize(
    "start",
    [b"BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_of_ours_is_answered_and_dropped(server: str, start: bytes) -> None:
    assert reply(server, start).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", [b"/healthz", b"/gradio_api/info", b"/"])
def test_there_are_no_websockets(server: str, path: bytes) -> None:
    assert not reply(server, get(path, b"Host: 127.0.0.1\r\n" + UPGRADE)).startswith(b"HTTP/1.1 101")


def test_headers_without_end_are_cut_off(server: str) -> None:
    assert b"200 OK" not in reply(server, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 300_000)


def test_who_sends_headers_or_body_too_slowly_is_disconnected(server: str) -> None:
    assert reply(server, b"GET /healthz HTTP/1.1\r\nHo") == b""
    assert reply(server, POST + b"Content-Length: 18\r\n\r\n{").startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_a_wrong_method_says_which_ones_there_are(server: str, method: str) -> None:
    refused = httpx.request(method, f"{server}/berater")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_json_is_not_taken_from_forms_of_other_websites(server: str, kind: str) -> None:
    refused = httpx.post(f"{server}/api/chat", content=QUESTION, headers={"content-type": kind})
    assert refused.status_code == 415
