"""Text to terms for the lexical half of the search: lemma, stem, folded letters, and parts of German compounds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from assistant.core.models import Language
from assistant.language.lemmatizer import is_word, lemma
from assistant.language.stopwords import STOPWORDS

SHORT_WORD = 12
_WORD = re.compile(r"[^\W_]+")
_LINKS = ("es", "en", "er", "s", "n", "e")
LONGEST_WORD = 80
_REMEMBERED = 1 << 15  # words; the shipped knowledge has 11,000, visitors bring ever new ones
_FOLD = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "á": "a", "ç": "c"})
_TWO_LETTER_UMLAUT = re.compile(r"(?<![aeq])([aou])e")


class TermAnalyzer:
    """Text to terms; abbreviations and their long forms give the same term."""

    def __init__(self, abbreviations: Mapping[str, Sequence[str]] | None = None) -> None:
        self._long_forms: dict[tuple[str, ...], list[str]] = {}
        for short, long_forms in (abbreviations or {}).items():
            for long_form in long_forms:
                for language in ("de", "en"):
                    words = tuple(self._words(long_form, language))
                    if words:
                        self._long_forms.setdefault(words, []).append(fold(short.lower()))
        decides = (sorted(self._long_forms.items()), sorted(STOPWORDS["de"]), sorted(STOPWORDS["en"]))
        self.fingerprint = hashlib.blake2b(repr(decides).encode(), digest_size=8).hexdigest()
        self._longest = max(map(len, self._long_forms), default=0)

    def terms(self, text: str, language: Language) -> list[str]:
        """Terms in order, function words left out, compound parts and abbreviations added."""
        words = self._words(text, language)
        return [*self._with_parts(words, text, language), *self._abbreviated(words)]

    def words(self, text: str, language: Language = "de") -> list[str]:
        """Terms of a text without compound parts and abbreviations."""
        return self._words(text, language)

    def abbreviations(self, text: str, language: Language) -> frozenset[str]:
        """Abbreviations whose long form stands in a text."""
        return frozenset(self._abbreviated(self._words(text, language)))

    def _words(self, text: str, language: Language) -> list[str]:
        return [term(word, language) for word in _found(text) if word not in STOPWORDS[language]]

    def _with_parts(self, words: list[str], text: str, language: Language) -> Iterable[str]:
        yield from words
        if language == "de":
            for word in _found(text):
                if word not in STOPWORDS["de"]:
                    yield from decompound_terms(word)

    def _abbreviated(self, words: Sequence[str]) -> Iterable[str]:
        for size in range(1, self._longest + 1):
            for start in range(len(words) - size + 1):
                yield from self._long_forms.get(tuple(words[start : start + size]), ())


def _found(text: str) -> list[str]:
    """Words in lower case; what is longer than any word is cut, since lemmas of thousands of letters take seconds."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(text.lower())]


def fold(word: str) -> str:
    """Umlauts and ß to plain letters, whether typed as ``ö`` or ``oe``."""
    return _TWO_LETTER_UMLAUT.sub(r"\1", word.translate(_FOLD))


@lru_cache(maxsize=_REMEMBERED)
def term(word: str, language: Language) -> str:
    """The index term of one lower-case word."""
    if language == "en" or any(character.isdigit() for character in word):
        return fold(_stemmer("english").stemWord(word)) if language == "en" else fold(word)
    return fold(_stem(_lemma(word)))


@lru_cache(maxsize=_REMEMBERED)
def decompound_terms(word: str) -> tuple[str, ...]:
    """Terms of the parts of a German compound; empty when it is none."""
    return tuple(fold(_stem(_lemma(part))) for part in split_compound(_lemma(word)))


@lru_cache(maxsize=_REMEMBERED)
def split_compound(word: str) -> tuple[str, ...]:
    """Parts of a compound that are dictionary words of four letters or more, longest head first.

    A short word that the dictionary knows as a whole stays whole: "Wettbewerb" is no kind of "Bewerb".
    """
    if len(word) < 9 or (len(word) < SHORT_WORD and _is_part(word)):
        return ()
    for start in range(4, len(word) - 3):
        head = word[start:]
        front = _front(word[:start])
        if front and _is_part(head):
            return (*((front,) if _is_part(front) else split_compound(front)), head)
    return ()


def _front(text: str) -> str:
    """The front of a compound without its linking element; itself a word or a compound."""
    if _is_part(text):
        return text
    for link in _LINKS:
        if text.endswith(link) and _is_part(text[: -len(link)]):
            return text[: -len(link)]
    return text if split_compound(text) else ""


@lru_cache(maxsize=_REMEMBERED)
def _is_part(text: str) -> bool:
    return len(text) >= 4 and text not in STOPWORDS["de"] and is_word(text.capitalize())


@lru_cache(maxsize=_REMEMBERED)
def _lemma(word: str) -> str:
    """Lemma in lower case: of the readings as noun and as verb, the one that keeps the word's own stem."""
    own = _stem(word)
    readings = [lemma(word).lower(), lemma(word.capitalize()).lower()]
    return next((reading for reading in readings if _stem(reading) == own), readings[0])


@lru_cache(maxsize=_REMEMBERED)
def _stem(word: str) -> str:
    return str(_stemmer("german").stemWord(word.replace("ß", "ss")))


def _stemmer(language: str) -> Any:
    """A new one each time: it keeps the word in itself, and threads that share one get stems of each other's words."""
    import snowballstemmer

    return snowballstemmer.stemmer(language)
