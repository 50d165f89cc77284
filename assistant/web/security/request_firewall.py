"""The firewall: one ASGI layer before the whole app.

It lets only known routes and methods through, bounds and inspects bodies before they
are parsed, limits how much an address may ask, and puts security headers on every reply.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.core.models import Language
from assistant.core.settings import Settings
from assistant.web.errors import NOT_FOUND, HTTPRefusal, chat_response, refusal_response
from assistant.web.security.client_address import HOST, AddressHasher, apply_forwarded_headers
from assistant.web.security.gradio_event_filter import filter_event
from assistant.web.security.headers import ADVISER, set_headers
from assistant.web.security.rate_limits import OpenRequests, RateLimits, busy_refusal

BODY_LIMIT = 16 * 1024
ADVISER_BODY_LIMIT = 64 * 1024  # a profile with a long description and notes
BODY_SECONDS = 10.0
ANSWER_SECONDS = 4.5  # five are promised, the way there and back included; a language model has limits of its own
_PREFIX = r"(?:/en)?"
ROUTES = tuple(
    (method, re.compile(pattern, re.ASCII))
    for method, pattern in (
        ("GET", rf"{_PREFIX}/?"),
        ("GET", rf"{_PREFIX}/assets/[\w@+-][\w.@+-]*|/static/[\w-][\w.-]*|/robots\.txt"),
        ("GET", rf"{_PREFIX}/(?:theme\.css|favicon\.ico|config)"),
        ("GET", rf"{_PREFIX}/gradio_api/(?:info|queue/data|heartbeat/[a-z0-9]{{1,40}})"),
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
_QUESTIONS = re.compile(r"/api/(?:chat|search|selfcheck|feedback)|/selbstcheck")
_JOIN = re.compile(rf"{_PREFIX}/gradio_api/queue/join")
_STREAMS = re.compile(rf"{_PREFIX}/gradio_api/(?:queue/data|heartbeat/.+)")
_JSON = re.compile(rf"/api/.+|{_PREFIX}/gradio_api/.+")
_ONCE = ("host", "content-length", "content-type", "origin", "sec-fetch-site", "authorization", "transfer-encoding")


class RequestFirewall:
    """ASGI middleware around the whole app."""

    def __init__(
        self, app: ASGIApp, settings: Settings, authorize: Callable[[Scope], None] = lambda scope: None
    ) -> None:
        self._app = app
        self._authorize = authorize
        self._settings = settings
        self._limits = RateLimits(settings)
        self._open = OpenRequests()
        self._visitors = AddressHasher()
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or refuse it; other protocols than HTTP are closed."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await self._handle(scope, receive, send)

    async def _handle(self, unchanged: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(8)
        scope = apply_forwarded_headers(unchanged, self._settings.trusted_proxies)
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                set_headers(headers, scope["path"], self._settings, secure=scope["scheme"] == "https")
                headers["X-Request-ID"] = request_id
            await send(message)

        try:
            check_request(scope, self._settings)
            self._authorize(unchanged)
            with self._counting(scope):
                receive = await _check_body(scope, receive)
                await self._pass_on(scope, receive, send_with_headers)
        except HTTPRefusal as refusal:
            if outcome := scope["state"].get("outcome"):
                outcome.code = refusal.code
            accept, language = Headers(scope=scope).get("accept", ""), _language(scope)
            in_chat = _JOIN.fullmatch(scope["path"])
            reply = (
                chat_response(refusal, request_id, language)
                if in_chat
                else refusal_response(refusal, request_id, accept, language)
            )
            await reply(scope, receive, send_with_headers)

    def _counting(self, scope: Scope) -> AbstractContextManager[None]:
        """Count a question against the limits, and a stream as long as it is open."""
        path = scope["path"]
        if _is_question(scope) or (scope["method"] == "POST" and _JOIN.fullmatch(path)):
            self._limits.count(self._visitors.hash_of(scope))
        return self._open.listening(self._visitors.hash_of(scope)) if _STREAMS.fullmatch(path) else nullcontext()

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_question(scope):
            await self._with_first_byte_timeout(scope, receive, send)
        elif _STREAMS.fullmatch(scope["path"]):
            # Gradio raises where a stream has begun and its session is unknown: nothing to trace, and anybody can do it
            with suppress(RuntimeError):
                await self._app(scope, receive, send)
        else:
            joining = _JOIN.fullmatch(scope["path"])
            await self._app(scope, receive, _translate_queue_full(send, _language(scope)) if joining else send)

    async def _with_first_byte_timeout(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the first byte of an answer only as long as promised.

        What is late goes on in its thread, which nobody can stop, and counts as running until it ends.
        """
        begun = given_up = False

        async def send_with_first_byte_timeout(message: Message) -> None:
            nonlocal begun
            if not given_up:
                begun = True
                await send(message)

        async def answer() -> None:
            with self._open.answering():
                await self._app(scope, receive, send_with_first_byte_timeout)

        task = asyncio.create_task(answer())
        await asyncio.wait({task}, timeout=ANSWER_SECONDS if self._settings.model is None else None)
        if task.done() or begun:
            await task
            return
        given_up = True
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        raise busy_refusal(503, "too_slow", 5)


