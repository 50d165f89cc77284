from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.core.errors import EmbeddingError
from assistant.index.learned_weights import (
    CHECKSUMS_FILE,
    QUESTION_ADAPTER_FILE,
    READER_FILE,
    SHIPPED_WEIGHTS,
    find_weights,
    read_arrays,
    write_checksums,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.savez(tmp_path / READER_FILE, seg=np.ones((4, 3), np.float32))
    (tmp_path / "decision.json").write_text("{}", "utf-8")
    write_checksums(tmp_path)
    return tmp_path


def test_a_file_with_the_right_checksum_is_found(folder: Path) -> None:
    assert find_weights(folder, READER_FILE) == folder / READER_FILE
    assert find_weights(folder, "decision.json") == folder / "decision.json"
    assert find_weights(folder, QUESTION_ADAPTER_FILE) is None
    assert find_weights("none", READER_FILE) is None


def test_checksums_are_of_the_files_and_not_of_themselves(folder: Path) -> None:
    write_checksums(folder)
    sums = json.loads((folder / CHECKSUMS_FILE).read_text("utf-8"))
    assert list(sums) == ["decision.json", READER_FILE]
    assert all(len(digest) == 64 for digest in sums.values())


@pytest.mark.parametrize("content", ["{}", "[]", "{", '{"reader.npz": "00"}', None])
def test_another_file_than_the_checksums_speak_of_is_refused(content: str | None, folder: Path) -> None:
    (folder / CHECKSUMS_FILE).unlink()
    if content:
        (folder / CHECKSUMS_FILE).write_text(content, "utf-8")
    with pytest.raises(EmbeddingError, match="Prüfsumme"):
        find_weights(folder, READER_FILE)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="NETZLOTSE_WEIGHTS"):
        find_weights(tmp_path / "fehlt", READER_FILE)


def test_arrays_are_read_whole(folder: Path) -> None:
    assert np.array_equal(read_arrays(folder / READER_FILE)["seg"], np.ones((4, 3), np.float32))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\3\4 broken", b"\x93NUMPY broken"])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / READER_FILE
    path.write_bytes(content)
    with pytest.raises(EmbeddingError, match="beschädigt"):
        read_arrays(path)


def test_a_file_cut_short_is_named(folder: Path) -> None:
    path = folder / READER_FILE
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(EmbeddingError, match="beschädigt"):
        read_arrays(path)


def test_nothing_pickled_is_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / READER_FILE, seg=np.array([{"a": 1}], dtype=object))
    with pytest.raises(EmbeddingError, match="beschädigt"):
        read_arrays(tmp_path / READER_FILE)


@pytest.mark.parametrize("name", [QUESTION_ADAPTER_FILE, READER_FILE, "decision.json"])
def test_what_is_shipped_bears_its_checksum(name: str) -> None:
    shipped = SHIPPED_WEIGHTS / name
    assert find_weights(None, name) == (shipped if shipped.exists() else None)
