"""Run the application on a host and port."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.log_format import content_free_logs
from assistant.feedback.recorder import store_of
from assistant.feedback.store import forget_regularly
from assistant.operations.index_maintainer import maintain_index

if TYPE_CHECKING:
    from assistant.web.observability.access_log import Observer


GRACE_SECONDS = 8  # seconds that running answers get when the server is told to stop
STOP_SECONDS = 9.5
logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Says in one line where it can be reached, once it can; stops within ten seconds."""

    def __init__(self, app: Observer, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._app = app
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            print(f"Netzlotse läuft auf {self._address}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for running answers, not for open pages, and at last for nothing."""
        last_resort = threading.Timer(STOP_SECONDS, _end_now)
        last_resort.daemon = True
        last_resort.start()
        self._app.end_idle_streams()
        await super().shutdown(sockets)


def run(assistant: AppContext, listener: socket.socket) -> None:
    """Serve on a listening socket until stopped."""
    from assistant.web.app import build_app
    from assistant.web.security.adviser_auth import is_loopback
    from assistant.web.security.slow_clients import HeaderTimeoutProtocol

    host, port = listener.getsockname()[:2]
    threading.Thread(target=_warm_up, args=(assistant,), daemon=True).start()
    stop = threading.Event()
    threading.Thread(target=maintain_index, args=(assistant, stop), daemon=True).start()
    app = build_app(assistant, loopback=is_loopback(host))
    threading.Thread(target=forget_regularly, args=(store_of(assistant), stop), daemon=True).start()
    config = uvicorn.Config(
        app,
        http=HeaderTimeoutProtocol,
        ws="none",
        log_level="warning",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        limit_concurrency=512,
    )
    shown = f"[{host}]" if ":" in host else host
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again once everything has ended
    try:
        with content_free_logs(assistant.settings.log):
            _Server(app, config, f"http://{shown}:{port}").run(sockets=[listener])
    finally:
        stop.set()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; a busy port is one sentence and exit code 1."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        print(
            f"Auf {host}:{port} läuft schon ein Dienst oder die Adresse ist nicht frei; "
            f"nehmen Sie eine andere: make serve PORT={port + 1}",
            file=sys.stderr,
        )
        sys.exit(1)
    return listener


def _end_now() -> None:
    """A thread that cannot be stopped, such as one waiting for a language model, must not keep the process."""
    logger.warning("stopped while an answer was still being made")
    os._exit(0)


def _warm_up(assistant: AppContext) -> None:
    """The first visitor should not wait for dictionaries to be read."""
    for question in ("Wie können kleine Unternehmen zusammenarbeiten?", "How can small companies work together?"):
        ask(assistant, question)
