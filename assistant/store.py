"""Passages and their vectors in Chroma, the store of record of one index generation."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexUnavailableError
from assistant.models import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from langchain_core.embeddings import Embeddings

COLLECTION = "passages"
_SPACE = {"hnsw": {"space": "cosine"}}
_BATCH = 2000


@contextmanager
def open_client(folder: Path) -> Iterator[ClientAPI]:
    """A Chroma client on a folder, closed at the end so that no process keeps the folder open."""
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    try:
        yield client
    finally:
        client.close()  # type: ignore[attr-defined]


def write_passages(
    folder: Path, removed: Sequence[str], passages: Sequence[Passage], vectors: NDArray[np.float32]
) -> int:
    """Remove and upsert passages with their ``(n, d)`` vectors; returns the number now stored."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document

    with open_client(folder) as client:
        ready = _ready_vectors(vectors)
        store = Chroma(COLLECTION, ready, client=client, collection_configuration=_SPACE)  # type: ignore[arg-type]
        for start in range(0, len(removed), _BATCH):
            store.delete(list(removed[start : start + _BATCH]))
        for start in range(0, len(passages), _BATCH):
            some = passages[start : start + _BATCH]
            documents = [Document(page_content=p.text, metadata=_metadata(p), id=p.id) for p in some]
            store.add_documents(documents, ids=[p.id for p in some])
        return int(client.get_collection(COLLECTION, embedding_function=None).count())


def read_vectors(folder: Path, ids: Sequence[str]) -> NDArray[np.float32]:
    """Vectors ``(len(ids), d)`` in the order of ``ids``; a missing one means a damaged store."""
    try:
        with open_client(folder) as client:
            found = client.get_collection(COLLECTION, embedding_function=None).get(include=["embeddings"])
    except Exception as error:  # Chroma meets damage with errors of many kinds
        raise IndexUnavailableError(f"Der Chroma-Ordner {folder} ist nicht lesbar.") from error
    rows = {one: row for row, one in enumerate(found["ids"])}
    if len(rows) != len(ids) or any(one not in rows for one in ids):
        raise IndexUnavailableError(f"Chroma enthält {len(rows)} statt {len(ids)} Passagen.")
    vectors = np.asarray(found["embeddings"], dtype=np.float32)
    return np.ascontiguousarray(vectors[[rows[one] for one in ids]]) if ids else np.zeros((0, 0), np.float32)


def _metadata(passage: Passage) -> dict[str, Any]:
    metadata = {
        "document": passage.document_id,
        "kind": passage.kind,
        "title": passage.title,
        "section": passage.section,
        "language": passage.language,
        "page": passage.page,
    }
    return {name: value for name, value in metadata.items() if value is not None}


def _ready_vectors(vectors: NDArray[np.float32]) -> Embeddings:
    """LangChain's embedding interface over vectors that exist already, handed out in order."""
    from langchain_core.embeddings import Embeddings

    class ReadyVectors(Embeddings):
        def __init__(self) -> None:
            self._rows = iter(vectors.tolist())

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [next(self._rows) for _ in texts]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return ReadyVectors()
