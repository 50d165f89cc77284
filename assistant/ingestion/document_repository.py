"""Documents that an operator added, as they lie in the data folder: original, text and description, one folder each.

Written into a folder of their own and renamed, so that an interrupted command leaves the old document or the new
one. Whoever writes or removes holds the write lock.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from assistant.core.errors import DocumentError
from assistant.core.file_digest import file_digest
from assistant.core.models import Document, Language, Section
from assistant.core.sources import AddedDocument
from assistant.ingestion.parsers.blocks import ParsedDocument, clean_text
from assistant.language.language_detection import detect_language

logger = logging.getLogger(__name__)
_FORMAT = 1
_SAMPLE = 20_000
_FEWEST_WORDS = 12
_NEW, _OLD = ".new-", ".old-"  # in front of the names of folders that a command is about to rename or delete


def load_added(data_dir: Path) -> tuple[Document, ...]:
    """All added documents, sorted by id; a damaged one is left out with a warning."""
    documents = []
    for folder in _folders(data_dir):
        try:
            documents.append(load_document(folder))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            logger.warning(
                "Das Dokument %s ist beschädigt und wird ausgelassen; bitte fügen Sie es noch einmal hinzu.",
                folder.name,
            )
    return tuple(documents)


def without_clashes(added: Sequence[Document], knowledge: Sequence[Document]) -> tuple[Document, ...]:
    """The added documents whose id no knowledge file has taken since they were added."""
    taken = {name for document in knowledge for name in (document.source.id, *document.source.aliases)}
    for document in added:
        if document.source.id in taken:
            logger.warning(
                "Die id des Dokuments %s trägt jetzt eine Wissensdatei; bitte entfernen und neu hinzufügen.",
                document.source.id,
            )
    return tuple(document for document in added if document.source.id not in taken)


def load_document(folder: Path) -> Document:
    """One stored document with its sections; raises when its files are damaged."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    stored = (folder / "text.json").read_text(encoding="utf-8")
    text = json.loads(stored)
    if meta["id"] != folder.name or meta["text_sha256"] != hashlib.sha256(stored.encode()).hexdigest():
        raise ValueError(folder.name)
    source = _source(meta, text)
    default = detect_language(" ".join(section["text"] for section in text["sections"][:20])[:_SAMPLE])
    sections = tuple(_section(section, default) for section in text["sections"])
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


def stored_ids(data_dir: Path) -> list[str]:
    """Ids of all documents that are stored, damaged ones as well."""
    return [folder.name for folder in _folders(data_dir)]


def stored_descriptions(data_dir: Path) -> dict[str, dict[str, Any]]:
    """What was written beside each document that can still be described: where it came from, what the operator said."""
    return {folder.name: meta for folder in _folders(data_dir) if (meta := _meta(folder))}


def write_document(
    data_dir: Path, original: IO[bytes], suffix: str, parsed: ParsedDocument, description: Mapping[str, Any]
) -> Document:
    """Keep a document under the ``id`` of its description; one that has this id already is replaced."""
    folder = data_dir / "documents" / description["id"]
    partial = folder.with_name(f"{_NEW}{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    copy = partial / f"original{suffix}"
    with open(copy, "wb") as target:
        shutil.copyfileobj(original, target)
    text = json.dumps(asdict(parsed), ensure_ascii=False)
    (partial / "text.json").write_text(text, encoding="utf-8")
    digests = {"sha256": file_digest(copy), "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
    meta = {**description, "original": copy.name, **digests}
    (partial / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
    _swap(partial, folder)
    return load_document(folder)


def remove_document(document_id: str, data_dir: Path) -> None:
    """Delete a document with its original; an unknown id is a ``DocumentError``."""
    recover_interrupted(data_dir)
    folder = next((folder for folder in _folders(data_dir) if folder.name == document_id), None)
    if folder is None:
        known = ", ".join(stored_ids(data_dir)[:20]) or "noch keine"
        raise DocumentError(
            "unknown", f"Ein hinzugefügtes Dokument „{clean_text(document_id)}“ gibt es nicht; vorhanden: {known}."
        )
    shutil.rmtree(folder)


def recover_interrupted(data_dir: Path) -> None:
    """Undo what an interrupted command left behind: bring back the last whole document, drop half a one."""
    for left in (data_dir / "documents").glob(f"{_OLD}*"):
        folder = left.with_name(left.name.removeprefix(_OLD))
        if folder.exists():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.rename(folder)
    for left in (data_dir / "documents").glob(f"{_NEW}*"):
        shutil.rmtree(left, ignore_errors=True)


def _swap(partial: Path, folder: Path) -> None:
    old = folder.with_name(f"{_OLD}{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _folders(data_dir: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in (data_dir / "documents").iterdir() if path.is_dir() and path.name[0] != ".")
    return []


def _meta(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        return meta if isinstance(meta, dict) and "path" in meta else {}
    return {}
