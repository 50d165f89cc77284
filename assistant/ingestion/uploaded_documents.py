"""Documents that an operator adds: kept with original and text in the data folder, loaded next to the knowledge."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import stat
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from assistant.core.errors import DocumentError
from assistant.core.models import Document, Kind, Language, Section
from assistant.core.progress import Report
from assistant.core.sources import AddedDocument
from assistant.ingestion.chunking import chunk_document, slugify
from assistant.ingestion.parsers.blocks import ParsedDocument, clean_text, clean_title
from assistant.ingestion.parsers.sandbox import ParserLimits, read_document
from assistant.language.language_detection import detect_language

logger = logging.getLogger(__name__)
_FORMAT = 1
_SAMPLE = 20_000
_FEWEST_WORDS = 12
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


def load_added(data_dir: Path) -> tuple[Document, ...]:
    """All added documents, sorted by id; a damaged one is left out with a warning."""
    documents = []
    for folder in _folders(data_dir):
        try:
            documents.append(load_one(folder))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            logger.warning(
                "Das Dokument %s ist beschädigt und wird ausgelassen; bitte fügen Sie es noch einmal hinzu.",
                folder.name,
            )
    return tuple(documents)


def without_clashes(added: Sequence[Document], knowledge: Sequence[Document]) -> tuple[Document, ...]:
    """The added documents whose id no knowledge file has taken since they were added."""
    taken = {name for one in knowledge for name in (one.source.id, *one.source.aliases)}
    for document in added:
        if document.source.id in taken:
            logger.warning(
                "Die id des Dokuments %s trägt jetzt eine Wissensdatei; bitte entfernen und neu hinzufügen.",
                document.source.id,
            )
    return tuple(one for one in added if one.source.id not in taken)


def load_one(folder: Path) -> Document:
    """One stored document with its sections; raises when its files are damaged."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    stored = (folder / "text.json").read_text(encoding="utf-8")
    text = json.loads(stored)
    if meta["id"] != folder.name or meta["text_sha256"] != hashlib.sha256(stored.encode()).hexdigest():
        raise ValueError(folder.name)
    source = _source(meta, text)
    default = detect_language(" ".join(one["text"] for one in text["sections"][:20])[:_SAMPLE])
    sections = tuple(_section(one, default) for one in text["sections"])
    fingerprint = hashlib.sha256(json.dumps([_FORMAT, meta], sort_keys=True).encode()).hexdigest()[:16]
    return Document(source, meta["kind"], sections, fingerprint)


def _source(meta: dict[str, Any], text: dict[str, Any]) -> AddedDocument:
    return AddedDocument(
        kind="document",
        id=meta["id"],
        title=meta["title"],
        authors=tuple(text["authors"]),
        pages=text["pages"],
        format=text["format"],
        original_name=meta["original_name"],
        added=meta["added"],
        sha256=meta["sha256"],
        as_of=text["date"],
        as_of_note="laut den Angaben in der Datei" if text["date"] else None,
    )


def _section(stored: dict[str, Any], default: Language) -> Section:
    text = str(stored["text"])
    language = detect_language(text[:_SAMPLE], default) if len(text.split()) >= _FEWEST_WORDS else default
    return Section(tuple(stored["headings"]), text, language, stored["page"])


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
        linked = [one for one in folders if Path(name, one).is_symlink()]
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in linked)
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


def add_files(
    paths: Sequence[Path],
    data_dir: Path,
    taken: Collection[str],
    wishes: MetadataOverrides,
    report: Report,
    limits: ParserLimits | None = None,
) -> tuple[list[UploadResult], list[UploadFailure]]:
    """Read and keep all files of the paths; whatever is wrong with one of them stops no other.

    ``taken`` are the ids and aliases of knowledge files. The caller holds the write lock.
    """
    _recover_interrupted(data_dir)
    added: list[UploadResult] = []
    skipped: list[UploadFailure] = []
    files = list(find_files(paths))
    for number, (path, refused) in enumerate(files):
        report("Dokumente", number, len(files))
        try:
            if refused:
                skipped.append(refused)
            else:
                added.append(_add(path, data_dir, taken, wishes, limits or ParserLimits()))
        except DocumentError as error:
            skipped.append(UploadFailure(_shown(path), error.code, str(error)))
        except OSError:
            reason = "Die Datei ist nicht lesbar; bitte prüfen Sie die Zugriffsrechte und den freien Speicherplatz."
            skipped.append(UploadFailure(_shown(path), "unreadable", reason))
        report("Dokumente", number + 1, len(files))
    return added, skipped


def _add(
    path: Path, data_dir: Path, taken: Collection[str], wishes: MetadataOverrides, limits: ParserLimits
) -> UploadResult:
    with _open(path, limits) as file:
        before = os.fstat(file.fileno())
        extracted = read_document(file, path.suffix.lower(), limits)
        after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise DocumentError("changing", "Die Datei wird gerade geändert; bitte wiederholen, wenn sie fertig ist.")
        file.seek(0)
        document = _store(file, path, extracted, data_dir, taken, wishes)
    return UploadResult(
        _shown(path), document.source.id, extracted.pages, len(chunk_document(document)), _notes(extracted)
    )


