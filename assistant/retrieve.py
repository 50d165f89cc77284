"""A question to ranked passages, and whether they are enough to answer from."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.calibrate import Thresholds
from assistant.embeddings import Encoder
from assistant.generation import Generation
from assistant.lexical import Tokenizer
from assistant.models import Evidence, Kind, Language, Passage, Ranked, Understood
from assistant.places import Places
from assistant.schema import Funding, Land, Source, Support
from assistant.score import Floats, Scores, score, signal, top

logger = logging.getLogger(__name__)
DEPTH = 20
PER_DOCUMENT = 2
AREA_BONUS = 0.03
REGIONAL_PENALTY = 0.02
MEANT_MARGIN = 0.02  # an ended programme that fits this much better than all others is what was asked for
FIRST = 5
LEAST_COVERAGE = 0.4
_EXCLUDED = np.float32(-10.0)
Verdict = Literal["enough", "weak", "none", "off_topic"]


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be compared: vector ``(d,)``, terms, language, the Länder and the area it is about.

    The vector is missing when the encoder cannot be used; then words alone are compared.
    """

    vector: Floats | None
    terms: tuple[str, ...]
    language: Language
    laender: frozenset[Land]
    area: Kind | None = None


@dataclass(frozen=True, slots=True)
class Restricted:
    """A source that must not answer every question: it ends some day or belongs to one Land."""

    place: int
    source: Funding | Support
    laender: frozenset[Land]
    names: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Library:
    """A generation with what retrieval looks up in it, prepared once.

    ``document_of`` ``(n,)`` gives the place of each passage's document, ``kinds`` ``(n,)``
    its kind; ``doubled`` ``(n,)`` marks English parts of documents that have a German
    text, ``regional`` ``(n,)`` what is meant for single Länder. ``status_passages`` holds
    each document's generated passage by language.
    """

    generation: Generation
    document_of: NDArray[np.int64]
    doubled: NDArray[np.bool_]
    kinds: NDArray[np.str_]
    regional: NDArray[np.bool_]
    restricted: tuple[Restricted, ...]
    status_passages: Mapping[str, Mapping[Language, Passage]]


def prepare(generation: Generation, tokenizer: Tokenizer) -> Library:
    """Look-ups over a loaded generation."""
    places = {one: place for place, one in enumerate(generation.sources)}
    laender = {one: source_laender(source) for one, source in generation.sources.items()}
    german = {passage.document_id for passage in generation.passages if passage.language == "de"}
    return Library(
        generation,
        np.array([places[p.document_id] for p in generation.passages], dtype=np.int64),
        np.array([p.language == "en" and p.document_id in german for p in generation.passages], dtype=np.bool_),
        np.array([p.kind for p in generation.passages], dtype=np.str_),
        np.array([bool(laender[p.document_id]) for p in generation.passages], dtype=np.bool_),
        tuple(
            Restricted(places[one], source, laender[one], _names(source, tokenizer))
            for one, source in generation.sources.items()
            if isinstance(source, Funding | Support)
        ),
        _status_passages(generation.passages),
    )


def _status_passages(passages: Sequence[Passage]) -> Mapping[str, Mapping[Language, Passage]]:
    found: dict[str, dict[Language, Passage]] = {}
    for passage in passages:
        if passage.generated:
            found.setdefault(passage.document_id, {})[passage.language] = passage
    return found


def make_query(
    understood: Understood, encoder: Encoder, tokenizer: Tokenizer, places: Places, land: Land | None = None
) -> Query:
    """Embed the question; a follow-up together with the subject that it leans on.

    ``land`` is where the firm is at home; it counts where the question names no Land itself.
    """
    subject, context = understood.subject, understood.context
    text = f"{subject} {context} {understood.question}" if subject else understood.standalone
    terms = tuple(tokenizer.terms(text, understood.language))
    named = f"{subject} {understood.question}" if subject else understood.standalone
    laender = places.laender(named) or frozenset({land} if land else ())
    return Query(_vector(encoder, text), terms, understood.language, laender, understood.area)


def _vector(encoder: Encoder, text: str) -> Floats | None:
    try:
        return encoder.encode_query(text)
    except Exception as error:  # engines fail in many ways; words can still be compared
        logger.debug("the encoder cannot be used, comparing words only: %s", type(error).__name__)
        return None


def retrieve(query: Query, library: Library, today: date) -> Evidence:
    """The best passages for a question and a verdict whether they are enough."""
    generation = library.generation
    plain = score(generation.space, query.vector, query.terms, query.language)
    allowed = _allowed(library, query, plain, today)
    reached = signal(_masked(plain, plain.passages, allowed))
    by_words = is_by_words(query, library) and bool(generation.passages)
    if by_words:
        allowed = allowed & (plain.passages > 0)
    scores = _masked(plain, _preferred(plain, query, library), allowed)
    thresholds = (generation.word_thresholds if by_words else generation.thresholds)[query.language]
    verdict = _verdict(reached, thresholds, bool(generation.passages))
    ranked = tuple(_spread(_ranked(generation, scores, DEPTH)))
    if by_words:
        verdict = "weak" if verdict in ("enough", "weak") and _is_covered(query, scores, library) else "none"
    return Evidence(ranked, verdict, reached, thresholds.floor, by_words)


