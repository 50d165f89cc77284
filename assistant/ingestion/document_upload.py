"""Files of an operator to stored documents: found, read in the sandbox, given an id and a title, kept."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from assistant.core.errors import DocumentError
from assistant.core.models import Document, Kind
from assistant.core.progress import Report
from assistant.ingestion.chunking import chunk_document, slugify
from assistant.ingestion.document_repository import (
    recover_interrupted,
    stored_descriptions,
    stored_ids,
    write_document,
)
from assistant.ingestion.parsers.blocks import ParsedDocument, clean_text, clean_title
from assistant.ingestion.parsers.sandbox import ParserLimits, read_document

_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class UploadResult:
    """One document that was read; ``pages`` is ``None`` for formats without pages."""

    path: str
    id: str
    pages: int | None
    passages: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UploadFailure:
    """One file that was not read: a stable code for tools and a sentence for people."""

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class MetadataOverrides:
    """What the operator says about a document; it overrides what the document says about itself."""

    kind: Kind | None = None
    title: str | None = None


def add_files(
    paths: Sequence[Path],
    data_dir: Path,
    taken: Collection[str],
    overrides: MetadataOverrides,
    report: Report,
    limits: ParserLimits | None = None,
) -> tuple[list[UploadResult], list[UploadFailure]]:
    """Read and keep all files of the paths; whatever is wrong with one of them stops no other.

    ``taken`` are the ids and aliases of knowledge files. The caller holds the write lock.
    """
    recover_interrupted(data_dir)
    upload = _Upload(data_dir, taken, overrides, limits or ParserLimits())
    added: list[UploadResult] = []
    skipped: list[UploadFailure] = []
    files = list(find_files(paths))
    for number, (path, refused) in enumerate(files):
        report("Dokumente", number, len(files))
        try:
            if refused:
                skipped.append(refused)
            else:
                added.append(upload.add(path))
        except DocumentError as error:
            skipped.append(UploadFailure(_shown(path), error.code, str(error)))
        except OSError:
            reason = "Die Datei ist nicht lesbar; bitte prüfen Sie die Zugriffsrechte und den freien Speicherplatz."
            skipped.append(UploadFailure(_shown(path), "unreadable", reason))
        report("Dokumente", number + 1, len(files))
    return added, skipped


def summary(added: UploadResult) -> str:
    """One line about a document that was read."""
    pages = "" if added.pages is None else f"{added.pages} {'Seite' if added.pages == 1 else 'Seiten'}, "
    passages = f"{added.passages} {'Passage' if added.passages == 1 else 'Passagen'}"
    return f"gelesen: {added.path} → {added.id} ({'; '.join((pages + passages, *added.notes))})"


def find_files(paths: Sequence[Path]) -> Iterator[tuple[Path, UploadFailure | None]]:
    """Every file of the paths, folders searched in order; links that leave their folder are skipped.

    Files and folders whose name begins with a dot are left to the system that made them.
    """
    for path in paths:
        if not path.exists():
            yield (
                path,
                UploadFailure(_shown(path), "not_found", "Diese Datei gibt es nicht; bitte prüfen Sie den Pfad."),
            )
        elif path.is_dir():
            found = list(_walk(path))
            empty = UploadFailure(
                _shown(path), "empty_folder", "Der Ordner enthält keine Dateien; bitte prüfen Sie den Pfad."
            )
            yield from found or [(path, empty)]
        else:
            yield path, None


def _walk(root: Path) -> Iterator[tuple[Path, UploadFailure | None]]:
    inside = root.resolve()
    for name, folders, files in os.walk(root):
        linked = [folder for folder in folders if Path(name, folder).is_symlink()]
        folders[:] = sorted(folder for folder in folders if not folder.startswith(".") and folder not in linked)
        for file in sorted([*files, *linked]):
            path = Path(name, file)
            if file.startswith("."):
                continue
            if path.is_symlink():
                within = path.resolve().is_relative_to(inside)
                code = "link" if within else "outside_folder"
                target = "auf etwas im selben Ordner" if within else "aus dem Ordner hinaus"
                reason = f"Die Verknüpfung führt {target}; bitte fügen Sie die Datei selbst hinzu."
                yield path, UploadFailure(_shown(path), code, reason)
            else:
                yield path, None


def _shown(path: Path) -> str:
    return clean_text(str(path))


@dataclass(frozen=True, slots=True)
class _Upload:
    """What all files of one command are read and kept with."""

    data_dir: Path
    taken: Collection[str]
    overrides: MetadataOverrides
    limits: ParserLimits

    def add(self, path: Path) -> UploadResult:
        """Read and keep one file; one that changes meanwhile is a ``DocumentError``."""
        with _open(path, self.limits) as file:
            before = os.fstat(file.fileno())
            parsed = read_document(file, path.suffix.lower(), self.limits)
            after = os.fstat(file.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise DocumentError(
                    "changing", "Die Datei wird gerade geändert; bitte wiederholen, wenn sie fertig ist."
                )
            file.seek(0)
            document = self._store(file, path, parsed)
        return UploadResult(
            _shown(path), document.source.id, parsed.pages, len(chunk_document(document)), _notes(parsed)
        )

    def _store(self, file: IO[bytes], path: Path, parsed: ParsedDocument) -> Document:
        """Keep a file that was read; one from the same path is replaced and keeps what the operator said about it."""
        origin = str(path.resolve())
        known = stored_descriptions(self.data_dir)
        document_id = next((name for name, meta in known.items() if meta["path"] == origin), None)
        document_id = document_id or _free_id(path, {*self.taken, *stored_ids(self.data_dir)})
        said = known.get(document_id, {}).get("wishes", {})
        overrides = MetadataOverrides(
            self.overrides.kind or said.get("kind"), self.overrides.title or said.get("title")
        )
        description = {
            "id": document_id,
            "path": origin,
            "original_name": clean_text(unicodedata.normalize("NFC", path.name)),
            "added": datetime.now(UTC).date().isoformat(),
            "kind": overrides.kind or "document",
            "title": _title(overrides.title, parsed.title, path),
            "wishes": asdict(overrides),  # as the stored documents of earlier versions call it
        }
        suffix = path.suffix.lower() if path.suffix[1:].isalnum() else ""
        return write_document(self.data_dir, file, suffix, parsed, description)


def _open(path: Path, limits: ParserLimits) -> IO[bytes]:
    """Open an ordinary file of bearable size; a pipe or device would block or never end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError("wrong_type", "Das ist keine gewöhnliche Datei; bitte geben Sie ein Dokument an.")
    if found.st_size > limits.file_bytes:
        megabytes = limits.file_bytes // 1_000_000
        raise DocumentError("too_large", f"Die Datei ist größer als {megabytes} MB; bitte verkleinern oder teilen.")
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))


