"""Passages and vectors on a Chroma server, one collection per snapshot.

Spoken to over its REST interface with httpx, because the Python client waits for ever
on a server that accepts and never answers.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import IndexUnavailableError, VectorStoreUnavailableError
from assistant.index.vector_store import IndexDelta, Progress

logger = logging.getLogger(__name__)
QUERY_SECONDS = 3.0
BULK_SECONDS = 30.0
PAUSE_SECONDS = 5.0
UNREACHABLE = "Der Chroma-Server antwortet nicht."
_PATH = "/api/v2/tenants/default_tenant/databases/default_database/collections"
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}}
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is and how to get in; ``repr`` shows no secret."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Address({self.url!r})"

    @classmethod
    def parse(cls, url: str, token: str | None = None) -> Address:
        """Take name and password out of a URL; a token goes before them."""
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
        plain = f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
        if token:
            return cls(plain, (("Authorization", f"Bearer {token}"),))
        if parts.username is None:
            return cls(plain)
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        return cls(plain, (("Authorization", f"Basic {b64encode(login).decode()}"),))


class CircuitBreaker:
    """Spares a server that failed: for a while nobody asks it, then one caller tries again."""

    def __init__(self, pause: float = PAUSE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause, self._clock = pause, clock
        self._until = 0.0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Raise while the circuit is open; the first caller after the pause goes through and others wait on."""
        with self._lock:
            now = self._clock()
            if now < self._until:
                raise VectorStoreUnavailableError(UNREACHABLE)
            if self._until:
                self._until = now + self._pause

    def failed(self) -> None:
        """Open the circuit."""
        with self._lock:
            self._until = self._clock() + self._pause

    def worked(self) -> None:
        """Close the circuit."""
        with self._lock:
            self._until = 0.0


class ChromaServer:
    """Chroma as a server, shared by any number of processes."""

    kind = "server"

    def __init__(self, address: Address, pause: float = PAUSE_SECONDS) -> None:
        """``pause``: seconds for which a server that failed is left alone."""
        self._breaker = CircuitBreaker(pause)
        alone = httpx.Limits(max_keepalive_connections=0)  # nothing stays open that a restarted server has forgotten
        self._client = httpx.Client(base_url=address.url, headers=dict(address.headers), limits=alone)

    def write(self, snapshot: str, folder: Path, content: IndexDelta, last: Path | None, progress: Progress) -> None:
        """Upload a whole collection, because a server cannot copy one; it counts only once it is named as current."""
        self._call("GET", "/api/v2/heartbeat")
        body = {"name": collection_name(snapshot), "configuration": _CONFIGURATION, "get_or_create": True}
        collection = f"{_PATH}/{self._call('POST', _PATH, body)['id']}"
        for start in range(0, len(content.passages), _BATCH):
            some = content.passages[start : start + _BATCH]
            rows: dict[str, Any] = {
                "ids": [passage.id for passage in some],
                "embeddings": content.vectors[start : start + _BATCH].tolist(),
                "documents": [passage.text for passage in some],
                "metadatas": [{"document": passage.document_id, "kind": passage.kind} for passage in some],
            }
            self._call("POST", f"{collection}/upsert", rows, BULK_SECONDS)
            progress(start + len(some), len(content.passages))
        stored = self._call("GET", f"{collection}/count", seconds=BULK_SECONDS)
        if stored != len(content.passages):
            raise IndexUnavailableError(f"Chroma enthält {stored} statt {len(content.passages)} Passagen.")

    def read(self, snapshot: str, folder: Path, ids: Sequence[str]) -> NDArray[np.float32]:
        """All vectors ``(len(ids), d)`` in the order of ``ids``, in batches; a missing one means damage."""
        collection = self._collection(snapshot)
        stored = self._call("GET", f"{collection}/count", seconds=BULK_SECONDS)
        if stored != len(ids):
            raise IndexUnavailableError(f"Chroma enthält {stored} statt {len(ids)} Passagen.")
        parts = [self._read_some(collection, ids[start : start + _BATCH]) for start in range(0, len(ids), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)

    def is_there(self, snapshot: str, folder: Path) -> bool:
        """Whether the collection exists."""
        try:
            self._collection(snapshot)
        except IndexUnavailableError:
            return False
        return True

    def drop(self, snapshot: str) -> None:
        """Delete the collection, if it exists."""
        try:
            self._call("DELETE", f"{_PATH}/{collection_name(snapshot)}", seconds=BULK_SECONDS)
        except IndexUnavailableError:
            return

    def _collection(self, snapshot: str) -> str:
        return f"{_PATH}/{self._call('GET', f'{_PATH}/{collection_name(snapshot)}')['id']}"

    def _read_some(self, collection: str, ids: Sequence[str]) -> NDArray[np.float32]:
        body = {"ids": list(ids), "include": ["embeddings"]}
        found = self._call("POST", f"{collection}/get", body, BULK_SECONDS)
        rows = {passage: row for row, passage in enumerate(found["ids"])}
        if any(passage not in rows for passage in ids):
            raise IndexUnavailableError(f"Chroma enthält {len(rows)} statt {len(ids)} Passagen.")
        return np.array(found["embeddings"], dtype=np.float32)[[rows[passage] for passage in ids]]

    def _call(self, method: str, path: str, body: object = None, seconds: float = QUERY_SECONDS) -> Any:
        """One request within its deadline; a server in trouble is left alone for a while."""
        self._breaker.enter()
        try:
            status, content = self._send(method, path, body, seconds)
        except (httpx.HTTPError, ValueError) as error:
            self._breaker.failed()
            logger.warning("the Chroma server failed: %s", type(error).__name__)
            raise VectorStoreUnavailableError(UNREACHABLE) from None  # the cause may name address and secrets
        if status in (401, 403) or status >= 500 or status == 429:
            self._breaker.failed()
            refused = "Der Chroma-Server lehnt die Anmeldung ab." if status in (401, 403) else UNREACHABLE
            raise VectorStoreUnavailableError(refused)
        self._breaker.worked()
        if status >= 400:
            raise IndexUnavailableError("Der Chroma-Server kennt diesen Stand des Index nicht.")
        return content

    def _send(self, method: str, path: str, body: object, seconds: float) -> tuple[int, Any]:
        """Status and parsed content; the deadline holds for the whole reply, however slowly it drips."""
        end = time.monotonic() + seconds
        with self._client.stream(method, path, json=body, timeout=seconds) as response:
            parts = []
            for part in response.iter_bytes():
                parts.append(part)
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("deadline")
        text = b"".join(parts)
        return response.status_code, json.loads(text) if text and response.is_success else None


def collection_name(snapshot: str) -> str:
    """The collection of a snapshot."""
    return f"netzlotse-{snapshot}"
