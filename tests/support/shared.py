"""What is expensive to build and the same for all test processes of a run: built once, behind a lock."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run; with several test processes the one above their own."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith("popen-") else own


def build_once(folder: Path, build: Callable[[Path], object]) -> Path:
    """The folder, filled by ``build`` unless another test process has done so."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            fresh = folder.with_name(f"{folder.name}.fresh")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            build(fresh)
            fresh.rename(folder)
    return folder


def copy_data(source: Path, target: Path) -> Path:
    """A data folder of one's own; its large files that nobody changes in place are links."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("cache"))
    take_cache(source / "cache", target)
    return target


def take_cache(cache_dir: Path, data_dir: Path) -> None:
    """Give a data folder the unpacked networks and dictionaries; links, because a small disk has no room for them."""
    own = data_dir / "cache"
    own.mkdir(parents=True)
    for name in ("encoder", "question_adapter", "reader", "dictionaries"):
        if (cache_dir / name).exists():
            (own / name).symlink_to((cache_dir / name).resolve())
    if (cache_dir / "vectors.sqlite").exists():
        shutil.copy(cache_dir / "vectors.sqlite", own)
