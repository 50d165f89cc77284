"""Things that a question names and that decide its answer, but that no document found for it holds.

A programme, law or firm that no source knows, a country or Land that an offer is not about, a year that a text says
nothing of: such a thing must not be answered with another one's facts. Pure functions over the words of the index;
what is uncertain counts as held, since a wrong "missing" takes an answer away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import Language, Passage
from assistant.core.source_status import source_laender
from assistant.core.sources import Funding
from assistant.index.corpus import SearchableCorpus
from assistant.language.asked_names import AskedName, find_asked_names, find_asking_spans
from assistant.language.foreign_places import ForeignPlace, ForeignPlaces
from assistant.language.named_entities import PART, EntityMatcher, is_spelt_as_name, is_unexplained, name_key
from assistant.language.regions import RegionDetector
from assistant.language.term_analyzer import TermAnalyzer, fold
from assistant.retrieval.spelling import is_near

MissingKind = Literal["unknown", "elsewhere", "place", "year"]
"""A name that no source knows; one that only other sources know; a country or Land; a year."""
LEADING = 3  # passages that may say what holds for others than Germans
_LOOKS_BACK = 80  # characters before a place that tell whose it is
LOOKED_AT = 6  # passages that a question is answered from: where nothing near the top holds a thing, it is not held

_PARTY = r"""(?:\w*partner|\w*firm[ae]n?|\w*betriebe?n?s?|\w*unternehmen|\w*institute?n?|\w*hochschulen?|\w*kunden?|
    \w*bewerber\w*|\w*konkurren\w+|\w*lieferant\w*|\w*zulieferer\w*|\w*tochter\w*|\w*gesellschaft|\w*händler\w*|
    \w*hersteller\w*|\w*anbieter\w*|\w*dienstleister\w*|\w*team\w*|\w*kollegen|\w*werk|\w*rechenzentrum|
    \w*standort\w*|\w*markt|jemand\w*|monteure?n?|
    compan(?:y|ies)|partners?|firms?|customers?|clients?|competitors?|suppliers?|manufacturers?|subsidiar(?:y|ies)|
    institutes?|universit(?:y|ies)|ventures?|producers?|carmakers?|buyers?|plants?|team|someone|makers?|union|startups?)"""
_PARTY_BEFORE = re.compile(
    rf"\b{_PARTY}\s(?:\w+\s){{0,4}}?(?:aus|in|from|of|von)\s(?:(?:der|den|dem|the)\s)?$", re.I | re.X
)
_PARTY_AFTER = re.compile(rf"\s(?:\w+\s)?{_PARTY}\b", re.I | re.X)
_TOWARDS = re.compile(
    r"\b(?:nach|mit|aus|von|to|with|from|into|gegen|against|und|oder|and|or)\s"
    r"(?:(?:der|den|dem|die|the|einer|einem|a|an)\s)?$",
    re.I,
)
_OURS = re.compile(r"\b(?:wir|uns\w*|unser\w*|ich|mein\w*|mir|we|us|our|i|my)\b", re.I)
_ABROAD = re.compile(
    r"\b(?:ausland\w*|ausländ\w+|international\w*|dritt(?:staat|land|länd)\w*|assoziiert\w*|mitgliedsta\w+|"
    r"eu-sta\w+|grenzüberschreitend\w*|abroad|foreign|third countr\w+|member states?|"
    r"(?:ander\w+|other|two|zwei|drei|three|different) (?:eu-?)?(?:sta\w+|länd\w+|countr\w+)|weltweit)\b",
    re.I,
)
_PIECE = re.compile(r"[A-ZÄÖÜ]+(?![a-zäöüß])|[A-ZÄÖÜ][a-zäöüß]+|[a-zäöüß]+|\d+")  # of "InvestBW"
_YEAR = re.compile(r"(?<![\d/.-])20\d\d(?![\d/-])")
_COUNTED = re.compile(
    r"\b(?:wie viele|how many|welcher anteil|what share|wie oft|how often|"
    r"wie groß war|wie hoch war)\b",
    re.I,
)
_PRICED = re.compile(
    r"\b(?:wie viel|wie hoch|wieviel|how much|how high|welche mittel|what budget|fördersatz|förderquote|höchstbetrag|"
    r"frist|stichtag|deadline|budget|rate)\b", re.I
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MissingThing:
    """A thing in the visitor's own words. ``decides``: nothing else in the question could be answered without it."""

    text: str
    kind: MissingKind
    decides: bool = True


@dataclass(frozen=True, slots=True)
class KnownThings:
    """What names are held against: the index, the names of its sources, places at home and abroad."""

    corpus: SearchableCorpus
    analyzer: TermAnalyzer
    names: EntityMatcher
    regions: RegionDetector
    places: ForeignPlaces


