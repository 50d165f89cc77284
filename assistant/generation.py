"""One index generation on disk and in memory: manifest, files, the space that questions are compared in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.calibrate import Thresholds
from assistant.errors import IndexUnavailableError
from assistant.lexical import LexicalIndex
from assistant.load import parse_source
from assistant.models import Document, Passage
from assistant.schema import Source
from assistant.score import Floats, Space, passage_offsets
from assistant.store import read_vectors

FILES = ("passages.jsonl", "documents.json", "sentences.npy", "lexical.npz")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation must hold; anything that differs means damage or a rebuild."""

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


@dataclass(frozen=True, slots=True)
class Generation:
    """One index generation, loaded: sources, passages and the space they are compared in."""

    manifest: Manifest
    sources: Mapping[str, Source]
    passages: tuple[Passage, ...]
    space: Space
    thresholds: Mapping[str, Thresholds]


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with the terms of its header and keywords, and those of each sentence, as in ``passages.jsonl``."""

    passage: Passage
    terms: list[str]
    sentence_terms: list[list[str]]


def current_generation(data_dir: Path) -> str | None:
    """Id of the generation in force, if there is one."""
    try:
        return (data_dir / "current").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def read_manifest(data_dir: Path, generation: str) -> Manifest:
    """The manifest of a generation; a missing or broken one means that it cannot be used."""
    try:
        return Manifest(
            **json.loads((generation_folder(data_dir, generation) / "manifest.json").read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, TypeError) as error:
        raise IndexUnavailableError(f"Die Indexgeneration {generation} ist unvollständig.") from error


def load_generation(data_dir: Path) -> Generation:
    """Load and check the current generation."""
    generation = current_generation(data_dir)
    if generation is None:
        raise IndexUnavailableError("Es gibt noch keinen Index; bitte zuerst 'assistant index' ausführen.")
    manifest = read_manifest(data_dir, generation)
    folder = generation_folder(data_dir, generation)
    check_files(folder, manifest)
    rows = read_rows(folder)
    passages = tuple(row.passage for row in rows)
    space = _space(folder, manifest, passages)
    thresholds = {language: Thresholds(*values) for language, values in manifest.thresholds.items()}
    return Generation(manifest, _read_sources(folder), passages, space, thresholds)


def write_files(
    folder: Path, documents: Sequence[Document], rows: Sequence[Row], sentences: Floats, lexical: LexicalIndex
) -> None:
    """Write what stands beside Chroma: passages with terms, sources, sentence vectors, postings."""
    with open(folder / "passages.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(
                json.dumps(
                    {**asdict(row.passage), "terms": row.terms, "sentence_terms": row.sentence_terms},
                    ensure_ascii=False,
                )
                + "\n"
            )
    sources = [{"kind": one.kind, "source": one.source.model_dump(mode="json")} for one in documents]
    (folder / "documents.json").write_text(json.dumps(sources, ensure_ascii=False), encoding="utf-8")
    np.save(folder / "sentences.npy", sentences.astype(np.float32))
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


def read_rows(folder: Path) -> list[Row]:
    """Passages of a generation folder with their terms."""
    with open(folder / "passages.jsonl", encoding="utf-8") as file:
        return [_parse_row(json.loads(line)) for line in file]


def _parse_row(record: dict[str, Any]) -> Row:
    terms, sentence_terms = record.pop("terms"), record.pop("sentence_terms")
    record["headings"], record["sentences"] = tuple(record["headings"]), tuple(record["sentences"])
    return Row(Passage(**record), terms, sentence_terms)


def _read_sources(folder: Path) -> dict[str, Source]:
    records = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
    return {record["source"]["id"]: parse_source(record["source"]) for record in records}


def _read_lexical(folder: Path) -> LexicalIndex:
    with np.load(folder / "lexical.npz") as file:
        words = file["vocabulary"].tobytes().decode()
        vocabulary = {word: number for number, word in enumerate(words.split("\n") if words else [])}
        return LexicalIndex(
            vocabulary,
            file["offsets"],
            file["postings"],
            file["weights"],
            file["idf"],
            int(file["size"]),
            file["sentence_offsets"],
            file["sentence_terms"],
        )


def _space(folder: Path, manifest: Manifest, passages: Sequence[Passage]) -> Space:
    vectors = read_vectors(folder / "chroma", [passage.id for passage in passages])
    sentences = np.load(folder / "sentences.npy")
    shift = np.array(manifest.shift, dtype=np.float32)
    return assemble_space(passages, vectors, sentences, _read_lexical(folder), shift)


def assemble_space(
    passages: Sequence[Passage], vectors: Floats, sentences: Floats, lexical: LexicalIndex, shift: Floats
) -> Space:
    """The space over passages, their vectors ``(n, d)`` and those of their sentences ``(m, d)``."""
    offsets = np.concatenate([[0], np.cumsum([len(passage.sentences) for passage in passages])]).astype(np.int64)
    german = np.array([passage.language == "de" for passage in passages], dtype=np.bool_)
    return Space(vectors, sentences, offsets, lexical, german, passage_offsets(passages), shift)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise when a file is missing or differs from its checksum."""
    for name, expected in manifest.checksums.items():
        if not (folder / name).exists() or checksum(folder / name) != expected:
            raise IndexUnavailableError(f"Die Datei {name} des Index fehlt oder ist beschädigt.")


def checksum(path: Path) -> str:
    """What identifies the content of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]


def generation_folder(data_dir: Path, generation: str) -> Path:
    """Where a generation lies in the data folder."""
    return data_dir / "generations" / generation
