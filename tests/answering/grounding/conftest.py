"""Texts read with the real encoder, and words aligned by it."""

from __future__ import annotations

import pytest

from assistant.answering.grounding.word_alignment import Aligner, LoneWords
from assistant.index.embedding_engines import E5Embeddings
from assistant.index.embeddings import EncoderEmbeddings
from assistant.language.term_analyzer import TermAnalyzer


@pytest.fixture(scope="session")
def aligner(embedder: EncoderEmbeddings) -> Aligner:
    return Aligner(embedder if isinstance(embedder, E5Embeddings) else LoneWords(embedder), TermAnalyzer())