def find_missing(
    question: str, language: Language, known: KnownThings, passages: Sequence[Passage]
) -> tuple[MissingThing, ...]:
    """What a question names and no document of ``passages``, those cited or the best ones found, holds.

    In the order of the question, each thing once. Empty without passages: then nothing is answered anyway.
    """
    if not passages:
        return ()
    evidence = _Evidence.of(known, passages)
    asked = find_asked_names(question, language)
    missing = [
        *_missing_names(question, asked, evidence),
        *_missing_places(question, evidence),
        *_missing_laender(question, evidence),
        *_missing_years(question, evidence),
    ]
    found = dict.fromkeys(thing for _, thing in sorted(missing, key=lambda entry: entry[0]))
    return tuple(found)


Found = Iterator[tuple[int, MissingThing]]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The documents of the passages at hand, as positions, beside what is known."""

    known: KnownThings
    passages: Sequence[Passage]
    documents: NDArray[np.int64]

    @classmethod
    def of(cls, known: KnownThings, passages: Sequence[Passage]) -> _Evidence:
        positions = known.corpus.positions_of
        named = dict.fromkeys(passage.document_id for passage in passages)
        documents = [known.corpus.document_of[positions[name][0]] for name in named if name in positions]
        return cls(known, passages, np.array(sorted(documents), dtype=np.int64))

    @property
    def vocabulary(self) -> Mapping[str, int]:
        return self.known.corpus.snapshot.space.lexical.vocabulary

    def holding(self, name: str) -> NDArray[np.int64]:
        """Documents of the whole index in one of whose passages a name stands, under any of its spellings."""
        lexical = self.known.corpus.snapshot.space.lexical
        rows = [lexical.passages_holding(terms) for terms in self._spellings(name)]
        return np.unique(self.known.corpus.document_of[np.concatenate(rows)]) if rows else np.array([], dtype=np.int64)

    def holds(self, name: str) -> bool:
        """Whether a document at hand holds a name."""
        return bool(np.isin(self.holding(name), self.documents).any())

    def leading_holds(self, year: str) -> bool:
        """Whether the document of the best passage holds a year."""
        corpus, best = self.known.corpus, self.passages[0].document_id
        positions = corpus.snapshot.space.lexical.passages_holding([year])
        return not set(positions.tolist()).isdisjoint(corpus.positions_of.get(best, ()))

    def _spellings(self, name: str) -> Iterator[tuple[str, ...]]:
        """Terms of a name and of those that mean the same, read as German and as English."""
        key = name_key(name)
        same = self.known.names.same(key) | self.known.names.same(key.removesuffix("s"))
        for spelling in (name, *sorted(same)):
            for language in _LANGUAGES:
                if terms := self.known.analyzer.words(spelling, language):
                    yield tuple(terms)
        yield tuple(fold(part.lower()) for part in PART.findall(name))
        yield (fold("".join(PART.findall(name)).lower()),)


_LANGUAGES: tuple[Language, ...] = ("de", "en")


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _missing_names(question: str, asked: Sequence[AskedName], evidence: _Evidence) -> Found:
    """Names that no source knows, and names of programmes and laws that only other documents know."""
    unknown = [name for name in asked if not _is_known(name, evidence)]
    others = [name for name in asked if name not in unknown and _belongs_elsewhere(name, evidence)]
    missing = [*unknown, *others]
    held = [name for name in asked if name not in missing and _is_name_of_document(name.text, evidence)]
    for name in missing:
        decides = not any(_stands_apart(name, other, question) for other in held)
        yield name.start, MissingThing(name.text, "unknown" if name in unknown else "elsewhere", decides)


def _stands_apart(name: AskedName, other: AskedName, question: str) -> bool:
    """Whether two names are two things: "ZIM oder Cedernhof", but not "EIC Pathfinder"."""
    between = question[min(name.end, other.end) : max(name.start, other.start)]
    return bool(re.search(r"\b(?:und|oder|and|or|vs|als|than|statt|von|from)\b", between))


def _is_known(name: AskedName, evidence: _Evidence) -> bool:
    if name.form == "numbered":
        law = re.search(r"[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ]\w*", name.text) if name.text.startswith("§") else None
        return law is None or _is_word_known(law[0], evidence)
    if name.form in ("marked", "quoted", "firm"):
        parts = [part for part in name.text.split() if PART.search(part)]
        together = len(parts) < 2 or name.form == "firm" or bool(len(evidence.holding(" ".join(parts[:2]))))
        return together and all(_is_word_known(part, evidence) for part in parts)
    if name.form == "spelt":
        parts = [
            part for part in PART.findall(name.text) if is_spelt_as_name(part) or is_unexplained(part, "de", False)
        ]
        return bool(len(evidence.holding(name.text))) or all(_is_word_known(part, evidence) for part in parts)
    return _is_word_known(name.text.split()[-1], evidence)  # of "Michael Porter", sources may have the surname only


def _is_word_known(word: str, evidence: _Evidence) -> bool:
    """Whether any source holds a word, also misspelt, written together or inside a longer name."""
    if len(evidence.holding(word)) or not PART.search(word):
        return True
    pieces = _PIECE.findall(word)
    if len(pieces) > 1 and len(evidence.holding(" ".join(pieces))):
        return True
    if _is_place(word, evidence):
        return True
    if word.isupper():
        return False  # one letter makes another acronym
    return any(
        is_near(term, evidence.vocabulary) for term in (fold(word.lower()), *evidence.known.analyzer.words(word))
    )


def _is_place(word: str, evidence: _Evidence) -> bool:
    """Whether a word names a place at home or abroad; places have their own rules."""
    return bool(evidence.known.places.find(word) or evidence.known.regions.detect(word))


def _is_name_of_document(name: str, evidence: _Evidence) -> bool:
    terms = frozenset(evidence.known.analyzer.words(name, "de"))
    return bool(evidence.known.corpus.restrictions.named(terms)) or evidence.known.names.is_known(name)


def _belongs_elsewhere(name: AskedName, evidence: _Evidence) -> bool:
    """Whether a known name is that of a programme, law or standard that no document at hand speaks of."""
    if name.form == "numbered":
        return not _holds_number(name.text, evidence)
    if name.form == "word" or evidence.holds(name.text) or _is_place(name.text, evidence):
        return False
    parts = [part for part in PART.findall(name.text) if is_spelt_as_name(part)]
    if name.form == "spelt" and any(evidence.holds(part) for part in parts):
        return False  # of "ZIM-Antrag" it is ZIM that counts
    return name.form in ("law", "subject") or _is_programme(name.text, evidence)


def _is_programme(name: str, evidence: _Evidence) -> bool:
    corpus, terms = evidence.known.corpus, frozenset(evidence.known.analyzer.words(name, "de"))
    sources = tuple(corpus.snapshot.sources.values())
    return any(isinstance(sources[position], Funding) for position in corpus.restrictions.named(terms))


def _holds_number(name: str, evidence: _Evidence) -> bool:
    """Whether the documents at hand hold "§ 12" or, in one passage, all numbers of "(EU) 2023/1067"."""
    numbers = re.findall(r"\d+[a-z]?", name)[: 1 if name.startswith("§") else None]
    corpus = evidence.known.corpus
    held = corpus.snapshot.space.lexical.passages_holding(numbers)
    here = held[np.isin(corpus.document_of[held], evidence.documents)]
    if not name.startswith("§"):
        return len(here) > 0
    paragraph = re.compile(rf"(?:§+|Paragraf\w*|\bsections?)[^§.]{{0,40}}?\b{numbers[0]}\b", re.I)
    return any(paragraph.search(f"{one.header} {one.text}") for one in (corpus.snapshot.passages[at] for at in here))


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _missing_places(question: str, evidence: _Evidence) -> Found:
    """Countries whose law, offers or firms are asked about and that no document at hand speaks of."""
    spans = list(find_asking_spans(question))
    for place in evidence.known.places.find(question):
        span = next(((start, end) for start, end in spans if start <= place.start < end), None)
        if span is None or _is_spoken_of(place, evidence):
            continue
        if _is_where(question, place, *span) or not (_OURS.search(question) or _speaks_of_abroad(evidence)):
            yield place.start, MissingThing(place.text, "place")


def _speaks_of_abroad(evidence: _Evidence) -> bool:
    """Whether a passage says what holds for others than Germans, without naming a country."""
    return any(_ABROAD.search(one.text) for one in evidence.passages[:LEADING])


def _is_spoken_of(place: ForeignPlace, evidence: _Evidence) -> bool:
    return any(evidence.known.places.is_named(place.country, f"{one.header} {one.text}") for one in evidence.passages)


def _is_where(question: str, place: ForeignPlace, start: int, end: int) -> bool:
    """Whether a place says where something holds, rather than where a partner of the visitor sits."""
    before, after = question[max(start, place.start - _LOOKS_BACK) : place.start], question[place.end : end]
    return not (_PARTY_BEFORE.search(before) or _PARTY_AFTER.match(after) or _TOWARDS.search(before))


def _missing_laender(question: str, evidence: _Evidence) -> Found:
    """A Land that is named while every document at hand is meant for other Länder and says nothing of it."""
    sources = evidence.known.corpus.snapshot.sources
    meant = [source_laender(sources[name]) for name in dict.fromkeys(one.document_id for one in evidence.passages)]
    lands = evidence.known.regions.detect(question)
    if not lands or not all(meant) or any(lands & land for land in meant):
        return
    said = evidence.known.regions.detect(" ".join(f"{one.header} {one.text}" for one in evidence.passages))
    for text, start, land in evidence.known.regions.find(question):
        if land not in said:
            yield start, MissingThing(text, "place")


# ── years ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _missing_years(question: str, evidence: _Evidence) -> Found:
    """A year whose count or amount is asked for: not in the leading document, or later than all that is said."""
    said = " ".join(f"{one.header} {one.text}" for one in evidence.passages)
    for start, end in find_asking_spans(question):
        counted, priced = _COUNTED.search(question, start, end), _PRICED.search(question, start, end)
        for match in _YEAR.finditer(question, start, end):
            if counted and not evidence.leading_holds(match[0]):
                yield match.start(), MissingThing(match[0], "year")
            elif priced and int(match[0]) > _last_year(said):
                yield match.start(), MissingThing(match[0], "year", decides=False)


def _last_year(text: str) -> int:
    return max(map(int, re.findall(r"(?<!\d)20\d\d(?!\d)", text)), default=0)
