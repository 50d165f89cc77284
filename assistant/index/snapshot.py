"""One index snapshot on disk and in memory: manifest, files, the space that questions are compared in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.core.errors import IndexUnavailableError, VectorStoreUnavailableError
from assistant.core.file_digest import file_digest
from assistant.core.models import Document, Passage, StatementProof
from assistant.core.sources import SourceMetadata
from assistant.index.bm25 import BM25Index
from assistant.index.calibration import Thresholds
from assistant.index.int8_matrix import Int8Matrix
from assistant.index.scoring import Floats, VectorSpace, passage_offsets
from assistant.index.vector_store import EmbeddedChroma, Store
from assistant.ingestion.knowledge_loader import parse_source

PARTIAL = ".partial"
TEXT_FILES = ("passages.jsonl", "documents.json", "proofs.json", "lexical.npz")
VECTOR_FILES = ("sentences.npy", "probe.npy")
FILES = (*TEXT_FILES, *VECTOR_FILES)
PROBE_TOLERANCE = 1e-4
_PASSAGE_FIELDS = tuple(entry.name for entry in fields(Passage))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot must hold; anything that differs means damage or a rebuild."""

    id: str
    created: str
    format: int
    model_id: str
    calibration: str
    passages: int
    sentences: int
    documents: dict[str, str]
    thresholds: dict[str, list[float]]
    shift: list[float]
    checksums: dict[str, str] = field(default_factory=dict)
    word_thresholds: dict[str, list[float]] = field(default_factory=dict)
    store: str = "folder"


