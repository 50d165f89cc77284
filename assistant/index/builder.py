"""Brings the index in step with the documents: a new snapshot is built aside, checked, and only then in force.

So a reader never sees half an index. One process writes at a time.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.core.disk_errors import translate_disk_errors
from assistant.core.errors import IndexBusyError, IndexUnavailableError, VectorStoreUnavailableError
from assistant.core.progress import Report
from assistant.index.snapshot import (
    FILES,
    check_files,
    current_snapshot_id,
    drop_snapshot,
    find_damage,
    load_vectors,
    read_manifest,
    read_rows,
    set_current_snapshot,
    snapshot_folder,
    snapshots,
)
from assistant.index.snapshot_builder import IndexInput, LastSnapshot, SnapshotBuilder
from assistant.index.vector_store import EmbeddedChroma, Store


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
    last = None if full else _last_usable(data_dir, given, store)
    new = {document.source.id: document.fingerprint for document in given.documents}
    old = last.manifest.documents if last else {}
    if last and old == new:
        seconds = time.perf_counter() - started
        return BuildResult(last.manifest.id, 0, 0, 0, len(new), last.manifest.passages, seconds)
    manifest = SnapshotBuilder(given, store, report, last).build(data_dir)
    _switch(data_dir, manifest.id, store)
    changed = sum(1 for document in new if document in old and old[document] != new[document])
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


def _last_usable(data_dir: Path, given: IndexInput, store: Store) -> LastSnapshot | None:
    """The current snapshot, if it is whole and was built by the same format, model and calibration."""
    snapshot = current_snapshot_id(data_dir)
    if snapshot is None:
        return None
    try:
        manifest = read_manifest(data_dir, snapshot)
        folder = snapshot_folder(data_dir, snapshot)
        check_files(folder, manifest, FILES)
        rows = read_rows(folder)
        load_vectors(folder, manifest, [row.passage.id for row in rows], store)
    except IndexUnavailableError:
        return None
    return LastSnapshot(manifest, rows, folder) if given.fits(manifest) else None


def _switch(data_dir: Path, snapshot: str, store: Store) -> None:
    """Put a snapshot in force; only it and the last good one before it are kept.

    Which one that is follows from what was in use, not from the ids: a clock may have jumped.
    """
    before = [name for name in snapshots(data_dir) if name != snapshot]
    kept = {snapshot, next((name for name in before if _is_whole(data_dir, name, store)), snapshot)}
    set_current_snapshot(data_dir, snapshot)
    for folder in (data_dir / "generations").iterdir():
        if folder.name not in kept:
            drop_snapshot(folder, store)


def _is_whole(data_dir: Path, snapshot: str, store: Store) -> bool:
    try:
        manifest = read_manifest(data_dir, snapshot)
        check_files(snapshot_folder(data_dir, snapshot), manifest, FILES)
        return not find_damage(data_dir, manifest, store)
    except (IndexUnavailableError, VectorStoreUnavailableError):
        return False