def _open(path: Path, limits: ParserLimits) -> IO[bytes]:
    """Open an ordinary file of bearable size; a pipe or device would block or never end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError("wrong_type", "Das ist keine gewöhnliche Datei; bitte geben Sie ein Dokument an.")
    if found.st_size > limits.file_bytes:
        megabytes = limits.file_bytes // 1_000_000
        raise DocumentError("too_large", f"Die Datei ist größer als {megabytes} MB; bitte verkleinern oder teilen.")
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))


def _store(
    file: IO[bytes],
    path: Path,
    extracted: ParsedDocument,
    data_dir: Path,
    taken: Collection[str],
    wishes: MetadataOverrides,
) -> Document:
    """Write original, text and meta into a new folder and put it in the place of the old one."""
    place = str(path.resolve())
    known = {folder.name: meta for folder in _folders(data_dir) if (meta := _meta(folder))}
    one = next((name for name, meta in known.items() if meta["path"] == place), None)
    one = one or _free_id(path, {*taken, *(folder.name for folder in _folders(data_dir))})
    kept = known.get(one, {}).get("wishes", {})
    wishes = MetadataOverrides(wishes.kind or kept.get("kind"), wishes.title or kept.get("title"))
    partial = data_dir / "documents" / f".new-{one}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    original = f"original{path.suffix.lower() if path.suffix[1:].isalnum() else ''}"
    with open(partial / original, "wb") as copy:
        shutil.copyfileobj(file, copy)
    text = json.dumps(asdict(extracted), ensure_ascii=False)
    (partial / "text.json").write_text(text, encoding="utf-8")
    name = clean_text(unicodedata.normalize("NFC", path.name))
    with open(partial / original, "rb") as copy:
        digest = hashlib.file_digest(copy, "sha256").hexdigest()
    meta = {
        "id": one,
        "path": place,
        "original_name": name,
        "original": original,
        "sha256": digest,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "added": datetime.now(UTC).date().isoformat(),
        "kind": wishes.kind or "document",
        "title": _title(wishes.title, extracted.title, path),
        "wishes": asdict(wishes),
    }
    (partial / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
    _swap(partial, data_dir / "documents" / one)
    return load_one(data_dir / "documents" / one)


def _title(wished: str | None, own: str, path: Path) -> str:
    """The wished title, the document's own, or its file name; always long enough to be shown."""
    stem = clean_text(unicodedata.normalize("NFC", path.stem)).replace("_", " ")
    candidates = (clean_title(wished or ""), own, clean_title(stem), f"Dokument {clean_title(stem)}".strip())
    return next((one for one in candidates if len(one) >= 3), "Dokument")


def _free_id(path: Path, taken: Collection[str]) -> str:
    stem = slugify(unicodedata.normalize("NFC", path.stem))[:_LONGEST_ID].strip("-") or "dokument"
    number, one = 1, stem
    while one in taken:
        number += 1
        one = f"{stem}-{number}"
    return one


def _swap(partial: Path, folder: Path) -> None:
    old = folder.with_name(f".old-{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _recover_interrupted(data_dir: Path) -> None:
    """Undo what an interrupted command left behind: bring back the last whole document, drop half a one."""
    for left in (data_dir / "documents").glob(".old-*"):
        folder = left.with_name(left.name.removeprefix(".old-"))
        if folder.exists():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.rename(folder)
    for left in (data_dir / "documents").glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)


def _folders(data_dir: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(one for one in (data_dir / "documents").iterdir() if one.is_dir() and one.name[0] != ".")
    return []


def _meta(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        return meta if isinstance(meta, dict) and "path" in meta else {}
    return {}


def _notes(extracted: ParsedDocument) -> tuple[str, ...]:
    """What the operator should know about a document that was read."""
    notes = []
    if extracted.hidden_characters:
        notes.append(f"{extracted.hidden_characters} Zeichen unsichtbarer Text ausgelassen")
    if extracted.scanned_pages:
        notes.append(f"{extracted.scanned_pages} Seiten sind Bilder ohne Text, OCR nötig")
    if extracted.recognised_pages:
        notes.append(f"{extracted.recognised_pages} Seiten aus einer Texterkennung, bitte stichprobenweise prüfen")
    return tuple(notes)


def remove_document(one: str, data_dir: Path) -> None:
    """Delete a document with its original; an unknown id is a ``DocumentError``. The caller holds the write lock."""
    _recover_interrupted(data_dir)
    folder = next((folder for folder in _folders(data_dir) if folder.name == one), None)
    if folder is None:
        known = ", ".join(folder.name for folder in _folders(data_dir)[:20]) or "noch keine"
        raise DocumentError(
            "unknown", f"Ein hinzugefügtes Dokument „{clean_text(one)}“ gibt es nicht; vorhanden: {known}."
        )
    shutil.rmtree(folder)


def summary(added: UploadResult) -> str:
    """One line about a document that was read."""
    pages = "" if added.pages is None else f"{added.pages} {'Seite' if added.pages == 1 else 'Seiten'}, "
    passages = f"{added.passages} {'Passage' if added.passages == 1 else 'Passagen'}"
    return f"gelesen: {added.path} → {added.id} ({'; '.join((pages + passages, *added.notes))})"
