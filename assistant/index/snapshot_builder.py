"""Documents to the files and vectors of one new snapshot; what the last one holds already is taken along."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from assistant.core.models import Document, Passage, StatementProof
from assistant.core.progress import Report
from assistant.index.bm25 import build_lexical_index
from assistant.index.calibration import Calibration, calibrate, calibrate_words, language_shift
from assistant.index.embedding_cache import CachingEmbedder
from assistant.index.int8_matrix import Int8Matrix
from assistant.index.scoring import Floats, VectorSpace
from assistant.index.snapshot import (
    FILES,
    PARTIAL,
    IndexedPassage,
    Manifest,
    assemble_space,
    checksum,
    drop_snapshot,
    snapshot_folder,
    write_files,
    write_proofs,
)
from assistant.index.vector_store import IndexDelta, Store
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.guides import keep_proven
from assistant.language.term_analyzer import TermAnalyzer

FORMAT = 5
"""Raised whenever files of a snapshot change, so that one of another format is built anew."""


Proofs = Mapping[str, tuple[StatementProof, ...]]
"""What proves the sentences of each guide, by its id; sentences without proof are missing."""


def prove_nothing(documents: Sequence[Document], report: Report) -> Proofs:
    """For an index without guides."""
    return {}


@dataclass(frozen=True, slots=True)
class IndexInput:
    """Everything that decides what an index holds; ``prove`` holds the sentences of guides to their cards."""

    documents: tuple[Document, ...]
    embedder: CachingEmbedder
    analyzer: TermAnalyzer
    calibration: Calibration
    prove: Callable[[Sequence[Document], Report], Proofs] = prove_nothing

    @property
    def fingerprint(self) -> str:
        """Changes with the abbreviations and the calibration questions, which every row depends on."""
        return f"{self.analyzer.fingerprint}-{self.calibration.fingerprint}"

    def fits(self, manifest: Manifest) -> bool:
        """Whether rows of a snapshot would be built the same way today, so that they may be taken along."""
        found = (manifest.format, manifest.model_id, manifest.calibration)
        return found == (FORMAT, self.embedder.embedder.model_id, self.fingerprint)


@dataclass(frozen=True, slots=True)
class LastSnapshot:
    """A snapshot that a new one can grow from: whole, and built the same way."""

    manifest: Manifest
    rows: Sequence[IndexedPassage]
    folder: Path


@dataclass(frozen=True, slots=True)
class SnapshotBuilder:
    """Builds one snapshot in a folder of its own; without a ``last`` one from nothing."""

    given: IndexInput
    store: Store
    report: Report
    last: LastSnapshot | None = None

    def build(self, data_dir: Path) -> Manifest:
        """Write a snapshot and give its folder its name once it is whole; an error leaves nothing behind."""
        snapshot = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
        folder = snapshot_folder(data_dir, snapshot)
        partial = folder.with_name(f"{snapshot}{PARTIAL}")
        partial.mkdir(parents=True)
        try:
            manifest = self._write(partial, snapshot)
            partial.rename(folder)
        except BaseException:
            drop_snapshot(partial, self.store)
            raise
        return manifest

    def _write(self, folder: Path, snapshot: str) -> Manifest:
        """Write all files of a snapshot into ``folder``, the manifest last."""
        proofs = self.given.prove(self.given.documents, self.report)
        rows, fresh, gone = self._rows(proofs)
        passages = [row.passage for row in rows]
        vectors, sentence_vectors = self._embed(passages)
        sentences = Int8Matrix.of(sentence_vectors)
        new = [position for position, passage in enumerate(passages) if passage.id in fresh]
        self._store(snapshot, folder, IndexDelta(passages, vectors, new, gone))
        self.report("Abschluss", 0, 1)
        lexical = build_lexical_index([(row.terms, row.sentence_terms) for row in rows])
        write_files(folder, self.given.documents, rows, vectors, sentences, lexical)
        write_proofs(folder, proofs)
        shift = language_shift(self.given.embedder, self.given.calibration)
        manifest = self._describe(
            snapshot, folder, assemble_space(passages, Int8Matrix.of(vectors), sentences, lexical, shift), passages
        )
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        self.report("Abschluss", 1, 1)
        return manifest

    def _rows(self, proofs: Proofs) -> tuple[list[IndexedPassage], set[str], list[str]]:
        """All rows of the new snapshot, the ids that are fresh, and the ids to remove from the copied store.

        What of a guide is proven depends on other documents, so guides are always read anew.
        """
        documents = [
            keep_proven(document, proofs.get(document.source.id, ())) if document.kind == "guide" else document
            for document in self.given.documents
        ]
        kept = self.last.rows if self.last else ()
        old = self.last.manifest.documents if self.last else {}
        same = {
            document.source.id
            for document in documents
            if document.kind != "guide" and old.get(document.source.id) == document.fingerprint
        }
        by_document: dict[str, list[IndexedPassage]] = {}
        for row in kept:
            by_document.setdefault(row.passage.document_id, []).append(row)
        rows: list[IndexedPassage] = []
        fresh: set[str] = set()
        for number, document in enumerate(documents):
            if document.source.id in same:
                rows += by_document.get(document.source.id, [])
                continue
            new = [self._row(passage, document) for passage in chunk_document(document)]
            fresh.update(row.passage.id for row in new)
            rows += new
            self.report("Lesen", number + 1, len(documents))
        gone = [row.passage.id for row in kept if row.passage.document_id not in same]
        return rows, fresh, gone

    def _row(self, passage: Passage, document: Document) -> IndexedPassage:
        terms = self.given.analyzer.terms
        head = f"{passage.header}\n{' '.join(document.source.keywords)}"
        sentences = [terms(sentence, passage.language) for sentence in passage.sentences]
        return IndexedPassage(passage, terms(head, passage.language), sentences)

    def _embed(self, passages: Sequence[Passage]) -> tuple[Floats, Floats]:
        """Vectors of all passages ``(n, d)`` and of all their sentences ``(m, d)``."""
        encode, report = self.given.embedder.encode, self.report
        texts = [embedded_text(passage) for passage in passages]
        sentences = [sentence for passage in passages for sentence in passage.sentences]
        vectors = encode(texts, progress=lambda done, total: report("Passagen", done, total))
        return vectors, encode(sentences, progress=lambda done, total: report("Sätze", done, total))

    def _store(self, snapshot: str, folder: Path, content: IndexDelta) -> None:
        """Passages and their vectors to the vector store."""
        report, last = self.report, self.last.folder if self.last else None
        report("Speichern", 0, len(content.fresh))
        self.store.write(snapshot, folder, content, last, lambda done, total: report("Speichern", done, total))

    def _describe(self, snapshot: str, folder: Path, space: VectorSpace, passages: Sequence[Passage]) -> Manifest:
        """The manifest of the files in ``folder``, with the thresholds that hold for cards in their space."""
        given = self.given
        of_guides = np.array([passage.kind == "guide" for passage in passages], dtype=np.bool_)
        thresholds = calibrate(space, given.embedder, given.analyzer, given.calibration, of_guides)
        word_thresholds = calibrate_words(space, given.analyzer, given.calibration, of_guides)
        return Manifest(
            id=snapshot,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            format=FORMAT,
            model_id=given.embedder.embedder.model_id,
            calibration=given.fingerprint,
            passages=len(space.passage_vectors),
            sentences=len(space.sentence_vectors),
            documents={document.source.id: document.fingerprint for document in given.documents},
            thresholds={language: list(astuple(found)) for language, found in thresholds.items()},
            shift=[round(float(value), 7) for value in space.shift],
            checksums={name: checksum(folder / name) for name in FILES},
            word_thresholds={language: list(astuple(found)) for language, found in word_thresholds.items()},
            store=self.store.kind,
        )


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its header in front of its text."""
    return f"{passage.header}\n{passage.text}"
