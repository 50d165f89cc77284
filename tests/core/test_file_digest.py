"""The digests that data folders and backups hold stay the ones that earlier versions wrote there."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.file_digest import file_digest
from assistant.index.snapshot import checksum

SHA_256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
BLAKE_2B = "ba80a53f981c4d0d6a2797b69f12f6e9"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "abc").write_bytes(b"abc")
    return tmp_path / "abc"


def test_documents_backups_and_caches_are_identified_by_sha_256(file: Path) -> None:
    assert file_digest(file) == SHA_256


def test_files_of_a_snapshot_are_identified_by_the_start_of_their_blake2b(file: Path) -> None:
    assert checksum(file) == BLAKE_2B


def test_an_open_file_has_the_digest_of_what_is_left_to_read(file: Path, tmp_path: Path) -> None:
    (tmp_path / "longer").write_bytes(b"head abc")
    with open(tmp_path / "longer", "rb") as opened:
        opened.seek(5)
        assert file_digest(opened) == SHA_256


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_digest(tmp_path / "missing")
