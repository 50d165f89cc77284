"""The encoder of questions: the shipped one with what training changed in it; passages keep the unchanged one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from assistant.core.artifact_cache import load_or_aside
from assistant.core.settings import Settings
from assistant.index.e5_checkpoint import WordTable
from assistant.index.e5_onnx_export import MODEL_FILE, prepare_question_encoder
from assistant.index.embedding_engines import QUERY_PREFIX, E5Embeddings
from assistant.index.embeddings import Embedder, Vectors
from assistant.index.learned_weights import QUESTION_ADAPTER_FILE, find_weights
from assistant.index.onnx_session import open_session
from assistant.index.unigram_tokenizer import UnigramTokenizer

logger = logging.getLogger(__name__)
ADAPTED_TOKENS = 64
"""The longest question with what was asked before, start and end token counted."""


class QuestionAdapter:
    """Vectors of questions that lie near the passages that answer them, from what ``prepare_question_encoder`` wrote.

    It always finds something near: whether that answers at all is for others to say.
    """

    def __init__(self, folder: Path, tokenizer: UnigramTokenizer, words: WordTable) -> None:
        self.model_id = f"question-adapter-int8-onnx/{folder.name}"
        self._tokenizer, self._words = tokenizer, words
        self._session = open_session(folder / MODEL_FILE)

    def encode(self, question: str, earlier: Sequence[str] = ()) -> Vectors:
        """Vector of a question, shape ``(384,)``, length one; ``earlier`` are turns of the same visitor, newest first.

        What is beyond 64 tokens is not seen.
        """
        tokens = self._tokenizer.encode(adapted_text(question, earlier), ADAPTED_TOKENS)
        return cast(Vectors, self._session.run(["vector"], {"words": self._words.look_up(tokens)})[0][0])


def adapted_text(question: str, earlier: Sequence[str] = ()) -> str:
    """The text that a question is encoded from."""
    return QUERY_PREFIX + " ".join((question, *(turn for turn in earlier if turn.strip())))


def load_question_adapter(settings: Settings, cache_dir: Path, embedder: Embedder) -> QuestionAdapter | None:
    """The adapter of the settings, or ``None`` where there is none; what is in its way stands in the log.

    Its vectors fit to those of the shipped encoder only.
    """
    try:
        return open_question_adapter(settings, cache_dir, embedder)
    except Exception as error:
        logger.warning("Der Frage-Adapter ist nicht verfügbar, es geht ohne ihn weiter: %s", error)
        return None


def open_question_adapter(settings: Settings, cache_dir: Path, embedder: Embedder) -> QuestionAdapter | None:
    """The same, with ``EmbeddingError`` where one is set up that cannot be loaded."""
    if not isinstance(embedder, E5Embeddings):
        return None
    weights = find_weights(settings.weights, QUESTION_ADAPTER_FILE)
    if weights is None:
        return None

    def load(cache: Path) -> QuestionAdapter:
        return QuestionAdapter(prepare_question_encoder(cache, weights), embedder.tokenizer, embedder.words)

    return load_or_aside(cache_dir, load)
