"""Folders of files that are made once from an installed package, then only checked against their checksums."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from assistant.core.file_digest import file_digest

MANIFEST_FILE = "manifest.json"
Loaded = TypeVar("Loaded")


def ensure_artifact(folder: Path, write: Callable[[Path], None]) -> Path:
    """The folder; ``write`` fills a new one first if it is missing or damaged.

    Written aside and renamed, so that no process ever sees half a folder. ``OSError`` on a full or sealed disk.
    """
    if not is_intact(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".new-", ignore_cleanup_errors=True) as aside:
            _publish(folder, Path(aside), write)
    return folder


def load_or_aside(cache_dir: Path, load: Callable[[Path], Loaded]) -> Loaded:
    """What ``load`` makes of the cache; on a full or sealed disk, of a folder aside that is gone afterwards."""
    try:
        return load(cache_dir)
    except OSError:
        with TemporaryDirectory(ignore_cleanup_errors=True) as aside:
            return load(Path(aside))


def is_intact(folder: Path) -> bool:
    """Whether the files in the folder are the ones that were written there."""
    try:
        expected = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))["sha256"]
        return bool(expected) and all(file_digest(folder / name) == value for name, value in expected.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _publish(folder: Path, aside: Path, write: Callable[[Path], None]) -> None:
    fresh = aside / "fresh"
    fresh.mkdir()
    write(fresh)
    digests = {path.name: file_digest(path) for path in sorted(fresh.iterdir())}
    (fresh / MANIFEST_FILE).write_text(json.dumps({"sha256": digests}, indent=2), "utf-8")
    # Another process may have been faster: its folder is as good as this one.
    if is_intact(folder):
        return
    if folder.exists():
        folder.replace(aside / "damaged")
    try:
        fresh.replace(folder)
    except OSError:
        if not is_intact(folder):
            raise
