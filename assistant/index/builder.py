"""Documents to a new index snapshot: what changed is embedded, the rest is taken along.

A snapshot is built in a folder of its own, checked, and only then named as the
current one, so a reader never sees half an index. One process writes at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.core.disk_errors import translate_disk_errors
from assistant.core.errors import IndexBusyError, IndexUnavailableError, VectorStoreUnavailableError
from assistant.core.models import Document, Passage
from assistant.core.progress import Report
from assistant.index.bm25 import build_lexical_index
from assistant.index.calibration import Calibration, calibrate, calibrate_words, language_shift
from assistant.index.embedding_cache import CachingEmbedder
from assistant.index.int8_matrix import Int8Matrix
from assistant.index.scoring import Floats
from assistant.index.snapshot import (
    FILES,
    PARTIAL,
    IndexedPassage,
    Manifest,
    assemble_space,
    check_files,
    checksum,
    current_snapshot_id,
    find_damage,
    load_vectors,
    read_manifest,
    read_rows,
    snapshot_folder,
    snapshots,
    write_files,
)
from assistant.index.vector_store import EmbeddedChroma, IndexDelta, Store
from assistant.ingestion.chunking import chunk_document
from assistant.language.term_analyzer import TermAnalyzer

FORMAT = 3


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What indexing did."""

    snapshot: str
    added: int
    changed: int
    removed: int
    unchanged: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexInput:
    """Everything that decides what an index holds."""

    documents: tuple[Document, ...]
    embedder: CachingEmbedder
    analyzer: TermAnalyzer
    calibration: Calibration

    @property
    def fingerprint(self) -> str:
        """Changes with the abbreviations and the calibration questions, which every row depends on."""
        return f"{self.analyzer.fingerprint}-{self.calibration.fingerprint}"


def refresh(
    data_dir: Path, given: IndexInput, report: Report, *, full: bool = False, store: Store | None = None
) -> BuildResult:
    """Bring the index in step with the documents; unchanged documents cost nothing."""
    with write_lock(data_dir):
        return refresh_locked(data_dir, given, report, full=full, store=store)


def refresh_locked(
    data_dir: Path, given: IndexInput, report: Report, *, full: bool = False, store: Store | None = None
) -> BuildResult:
    """``refresh`` for a caller that holds the write lock, so that nobody changes what it was given meanwhile."""
    started = time.perf_counter()
    store = store or EmbeddedChroma()
    last, kept = (None, []) if full else _last_usable(data_dir, given, store)
    new = {document.source.id: document.fingerprint for document in given.documents}
    old = last.documents if last else {}
    if last and old == new:
        return BuildResult(last.id, 0, 0, 0, len(new), last.passages, time.perf_counter() - started)
    manifest = _build(data_dir, given, last, kept, store, report)
    _switch(data_dir, manifest.id, store)
    changed = sum(1 for one in new if one in old and old[one] != new[one])
    added = len(new.keys() - old.keys())
    return BuildResult(
        snapshot=manifest.id,
        added=added,
        changed=changed,
        removed=len(old.keys() - new.keys()),
        unchanged=len(new) - changed - added,
        passages=manifest.passages,
        seconds=time.perf_counter() - started,
    )


