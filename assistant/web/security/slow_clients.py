"""The server's side of one connection: who sends headers too slowly or without end is disconnected."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADER_SECONDS = 10.0
HEADER_BYTES = 64 * 1024


class HeaderTimeoutProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's protocol, which itself waits for ever for the end of the headers and keeps them all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._given_up: asyncio.TimerHandle | None = None
        self._bytes = 0

    def connection_made(self, transport: Any) -> None:
        """The first request may take as long as any other."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Between two requests count bytes and time; a request that arrived is somebody else's business."""
        if not self._is_answering():
            self._bytes += len(data)
        super().data_received(data)
        self._watch()
        if self._bytes > HEADER_BYTES:
            self._give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._rest()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self._is_answering():
            self._rest()
        elif self._given_up is None:
            self._given_up = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _rest(self) -> None:
        self._bytes = 0
        if self._given_up is not None:
            self._given_up.cancel()
            self._given_up = None

    def _give_up(self) -> None:
        self._given_up = None
        if not self._is_answering() and not self.transport.is_closing():
            self.transport.close()
