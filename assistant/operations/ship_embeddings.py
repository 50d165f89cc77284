"""Write the shipped vectors and proofs of guides anew after knowledge changed: ``make vectors``.

Both only spare the first start their computing: what they lack is computed there, what is out of step is not used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.answering.grounding.guide_proof import SHIPPED, ProofCache
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, build_guide_prover, index_input
from assistant.core.models import Document
from assistant.core.settings import Settings, load_settings, shipped_folder
from assistant.index.calibration import Calibration
from assistant.index.embedding_cache import SHIPPED_FILE, Role, load_shipped, save_shipped, vector_key
from assistant.index.snapshot_builder import embedded_text
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.guides import keep_proven
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.retrieval.dialogue_act import load_turns
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
    texts += [("query", turn) for turns in load_turns().values() for turn in turns]
    return list(dict.fromkeys(texts))


def missing_texts(settings: Settings, model_id: str) -> list[tuple[Role, str]]:
    """Texts of the shipped knowledge that the shipped file lacks; empty when both are in step."""
    assistant = build_assistant(settings)
    given = index_input(assistant)
    needed = needed_texts(_indexed_documents(assistant), given.calibration)
    held = load_shipped().rows
    return [(role, text) for role, text in needed if vector_key(model_id, role, text) not in held]


def _indexed_documents(assistant: AppContext) -> tuple[Document, ...]:
    """The shipped documents as an index holds them: of guides only what is proven."""
    documents = load_knowledge([shipped_folder("knowledge")])
    proofs = build_guide_prover(assistant).prove(documents, lambda *_: None)
    return tuple(
        keep_proven(document, proofs[document.source.id]) if document.kind == "guide" else document
        for document in documents
    )


def write_proofs(settings: Settings, path: Path = SHIPPED) -> int:
    """Prove the shipped guides and write what came of each sentence; returns how many sentences there are."""
    prover = build_guide_prover(build_assistant(settings))
    with TemporaryDirectory() as folder:
        anew = replace(prover, cache=ProofCache(path, Path(folder) / "none"))
        outcomes = anew.outcomes(load_knowledge([shipped_folder("knowledge")]), _report("Sätze von Leitfäden"))
    return sum(len(outcome) for outcome in outcomes.values())


def _report(what: str) -> Callable[..., None]:
    def report(*progress: object) -> None:
        done, total = progress[-2:]
        print(f"\r{what} {done}/{total}", end="", file=sys.stderr, flush=True)

    return report


def write(settings: Settings, path: Path = SHIPPED_FILE) -> int:
    """Embed what is new and write the file; returns the number of vectors."""
    assistant = build_assistant(settings)
    given, report = index_input(assistant), _report("Vektoren")
    needed = needed_texts(_indexed_documents(assistant), given.calibration)
    passages = [text for role, text in needed if role == "passage"]
    queries = [text for role, text in needed if role == "query"]

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
    sentences = write_proofs(load_settings(embedding_model=None))
    count = write(load_settings(embedding_model=None))
    print(f"\n{sentences} Sätze von Leitfäden in {SHIPPED.name}.")
    print(f"\n{count} Vektoren in {SHIPPED_FILE.name} ({SHIPPED_FILE.stat().st_size / 1e6:.1f} MB).")
