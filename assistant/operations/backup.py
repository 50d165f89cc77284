"""What cannot be made again – own documents and the index over them – in one file, and back from it.

Ratings and questions of visitors are left out: they are kept for some days only, a copy would outlive them. The
cache is left out, too: it fills itself again.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.core.errors import BackupError
from assistant.core.file_digest import file_digest
from assistant.index.builder import write_lock
from assistant.index.snapshot import (
    FILES,
    check_files,
    current_snapshot_id,
    read_manifest,
    set_current_snapshot,
    snapshot_folder,
)

FORMAT = 1
CONTENTS = "netzlotse-backup.json"
_KEPT = ("documents", "generations")
_MOST_FILES = 1_000_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds; stands at its end, so that half a file is noticed."""

    format: int
    created: str
    generation: str | None  # id of the snapshot; backups of the first release call it so
    checksums: dict[str, str]

    @property
    def documents(self) -> int:
        """Number of own documents."""
        return len({PurePosixPath(name).parts[1] for name in self.checksums if name.startswith("documents/")})


def back_up(data_dir: Path, file: Path, *, force: bool = False) -> Contents:
    """Write the backup; a running server goes on, a running indexer is not interrupted but named."""
    if file.exists() and not force:
        raise BackupError(f"'{file}' gibt es schon; wählen Sie einen anderen Namen oder --force.")
    if not (data_dir / "documents").is_dir() and current_snapshot_id(data_dir) is None:
        raise BackupError(f"In '{data_dir}' gibt es nichts zu sichern.")
    partial = file.with_name(f".{file.name}.partial")
    try:
        with write_lock(data_dir), open(partial, "wb", opener=_private) as target:
            contents = _write(data_dir, target)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(file)
    except OSError as error:
        raise BackupError(f"'{file}' lässt sich nicht schreiben ({error.strerror}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return contents


def restore(data_dir: Path, file: Path, *, force: bool = False) -> Contents:
    """Put a backup into the data folder; it is unpacked and checked aside before anything is replaced."""
    with write_lock(data_dir):
        if not force and (current_snapshot_id(data_dir) or any((data_dir / "documents").glob("*"))):
            raise BackupError(f"In '{data_dir}' liegen schon Daten; --force ersetzt sie durch die Sicherung.")
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir) as folder:
            contents = _unpack(file, Path(folder))
            _put_in_place(data_dir, Path(folder), contents)
    return contents


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _write(data_dir: Path, target: IO[bytes]) -> Contents:
    snapshot = current_snapshot_id(data_dir)
    checksums = {}
    with tarfile.open(fileobj=target, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in _files(data_dir, snapshot):
            name = path.relative_to(data_dir).as_posix()
            with _steady(path) as content:
                checksums[name] = file_digest(content)
                _append(archive, name, content)
        contents = Contents(FORMAT, datetime.now(UTC).isoformat(timespec="seconds"), snapshot, checksums)
        _append(archive, CONTENTS, BytesIO(json.dumps(asdict(contents)).encode()))
    return contents


def _files(data_dir: Path, snapshot: str | None) -> Iterator[Path]:
    folders = [data_dir / "documents", *([snapshot_folder(data_dir, snapshot)] if snapshot else [])]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.is_file() and not path.is_symlink() and not hidden and not path.name.endswith(("-wal", "-shm")):
                yield path


def _steady(path: Path) -> IO[bytes]:
    """A file to read; of a database a copy of one moment, because a reader may be writing to its journal."""
    if path.suffix != ".sqlite3":
        return open(path, "rb")
    copy = tempfile.NamedTemporaryFile(suffix=".sqlite3")  # noqa: SIM115 - closed by the caller
    read_only = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True)) as source, closing(sqlite3.connect(copy.name)) as target:
        source.backup(target)
    return copy


def _append(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, os.SEEK_END)
    entry.mode = 0o600
    content.seek(0)
    archive.addfile(entry, content)


def _unpack(file: Path, folder: Path) -> Contents:
    """Unpack into an empty folder and compare with the list of contents."""
    found: dict[str, str] = {}
    contents = None
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            for number, entry in enumerate(archive):
                content = _checked(entry, number, archive, folder)
                if entry.name == CONTENTS:
                    contents = Contents(**json.loads(content.read()))
                    continue
                path = folder / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with open(path, "wb", opener=_private) as target:
                    shutil.copyfileobj(content, target)
                found[entry.name] = file_digest(path)
    except FileNotFoundError as error:
        raise BackupError(f"'{file}' gibt es nicht.") from error
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError) as error:
        raise BackupError(f"'{file}' ist keine lesbare Sicherung.") from error
    if contents is None or contents.format != FORMAT or contents.checksums != found:
        raise BackupError(f"'{file}' ist unvollständig, beschädigt oder von einer anderen Version.")
    return contents


def _checked(entry: tarfile.TarInfo, number: int, archive: tarfile.TarFile, folder: Path) -> IO[bytes]:
    """The content of an entry: an ordinary file under a name that a backup can hold, that fits on the disk."""
    parts = PurePosixPath(entry.name).parts
    known = entry.name == CONTENTS or (
        len(parts) > 2 and parts[0] in _KEPT and PurePosixPath(*parts).as_posix() == entry.name
    )
    if not entry.isreg() or not known or ".." in parts or number > _MOST_FILES:
        raise BackupError(f"Die Sicherung enthält etwas Fremdes: {entry.name[:80]!r}.")
    if entry.size > shutil.disk_usage(folder).free:
        raise BackupError("Für die Sicherung reicht der freie Speicherplatz nicht.")
    content = archive.extractfile(entry)
    if content is None:
        raise BackupError(f"Die Sicherung enthält etwas Fremdes: {entry.name[:80]!r}.")
    return content


def _put_in_place(data_dir: Path, folder: Path, contents: Contents) -> None:
    """Documents, then the snapshot, then its name: stopped in between, the next indexing brings all in step."""
    if contents.generation:
        check_files(folder / "generations" / contents.generation, read_manifest(folder, contents.generation), FILES)
    (folder / "documents").mkdir(exist_ok=True)
    if (data_dir / "documents").exists():
        (data_dir / "documents").rename(folder / "replaced")
    (folder / "documents").rename(data_dir / "documents")
    if not contents.generation:
        (data_dir / "current").unlink(missing_ok=True)
        return
    target = snapshot_folder(data_dir, contents.generation)
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(folder / "replaced-snapshot")
    (folder / "generations" / contents.generation).rename(target)
    set_current_snapshot(data_dir, contents.generation)
