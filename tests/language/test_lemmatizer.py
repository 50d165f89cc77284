"""The dictionaries kept as tries say what simplemma says, and survive damage and sealed disks."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import pytest
import simplemma

from assistant.language.lemmatizer import is_word, lemma, set_cache_dir

WORDS = """Häuser häuser gegangen Netzwerken Förderung mittelständische Kooperationspartnern Xyzzy 4.0 KMU beraten
Maschinenbauer abgeschlossen Verträge EU-Mitteln straße STRASSE naïve Café""".split()


def from_folder(cache: Path) -> tuple[list[str], list[bool], list[bool]]:
    """In a process of its own: there the first call decides where tries are kept."""
    set_cache_dir(cache)
    return [lemma(word) for word in WORDS], [is_word(word) for word in WORDS], [is_word(word, "en") for word in WORDS]


def in_new_process(cache: Path) -> tuple[list[str], list[bool], list[bool]]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(from_folder, (cache,))


EXPECTED = (
    [simplemma.lemmatize(word, "de") for word in WORDS],
    [simplemma.is_known(word, "de") for word in WORDS],
    [simplemma.is_known(word, "en") for word in WORDS],
)


@pytest.mark.slow
def test_tries_say_what_the_packed_dictionaries_say(tmp_path: Path) -> None:
    assert in_new_process(tmp_path) == EXPECTED
    german = next((tmp_path / "dictionaries").glob("*-de/de.dic"))
    written = german.stat().st_mtime_ns
    assert in_new_process(tmp_path) == EXPECTED
    assert german.stat().st_mtime_ns == written


@pytest.fixture
def kept(cache_dir: Path, tmp_path: Path) -> Path:
    """A folder with tries of its own; making the English one anew costs a fifth of the German one."""
    in_new_process(cache_dir)  # whatever tests ran before
    shutil.copytree(cache_dir / "dictionaries", tmp_path / "dictionaries")
    return tmp_path


@pytest.mark.parametrize("damaged", [b"", b"nonsense", None])
@pytest.mark.slow
def test_a_damaged_trie_is_made_anew(damaged: bytes | None, kept: Path) -> None:
    english = next((kept / "dictionaries").glob("*-en/en.dic"))
    whole = english.read_bytes()
    english.write_bytes(whole[: len(whole) // 2] if damaged is None else damaged)
    assert in_new_process(kept) == EXPECTED
    assert english.read_bytes() == whole


@pytest.mark.slow
def test_without_a_folder_to_write_the_dictionaries_are_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert in_new_process(tmp_path / "file") == EXPECTED


@pytest.mark.slow
def test_two_processes_may_make_the_trie_at_once(kept: Path) -> None:
    shutil.rmtree(next((kept / "dictionaries").glob("*-en")))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(from_folder, [kept, kept]) == [EXPECTED, EXPECTED]
    folders = (kept / "dictionaries").iterdir()
    assert sorted(folder.name.rsplit("-", 1)[1] for folder in folders) == ["de", "en"]


def test_words_typed_with_combining_marks_are_the_same_words() -> None:
    assert is_word("Ha\u0308user")
    assert lemma("Ha\u0308user") == lemma("Häuser")