def _is_question(scope: Scope) -> bool:
    return bool(_QUESTIONS.fullmatch(scope["path"])) and (scope["method"] == "POST" or scope["path"] == "/api/search")


def _language(scope: Scope) -> Language:
    """Of the page that asks: by its address, and from the widget, which says it in a header of its own choice."""
    return "en" if scope["path"].startswith("/en/") or Headers(scope=scope).get("accept-language") == "en" else "de"


def _translate_queue_full(send: Send, language: Language) -> Send:
    """Gradio's words for a full queue are English and say nothing; its page shows ours when the status is another."""
    refusing = False

    async def send_in_our_words(message: Message) -> None:
        nonlocal refusing
        if message["type"] == "http.response.start" and message["status"] == 503:
            refusing = True
            body = chat_response(busy_refusal(429, "busy", 3), "", language)
            await send({"type": "http.response.start", "status": 429, "headers": body.raw_headers})
            await send({"type": "http.response.body", "body": body.body})
        elif not refusing:
            await send(message)

    return send_in_our_words


def check_request(scope: Scope, settings: Settings) -> None:
    """Refuse what no page of ours sends, before anything of it is read."""
    headers = Headers(scope=scope)
    if any(len(headers.getlist(name)) > 1 for name in _ONCE) or not HOST.fullmatch(headers.get("host", "")):
        raise HTTPRefusal(400, "invalid_request", "Die Kopfzeilen der Anfrage sind nicht eindeutig.")
    host = re.sub(r":\d+$", "", headers["host"])
    if settings.allowed_hosts and host.lower() not in {one.lower() for one in settings.allowed_hosts}:
        raise HTTPRefusal(400, "unknown_host", "Unter diesem Namen ist der Dienst nicht erreichbar.")
    _check_route(scope)
    if scope["method"] == "POST":
        _check_origin(headers)
        _check_type(scope["path"], headers)
    elif headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise HTTPRefusal(400, "invalid_request", "Hier wird kein Inhalt angenommen.")


def _check_route(scope: Scope) -> None:
    """Known addresses only, and spelt in one way only: nothing of ours needs an escape or a way back."""
    path, method = scope["path"], "GET" if scope["method"] == "HEAD" else scope["method"]
    odd = b"%" in scope.get("raw_path", b"").partition(b"?")[0] or "/.." in path or "//" in path
    fitting = [] if odd else [allowed for allowed, pattern in ROUTES if pattern.fullmatch(path)]
    if not fitting:
        raise HTTPRefusal(404, "not_found", NOT_FOUND)
    if method not in fitting:
        allowed = ", ".join(dict.fromkeys(("GET, HEAD" if one == "GET" else one) for one in fitting))
        raise HTTPRefusal(405, "method_not_allowed", "Dieser Zugriff ist hier nicht vorgesehen.", {"Allow": allowed})


def _check_origin(headers: Headers) -> None:
    """A browser on another site may not post here."""
    origin = headers.get("origin")
    elsewhere = origin is not None and re.sub(r"^https?://", "", origin) != headers.get("host")
    if elsewhere or headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise HTTPRefusal(403, "cross_site", "Anfragen von anderen Websites werden nicht angenommen.")


def _check_type(path: str, headers: Headers) -> None:
    """Where JSON is expected, nothing that a form of another website could send."""
    given = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if _JSON.fullmatch(path) and given != "application/json":
        raise HTTPRefusal(415, "invalid_request", "Angenommen wird nur JSON.")


async def _check_body(scope: Scope, receive: Receive) -> Receive:
    if scope["method"] != "POST":
        return receive
    limit = ADVISER_BODY_LIMIT if ADVISER.fullmatch(scope["path"]) else BODY_LIMIT
    announced = Headers(scope=scope).get("content-length", "0")
    if not announced.isdecimal() or int(announced[:12]) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _read_body(receive, limit)
    except TimeoutError as error:
        raise HTTPRefusal(408, "too_slow", "Die Anfrage kam nicht vollständig an.", {"Connection": "close"}) from error
    if _JOIN.fullmatch(scope["path"]):
        body = filter_event(body)
        kept = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        scope["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
    return _replay(body, receive)


def _too_large(limit: int) -> HTTPRefusal:
    message = f"Die Anfrage ist zu groß (höchstens {limit // 1024} kB)."
    return HTTPRefusal(413, "too_large", message, {"Connection": "close"})


async def _read_body(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
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
