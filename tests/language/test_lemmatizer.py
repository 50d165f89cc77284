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


Told = tuple[list[str], list[bool], list[bool]]


def from_folder(cache: Path) -> Told:
    """In a process of its own: there the first call decides where tries are kept."""
    set_cache_dir(cache)
    return [lemma(word) for word in WORDS], [is_word(word) for word in WORDS], [is_word(word, "en") for word in WORDS]


def in_new_process(cache: Path) -> Told:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(from_folder, (cache,))


@pytest.fixture(scope="module")
def expected() -> Told:
    """What the dictionaries say as simplemma brings them, packed; unpacking them takes seconds."""
    lemmas = [simplemma.lemmatize(word, "de") for word in WORDS]
    return lemmas, *([simplemma.is_known(word, language) for word in WORDS] for language in ("de", "en"))


@pytest.fixture(scope="module")
def tries(cache_dir: Path) -> Path:
    """The tries of the run, whatever tests ran before."""
    in_new_process(cache_dir)
    return cache_dir / "dictionaries"


@pytest.fixture
def kept(tries: Path, tmp_path: Path) -> Path:
    """A folder with tries of its own; making the English one anew costs a fifth of the German one."""
    shutil.copytree(tries, tmp_path / "dictionaries")
    return tmp_path


@pytest.mark.slow
def test_tries_say_what_the_packed_dictionaries_say(kept: Path, expected: Told) -> None:
    """The German one is that of the run, made from nothing as well unless an earlier run has kept it."""
    shutil.rmtree(next((kept / "dictionaries").glob("*-en")))
    assert in_new_process(kept) == expected
    english = next((kept / "dictionaries").glob("*-en/en.dic"))
    written = english.stat().st_mtime_ns
    assert in_new_process(kept) == expected
    assert english.stat().st_mtime_ns == written


@pytest.mark.parametrize("damaged", [b"", b"nonsense", None])
@pytest.mark.slow
def test_a_damaged_trie_is_made_anew(damaged: bytes | None, kept: Path, expected: Told) -> None:
    english = next((kept / "dictionaries").glob("*-en/en.dic"))
    whole = english.read_bytes()
    english.write_bytes(whole[: len(whole) // 2] if damaged is None else damaged)
    assert in_new_process(kept) == expected
    assert english.read_bytes() == whole


@pytest.mark.slow
def test_without_a_folder_to_write_the_dictionaries_are_kept_in_memory(tmp_path: Path, expected: Told) -> None:
    (tmp_path / "file").write_text("")
    assert in_new_process(tmp_path / "file") == expected


@pytest.mark.slow
def test_two_processes_may_make_the_trie_at_once(kept: Path, expected: Told) -> None:
    shutil.rmtree(next((kept / "dictionaries").glob("*-en")))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(from_folder, [kept, kept]) == [expected, expected]
    folders = (kept / "dictionaries").iterdir()
    assert sorted(folder.name.rsplit("-", 1)[1] for folder in folders) == ["de", "en"]


def test_words_typed_with_combining_marks_are_the_same_words() -> None:
    assert is_word("Ha\u0308user")
    assert lemma("Ha\u0308user") == lemma("Häuser")