def _is_covered(query: Query, scores: Scores, library: Library) -> bool:
    """Whether the best passage holds what the question is about; without vectors one shared word says little."""
    best = int(np.argmax(scores.passages))
    return library.generation.space.lexical.coverage(query.terms, best) >= LEAST_COVERAGE


def is_by_words(query: Query, library: Library) -> bool:
    """Whether only words can be compared, because the vectors or the encoder cannot be used."""
    return query.vector is None or not library.generation.space.has_vectors


def search(query: Query, library: Library, count: int, kinds: Collection[Kind] = ()) -> tuple[Ranked, ...]:
    """Plain search without refusal: the ``count`` best passages, of some kinds only if given."""
    wanted = np.isin(library.kinds, list(kinds)) if kinds else np.ones(len(library.kinds), dtype=np.bool_)
    plain = score(library.generation.space, query.vector, query.terms, query.language)
    if is_by_words(query, library):
        wanted = wanted & (plain.passages > 0)
    preferred = _preferred(plain, query, library)
    return tuple(_ranked(library.generation, _masked(plain, preferred, wanted), count))


def is_ended(source: Source, today: date) -> bool:
    """Whether a programme or offer has ended by the reader's day, whatever its file says."""
    if not isinstance(source, Funding | Support):
        return False
    return source.status == "ended" or (source.valid_until is not None and source.valid_until < today)


def source_laender(source: Source) -> frozenset[Land]:
    """Länder that a source is meant for; empty means everywhere."""
    if isinstance(source, Support):
        return frozenset(source.laender)
    return frozenset({source.land}) if isinstance(source, Funding) and source.land else frozenset()


def _preferred(scores: Scores, query: Query, library: Library) -> Floats:
    """Scores with the asked-for area brought forward and, where no Land is named, regional sources held back."""
    preferred = scores.passages
    if query.area:
        preferred = preferred + AREA_BONUS * (library.kinds == query.area)
    if not query.laender:
        preferred = preferred - REGIONAL_PENALTY * library.regional
    return np.asarray(preferred, dtype=np.float32)


def _masked(scores: Scores, passages: Floats, allowed: NDArray[np.bool_]) -> Scores:
    return Scores(np.where(allowed, passages, _EXCLUDED), scores.sentences, scores.best_sentence)


def _verdict(reached: float, thresholds: Thresholds, any_passage: bool) -> Verdict:
    if not any_passage:
        return "none"
    if reached < thresholds.foreign:
        return "off_topic"
    if reached < thresholds.weak:
        return "none"
    return "weak" if reached < thresholds.enough else "enough"


def _allowed(library: Library, query: Query, scores: Scores, today: date) -> NDArray[np.bool_]:
    """Passages that may answer: no ended programme unless it is meant, no other Land than the one asked for."""
    terms, laender = frozenset(query.terms), query.laender
    shut = [one for one in library.restricted if not _may_answer(one, terms, laender, today)]
    documents = np.ones(len(library.generation.sources), dtype=np.bool_)
    documents[np.array([one.place for one in shut], dtype=np.int64)] = False
    best = scores.passages[documents[library.document_of]].max(initial=-np.inf)
    meant = scores.passages > best + MEANT_MARGIN
    reopened = np.array([one.place for one in shut if _fits_land(one, laender)], dtype=np.int64)
    documents[np.intersect1d(reopened, library.document_of[meant])] = True
    allowed = documents[library.document_of]
    return allowed & ~library.doubled if query.language == "de" else allowed


def _fits_land(one: Restricted, laender: frozenset[Land]) -> bool:
    return not (laender and one.laender and not one.laender & laender)


def _may_answer(one: Restricted, terms: frozenset[str], laender: frozenset[Land], today: date) -> bool:
    """Within the asked-for Land and not ended, or called by name."""
    if _fits_land(one, laender) and not is_ended(one.source, today):
        return True
    return any(name <= terms for name in one.names)


def _names(source: Source, tokenizer: Tokenizer) -> tuple[frozenset[str], ...]:
    """What a source is called, as sets of terms: short title, id and aliases."""
    called = [source.short_title or source.title, *(one.replace("-", " ") for one in (source.id, *source.aliases))]
    words = (frozenset(tokenizer.words(one)) for one in called)
    return tuple(one for one in words if one)


def _ranked(generation: Generation, scores: Scores, count: int) -> list[Ranked]:
    offsets = generation.space.sentence_offsets
    return [
        Ranked(
            generation.passages[place],
            float(scores.passages[place]),
            int(offsets[place]),
            tuple(float(value) for value in scores.sentences[offsets[place] : offsets[place + 1]]),
        )
        for place in top(scores.passages, count)
        if scores.passages[place] > _EXCLUDED / 2
    ]


def _spread(ranked: Sequence[Ranked]) -> list[Ranked]:
    """At most two passages of one document among the first five, as long as others are there."""
    first: list[Ranked] = []
    held: list[Ranked] = []
    for one in ranked:
        same = sum(other.passage.document_id == one.passage.document_id for other in first)
        (held if len(first) < FIRST and same >= PER_DOCUMENT else first).append(one)
    return sorted(first[:FIRST], key=_by_score) + sorted(first[FIRST:] + held, key=_by_score)


def _by_score(one: Ranked) -> float:
    return -one.score
