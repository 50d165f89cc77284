"""Write the shipped vectors anew after knowledge changed: ``python -m assistant.operations.ship_embeddings``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from assistant.bootstrap import build_assistant, index_input
from assistant.core.models import Document
from assistant.core.settings import Settings, load_settings, shipped_folder
from assistant.index.calibration import Calibration
from assistant.index.embedding_cache import SHIPPED_FILE, Role, load_shipped, save_shipped, vector_key
from assistant.index.snapshot_builder import embedded_text
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.retrieval.intent_guardrail import load_examples


def needed_texts(documents: tuple[Document, ...], calibration: Calibration) -> list[tuple[Role, str]]:
    """Every text whose vector an index of these documents needs, each once."""
    passages = [passage for document in documents for passage in chunk_document(document)]
    texts: list[tuple[Role, str]] = [("passage", embedded_text(passage)) for passage in passages]
    texts += [("passage", sentence) for passage in passages for sentence in passage.sentences]
    texts += [("query", question) for _, question in calibration.nulls]
    texts += [("query", question) for pair in calibration.pairs for question in pair]
    examples = load_examples([shipped_folder("knowledge")])
    texts += [("query", question) for questions in examples.values() for question in questions]
    return list(dict.fromkeys(texts))


def missing_texts(settings: Settings, model_id: str) -> list[tuple[Role, str]]:
    """Texts of the shipped knowledge that the shipped file lacks; empty when both are in step."""
    given = index_input(build_assistant(settings))
    needed = needed_texts(load_knowledge([shipped_folder("knowledge")]), given.calibration)
    held = load_shipped().rows
    return [(role, text) for role, text in needed if vector_key(model_id, role, text) not in held]


def write(settings: Settings, path: Path = SHIPPED_FILE) -> int:
    """Embed what is new and write the file; returns the number of vectors."""
    given = index_input(build_assistant(settings))
    needed = needed_texts(load_knowledge([shipped_folder("knowledge")]), given.calibration)
    passages = [text for role, text in needed if role == "passage"]
    queries = [text for role, text in needed if role == "query"]

    def report(done: int, total: int) -> None:
        print(f"\r{done}/{total}", end="", file=sys.stderr, flush=True)

    vectors = np.concatenate(
        [given.embedder.encode(passages, "passage", report), given.embedder.encode(queries, "query", report)]
    )
    ordered: list[tuple[Role, str]] = [
        *(("passage", text) for text in passages),
        *(("query", text) for text in queries),
    ]
    save_shipped(given.embedder.embedder, ordered, vectors, path)
    return len(ordered)


if __name__ == "__main__":
    count = write(load_settings(embedding_model=None))
    print(f"\n{count} Vektoren in {SHIPPED_FILE.name} ({SHIPPED_FILE.stat().st_size / 1e6:.1f} MB).")
