"""Vectors cached by content: model, role and text give the same vector without embedding it again.

The vectors of the shipped knowledge come with the project in one compact file; what
is not in it is embedded once and kept in the data folder. Both hold one byte per
dimension (and its worth, which nothing reads), so a vector is the same whether it was
shipped, cached or new.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.index.embeddings import Embedder
from assistant.index.int8 import Bytes, quantise, restore

logger = logging.getLogger(__name__)
Role = Literal["query", "passage"]
Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
SHIPPED_FILE = Path(__file__).with_name("shipped_vectors.npz")
_BATCH = 256


def vector_key(model_id: str, role: Role, text: str) -> bytes:
    """Sixteen bytes that identify a vector by model, role and text."""
    return hashlib.blake2b(f"{model_id}\0{role}\0{text}".encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class ShippedVectors:
    """The vectors that come with the project, found by key."""

    rows: Mapping[bytes, int]
    bytes_: Bytes


def load_shipped(path: Path = SHIPPED_FILE) -> ShippedVectors:
    """Read the shipped file; without one, everything is embedded on first use."""
    if not path.exists():
        return ShippedVectors({}, np.zeros((0, 0), np.int8))
    with np.load(path) as file:
        keys, bytes_ = file["keys"], file["vectors"]
    return ShippedVectors({key.tobytes(): row for row, key in enumerate(keys)}, bytes_)


def save_shipped(embedder: Embedder, texts: Iterable[tuple[Role, str]], vectors: Vectors, path: Path) -> None:
    """Write the shipped file for these texts and their ``(n, d)`` vectors."""
    keys = [vector_key(embedder.model_id, role, text) for role, text in texts]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    bytes_, scales = quantise(vectors)
    table = np.frombuffer(b"".join(keys[row] for row in order), dtype=np.uint8).reshape(-1, 16)
    np.savez_compressed(path, keys=table, vectors=bytes_[order], scales=scales[order])


class VectorCache:
    """Vectors of own documents and changed texts, in one SQLite file of the data folder, made when first needed.

    A damaged file is thrown away: what was in it is embedded again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def _start_anew(self, error: sqlite3.DatabaseError) -> None:
        """Replace a damaged file; a full or locked one is another matter."""
        if isinstance(error, sqlite3.OperationalError):
            raise error
        logger.warning("the vector cache is damaged and starts anew: %s", error)
        self._path.unlink(missing_ok=True)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The known ones of the keys with their restored vectors."""
        try:
            return self._find(keys)
        except sqlite3.DatabaseError as error:
            self._start_anew(error)
            return {}

    def _find(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._connect() as connection:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                marks = ",".join("?" * len(some))
                rows = connection.execute(f"SELECT key, bytes FROM vectors WHERE key IN ({marks})", some)
                for key, bytes_ in rows:
                    found[key] = restore(np.frombuffer(bytes_, np.int8)[None])[0]
        return found

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors; a batch is written whole or not at all."""
        bytes_, scales = quantise(vectors)
        rows = [(key, float(scales[i]), bytes_[i].tobytes()) for i, key in enumerate(keys)]
        with self._connect() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def forget(self, keys: Sequence[bytes]) -> None:
        """Drop vectors, and with them what could be guessed from them about removed texts."""
        with self._connect() as connection:
            connection.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in keys])

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        """A connection that commits at the end of its ``with`` block and is closed then."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=30)) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, scale REAL, bytes BLOB)")
            yield connection


@dataclass(frozen=True, slots=True)
class CachingEmbedder:
    """An embedder that runs only for texts whose vector is neither shipped nor cached."""

    embedder: Embedder
    shipped: ShippedVectors
    cache: VectorCache

    def encode(self, texts: Sequence[str], role: Role = "passage", progress: Progress | None = None) -> Vectors:
        """Vectors of length one, shape ``(len(texts), dimension)``; ``progress(done, total)`` while embedding."""
        keys = [vector_key(self.embedder.model_id, role, text) for text in texts]
        result = np.zeros((len(texts), self.embedder.dimension), dtype=np.float32)
        missing = self._fill_known(keys, result)
        unique = list({keys[row]: row for row in missing}.values())
        for start in range(0, len(unique), _BATCH):
            rows = unique[start : start + _BATCH]
            vectors = restore(quantise(self._embed([texts[row] for row in rows], role))[0])
            self.cache.put([keys[row] for row in rows], vectors)
            result[rows] = vectors
            if progress:
                progress(min(start + _BATCH, len(unique)), len(unique))
        self._copy_repeated(keys, missing, unique, result)
        return result

    def _fill_known(self, keys: Sequence[bytes], result: Vectors) -> list[int]:
        """Fill in shipped and cached vectors; returns the rows that must be embedded."""
        shipped = [(row, self.shipped.rows[key]) for row, key in enumerate(keys) if key in self.shipped.rows]
        if shipped:
            rows, positions = map(list, zip(*shipped, strict=True))
            result[rows] = restore(self.shipped.bytes_[positions])
        rest = [row for row, key in enumerate(keys) if key not in self.shipped.rows]
        cached = self.cache.get([keys[row] for row in rest]) if rest else {}
        for row in rest:
            if keys[row] in cached:
                result[row] = cached[keys[row]]
        return [row for row in rest if keys[row] not in cached]

    def _copy_repeated(self, keys: Sequence[bytes], missing: list[int], unique: list[int], result: Vectors) -> None:
        first = {keys[row]: row for row in unique}
        for row in missing:
            result[row] = result[first[keys[row]]]

    def _embed(self, texts: Sequence[str], role: Role) -> Vectors:
        if role == "query":
            return np.stack([self.embedder.encode_query(text) for text in texts])
        return self.embedder.encode_documents(texts)
