"""A loaded snapshot with what retrieval looks up in it, prepared once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import KINDS, Language, Passage
from assistant.core.source_status import source_laender
from assistant.core.sources import Funding, Land, SourceMetadata, SupportOffer
from assistant.index.snapshot import IndexSnapshot
from assistant.ingestion.status_sentences import CONTACT_HEADINGS
from assistant.language.term_analyzer import TermAnalyzer


@dataclass(frozen=True, slots=True)
class Restrictions:
    """When a source must not answer, looked up for all sources at once, in their order.

    ``last_day`` ``(documents,)``: ordinal of the last day before it ends; ``elsewhere``: for
    each Land what is meant for other ones only; ``names``: what programmes and offers are
    called, as sets of terms, each under one of its terms.
    """

    last_day: NDArray[np.int64]
    elsewhere: Mapping[Land, NDArray[np.bool_]]
    names: Mapping[str, Sequence[tuple[frozenset[str], int]]]

    def ended(self, today: date) -> NDArray[np.bool_]:
        """Sources for which ``is_ended`` holds."""
        return self.last_day < today.toordinal()

    def outside(self, laender: Collection[Land]) -> NDArray[np.bool_]:
        """Sources that are meant for none of these Länder; without Länder none."""
        if not laender:
            return np.zeros(len(self.last_day), dtype=np.bool_)
        return np.asarray(np.logical_and.reduce([self.elsewhere[land] for land in laender]), dtype=np.bool_)

    def named(self, terms: frozenset[str]) -> list[int]:
        """Positions of the programmes and offers that are called by name."""
        held = (named for term in terms for named in self.names.get(term, ()))
        return sorted({position for name, position in held if name <= terms})


@dataclass(frozen=True, slots=True)
class SearchableCorpus:
    """A snapshot with what retrieval looks up in it, prepared once.

    ``document_of`` ``(n,)`` gives the position of each passage's document, ``kinds`` ``(n,)``
    that of its kind in ``KINDS``; ``doubled`` ``(n,)`` marks English parts of documents that have a German
    text, ``regional`` ``(n,)`` what is meant for single Länder, ``paused`` ``(n,)`` what takes no applications,
    ``of_guides`` ``(n,)`` passages of guides.
    ``positions_of`` holds the positions of each document's passages, ``status_passages`` and ``contact_passages`` what
    is generated from its head by language.
    """

    snapshot: IndexSnapshot
    document_of: NDArray[np.int64]
    doubled: NDArray[np.bool_]
    kinds: NDArray[np.int8]
    regional: NDArray[np.bool_]
    paused: NDArray[np.bool_]
    of_guides: NDArray[np.bool_]
    restrictions: Restrictions
    positions_of: Mapping[str, Sequence[int]]
    status_passages: Mapping[str, Mapping[Language, Passage]]
    contact_passages: Mapping[str, Mapping[Language, Passage]]

    def position(self, name: str) -> int | None:
        """Where the passage with this id stands, if there is one."""
        positions = self.positions_of.get(name.partition("#")[0], ())
        return next((position for position in positions if self.snapshot.passages[position].id == name), None)

    def passage(self, name: str) -> Passage | None:
        """The passage with this id, if there is one."""
        position = self.position(name)
        return None if position is None else self.snapshot.passages[position]


def build_corpus(snapshot: IndexSnapshot, analyzer: TermAnalyzer) -> SearchableCorpus:
    """Look-ups over a loaded snapshot."""
    positions = {document: position for position, document in enumerate(snapshot.sources)}
    laender = {document: source_laender(source) for document, source in snapshot.sources.items()}
    german = {passage.document_id for passage in snapshot.passages if passage.language == "de"}
    return SearchableCorpus(
        snapshot,
        np.array([positions[p.document_id] for p in snapshot.passages], dtype=np.int64),
        np.array(
            [p.language == "en" and p.document_id in german for p in snapshot.passages],
            dtype=np.bool_,
        ),
        np.array([KINDS.index(p.kind) for p in snapshot.passages], dtype=np.int8),
        np.array([bool(laender[p.document_id]) for p in snapshot.passages], dtype=np.bool_),
        np.array(
            [getattr(snapshot.sources[p.document_id], "status", "") == "paused" for p in snapshot.passages],
            dtype=np.bool_,
        ),
        np.array([p.kind == "guide" for p in snapshot.passages], dtype=np.bool_),
        _restrictions(list(snapshot.sources.values()), list(laender.values()), analyzer),
        _positions_of(snapshot.passages),
        _generated_passages(snapshot.passages, contact=False),
        _generated_passages(snapshot.passages, contact=True),
    )


def _restrictions(
    sources: Sequence[SourceMetadata], laender: Sequence[frozenset[Land]], analyzer: TermAnalyzer
) -> Restrictions:
    lands: tuple[Land, ...] = get_args(Land)
    names: dict[str, list[tuple[frozenset[str], int]]] = {}
    for position, source in enumerate(sources):
        for name in _names(source, analyzer) if isinstance(source, Funding | SupportOffer) else ():
            names.setdefault(min(name), []).append((name, position))
    return Restrictions(
        np.array([_last_day(source) for source in sources], dtype=np.int64),
        {land: np.array([bool(named) and land not in named for named in laender], dtype=np.bool_) for land in lands},
        names,
    )


def _last_day(source: SourceMetadata) -> int:
    if not isinstance(source, Funding | SupportOffer):
        return date.max.toordinal()
    return 0 if source.status == "ended" else (source.valid_until or date.max).toordinal()


def _positions_of(passages: Sequence[Passage]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for position, passage in enumerate(passages):
        found.setdefault(passage.document_id, []).append(position)
    return found


def _generated_passages(passages: Sequence[Passage], *, contact: bool) -> Mapping[str, Mapping[Language, Passage]]:
    found: dict[str, dict[Language, Passage]] = {}
    for passage in passages:
        if passage.generated and (passage.headings == CONTACT_HEADINGS[passage.language]) is contact:
            found.setdefault(passage.document_id, {})[passage.language] = passage
    return found


def _names(source: SourceMetadata, analyzer: TermAnalyzer) -> tuple[frozenset[str], ...]:
    """What a source is called, as sets of terms: short title, id and aliases."""
    called = [source.short_title or source.title, *(name.replace("-", " ") for name in (source.id, *source.aliases))]
    words = (frozenset(analyzer.words(name)) for name in called)
    return tuple(name for name in words if name)
