"""The reader: question and passage seen together, to tell how well the passage and each of its sentences answer."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import Protocol

import numpy as np

from assistant.core.artifact_cache import load_or_aside
from assistant.core.models import Passage, Reading
from assistant.core.settings import Settings
from assistant.index.cross_encoder_reader import CrossEncoderReader
from assistant.index.e5_checkpoint import Floats, WordTable, weights_file
from assistant.index.e5_network import HEADS, Arrays
from assistant.index.e5_onnx_export import MODEL_FILE, TOKENIZER_FILE, prepare_encoder, prepare_reader
from assistant.index.embedding_engines import E5Embeddings
from assistant.index.embeddings import MAXIMUM_THREADS, Embedder
from assistant.index.learned_weights import READER_FILE, find_weights
from assistant.index.onnx_session import open_session
from assistant.index.reader_input import ReaderInput, reader_tokens
from assistant.index.reading_cache import ReadingCache
from assistant.index.unigram_tokenizer import UnigramTokenizer

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """What the rest of the project needs from a reader."""

    @property
    def model_id(self) -> str:
        """Changes whenever other logits would come out."""

    def read(self, question: str, earlier: Sequence[str], passages: Sequence[Passage]) -> list[Reading]:
        """A reading for each passage, in their order; ``earlier`` are turns of the same visitor, newest first."""


class ShippedReader:
    """The trained reader in 8 bits on onnxruntime, from a folder that ``prepare_reader`` wrote.

    Every pair of question and passage is a run of its own on one core, so its logits depend on nothing else. As many
    questions as there are threads are read at once, others wait: no queue grows with the number of visitors.
    """

    def __init__(self, folder: Path, tokenizer: UnigramTokenizer, words: WordTable, threads: int | None = None) -> None:
        self.model_id = f"reader-int8-onnx/{folder.name}"
        self._tokenizer, self._words = tokenizer, words
        self._session = open_session(folder / MODEL_FILE)
        threads = threads or min(MAXIMUM_THREADS, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")
        self._places = BoundedSemaphore(threads)
        self._cache = ReadingCache()

    def read(self, question: str, earlier: Sequence[str], passages: Sequence[Passage]) -> list[Reading]:
        """A reading for each passage, in their order; ``earlier`` are turns of the same visitor, newest first."""

        def compute(missing: Sequence[Passage]) -> list[Reading]:
            with self._places:
                return [*self._pool.map(lambda passage: self._read_one(question, earlier, passage), missing)]

        return self._cache.read(question, earlier, passages, compute)

    def _read_one(self, question: str, earlier: Sequence[str], passage: Passage) -> Reading:
        row = reader_tokens(self._tokenizer, question, earlier, passage.header, passage.sentences)
        feed = {**reader_feed(self._words, row), "spans": _means(row)}
        logit, logits = self._session.run(list(HEADS), feed)
        shown = iter(logits[:, 0].tolist())
        return Reading(float(logit[0, 0]), tuple(next(shown) if span else None for span in row.spans))


def reader_feed(words: WordTable, row: ReaderInput) -> Arrays:
    """What a reader's network gets of a row: ``words (1, n, hidden)`` and ``segments (1, n)``."""
    return {"words": words.look_up(row.tokens), "segments": np.array([row.segments], np.int64)}


def _means(row: ReaderInput) -> Floats:
    """The matrix ``(sentences, n)`` that takes the mean over the tokens of each sentence that is shown."""
    spans = [span for span in row.spans if span]
    matrix = np.zeros((len(spans), len(row.tokens)), np.float32)
    for number, (start, end) in enumerate(spans):
        matrix[number, start:end] = 1 / (end - start)
    return matrix


def load_reader(settings: Settings, cache_dir: Path, embedder: Embedder | None = None) -> Reader | None:
    """The reader of the settings, or ``None`` where there is none; what is in its way stands in the log.

    It borrows tokenizer and words of the shipped encoder where those are at hand.
    """
    try:
        return open_reader(settings, cache_dir, embedder)
    except Exception as error:
        logger.warning("Der Leser ist nicht verfügbar, es geht ohne ihn weiter: %s", error)
        return None


def open_reader(settings: Settings, cache_dir: Path, embedder: Embedder | None = None) -> Reader | None:
    """The same, with ``EmbeddingError`` where one is set up that cannot be loaded."""
    if settings.reader_model is not None:
        return CrossEncoderReader(settings.reader_model)
    weights = find_weights(settings.weights, READER_FILE)
    if weights is None:
        return None

    def load(cache: Path) -> ShippedReader:
        folder = prepare_reader(cache, weights)
        if isinstance(embedder, E5Embeddings):
            return ShippedReader(folder, embedder.tokenizer, embedder.words)
        tokenizer = UnigramTokenizer.load(prepare_encoder(cache) / TOKENIZER_FILE)
        return ShippedReader(folder, tokenizer, WordTable.open(weights_file()))

    return load_or_aside(cache_dir, load)
