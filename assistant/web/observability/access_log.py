"""The outermost layer: one log line and some metrics per request, without a word of what was asked."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.core.log_format import REQUESTS, error_location
from assistant.core.models import Answer
from assistant.core.settings import Settings
from assistant.web.api.sse import MEDIA_TYPE, sse_event
from assistant.web.errors import error_body, error_response
from assistant.web.observability.metrics import Metrics, may_see_metrics
from assistant.web.security.request_firewall import ROUTES

UNKNOWN = "-"
_VARIABLE = (
    (re.compile(r"/quelle/.+"), "/quelle/{id}"),
    (re.compile(r"/heartbeat/.+"), "/heartbeat/{session}"),
    (re.compile(r"/(assets|static|svelte)/.+"), r"/\1/{file}"),
    (re.compile(r"-?[0-9a-f]{12}(?=[./])"), "{hash}"),
)
_LASTING = re.compile(r".*/gradio_api/(?:heartbeat/.+|queue/data)")
_ROUTINE = re.compile(r".*/(?:assets|static|svelte)/.*|/healthz|/readyz|/metrics|.*/theme\.css")
_CUT = "Der Dienst wird gerade neu gestartet. Bitte stellen Sie Ihre Frage gleich noch einmal."
logger = logging.getLogger(REQUESTS)


@dataclass(slots=True)
class RequestOutcome:
    """How a request ended, said by its route or by the firewall; travels in the state of the request."""

    status: str | None = None
    mode: str | None = None
    code: str | None = None


@dataclass(slots=True)
class _Reply:
    """What is known of a reply while it is sent."""

    status: int = 0
    request_id: str | None = None
    streams: bool = False
    ended: bool = False


class Observer:
    """ASGI layer around everything: metrics and log lines; serves ``/metrics`` to those who may see it."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._idle: set[asyncio.Task[object]] = set()

    def end_idle_streams(self) -> None:
        """Let go of open chat pages, so that stopping waits only for answers."""
        for task in self._idle:
            task.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/metrics" and may_see_metrics(scope, self._settings):
            headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            await Response(self._metrics.text(), 200, headers, "text/plain; version=0.0.4")(scope, receive, send)
        else:
            await self._observe(scope, receive, send)

    async def _observe(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, reply, outcome = time.perf_counter(), _Reply(), RequestOutcome()
        scope["state"] = {**scope.get("state", {}), "outcome": outcome}
        error: BaseException | None = None

        async def watched_send(message: Message) -> None:
            _watch(message, reply)
            await send(message)

        with self._counting(scope["path"]):
            try:
                await self._app(scope, receive, watched_send)
            except asyncio.CancelledError:  # the server stops, and the task ends here in any case
                await _end_politely(scope, receive, watched_send, reply)
            except Exception as raised:
                error = raised
                raise
            finally:
                self._record(scope, reply, outcome, time.perf_counter() - started, error)

    @contextmanager
    def _counting(self, path: str) -> Iterator[None]:
        gauge = self._metrics.in_progress.labels("stream" if _LASTING.fullmatch(path) else "reply")
        task = asyncio.current_task() if "/heartbeat/" in path else None
        gauge.inc()
        if task:
            self._idle.add(task)
        try:
            yield
        finally:
            gauge.dec()
            if task:
                self._idle.discard(task)

    def _record(
        self, scope: Scope, reply: _Reply, outcome: RequestOutcome, seconds: float, error: BaseException | None
    ) -> None:
        route, status = route_template(scope["path"]), reply.status or 500
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else UNKNOWN
        self._metrics.count_reply(method, route, status, seconds, lasting=bool(_LASTING.fullmatch(scope["path"])))
        if status < 400 and _ROUTINE.fullmatch(scope["path"]):
            return
        fields = {
            "request_id": reply.request_id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "answer": outcome.status,
            "mode": outcome.mode,
            "code": outcome.code,
            **(error_location(error) if error else {}),
        }
        level = logging.ERROR if status == 500 or error else logging.WARNING if status > 500 else logging.INFO
        logger.log(level, "request", extra={"fields": fields})


def note_answer(request: Request, answer: Answer) -> None:
    """Say in the log line and the metrics of a request how its answer ended."""
    request.app.state.metrics.count_answer(answer, "api")
    outcome = getattr(request.state, "outcome", None)
    if outcome:
        outcome.status, outcome.mode = answer.status, answer.mode


def note_chat_answer(metrics: Metrics, answer: Answer) -> None:
    """The same for the chat page, whose answers arrive outside of the request that asked."""
    metrics.count_answer(answer, "chat")
    fields = {"answer": answer.status, "mode": answer.mode, "ms": round(answer.timings_ms.get("total", 0.0), 1)}
    logger.info("answer", extra={"fields": fields})


def route_template(path: str) -> str:
    """The route of a path without what varies; addresses that nobody serves are all the same."""
    if not any(pattern.fullmatch(path) for _, pattern in ROUTES):
        return UNKNOWN
    for pattern, name in _VARIABLE:
        path = pattern.sub(name, path)
    return path


def _watch(message: Message, reply: _Reply) -> None:
    if message["type"] == "http.response.start":
        headers = Headers(raw=message["headers"])
        reply.status = message["status"]
        reply.request_id = headers.get("x-request-id")
        reply.streams = headers.get("content-type", "").startswith(MEDIA_TYPE)
    elif message["type"] == "http.response.body":
        reply.ended = not message.get("more_body", False)


async def _end_politely(scope: Scope, receive: Receive, send: Send, reply: _Reply) -> None:
    """The server stops before a reply has ended: say so instead of going silent."""
    request_id = reply.request_id or ""
    if not reply.status:
        headers = {"Retry-After": "10", "Cache-Control": "no-store"}
        await error_response(503, "stopping", _CUT, request_id, headers)(scope, receive, send)
    elif reply.streams and not reply.ended:
        lasting = _LASTING.fullmatch(scope["path"])
        event = "" if lasting else sse_event("error", error_body("stopping", _CUT, request_id))
        await send({"type": "http.response.body", "body": event.encode(), "more_body": False})