def _title(wished: str | None, own: str, path: Path) -> str:
    """The wished title, the document's own, or its file name; always long enough to be shown."""
    stem = clean_text(unicodedata.normalize("NFC", path.stem)).replace("_", " ")
    candidates = (clean_title(wished or ""), own, clean_title(stem), f"Dokument {clean_title(stem)}".strip())
    return next((title for title in candidates if len(title) >= 3), "Dokument")


def _free_id(path: Path, taken: Collection[str]) -> str:
    stem = slugify(unicodedata.normalize("NFC", path.stem))[:_LONGEST_ID].strip("-") or "dokument"
    number, document_id = 1, stem
    while document_id in taken:
        number += 1
        document_id = f"{stem}-{number}"
    return document_id


def _notes(parsed: ParsedDocument) -> tuple[str, ...]:
    """What the operator should know about a document that was read."""
    notes = []
    if parsed.hidden_characters:
        notes.append(f"{parsed.hidden_characters} Zeichen unsichtbarer Text ausgelassen")
    if parsed.scanned_pages:
        notes.append(f"{parsed.scanned_pages} Seiten sind Bilder ohne Text, OCR nötig")
    if parsed.recognised_pages:
        notes.append(f"{parsed.recognised_pages} Seiten aus einer Texterkennung, bitte stichprobenweise prüfen")
    return tuple(notes)
