"""Texts to vectors: the shipped multilingual-e5-small, or any sentence-transformers model by name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from assistant.core.errors import EmbeddingError

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
MAXIMUM_THREADS = 4


class Embedder(Protocol):
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
    """An encoder that LangChain can use as well, with lists of floats instead of arrays."""

    model_id: str
    dimension: int

    @abstractmethod
    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(dimension,)``, length one."""

    @abstractmethod
    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), dimension)``, length one; ``progress(done)`` while at it."""

    def embed_query(self, text: str) -> list[float]:
        """``encode_query`` as a list."""
        return cast(list[float], self.encode_query(text).tolist())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """``encode_documents`` as lists."""
        return cast(list[list[float]], self.encode_documents(texts).tolist())


class UnavailableEmbedder:
    """Stands in for a model that could not be loaded: whoever needs it gets the reason, others go on without."""

    def __init__(self, error: EmbeddingError) -> None:
        self._error = error

    @property
    def model_id(self) -> str:
        """Not known."""
        raise self._error

    @property
    def dimension(self) -> int:
        """Not known."""
        raise self._error

    def encode_query(self, text: str) -> Vectors:
        """Not possible."""
        raise self._error

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Not possible."""
        raise self._error
