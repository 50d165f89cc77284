"""Documents to a new index generation: what changed is embedded, the rest is taken along.

A generation is built in a folder of its own, checked, and only then named as the
current one, so a reader never sees half an index. One process writes at a time.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.calibrate import Calibration, calibrate, language_shift
from assistant.errors import IndexBusyError, IndexUnavailableError
from assistant.generation import (
    FILES,
    Manifest,
    Row,
    assemble_space,
    check_files,
    checksum,
    current_generation,
    generation_folder,
    read_manifest,
    read_rows,
    write_files,
)
from assistant.lexical import Tokenizer, build_lexical_index
from assistant.models import Document, Passage
from assistant.score import Floats
from assistant.split import split_document
from assistant.store import read_vectors, write_passages
from assistant.vectors import CachedEncoder

FORMAT = 1
KEPT_GENERATIONS = 2
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What indexing did."""

    generation: str
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
    encoder: CachedEncoder
    tokenizer: Tokenizer
    calibration: Calibration

    @property
    def fingerprint(self) -> str:
        """Changes with the abbreviations and the calibration questions, which every row depends on."""
        return f"{self.tokenizer.fingerprint}-{self.calibration.fingerprint}"


def refresh(data_dir: Path, given: IndexInput, report: Report, *, full: bool = False) -> Refreshed:
    """Bring the index in step with the documents; unchanged documents cost nothing."""
    started = time.perf_counter()
    with write_lock(data_dir):
        last = None if full else _last_usable(data_dir, given)
        new = {document.source.id: document.fingerprint for document in given.documents}
        old = last.documents if last else {}
        if last and old == new:
            return Refreshed(last.id, 0, 0, 0, len(new), last.passages, time.perf_counter() - started)
        manifest = _build(data_dir, given, last, report)
        _switch(data_dir, manifest.id)
        changed = sum(1 for one in new if one in old and old[one] != new[one])
        added = len(new.keys() - old.keys())
        return Refreshed(
            generation=manifest.id,
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
    data_dir.mkdir(parents=True, exist_ok=True)
    with open(data_dir / "lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexBusyError(
                f"Ein anderer Prozess schreibt gerade den Index in {data_dir}; bitte warten Sie, bis er fertig ist."
            ) from error
        yield


def _last_usable(data_dir: Path, given: IndexInput) -> Manifest | None:
    """The last manifest, if it was built by the same format, model and calibration and is whole."""
    generation = current_generation(data_dir)
    if generation is None:
        return None
    try:
        manifest = read_manifest(data_dir, generation)
        folder = generation_folder(data_dir, generation)
        check_files(folder, manifest)
        read_vectors(folder / "chroma", [row.passage.id for row in read_rows(folder)])
    except IndexUnavailableError:
        return None
    expected = (FORMAT, given.encoder.encoder.model_id, given.fingerprint)
    return manifest if (manifest.format, manifest.model_id, manifest.calibration) == expected else None


def _build(data_dir: Path, given: IndexInput, last: Manifest | None, report: Report) -> Manifest:
    generation = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    partial = data_dir / "generations" / f"{generation}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        kept = read_rows(generation_folder(data_dir, last.id)) if last else []
        if last:
            shutil.copytree(generation_folder(data_dir, last.id) / "chroma", partial / "chroma")
        manifest = _fill(partial, generation, given, last, kept, report)
        partial.rename(generation_folder(data_dir, generation))
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def _fill(
    folder: Path, generation: str, given: IndexInput, last: Manifest | None, kept: Sequence[Row], report: Report
) -> Manifest:
    """Write all files of a generation into ``folder``, the manifest last."""
    rows, fresh, gone = _rows(given, last, kept, report)
    passages = [row.passage for row in rows]
    vectors, sentences = _embed(given.encoder, passages, report)
    report("Speichern", 0, 1)
    new = [place for place, row in enumerate(rows) if row.passage.id in fresh]
    stored = write_passages(folder / "chroma", gone, [passages[place] for place in new], vectors[new])
    if stored != len(passages):
        raise IndexUnavailableError(f"Chroma enthält {stored} statt {len(passages)} Passagen.")
    lexical = build_lexical_index([(row.terms, row.sentence_terms) for row in rows])
    write_files(folder, given.documents, rows, sentences, lexical)
    shift = language_shift(given.encoder, given.calibration)
    space = assemble_space(passages, vectors, sentences, lexical, shift)
    thresholds = calibrate(space, given.encoder, given.tokenizer, given.calibration)
    manifest = Manifest(
        id=generation,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        format=FORMAT,
        model_id=given.encoder.encoder.model_id,
        calibration=given.fingerprint,
        passages=len(passages),
        sentences=len(sentences),
        documents={document.source.id: document.fingerprint for document in given.documents},
        thresholds={language: list(astuple(both)) for language, both in thresholds.items()},
        shift=[round(float(value), 7) for value in shift],
        checksums={name: checksum(folder / name) for name in FILES},
    )
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    report("Speichern", 1, 1)
    return manifest


def _rows(
    given: IndexInput, last: Manifest | None, kept: Sequence[Row], report: Report
) -> tuple[list[Row], set[str], list[str]]:
    """All rows of the new generation, the ids that are fresh, and the ids to remove from the copied store."""
    old = last.documents if last else {}
    same = {one.source.id for one in given.documents if old.get(one.source.id) == one.fingerprint}
    by_document: dict[str, list[Row]] = {}
    for row in kept:
        by_document.setdefault(row.passage.document_id, []).append(row)
    rows: list[Row] = []
    fresh: set[str] = set()
    for number, document in enumerate(given.documents):
        if document.source.id in same:
            rows += by_document.get(document.source.id, [])
            continue
        new = [_row(passage, document, given.tokenizer) for passage in split_document(document)]
        fresh.update(row.passage.id for row in new)
        rows += new
        report("Lesen", number + 1, len(given.documents))
    gone = [row.passage.id for row in kept if row.passage.document_id not in same]
    return rows, fresh, gone


def _row(passage: Passage, document: Document, tokenizer: Tokenizer) -> Row:
    head = f"{passage.header}\n{' '.join(document.source.keywords)}"
    sentences = [tokenizer.terms(sentence, passage.language) for sentence in passage.sentences]
    return Row(passage, tokenizer.terms(head, passage.language), sentences)


def _embed(encoder: CachedEncoder, passages: Sequence[Passage], report: Report) -> tuple[Floats, Floats]:
    """Vectors of all passages ``(n, d)`` and of all their sentences ``(m, d)``."""
    texts = [embedded_text(passage) for passage in passages]
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    vectors = encoder.encode(texts, progress=lambda done, total: report("Passagen", done, total))
    return vectors, encoder.encode(sentences, progress=lambda done, total: report("Sätze", done, total))


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its header in front of its text."""
    return f"{passage.header}\n{passage.text}"


def _switch(data_dir: Path, generation: str) -> None:
    """Name the current generation in one step and drop all but the last two."""
    pointer = data_dir / "current.new"
    pointer.write_text(generation, encoding="utf-8")
    pointer.replace(data_dir / "current")
    folders = sorted(path for path in (data_dir / "generations").iterdir() if path.is_dir())
    broken = [path for path in folders if path.suffix == ".partial"]
    whole = [path for path in folders if path.suffix != ".partial"]
    for old in [*broken, *whole[:-KEPT_GENERATIONS]]:
        shutil.rmtree(old, ignore_errors=True)
