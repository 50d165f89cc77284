"""The front door: one ASGI layer before everything else.

It lets only known routes and methods through, bounds and inspects bodies before they
are parsed, limits how often an address may ask, and puts security headers on every reply.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.settings import Settings

BODY_LIMIT = 16 * 1024
ADVISER_BODY_LIMIT = 64 * 1024  # a profile with a long description and notes
_PREFIX = r"(?:/en)?"
ROUTES = tuple(
    (method, re.compile(pattern))
    for method, pattern in (
        ("GET", rf"{_PREFIX}/?"),
        ("GET", rf"{_PREFIX}/(?:assets|static|svelte)/[\w./@+-]+"),
        ("GET", rf"{_PREFIX}/(?:theme\.css|favicon\.ico|config|manifest\.json|robots\.txt)"),
        ("GET", rf"{_PREFIX}/gradio_api/(?:info|queue/data|heartbeat/[\w-]+|startup-events)"),
        ("POST", rf"{_PREFIX}/gradio_api/queue/join"),
        ("GET", r"/quelle/[a-z0-9/-]+"),
        ("GET", r"/api/search|/api/openapi\.json|/healthz|/readyz"),
        ("GET", r"/datenschutz|/impressum|/barrierefreiheit"),
        ("POST", r"/api/chat|/api/match|/api/briefing|/api/feedback"),
        ("GET", r"/berater|/selbstcheck"),
        ("POST", r"/berater(?:/(?:profil|briefing|suche))?"),
        ("POST", r"/selbstcheck(?:/fragen|/profil)?|/api/selfcheck"),
        ("GET", r"/embed(?:/[0-9a-f]{12}/[a-z]+\.(?:js|css))?|/widget(?:-[0-9a-f]{12})?\.js"),
        ("GET", r"/widget(?:/vorschau|/herkunft)?"),
    )
)
_ADVISER = re.compile(r"/berater.*|/api/(?:match|briefing)")
_QUESTIONS = re.compile(rf"/api/chat|/api/feedback|{_PREFIX}/gradio_api/queue/join|/selbstcheck|/api/selfcheck")
_LASTING = re.compile(r"/embed/|/widget[^/]*\.js$")
_FORWARDED = {b"forwarded", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix", b"x-forwarded-server"}
_JOIN_KEYS = {"data", "event_data", "fn_index", "session_hash", "trigger_id"}


class Refused(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, dict(headers or {})


class FrontDoor:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, settings: Settings, gate: Callable[[Scope], None] = lambda scope: None) -> None:
        self._app = app
        self._gate = gate
        self._settings = settings
        self._limits = RateLimits(settings)
        self._headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or refuse it; other protocols than HTTP are closed."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        request_id = secrets.token_hex(8)
        unchanged = scope
        scope = {
            **scope,
            "headers": self._trusted_headers(scope),
            "state": {**scope.get("state", {}), "request_id": request_id},
        }

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._put_headers(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        try:
            self._gate(unchanged)
            self._check_request(scope)
            receive = await self._checked_body(scope, receive)
        except Refused as refusal:
            reply = refusal_response(refusal, request_id, Headers(scope=scope).get("accept", ""))
            await reply(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _trusted_headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Forwarding headers count only when a trusted proxy sent them."""
        peer = scope["client"][0] if scope.get("client") else ""
        if peer in self._settings.trusted_proxies:
            return list(scope["headers"])
        return [(k, v) for k, v in scope["headers"] if k.lower() not in _FORWARDED and k.lower() != b"x-forwarded-for"]

    def _check_request(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = re.sub(r":\d+$", "", headers.get("host", ""))
        if self._settings.allowed_hosts and host not in self._settings.allowed_hosts:
            raise Refused(400, "unknown_host", "Unter diesem Namen ist der Dienst nicht erreichbar.")
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        fitting = [allowed for allowed, pattern in ROUTES if pattern.fullmatch(scope["path"])]
        if not fitting:
            raise Refused(404, "not_found", "Diese Seite gibt es hier nicht.")
        if method not in fitting:
            raise Refused(405, "method_not_allowed", "Dieser Zugriff ist hier nicht vorgesehen.")
        if method == "POST":
            self._check_origin(headers)
        if method == "POST" and _QUESTIONS.fullmatch(scope["path"]):
            self._limits.take(client_address(scope, headers))

    def _check_origin(self, headers: Headers) -> None:
        """A browser on another site may not post here."""
        if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise Refused(403, "cross_site", "Anfragen von anderen Websites werden nicht angenommen.")
        origin = headers.get("origin")
        if origin and re.sub(r"^https?://", "", origin) != headers.get("host"):
            raise Refused(403, "cross_site", "Anfragen von anderen Websites werden nicht angenommen.")

    async def _checked_body(self, scope: Scope, receive: Receive) -> Receive:
        if scope["method"] != "POST":
            return receive
        body = await _read_body(receive, ADVISER_BODY_LIMIT if _ADVISER.fullmatch(scope["path"]) else BODY_LIMIT)
        if scope["path"].endswith("/gradio_api/queue/join"):
            check_event(body)
        return _replay(body, receive)

    def _put_headers(self, headers: MutableHeaders, path: str, request_id: str) -> None:
        for name, value in (self._headers | frame_headers(path, self._settings)).items():
            headers[name] = value
        headers["X-Request-ID"] = request_id
        if _LASTING.match(path):
            headers.setdefault("Cache-Control", "no-store")
        elif not re.match(rf"{_PREFIX}/(?:assets|static|svelte)/", path):
            headers["Cache-Control"] = "no-store"


class RateLimits:
    """Questions per minute, per address and in total; addresses are kept hashed and in memory only."""

    def __init__(self, settings: Settings) -> None:
        self._per_address = settings.rate_limit_per_minute
        self._in_total = settings.global_rate_limit_per_minute
        self._seen: dict[bytes, deque[float]] = {}
        self._all: deque[float] = deque()
        self._key = secrets.token_bytes(16)

    def take(self, address: str) -> None:
        """Count a question or refuse it with the seconds to wait."""
        now = time.monotonic()
        hashed = blake2b(address.encode(), key=self._key, digest_size=16).digest()
        mine = self._seen.setdefault(hashed, deque())
        for window, limit in ((mine, self._per_address), (self._all, self._in_total)):
            while window and window[0] <= now - 60:
                window.popleft()
            if limit and len(window) >= limit:
                wait = str(max(1, round(window[0] + 60 - now)))
                message = f"Das waren viele Fragen in kurzer Zeit. Bitte versuchen Sie es in {wait} Sekunden wieder."
                raise Refused(429, "too_many_requests", message, {"Retry-After": wait})
        mine.append(now)
        self._all.append(now)
        self._forget(now)

    def _forget(self, now: float) -> None:
        if len(self._seen) > 10_000:
            self._seen = {key: window for key, window in self._seen.items() if window and window[-1] > now - 60}


def check_event(body: bytes) -> None:
    """A chat event holds text only: nothing that could name a file or an address on this server."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "invalid_request", "Die Anfrage ist kein gültiges JSON.") from error
    if not isinstance(event, dict) or not set(event) <= _JOIN_KEYS or not isinstance(event.get("data"), list):
        raise Refused(422, "invalid_request", "Die Anfrage enthält unerwartete Felder.")
    if not all(value is None or isinstance(value, str) for value in event["data"]):
        raise Refused(422, "invalid_request", "Angenommen wird nur Text.")
    if not _harmless_event_data(event.get("event_data")):
        raise Refused(422, "invalid_request", "Angenommen wird nur Text.")


def _harmless_event_data(data: Any) -> bool:
    """Gradio sends nothing, or for a thumb its place, the shown text and the direction."""
    if data is None:
        return True
    allowed = {"index", "value", "liked"}
    return isinstance(data, dict) and set(data) <= allowed and "path" not in json.dumps(data.get("index"))


def client_address(scope: Scope, headers: Headers) -> str:
    """The visitor's address; behind a trusted proxy the last one that it was told."""
    forwarded = headers.get("x-forwarded-for", "").split(",")[-1].strip()
    return forwarded or (scope["client"][0] if scope.get("client") else "")


def security_headers() -> dict[str, str]:
    """The same strict headers on every page: scripts, connections, fonts and frames from this host only."""
    return {
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def content_policy(ancestors: Iterable[str] = ()) -> str:
    """The content security policy of a page that this host and ``ancestors`` may put into a frame."""
    own_and_others = ("'self'", *ancestors)
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {' '.join(own_and_others)}"
    )


def frame_headers(path: str, settings: Settings) -> dict[str, str]:
    """What other websites may: frame the embeddable page if allowed, load the widget's script; never the adviser area.

    The frame also fits into pages that isolate themselves (COEP), because it does so, too.
    """
    if path == "/embed":
        return {
            "Content-Security-Policy": content_policy(settings.allowed_origins),
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    if _ADVISER.fullmatch(path):
        policy = content_policy().replace("frame-ancestors 'self'", "frame-ancestors 'none'")
        return {"Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
    if re.fullmatch(r"/widget[^/]*\.js", path):
        return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return {}


def error_response(
    status: int, code: str, message: str, request_id: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The error object of the contract as a reply."""
    return JSONResponse(error_body(code, message, request_id), status_code=status, headers=dict(headers or {}))


def refusal_response(refusal: Refused, request_id: str, accept: str) -> Response:
    """A refusal as the error object, or for somebody who opened a page as a page."""
    if not accept.startswith("text/html"):
        return error_response(refusal.status, refusal.code, str(refusal), request_id, refusal.headers)
    page = (
        '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Netzlotse</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/static/source.css"></head>'
        f'<body><main><h1>{refusal}</h1><p><a href="/">Zum Netzlotsen</a></p></main></body></html>'
    )
    return HTMLResponse(page, refusal.status, refusal.headers)


def error_body(code: str, message: str, request_id: str) -> dict[str, dict[str, str]]:
    """The error object of the contract."""
    return {"error": {"code": code, "message": message, "request_id": request_id}}


async def _read_body(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            raise Refused(413, "too_large", f"Die Anfrage ist zu groß (höchstens {limit // 1024} kB).")
        if not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