@dataclass(frozen=True, slots=True)
class IndexSnapshot:
    """One index snapshot, loaded: sources, passages and the space they are compared in.

    ``proofs`` hold for each guide, by its id, its proven sentences in reading order.
    ``word_thresholds`` are for questions compared by words alone; ``fault`` says in
    German why that must be so, it is empty while all is well.
    """

    manifest: Manifest
    sources: Mapping[str, SourceMetadata]
    passages: tuple[Passage, ...]
    space: VectorSpace
    thresholds: Mapping[str, Thresholds]
    word_thresholds: Mapping[str, Thresholds]
    proofs: Mapping[str, tuple[StatementProof, ...]] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage with the terms of its header and keywords, and those of each sentence, as in ``passages.jsonl``."""

    passage: Passage
    terms: list[str]
    sentence_terms: list[list[str]]


def current_snapshot_id(data_dir: Path) -> str | None:
    """Id of the snapshot in force, if there is one."""
    try:
        return (data_dir / "current").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def set_current_snapshot(data_dir: Path, snapshot: str) -> None:
    """Put a snapshot in force in one step."""
    pointer = data_dir / "current.new"
    with open(pointer, "w", encoding="utf-8") as file:
        file.write(snapshot)
        file.flush()
        os.fsync(file.fileno())  # an empty pointer after a power cut would hide a good index
    pointer.replace(data_dir / "current")


def read_manifest(data_dir: Path, snapshot: str) -> Manifest:
    """The manifest of a snapshot; a missing or broken one means that it cannot be used."""
    try:
        return Manifest(
            **json.loads((snapshot_folder(data_dir, snapshot) / "manifest.json").read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, TypeError) as error:
        raise IndexUnavailableError(f"Die Indexgeneration {snapshot} ist unvollständig.") from error


def snapshots(data_dir: Path) -> list[str]:
    """Ids of all finished snapshots, the current one first, then the newest."""
    current = current_snapshot_id(data_dir)
    try:
        folders = [path for path in (data_dir / "generations").iterdir() if path.is_dir() and path.suffix != PARTIAL]
    except OSError:
        return [current] if current else []
    return sorted((path.name for path in folders), key=lambda name: (name == current, name), reverse=True)


def load_snapshot(data_dir: Path, store: Store | None = None, snapshot: str | None = None) -> IndexSnapshot:
    """Load and check a snapshot, by default the current one; anything amiss is an ``IndexUnavailableError``."""
    snapshot = snapshot or current_snapshot_id(data_dir)
    if snapshot is None:
        raise IndexUnavailableError("Es gibt noch keinen Index; bitte zuerst 'assistant index' ausführen.")
    manifest = read_manifest(data_dir, snapshot)
    folder = snapshot_folder(data_dir, snapshot)
    check_files(folder, manifest, FILES)
    texts = load_texts(data_dir, snapshot)
    vectors = load_vectors(folder, manifest, [passage.id for passage in texts.passages], store or EmbeddedChroma())
    sentences = Int8Matrix(np.load(folder / "sentences.npy"))
    space = replace(texts.space, passage_vectors=Int8Matrix.of(vectors), sentence_vectors=sentences)
    return replace(texts, space=space, fault="")


def load_vectors(folder: Path, manifest: Manifest, ids: Sequence[str], store: Store) -> Floats:
    """Passage vectors ``(n, d)`` from the store, compared with the probe that was taken when they were written."""
    if manifest.store != store.kind:
        raise IndexUnavailableError("Der Index liegt in einer anderen Ablage (Ordner oder Chroma-Server).")
    vectors = store.read(manifest.id, folder, ids)
    if "probe.npy" in manifest.checksums:
        expected = np.load(folder / "probe.npy")
        found = probe(vectors)
        if found.shape != expected.shape or not np.allclose(found, expected, atol=PROBE_TOLERANCE):
            raise IndexUnavailableError("Chroma enthält andere Vektoren als die, die gespeichert wurden.")
    return vectors


def probe(vectors: Floats) -> Floats:
    """One number per vector, shape ``(n,)``, that tells a damaged or exchanged vector from the stored one."""
    direction = np.cos(np.arange(vectors.shape[1], dtype=np.float64) ** 2)
    return np.asarray(vectors @ direction, dtype=np.float32)


def load_texts(data_dir: Path, snapshot: str, fault: str = "") -> IndexSnapshot:
    """A snapshot without its vectors, of which only words can be compared; ``fault`` is the reason."""
    manifest = read_manifest(data_dir, snapshot)
    folder = snapshot_folder(data_dir, snapshot)
    check_files(folder, manifest, TEXT_FILES)
    passages = tuple(_iterate_passages(folder))
    none = Int8Matrix(np.zeros((0, 0), dtype=np.int8))
    shift = np.array(manifest.shift, dtype=np.float32)
    space = assemble_space(passages, none, none, _read_lexical(folder), shift)
    thresholds, word_thresholds = (
        {language: Thresholds(*values) for language, values in stored.items()}
        for stored in (manifest.thresholds, manifest.word_thresholds)
    )
    if fault and not word_thresholds:
        raise IndexUnavailableError(fault)
    sources, proofs = _read_sources(folder), _read_proofs(folder)
    return IndexSnapshot(manifest, sources, passages, space, thresholds, word_thresholds, proofs, fault)


def write_files(
    folder: Path,
    documents: Sequence[Document],
    rows: Sequence[IndexedPassage],
    vectors: Floats,
    sentences: Int8Matrix,
    lexical: BM25Index,
) -> None:
    """Write what stands beside Chroma: passages with terms, sources, sentence vectors, postings, the probe."""
    with open(folder / "passages.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            record = {name: getattr(row.passage, name) for name in _PASSAGE_FIELDS}
            record |= {"terms": row.terms, "sentence_terms": row.sentence_terms}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    sources = [{"kind": document.kind, "source": document.source.model_dump(mode="json")} for document in documents]
    (folder / "documents.json").write_text(json.dumps(sources, ensure_ascii=False), encoding="utf-8")
    np.save(folder / "sentences.npy", sentences.bytes)
    np.save(folder / "probe.npy", probe(vectors))
    np.savez(
        folder / "lexical.npz",
        vocabulary=np.frombuffer("\n".join(lexical.vocabulary).encode(), dtype=np.uint8),
        offsets=lexical.offsets,
        postings=lexical.postings,
        weights=lexical.weights,
        idf=lexical.idf,
        size=lexical.size,
        sentence_offsets=lexical.sentence_offsets,
        sentence_terms=lexical.sentence_terms,
    )


def write_proofs(folder: Path, proofs: Mapping[str, Sequence[StatementProof]]) -> None:
    """Write what proves the sentences of guides."""
    records = {guide: [asdict(proof) for proof in held] for guide, held in proofs.items()}
    (folder / "proofs.json").write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8")


def read_rows(folder: Path) -> list[IndexedPassage]:
    """Passages of a snapshot folder with their terms."""
    with open(folder / "passages.jsonl", encoding="utf-8") as file:
        return [_parse_row(json.loads(line)) for line in file]


def _iterate_passages(folder: Path) -> Iterator[Passage]:
    """Passages one by one: the terms of all rows at once would take several times their memory."""
    with open(folder / "passages.jsonl", encoding="utf-8") as file:
        for line in file:
            yield _parse_row(json.loads(line)).passage


def _parse_row(record: dict[str, Any]) -> IndexedPassage:
    terms, sentence_terms = record.pop("terms"), record.pop("sentence_terms")
    record["headings"], record["sentences"] = tuple(record["headings"]), tuple(record["sentences"])
    return IndexedPassage(Passage(**record), terms, sentence_terms)


def _read_sources(folder: Path) -> dict[str, SourceMetadata]:
    records = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
    return {record["source"]["id"]: parse_source(record["source"]) for record in records}


def _read_proofs(folder: Path) -> dict[str, tuple[StatementProof, ...]]:
    """Proofs of guides; snapshots from before there were guides have no such file."""
    path = folder / "proofs.json"
    records = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        guide: tuple(
            StatementProof(one["sentence"], one["language"], tuple((name, quote) for name, quote in one["quotes"]))
            for one in held
        )
        for guide, held in records.items()
    }


def _read_lexical(folder: Path) -> BM25Index:
    with np.load(folder / "lexical.npz") as file:
        words = file["vocabulary"].tobytes().decode()
        vocabulary = {word: number for number, word in enumerate(words.split("\n") if words else [])}
        return BM25Index(
            vocabulary,
            file["offsets"],
            file["postings"],
            file["weights"],
            file["idf"],
            int(file["size"]),
            file["sentence_offsets"],
            file["sentence_terms"],
        )


def assemble_space(
    passages: Sequence[Passage], vectors: Int8Matrix, sentences: Int8Matrix, lexical: BM25Index, shift: Floats
) -> VectorSpace:
    """The space over passages, their vectors ``(n, d)`` and those of their sentences ``(m, d)``."""
    offsets = np.concatenate([[0], np.cumsum([len(passage.sentences) for passage in passages])]).astype(np.int64)
    german = np.array([passage.language == "de" for passage in passages], dtype=np.bool_)
    return VectorSpace(vectors, sentences, offsets, lexical, german, passage_offsets(passages), shift)


def check_files(folder: Path, manifest: Manifest, names: Collection[str]) -> None:
    """Raise when one of these files is missing or differs from its checksum."""
    for name, expected in manifest.checksums.items():
        if name in names and not _is_intact(folder / name, expected):
            raise IndexUnavailableError(f"Die Datei {name} des Index fehlt oder ist beschädigt.")


def _is_intact(path: Path, expected: str) -> bool:
    try:
        return checksum(path) == expected
    except OSError:
        return False


def find_damage(data_dir: Path, manifest: Manifest, store: Store) -> str:
    """What a loaded snapshot lacks on disk by now, as a German sentence; empty when nothing does."""
    folder = snapshot_folder(data_dir, manifest.id)
    gone = [name for name in ("manifest.json", *manifest.checksums) if not (folder / name).is_file()]
    if gone:
        return f"Die Datei {gone[0]} des Index fehlt; es gilt der zuletzt geladene Stand."
    if manifest.store == store.kind and not store.is_there(manifest.id, folder):
        return "Die Ablage der Vektoren fehlt; es gilt der zuletzt geladene Stand."
    return ""


def drop_snapshot(folder: Path, store: Store) -> None:
    """Delete a snapshot's folder; while its server cannot be told, an empty folder stays as a reminder."""
    snapshot = folder.name.removesuffix(PARTIAL)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        store.drop(snapshot)
    except VectorStoreUnavailableError:
        with suppress(OSError):
            folder.with_name(snapshot + PARTIAL).mkdir()


def checksum(path: Path) -> str:
    """What identifies a file of a snapshot; manifests in data folders and backups hold it, so it must stay as it is."""
    return file_digest(path, "blake2b")[:32]


def snapshot_folder(data_dir: Path, snapshot: str) -> Path:
    """Where a snapshot lies in the data folder."""
    return data_dir / "generations" / snapshot
