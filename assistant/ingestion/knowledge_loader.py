"""Knowledge files to documents: read the head, check it, keep headings and language.

Facts of the head that answers show (date of the source, end, successor) become
German sentences in a generated section, so that they can be quoted and cited too.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.core.errors import KnowledgeError
from assistant.core.models import Document, Language, Section
from assistant.core.source_status import short_name
from assistant.core.sources import SOURCE_TYPES, FrontMatter, Guide, SourceMetadata
from assistant.core.validation_messages import explain
from assistant.ingestion.guides import question_sections, read_statements
from assistant.ingestion.status_sentences import contact_sections, status_sections

_ATTEMPTS = 5
_REST = 0.2  # seconds without a change after which a file counts as saved; writers pause for less
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HEAD = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n(.*)\Z", re.DOTALL)


SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is some ten times faster


class _Loader(SafeLoader):  # type: ignore[misc, valid-type]
    """Leaves dates as text, so that an impossible one is an error of its field; a field given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Plain YAML silently takes the last of two equal fields."""
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            names = [str(key.value) for key, _ in node.value]
            twice = next((name for name in names if names.count(name) > 1), names[0])
            raise yaml.constructor.ConstructorError(None, None, f"'{twice}' steht zweimal", node.start_mark)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_ADAPTER: TypeAdapter[SourceMetadata] = TypeAdapter(FrontMatter)
_FIELDS = tuple(dict.fromkeys(name for kind in SOURCE_TYPES for name in kind.model_fields))
_LONGEST_HEAD = 10_000  # characters; libyaml crashes on fifty thousand open brackets


def load_knowledge(folders: Iterable[Path]) -> tuple[Document, ...]:
    """All documents of the folders; a later folder overrides an id, ``hidden`` removes it.

    Files that somebody saves meanwhile are read again, so that no half file is taken for a whole one.
    """
    folders = tuple(folders)
    for attempt in range(1, _ATTEMPTS + 1):
        before = _state(folders)
        try:
            documents = _load_folders(folders)
        except KnowledgeError:
            if _unchanged(folders, before):
                raise
        else:
            if _unchanged(folders, before):
                return documents
        time.sleep(0.1 * attempt)
    raise KnowledgeError(
        "Die Wissensdateien ändern sich gerade; bitte wiederholen Sie den Befehl, wenn sie gespeichert sind."
    )


def _unchanged(folders: Sequence[Path], before: list[tuple[str, int, int, int]]) -> bool:
    """Whether nothing was written while reading, nor just before, as by somebody who pauses between two writes."""
    age = time.time() - max((modified / 1e9 for *_, modified in before), default=0)
    if 0 <= age < _REST:  # a date in the future says nothing
        time.sleep(_REST - age)
    return _state(folders) == before


def _state(folders: Sequence[Path]) -> list[tuple[str, int, int, int]]:
    """What changes when a knowledge file is written, replaced or removed."""
    state = []
    for path in (path for folder in folders for path in knowledge_files(folder)):
        with suppress(OSError):
            found = path.stat()
            state.append((str(path), found.st_ino, found.st_size, found.st_mtime_ns))
    return state


def _load_folders(folders: Sequence[Path]) -> tuple[Document, ...]:
    documents: dict[str, Document] = {}
    for folder in folders:
        own = _load_folder(folder)
        documents.update(own)
    shown = {name: document for name, document in sorted(documents.items()) if not document.source.hidden}
    return tuple(_with_successor(document, shown) for document in shown.values())


def _with_successor(document: Document, documents: Mapping[str, Document]) -> Document:
    """Name the successor in the status sections; a renamed successor changes the fingerprint, too."""
    successor = documents.get(getattr(document.source, "successor", None) or "")
    if successor is None:
        return document
    own = tuple(section for section in document.sections if not section.generated)
    name = hashlib.sha256(short_name(successor.source).encode()).hexdigest()[:8]
    return replace(
        document,
        sections=(*own, *status_sections(document.source, successor.source), *contact_sections(document.source)),
        fingerprint=f"{document.fingerprint}-{name}",
    )


def knowledge_files(folder: Path) -> list[Path]:
    """Knowledge files of a folder; every ``README.md`` is for editors and left out."""
    return sorted(path for path in folder.rglob("*.md") if path.name != "README.md")


def load_card(path: Path) -> Document:
    """One knowledge file; errors name the file and the field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(
            f"{path}: nicht lesbar ({error.__class__.__name__}); bitte als UTF-8 speichern."
        ) from error
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise KnowledgeError(f"{path}: Zeile {line} enthält das Steuerzeichen U+{ord(control[0]):04X}; bitte löschen.")
    source, body = parse_front_matter(text, path)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
    if isinstance(source, Guide):
        return Document(source, "guide", tuple(question_sections(source)), fingerprint, tuple(read_statements(body)))
    sections = (*_sections(body), *status_sections(source), *contact_sections(source))
    return Document(source, source.kind, sections, fingerprint)  # type: ignore[attr-defined]


def parse_front_matter(text: str, path: Path) -> tuple[SourceMetadata, str]:
    """Split a file into its checked head and its body."""
    match = _HEAD.match(text)
    if not match:
        raise KnowledgeError(f"{path}: der Kopf zwischen zwei Zeilen '---' fehlt.")
    if len(match[1]) > _LONGEST_HEAD:
        raise KnowledgeError(f"{path}: der Kopf ist zu lang; fehlt eine Zeile '---' an seinem Ende?")
    try:
        return _ADAPTER.validate_python(yaml.load(match[1], _Loader)), match[2]
    except ValidationError as error:
        raise KnowledgeError(f"{path}: {explain(error, skip=1, known=_FIELDS)}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a number of thousands of digits
        raise KnowledgeError(f"{path}: der Kopf ist kein gültiges YAML: {_first_line(error)}.") from error


def parse_source(head: object) -> SourceMetadata:
    """A head that was checked before, for example one kept in an index."""
    return _ADAPTER.validate_python(head)


def _load_folder(folder: Path) -> dict[str, Document]:
    if not folder.is_dir():
        raise KnowledgeError(f"Der Wissensordner {folder} existiert nicht.")
    documents: dict[str, Document] = {}
    for path in knowledge_files(folder):
        document = load_card(path)
        if document.source.id in documents:
            raise KnowledgeError(f"{path}: id: '{document.source.id}' ist schon vergeben.")
        documents[document.source.id] = document
    return documents


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _sections(body: str) -> Iterator[Section]:
    """Cut a Markdown body at its headings; text below ``## English`` is English."""
    headings: list[tuple[int, str]] = []
    lines: list[str] = []
    for line in [*body.splitlines(), "# end"]:
        match = _HEADING.match(line)
        if not match:
            lines.append(line)
            continue
        text = "\n".join(lines).strip()
        if text:
            path = tuple(title for _, title in headings)
            yield Section(path, text, _language(path))
        lines = []
        level = len(match[1])
        headings = [(depth, title) for depth, title in headings if depth < level] + [(level, match[2])]


def _language(headings: Sequence[str]) -> Language:
    return "en" if any(heading.strip().lower() == "english" for heading in headings) else "de"
