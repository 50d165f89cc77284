"""Dictionaries of German and English: the lemma of a word, and whether a word is in them.

simplemma brings them packed; as Python dictionaries they take a second and 100 MB, as tries in
the cache folder milliseconds and 10 MB. The tries are made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from assistant.core.artifact_cache import ensure_artifact
from assistant.core.models import Language

if TYPE_CHECKING:
    from simplemma import Lemmatizer
    from simplemma.strategies import DictionaryLookupStrategy

_folders: list[Path] = []


def set_cache_dir(cache_dir: Path) -> None:
    """Where tries are kept; the first call counts. Without one every process unpacks them into memory."""
    if not _folders:
        _folders.append(cache_dir / "dictionaries")


def lemma(word: str, language: Language = "de") -> str:
    """The base form of a word; itself when it is not known."""
    return str(_lemmatizer().lemmatize(word, language))


def is_word(word: str, language: Language = "de") -> bool:
    """Whether a form stands in the dictionary, capitals included: "Haus", not "haus"."""
    return _lookup().get_lemma(normalize("NFC", word), language) is not None


@lru_cache(maxsize=1)
def _lemmatizer() -> Lemmatizer:
    from simplemma import Lemmatizer
    from simplemma.strategies import DefaultStrategy

    strategy = DefaultStrategy(dictionary_factory=_Dictionaries())
    return Lemmatizer(cache_max_size=1 << 13, lemmatization_strategy=strategy)


@lru_cache(maxsize=1)
def _lookup() -> DictionaryLookupStrategy:
    from simplemma.strategies import DictionaryLookupStrategy

    return DictionaryLookupStrategy(_Dictionaries())


class _Dictionaries:
    """What simplemma asks for a dictionary (its ``DictionaryFactory``)."""

    def get_dictionary(self, lang: str) -> Mapping[str, str]:
        """Form to lemma."""
        return _dictionary(lang)


@lru_cache(maxsize=2)
def _dictionary(language: str) -> Mapping[str, str]:
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory

    try:
        return _trie(language, ensure_artifact(_trie_folder(language), lambda fresh: _write_trie(language, fresh)))
    except OSError:  # a full or sealed disk, or no folder
        return DefaultDictionaryFactory().get_dictionary(language)


def _trie_folder(language: str) -> Path:
    if not _folders:
        raise FileNotFoundError("no folder for dictionaries")
    return _folders[0] / f"{version('simplemma')}-{language}"


def _write_trie(language: str, folder: Path) -> None:
    """simplemma builds and saves the trie itself where there is none yet."""
    _trie(language, folder)
    if not (folder / f"{language}.dic").exists():  # it only warns
        raise OSError("the trie could not be written")


def _trie(language: str, folder: Path) -> Mapping[str, str]:
    from simplemma.strategies.dictionaries import TrieDictionaryFactory

    return TrieDictionaryFactory(disk_cache_dir=str(folder)).get_dictionary(language)
