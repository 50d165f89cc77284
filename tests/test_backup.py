"""Backup and restore of the data folder, with archives that mean harm."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from conftest import BuildIndex

from assistant.backup import BackupError, back_up, restore
from assistant.bootstrap import Assistant, build_assistant
from assistant.errors import IndexBusyError
from assistant.index import write_lock
from assistant.pipeline import ask


def archive(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as written:
        for member in members:
            member.size = 1 if member.isfile() else 0
            written.addfile(member, io.BytesIO(b"x"))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.fixture
def data_dir(small_knowledge: Path, build_index: BuildIndex, tmp_path: Path) -> Path:
    build_index(small_knowledge, tmp_path / "data")
    return tmp_path / "data"


def test_what_was_backed_up_answers_elsewhere(data_dir: Path, small_assistant: Assistant, tmp_path: Path) -> None:
    (data_dir / "documents" / "eigenes").mkdir(parents=True)
    (data_dir / "documents" / "eigenes" / "text").write_text("x", encoding="utf-8")
    with closing(sqlite3.connect(data_dir / "feedback.sqlite")) as open_database:
        open_database.execute("PRAGMA journal_mode=WAL")
        open_database.execute("CREATE TABLE kept (x)")
        open_database.execute("INSERT INTO kept VALUES (7)")
        open_database.commit()
        back_up(data_dir, tmp_path / "b.tar.gz")  # the row stands in the write-ahead log only
    elsewhere = tmp_path / "elsewhere"
    restore(elsewhere, tmp_path / "b.tar.gz")
    assert (elsewhere / "documents" / "eigenes" / "text").read_text(encoding="utf-8") == "x"
    with closing(sqlite3.connect(elsewhere / "feedback.sqlite")) as database:
        assert database.execute("SELECT x FROM kept").fetchall() == [(7,)]
    shutil.copytree(data_dir / "cache", elsewhere / "cache")
    assistant = build_assistant(small_assistant.settings.model_copy(update={"data_dir": elsewhere}))
    assert ask(assistant, "Was bedeutet Coopetition?").status == "answered"


def test_existing_data_are_replaced_only_when_forced(data_dir: Path, tmp_path: Path) -> None:
    back_up(data_dir, tmp_path / "b.tar.gz")
    (data_dir / "documents" / "neu").mkdir(parents=True)
    with pytest.raises(BackupError, match="--force"):
        restore(data_dir, tmp_path / "b.tar.gz")
    assert (data_dir / "documents" / "neu").is_dir()
    restore(data_dir, tmp_path / "b.tar.gz", force=True)
    assert not (data_dir / "documents" / "neu").exists()


def test_a_running_indexer_is_waited_for_by_a_person(data_dir: Path, tmp_path: Path) -> None:
    with write_lock(data_dir), pytest.raises(IndexBusyError):
        back_up(data_dir, tmp_path / "b.tar.gz")
    assert not list(tmp_path.glob("b.tar.gz*"))


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside"),
        member("/etc/outside"),
        member("documents/../../outside"),
        member("secrets/x"),
        member("documents/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("documents/link", tarfile.LNKTYPE, "/etc/passwd"),
        member("documents/pipe", tarfile.FIFOTYPE),
        member("documents/device", tarfile.CHRTYPE),
    ],
    ids=lambda one: f"{one.name}-{one.type!r}",
)
def test_an_archive_with_anything_unexpected_changes_nothing(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    source = archive(tmp_path / "bad.tar.gz", member("documents/ok/text"), bad)
    with pytest.raises(BackupError, match="Unerwartetes"):
        restore(tmp_path / "data", source, force=True)
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"lock"}
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("cut", [0, 10, 0.5])
def test_a_cut_archive_changes_nothing(data_dir: Path, tmp_path: Path, cut: float) -> None:
    back_up(data_dir, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: int(cut if cut >= 1 else cut * len(whole))])
    before = (data_dir / "current").read_text(encoding="utf-8")
    with pytest.raises(BackupError):
        restore(data_dir, tmp_path / "cut.tar.gz", force=True)
    assert (data_dir / "current").read_text(encoding="utf-8") == before