@contextmanager
def write_lock(data_dir: Path) -> Iterator[None]:
    """Let one process write; a second one stops at once. The lock ends with its process."""
    with translate_disk_errors(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
        with open(data_dir / "lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise IndexBusyError(
                    f"Ein anderer Prozess schreibt gerade den Index in {data_dir}; bitte warten Sie, bis er fertig ist."
                ) from error
            yield


def _last_usable(data_dir: Path, given: IndexInput, store: Store) -> tuple[Manifest | None, list[IndexedPassage]]:
    """The last manifest with its rows, if it was built by the same format, model and calibration and is whole."""
    snapshot = current_snapshot_id(data_dir)
    if snapshot is None:
        return None, []
    try:
        manifest = read_manifest(data_dir, snapshot)
        folder = snapshot_folder(data_dir, snapshot)
        check_files(folder, manifest, FILES)
        rows = read_rows(folder)
        load_vectors(folder, manifest, [row.passage.id for row in rows], store)
    except IndexUnavailableError:
        return None, []
    expected = (FORMAT, given.embedder.embedder.model_id, given.fingerprint)
    same = (manifest.format, manifest.model_id, manifest.calibration) == expected
    return (manifest, rows) if same else (None, [])


def _build(
    data_dir: Path,
    given: IndexInput,
    last: Manifest | None,
    kept: Sequence[IndexedPassage],
    store: Store,
    report: Report,
) -> Manifest:
    snapshot = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
    partial = data_dir / "generations" / f"{snapshot}{PARTIAL}"
    partial.mkdir(parents=True)
    try:
        growing_from = snapshot_folder(data_dir, last.id) if last else None
        manifest = _fill(partial, snapshot, given, last, kept, _Target(store, growing_from), report)
        partial.rename(snapshot_folder(data_dir, snapshot))
    except BaseException:
        drop_folder(partial, store)
        raise
    return manifest


@dataclass(frozen=True, slots=True)
class _Target:
    """Where vectors go, and the folder of the snapshot that the new one grows from."""

    store: Store
    last: Path | None


def _fill(
    folder: Path,
    snapshot: str,
    given: IndexInput,
    last: Manifest | None,
    kept: Sequence[IndexedPassage],
    target: _Target,
    report: Report,
) -> Manifest:
    """Write all files of a snapshot into ``folder``, the manifest last."""
    rows, fresh, gone = _rows(given, last, kept, report)
    passages = [row.passage for row in rows]
    vectors, sentence_vectors = _embed(given.embedder, passages, report)
    sentences = Int8Matrix.of(sentence_vectors)
    new = [place for place, row in enumerate(rows) if row.passage.id in fresh]
    report("Speichern", 0, len(new))
    content = IndexDelta(passages, vectors, new, gone)
    target.store.write(snapshot, folder, content, target.last, lambda done, total: report("Speichern", done, total))
    report("Abschluss", 0, 1)
    lexical = build_lexical_index([(row.terms, row.sentence_terms) for row in rows])
    write_files(folder, given.documents, rows, vectors, sentences, lexical)
    shift = language_shift(given.embedder, given.calibration)
    space = assemble_space(passages, Int8Matrix.of(vectors), sentences, lexical, shift)
    thresholds = calibrate(space, given.embedder, given.analyzer, given.calibration)
    word_thresholds = calibrate_words(space, given.analyzer, given.calibration)
    manifest = Manifest(
        id=snapshot,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        format=FORMAT,
        model_id=given.embedder.embedder.model_id,
        calibration=given.fingerprint,
        passages=len(passages),
        sentences=len(sentences),
        documents={document.source.id: document.fingerprint for document in given.documents},
        thresholds={language: list(astuple(both)) for language, both in thresholds.items()},
        shift=[round(float(value), 7) for value in shift],
        checksums={name: checksum(folder / name) for name in FILES},
        word_thresholds={language: list(astuple(both)) for language, both in word_thresholds.items()},
        store=target.store.kind,
    )
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    report("Abschluss", 1, 1)
    return manifest


def _rows(
    given: IndexInput, last: Manifest | None, kept: Sequence[IndexedPassage], report: Report
) -> tuple[list[IndexedPassage], set[str], list[str]]:
    """All rows of the new snapshot, the ids that are fresh, and the ids to remove from the copied store."""
    old = last.documents if last else {}
    same = {one.source.id for one in given.documents if old.get(one.source.id) == one.fingerprint}
    by_document: dict[str, list[IndexedPassage]] = {}
    for row in kept:
        by_document.setdefault(row.passage.document_id, []).append(row)
    rows: list[IndexedPassage] = []
    fresh: set[str] = set()
    for number, document in enumerate(given.documents):
        if document.source.id in same:
            rows += by_document.get(document.source.id, [])
            continue
        new = [_row(passage, document, given.analyzer) for passage in chunk_document(document)]
        fresh.update(row.passage.id for row in new)
        rows += new
        report("Lesen", number + 1, len(given.documents))
    gone = [row.passage.id for row in kept if row.passage.document_id not in same]
    return rows, fresh, gone


def _row(passage: Passage, document: Document, analyzer: TermAnalyzer) -> IndexedPassage:
    head = f"{passage.header}\n{' '.join(document.source.keywords)}"
    sentences = [analyzer.terms(sentence, passage.language) for sentence in passage.sentences]
    return IndexedPassage(passage, analyzer.terms(head, passage.language), sentences)


def _embed(embedder: CachingEmbedder, passages: Sequence[Passage], report: Report) -> tuple[Floats, Floats]:
    """Vectors of all passages ``(n, d)`` and of all their sentences ``(m, d)``."""
    texts = [embedded_text(passage) for passage in passages]
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    vectors = embedder.encode(texts, progress=lambda done, total: report("Passagen", done, total))
    return vectors, embedder.encode(sentences, progress=lambda done, total: report("Sätze", done, total))


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its header in front of its text."""
    return f"{passage.header}\n{passage.text}"


def _switch(data_dir: Path, snapshot: str, store: Store) -> None:
    """Name the current snapshot in one step; only it and the last good one before it are kept.

    Which one that is follows from what was in use, not from the ids: a clock may have jumped.
    """
    before = [one for one in snapshots(data_dir) if one != snapshot]
    kept = {snapshot, next((one for one in before if _is_whole(data_dir, one, store)), snapshot)}
    pointer = data_dir / "current.new"
    with open(pointer, "w", encoding="utf-8") as file:
        file.write(snapshot)
        file.flush()
        os.fsync(file.fileno())  # an empty pointer after a power cut would hide a good index
    pointer.replace(data_dir / "current")
    for folder in (data_dir / "generations").iterdir():
        if folder.name not in kept:
            drop_folder(folder, store)


def _is_whole(data_dir: Path, snapshot: str, store: Store) -> bool:
    try:
        manifest = read_manifest(data_dir, snapshot)
        check_files(snapshot_folder(data_dir, snapshot), manifest, FILES)
        return not find_damage(data_dir, manifest, store)
    except (IndexUnavailableError, VectorStoreUnavailableError):
        return False


def drop_folder(folder: Path, store: Store) -> None:
    """Delete a snapshot; while its server cannot be told, an empty folder stays as a reminder."""
    snapshot = folder.name.removesuffix(PARTIAL)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        store.drop(snapshot)
    except VectorStoreUnavailableError:
        with suppress(OSError):
            folder.with_name(snapshot + PARTIAL).mkdir()
