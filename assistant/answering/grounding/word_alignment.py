"""Every word of a claim and the word of a source that says the same, by form or by meaning in its context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answering.grounding.polarity_markers import marker_words
from assistant.core.models import Language
from assistant.index.embedding_engines import E5Embeddings, load_embeddings
from assistant.index.embeddings import Embedder
from assistant.language.number_words import read_number
from assistant.language.stopwords import STOPWORDS
from assistant.language.term_analyzer import TermAnalyzer, decompound_terms, term

Vectors = NDArray[np.float32]
_TOKEN = re.compile(r"[^\W_]+(?:['’@][^\W_]+)*|[^\w\s]")
_REMEMBERED = 4096
SHARED_WORD = 0.6
_TIE = 1e-3
STRETCH = 3
SURE = 0.85
_AND = ("und", "and")
# Words that everything here has or that only frame a number or a source; who speaks of "Firmen" means "Unternehmen".
_LIGHT = frozenset(
    """prozent euro eur mio mrd million millionen milliarde milliarden januar februar märz april mai juni juli
    august september oktober november dezember percent million billion january february march june july october
    december binnen innerhalb laut zufolge gemäß bzw etwa rund circa je jeweils insgesamt regel mindestens
    wenigstens höchstens maximal knapp allerdings außerdem zudem according within per total also however
    furthermore bekommen bekommt erhalten erhält gilt gelten liegt liegen beträgt betragen gets receive
    receives""".split()
)
_SPANS = frozenset(
    """stunde stunden tag tage tagen jahr jahre jahren monat monate monaten woche wochen hours days years months
    weeks""".split()
)  # as light where a number goes before: "binnen drei Wochen", not "binnen weniger Wochen"
_FIRMS = frozenset(
    """unternehmen unternehmens firma firmen betrieb betriebe betrieben betriebs company companies firm firms
    business businesses enterprise enterprises""".split()
)
_FIRM = "unternehm"


class WordEncoder(Protocol):
    """Gives each word of a text a vector in its context."""

    def token_embeddings(self, words: Sequence[str]) -> tuple[Vectors, Vectors]:
        """The vector of the text ``(dimension,)`` and those of its words ``(len(words), dimension)``, length one."""


@dataclass(frozen=True, slots=True)
class LoneWords:
    """Words without context, for an encoder that only knows whole texts."""

    embedder: Embedder

    def token_embeddings(self, words: Sequence[str]) -> tuple[Vectors, Vectors]:
        """The vector of the text ``(dimension,)`` and those of its words ``(len(words), dimension)``."""
        vectors = self.embedder.encode_documents([" ".join(words), *words])
        return vectors[0], vectors[1:]


def load_word_encoder(cache_dir: Path) -> WordEncoder:
    """The shipped model beside another one that the index uses; where it shows no context, words by themselves."""
    shipped = load_embeddings(None, cache_dir)
    return shipped if isinstance(shipped, E5Embeddings) else LoneWords(shipped)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, the terms that it is made of, and whether it carries content."""

    text: str
    start: int
    end: int
    terms: frozenset[str]
    is_content: bool


