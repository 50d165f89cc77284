"""Adding and removing documents as a whole: the stored files, the index, and what must not be left behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, index_input, refresh_index
from assistant.core.progress import Report
from assistant.core.settings import Settings, shipped_folder
from assistant.index.builder import write_lock
from assistant.index.embedding_cache import vector_key
from assistant.index.snapshot import current_snapshot_id, drop_snapshot
from assistant.index.snapshot_builder import IndexInput, embedded_text
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.document_repository import remove_document
from assistant.ingestion.document_upload import MetadataOverrides, UploadFailure, UploadResult, add_files
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.ingestion.parsers.sandbox import ParserLimits


def add_documents(
    settings: Settings,
    paths: Sequence[Path],
    overrides: MetadataOverrides,
    report: Report,
    limits: ParserLimits | None = None,
) -> tuple[list[UploadResult], list[UploadFailure]]:
    """Read and keep the files, then bring the index in step; a file that cannot be read changes nothing."""
    with write_lock(settings.data_dir):
        added, skipped = add_files(paths, settings.data_dir, _taken(settings), overrides, report, limits)
    if added:
        refresh_index(settings, report)
    return added, skipped


def remove(settings: Settings, document_id: str, report: Report) -> None:
    """Remove a document and everything that its text left in the data folder."""
    with write_lock(settings.data_dir):
        remove_document(document_id, settings.data_dir)
    assistant = build_assistant(settings)
    # built anew, because Chroma keeps deleted rows in its file
    refresh_index(settings, report, full=True, assistant=assistant)
    _purge(settings.data_dir, assistant)


def _taken(settings: Settings) -> frozenset[str]:
    """Ids and aliases that knowledge files have or, hidden or not in use, could have again."""
    folders = dict.fromkeys((shipped_folder("knowledge"), *settings.knowledge_dirs))
    documents = (document for folder in folders for document in load_knowledge([folder]))
    return frozenset(name for document in documents for name in (document.source.id, *document.source.aliases))


def _purge(data_dir: Path, assistant: AppContext) -> None:
    """Drop older snapshots and all cached vectors that the current index does not need."""
    with write_lock(data_dir):
        current = current_snapshot_id(data_dir)
        for folder in (data_dir / "generations").iterdir():
            if folder.name != current:
                drop_snapshot(folder, assistant.store)
        needed = {(key,) for key in _needed(index_input(assistant))}
        with closing(sqlite3.connect(data_dir / "cache" / "vectors.sqlite", timeout=30)) as connection:
            with connection:
                connection.execute("CREATE TEMP TABLE needed (key BLOB PRIMARY KEY)")
                connection.executemany("INSERT OR IGNORE INTO needed VALUES (?)", needed)
                connection.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM needed)")
            connection.execute("VACUUM")


def _needed(given: IndexInput) -> Iterator[bytes]:
    """Keys of all vectors that the index is made of."""
    model = given.embedder.embedder.model_id
    for passage in (passage for document in given.documents for passage in chunk_document(document)):
        yield from (vector_key(model, "passage", text) for text in (embedded_text(passage), *passage.sentences))
    questions = [*(question for _, question in given.calibration.nulls), *sum(given.calibration.pairs, ())]
    yield from (vector_key(model, "query", question) for question in questions)
