"""Own documents, feedback and the current index as one archive, and back; consistent while a server runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

from assistant.errors import AssistantError
from assistant.generation import current_generation
from assistant.index import write_lock

_KEPT = ("documents", "feedback.sqlite")
_CACHE = "cache"


class BackupError(AssistantError):
    """An archive that cannot be written or must not be restored."""


def back_up(data_dir: Path, target: Path, *, cache: bool = False) -> int:
    """Write an archive beside its final name, then move it there; returns the number of files in it.

    The lock keeps indexers out; a running server only reads. Databases are copied by SQLite itself.
    """
    if not data_dir.is_dir():
        raise BackupError(f"Den Datenordner {data_dir} gibt es nicht; es gibt nichts zu sichern.")
    partial = target.with_name(target.name + ".partial")
    count = 0
    try:
        with write_lock(data_dir), tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            writable = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(writable, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
                for path in _files(data_dir, cache):
                    archive.add(_settled(path, Path(scratch)), str(path.relative_to(data_dir)), recursive=False)
                    count += 1
            partial.replace(target)
    except OSError as error:
        raise BackupError(f"Die Sicherung '{target}' lässt sich nicht schreiben ({error.strerror}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def restore(data_dir: Path, source: Path, *, force: bool = False) -> int:
    """Unpack beside the data folder, check, then exchange; what was there is kept only until that has worked."""
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with write_lock(data_dir), tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as scratch:
        if not force and _holds_data(data_dir):
            raise BackupError(f"{data_dir} enthält schon Daten; mit --force werden sie ersetzt.")
        fresh = Path(scratch) / "new"
        count = _unpack(source, fresh)
        if current_generation(fresh) and not (fresh / "generations" / str(current_generation(fresh))).is_dir():
            raise BackupError(f"'{source}' ist unvollständig: die Indexgeneration fehlt.")
        _exchange(fresh, data_dir, Path(scratch) / "old")
    return count


def _files(data_dir: Path, cache: bool) -> Iterator[Path]:
    generation = current_generation(data_dir)
    roots = [*_KEPT, *((_CACHE,) if cache else ())]
    if generation:
        roots += [f"generations/{generation}", "current"]
    for root in (data_dir / name for name in roots):
        if root.is_file():
            yield root
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.is_file() and not path.is_symlink() and not path.name.endswith(("-wal", "-shm", "-journal")):
                yield path


def _settled(path: Path, scratch: Path) -> Path:
    """The file itself, or of a database a copy that is whole even while somebody writes."""
    if path.suffix not in (".sqlite", ".sqlite3", ".db"):
        return path
    copy = scratch / "copy.sqlite"
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(copy)) as written:
        database.backup(written)
    return copy


def _unpack(source: Path, target: Path) -> int:
    """Ordinary files with expected names only: no links, no devices, no way out of the folder."""
    count = 0
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                if not member.isfile() or not _is_expected(member.name):
                    raise BackupError(f"'{source}' enthält Unerwartetes und wird nicht eingespielt.")
                archive.extract(member, target, filter="data")
                count += 1
    except (OSError, EOFError, tarfile.TarError) as error:
        raise BackupError(f"'{source}' ist keine lesbare Sicherung.") from error
    if not count:
        raise BackupError(f"'{source}' ist leer.")
    return count


def _is_expected(name: str) -> bool:
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name
    return plain and path.parts[:1] != () and path.parts[0] in (*_KEPT, _CACHE, "generations", "current")


def _holds_data(data_dir: Path) -> bool:
    return any((data_dir / name).exists() for name in (*_KEPT, "generations", "current"))


def _exchange(fresh: Path, data_dir: Path, old: Path) -> None:
    """Generations first and the pointer last, so that a running server always finds what it points to."""
    old.mkdir()
    for name in (*_KEPT, _CACHE):
        if (data_dir / name).exists() and (name != _CACHE or (fresh / name).exists()):
            (data_dir / name).rename(old / name)
        if (fresh / name).exists():
            (fresh / name).rename(data_dir / name)
    generation = current_generation(fresh)
    (data_dir / "generations").mkdir(exist_ok=True)
    if generation:
        place = data_dir / "generations" / generation
        if place.exists():
            place.rename(old / generation)
        (fresh / "generations" / generation).rename(place)
        (fresh / "current").replace(data_dir / "current")
    else:
        (data_dir / "current").unlink(missing_ok=True)
    for folder in (data_dir / "generations").iterdir():
        if folder.name != generation and folder.is_dir():
            shutil.rmtree(folder)