@dataclass(frozen=True, eq=False, slots=True)
class AnalyzedText:
    """A text with its vector ``(d,)``, its words, their vectors ``(n, d)`` and all its terms."""

    text: str
    language: Language
    vector: Vectors
    words: tuple[Word, ...]
    vectors: Vectors
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A content word of a claim, how well a source says it (0…1), and by which of its words.

    ``source``: which sentence; ``position``: which word of it, -1 without one; ``offset``: where that word begins.
    """

    word: Word
    score: float
    source: int
    position: int
    offset: int = 0


class Aligner:
    """Reads texts once and aligns a claim with the sentences of a source."""

    def __init__(self, embedder: WordEncoder, analyzer: TermAnalyzer) -> None:
        self._embedder = embedder
        self._analyzer = analyzer
        self.read = lru_cache(maxsize=_REMEMBERED)(self._read)

    def _read(self, text: str, language: Language) -> AnalyzedText:
        found = [None, *_TOKEN.finditer(text)]
        words = tuple(_word(match, before, language) for before, match in pairwise(found) if match)
        vector, vectors = self._embedder.token_embeddings([word.text for word in words])
        terms = frozenset(self._analyzer.terms(text, language))
        return AnalyzedText(text, language, vector, words, vectors, terms.union(*(word.terms for word in words)))

    def align(
        self, claim: AnalyzedText, sources: Sequence[AnalyzedText], known: frozenset[str] = frozenset()
    ) -> tuple[WordMatch, ...]:
        """A match for each content word of the claim; ``known`` are terms of titles and headings."""
        return tuple(self._best(claim, row, sources, known) for row, word in enumerate(claim.words) if word.is_content)

    def _best(self, claim: AnalyzedText, row: int, sources: Sequence[AnalyzedText], known: frozenset[str]) -> WordMatch:
        word = claim.words[row]
        best = WordMatch(word, 0.0, 0, -1)
        nearest_first = sorted(enumerate(sources), key=lambda pair: -float(pair[1].vector @ claim.vector))
        for number, source in nearest_first:  # of equal words the one in the sentence that means the same
            scores = source.vectors @ claim.vectors[row]
            for position, other in enumerate(source.words):
                if not other.terms:
                    scores[position] = 0.0
                elif word.terms & other.terms:
                    scores[position] = max(scores[position], _shared(word, other) + _TIE * scores[position])
            position = int(scores.argmax())
            if scores[position] > best.score + 2 * _TIE:
                best = WordMatch(
                    word, float(min(scores[position], 1.0)), number, position, source.words[position].start
                )
        everywhere = known.union(*(source.terms for source in sources))
        if word.terms <= everywhere or _term(word, claim.language) in everywhere:
            return WordMatch(word, 1.0, best.source, best.position, best.offset)
        return best


def _shared(word: Word, other: Word) -> float:
    """The share of a word's parts that another word has; at least a half when any is shared."""
    return 0.5 + 0.5 * len(word.terms & other.terms) / len(word.terms)


def _word(match: re.Match[str], before: re.Match[str] | None, language: Language) -> Word:
    text = match[0]
    lower = text.lower()
    stops = STOPWORDS[language]
    if not text[0].isalnum() or (lower in stops and not marker_words().match(lower)):
        return Word(text, match.start(), match.end(), frozenset(), False)
    counted = lower in _SPANS and before and (before[0][-1].isdigit() or read_number(before[0]) is not None)
    content = (
        not counted
        and lower not in stops
        and lower not in _LIGHT
        and not lower.isdigit()
        and not marker_words().match(lower)
    )
    parts = decompound_terms(lower) if language == "de" else ()
    return Word(
        text,
        match.start(),
        match.end(),
        frozenset(parts or (_FIRM if lower in _FIRMS else term(lower, language),)),
        content,
    )


def _term(word: Word, language: Language) -> str:
    return term(word.text.lower(), language)


def own_scores(matches: Sequence[WordMatch]) -> tuple[float, ...]:
    """The scores when each word needs a source word to itself: a second one on the same counts for less."""
    taken: set[tuple[int, int]] = set()
    scores: dict[int, float] = {}
    for match in sorted(matches, key=lambda match: -match.score):
        taken_word = match.source, match.position
        scores[match.word.start] = match.score * (SHARED_WORD if taken_word in taken else 1.0)
        taken.add(taken_word)
    return tuple(scores[match.word.start] for match in matches) or (1.0,)


def weakest_stretch(scores: Sequence[float]) -> float:
    """The lowest mean score of three content words in a row: an addition is a stretch that nothing matches."""
    starts = range(max(1, len(scores) - STRETCH + 1))
    return min(sum(part) / len(part) for start in starts for part in [scores[start : start + STRETCH]])


def same_words(claim: AnalyzedText, position: int, source: AnalyzedText) -> list[int]:
    """Positions of the source's words that say the same as a word of the claim."""
    word = claim.words[position]
    same = [where for where, other in enumerate(source.words) if word.terms and word.terms & other.terms]
    if same or word.text.isdigit():
        return [where for where in same if source.words[where].text.lower() == word.text.lower()] or same
    scores = source.vectors @ claim.vectors[position]
    where = int(scores.argmax())
    return [where] if scores[where] >= SURE and source.words[where].is_content else []


def distance(text: AnalyzedText, one: int, other: int, conjunction: int = 0) -> float:
    """Words between two positions; a comma or semicolon counts as two words more, "und" as ``conjunction``."""
    low, high = sorted((one, other))
    between = [word.text for word in text.words[low:high]]
    return high - low + sum(2 if word in ",;:" else conjunction * (word in _AND) for word in between)
