"""Passages and their vectors in Chroma, the store of record of one index snapshot.

``EmbeddedChroma`` keeps each snapshot in a folder of its own; ``chroma_server`` keeps it
on a Chroma server.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import IndexUnavailableError
from assistant.core.models import Passage

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_core.embeddings import Embeddings

Progress = Callable[[int, int], None]
"""Told how many of how many passages are stored."""
COLLECTION = "passages"
_SPACE = {"hnsw": {"space": "cosine"}}
_BATCH = 2000
_FOLDER = "chroma"


@dataclass(frozen=True, slots=True)
class IndexDelta:
    """What a snapshot stores: its passages with ``(n, d)`` vectors, and how it differs from the last one.

    ``fresh`` are positions in ``passages``, ``gone`` ids that only the last one has.
    """

    passages: Sequence[Passage]
    vectors: NDArray[np.float32]
    fresh: Sequence[int]
    gone: Sequence[str]


class Store(Protocol):
    """Where the vectors of the snapshots are kept."""

    @property
    def kind(self) -> str:
        """Stands in the manifest; a snapshot is read from the kind of store that it was written to."""

    def write(self, snapshot: str, folder: Path, content: IndexDelta, last: Path | None, progress: Progress) -> None:
        """Store a new snapshot whose files go to ``folder``; ``last`` is the folder of the one it grows from."""

    def read(self, snapshot: str, folder: Path, ids: Sequence[str]) -> NDArray[np.float32]:
        """Vectors ``(len(ids), d)`` in the order of ``ids``; a missing one means damage."""

    def is_there(self, snapshot: str, folder: Path) -> bool:
        """A cheap look whether the vectors are still where they were; raises when a server does not answer."""

    def drop(self, snapshot: str) -> None:
        """Forget a snapshot whose folder is about to be deleted."""


class EmbeddedChroma:
    """Chroma embedded, one folder per snapshot beside its other files."""

    kind = "folder"

    def write(self, snapshot: str, folder: Path, content: IndexDelta, last: Path | None, progress: Progress) -> None:
        """Copy the last snapshot's folder and change only what differs."""
        if last:
            shutil.copytree(last / _FOLDER, folder / _FOLDER)
        new = list(content.fresh) if last else range(len(content.passages))
        passages = [content.passages[position] for position in new]
        stored = write_passages(folder / _FOLDER, content.gone, passages, content.vectors[new], progress)
        if stored != len(content.passages):
            raise IndexUnavailableError(f"Chroma enthält {stored} statt {len(content.passages)} Passagen.")

    def read(self, snapshot: str, folder: Path, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of a snapshot folder; Chroma writes even to read: on a full or sealed disk a copy is read."""
        try:
            return read_vectors(folder / _FOLDER, ids)
        except IndexUnavailableError:
            with TemporaryDirectory(ignore_cleanup_errors=True) as aside, suppress(OSError, shutil.Error):
                copy = shutil.copytree(folder / _FOLDER, Path(aside, _FOLDER), copy_function=shutil.copyfile)
                return read_vectors(copy, ids)
            raise

    def is_there(self, snapshot: str, folder: Path) -> bool:
        """Whether Chroma's database file exists."""
        return (folder / _FOLDER / "chroma.sqlite3").is_file()

    def drop(self, snapshot: str) -> None:
        """Nothing to do: the vectors lie in the folder that is deleted."""


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
    folder: Path,
    removed: Sequence[str],
    passages: Sequence[Passage],
    vectors: NDArray[np.float32],
    progress: Progress = lambda *_: None,
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
            progress(start + len(some), len(passages))
        return int(client.get_collection(COLLECTION, embedding_function=None).count())


def read_vectors(folder: Path, ids: Sequence[str]) -> NDArray[np.float32]:
    """Vectors ``(len(ids), d)`` in the order of ``ids``; a missing one means a damaged store."""
    if not (folder / "chroma.sqlite3").is_file():  # Chroma would make a new, empty one
        raise IndexUnavailableError("Die Chroma-Datei des Index fehlt.")
    try:
        with open_client(folder) as client:
            return _read_all(client.get_collection(COLLECTION, embedding_function=None), ids)
    except IndexUnavailableError:
        raise
    except Exception as error:  # Chroma meets damage with errors of many kinds
        raise IndexUnavailableError("Der Chroma-Ordner des Index ist nicht lesbar.") from error


def _read_all(collection: Collection, ids: Sequence[str]) -> NDArray[np.float32]:
    """In batches: Chroma hands out a Python number for each of a vector's, a hundred bytes for four."""
    count = collection.count()
    if count != len(ids):
        raise IndexUnavailableError(f"Chroma enthält {count} statt {len(ids)} Passagen.")
    rows = {passage: row for row, passage in enumerate(ids)}
    vectors: NDArray[np.float32] | None = None
    for start in range(0, len(ids), _BATCH):
        found = collection.get(limit=_BATCH, offset=start, include=["embeddings"])
        part = np.asarray(found["embeddings"], dtype=np.float32)
        vectors = np.zeros((len(ids), part.shape[1]), dtype=np.float32) if vectors is None else vectors
        found_rows = [rows.pop(passage, -1) for passage in found["ids"]]
        if -1 in found_rows:
            raise IndexUnavailableError("Chroma enthält andere Passagen als der Index.")
        vectors[found_rows] = part
    if rows:
        raise IndexUnavailableError("Im Chroma-Ordner des Index fehlen Passagen.")
    return np.zeros((0, 0), np.float32) if vectors is None else vectors


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
