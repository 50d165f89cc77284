"""Run the application on a host and port."""

from __future__ import annotations

import socket
import sys
import threading

import uvicorn

from assistant.bootstrap import Assistant
from assistant.caretaker import take_care
from assistant.feedback import forget_regularly
from assistant.keeping import store_of
from assistant.pipeline import ask


class _Server(uvicorn.Server):
    """Says in one line where it can be reached, once it can."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            print(f"Netzlotse läuft auf {self._address}", flush=True)


def run(assistant: Assistant, listener: socket.socket) -> None:
    """Serve on a listening socket until stopped."""
    from assistant.web.app import build_app
    from assistant.web.connection import PatientProtocol
    from assistant.web.guard import is_loopback

    host, port = listener.getsockname()[:2]
    threading.Thread(target=_warm_up, args=(assistant,), daemon=True).start()
    stop = threading.Event()
    threading.Thread(target=take_care, args=(assistant, stop), daemon=True).start()
    threading.Thread(target=forget_regularly, args=(store_of(assistant), stop), daemon=True).start()
    config = uvicorn.Config(
        build_app(assistant, loopback=is_loopback(host)),
        http=PatientProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=8,
        limit_concurrency=512,
    )
    shown = f"[{host}]" if ":" in host else host
    try:
        _Server(config, f"http://{shown}:{port}").run(sockets=[listener])
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


def _warm_up(assistant: Assistant) -> None:
    """The first visitor should not wait for dictionaries to be read."""
    for question in ("Wie können kleine Unternehmen zusammenarbeiten?", "How can small companies work together?"):
        ask(assistant, question)
