"""A backup brings everything back, and nothing else gets in."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from pathlib import Path

import httpx
import pytest

from assistant.answering.pipeline import ask
from assistant.bootstrap import build_assistant
from assistant.core.errors import BackupError, IndexBusyError
from assistant.core.settings import load_settings
from assistant.index.builder import write_lock
from assistant.operations.backup import CONTENTS, back_up, restore
from tests.support.serving import running
from tests.support.shared import copy_data
from tests.test_cli import run

pytestmark = pytest.mark.served

SENTENCE = "Der Maschinenring Auetal teilt seine Fräsmaschinen nach einem Wochenplan unter neun Betrieben auf."
NOTE = f"# Maschinenring\n\n{SENTENCE}\n"
QUESTION = "Wie teilt der Maschinenring Auetal seine Fräsmaschinen auf?"


@pytest.fixture(scope="module")
def original(small_knowledge: Path, small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an index and one own document; read only."""
    folder = tmp_path_factory.mktemp("original")
    copy_data(small_index, folder / "data")
    (folder / "maschinenring.md").write_text(NOTE, encoding="utf-8")
    settings = {"knowledge_dir": str(small_knowledge), "shipped_knowledge": "false"}
    done = run("add", str(folder / "maschinenring.md"), data_dir=folder / "data", **settings)
    assert done.returncode == 0, done.stderr
    return folder / "data"


@pytest.fixture
def filled(original: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(original, tmp_path / "data")


def answered(data_dir: Path, knowledge: Path) -> str:
    settings = load_settings(data_dir=data_dir, knowledge_dir=knowledge, shipped_knowledge=False)
    return ask(build_assistant(settings), QUESTION).text


def test_what_was_lost_comes_back(filled: Path, own_knowledge: Path, tmp_path: Path) -> None:
    before = answered(filled, own_knowledge)
    assert "Wochenplan" in before
    file = tmp_path / "sicherung.tar.gz"
    assert run("backup", str(file), data_dir=filled).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    cache = filled / "cache"
    for path in filled.iterdir():
        if path != cache:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = run("restore", str(file), data_dir=filled)
    assert (done.returncode, done.stderr) == (0, "")
    assert answered(filled, own_knowledge) == before


def test_a_running_server_is_backed_up_and_takes_the_restored_index_over(
    filled: Path, own_knowledge: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sicherung.tar.gz"
    with running(filled, knowledge_dir=str(own_knowledge), shipped_knowledge="false") as (_, server):
        assert run("backup", str(file), data_dir=filled).returncode == 0
        settings = {"knowledge_dir": str(own_knowledge), "shipped_knowledge": "false"}
        assert run("remove", "maschinenring", data_dir=filled, **settings).returncode == 0
        assert run("restore", str(file), data_dir=filled).returncode == 1
        assert run("restore", str(file), "--force", data_dir=filled).returncode == 0
        current = (filled / "current").read_text()
        for _ in range(40):
            ready = httpx.get(f"{server}/readyz").json()
            if ready["generation"] == current:
                break
            httpx.post(f"{server}/api/chat", json={"question": QUESTION})
        assert ready["generation"] == current
        assert "Wochenplan" in httpx.post(f"{server}/api/chat", json={"question": QUESTION}).json()["text"]


def test_nothing_is_overwritten_unasked(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "sicherung.tar.gz"
    file.write_text("wichtig")
    with pytest.raises(BackupError, match="--force"):
        back_up(filled, file)
    assert file.read_text() == "wichtig"
    back_up(filled, file, force=True)
    with pytest.raises(BackupError, match="--force"):
        restore(filled, file)


def test_an_indexer_at_work_is_not_disturbed(filled: Path, tmp_path: Path) -> None:
    with write_lock(filled), pytest.raises(IndexBusyError):
        back_up(filled, tmp_path / "sicherung.tar.gz")
    assert list(tmp_path.glob("*sicherung*")) == []


def test_ratings_and_cache_stay_out(filled: Path, tmp_path: Path) -> None:
    (filled / "feedback.sqlite").write_text("was jemand schrieb")
    back_up(filled, tmp_path / "sicherung.tar.gz")
    with tarfile.open(tmp_path / "sicherung.tar.gz") as archive:
        tops = {name.split("/")[0] for name in archive.getnames()}
    assert tops == {"documents", "generations", CONTENTS}


def hostile(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    entry.size = 4 if kind == tarfile.REGTYPE else 0
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        hostile("../../ausserhalb/x/y"),
        hostile("/tmp/ausserhalb/x"),
        hostile("documents/../../../ausserhalb"),
        hostile("documents/a/../../../ausserhalb"),
        hostile("documents/a/./b"),
        hostile("current"),
        hostile("cache/vectors.sqlite"),
        hostile(".env"),
        hostile("documents/a/link", tarfile.SYMTYPE, "/etc/passwd"),
        hostile("documents/a/link", tarfile.LNKTYPE, "/etc/passwd"),
        hostile("documents/a/pipe", tarfile.FIFOTYPE),
        hostile("documents/a/device", tarfile.CHRTYPE),
        hostile("documents/a/folder", tarfile.DIRTYPE),
    ],
    ids=lambda entry: f"{entry.name} {entry.type.decode()}",
)
def test_a_backup_with_something_foreign_changes_nothing(filled: Path, tmp_path: Path, entry: tarfile.TarInfo) -> None:
    file = tmp_path / "fremd.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        archive.addfile(entry, io.BytesIO(b"fuer"))
    before = {path: path.stat().st_mtime_ns for path in filled.rglob("*") if path.is_file() and path.name != "lock"}
    with pytest.raises(BackupError, match="Fremdes"):
        restore(filled, file, force=True)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert not list(filled.glob(".restore-*"))


@pytest.mark.parametrize("damage", ["half", "no list", "changed", "no archive"])
def test_a_damaged_backup_changes_nothing(filled: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "sicherung.tar.gz"
    back_up(filled, file)
    damaged = tmp_path / "kaputt.tar.gz"
    if damage == "half":
        damaged.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif damage == "no archive":
        damaged.write_bytes(os.urandom(5000))
    else:
        with tarfile.open(file) as old, tarfile.open(damaged, "w:gz") as new:
            for entry in old:
                content = old.extractfile(entry).read()  # type: ignore[union-attr]
                if damage == "changed" and entry.name.endswith("text.json"):
                    content = content.replace(b"Wochenplan", b"Monatsplan")
                if damage == "changed" or entry.name != CONTENTS:
                    new.addfile(entry, io.BytesIO(content))
    with pytest.raises(BackupError, match=r"lesbare Sicherung|unvollständig"):
        restore(filled, damaged, force=True)
    assert (filled / "documents" / "maschinenring" / "meta.json").exists()
