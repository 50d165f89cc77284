"""Ranked passages to a draft answer that quotes: which sentences answer, and in which order to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.lexical import LexicalIndex, Tokenizer
from assistant.models import KINDS, Evidence, Kind, Language, Passage, Ranked
from assistant.prompts import Prompts
from assistant.retrieve import Library, Query, is_ended
from assistant.schema import Source

SENTENCES = 5
WORDS = 120
PER_DOCUMENT = 2
PER_NAMED_DOCUMENT = 4
PASSAGE_MARGIN = 0.09
VALUE_MARGIN = 0.16
NEW_KIND_BONUS = 0.03
ENGLISH_BONUS = 0.04
COVERAGE_WEIGHT = 0.10
ALIKE = 0.6
QUOTE_CHARACTERS = 400
_SHORT = 25


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and the quote that carries it."""

    text: str
    quote: str
    passage: Passage
    score: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Claims under one label, one tuple of claims for each document."""

    label: str
    paragraphs: tuple[tuple[Claim, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is verified."""

    lead_in: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    claim: Claim
    value: float
    terms: frozenset[str]
    place: int


def draft_quotes(
    evidence: Evidence, query: Query, library: Library, tokenizer: Tokenizer, prompts: Prompts, today: date
) -> Draft:
    """Choose the sentences that answer and arrange them as paper, cooperation, support, funding."""
    candidates = list(_candidates(evidence.ranked, query, library, tokenizer))
    chosen = _choose(candidates, _named(evidence.ranked, query, library))
    groups = tuple(_groups(chosen, query.language, library, prompts, today))
    return Draft(_lead_in(groups, chosen, query.language, prompts), groups)


def _candidates(
    ranked: Sequence[Ranked], query: Query, library: Library, tokenizer: Tokenizer
) -> Iterator[_Candidate]:
    """Quotable sentences of the passages near the best one, each with its value for the question."""
    wanted = frozenset(query.terms)
    seen: set[str] = set()
    for one in ranked:
        if one.score < ranked[0].score - PASSAGE_MARGIN:
            continue
        for place, sentence in enumerate(one.passage.sentences):
            if sentence in seen or not _SHORT <= len(sentence) <= QUOTE_CHARACTERS:
                continue
            seen.add(sentence)
            terms = frozenset(tokenizer.terms(sentence, one.passage.language))
            value = one.score + one.sentence_scores[place] + _bonus(one.passage, query, wanted, terms, library)
            yield _Candidate(Claim(sentence, sentence, one.passage, one.score), value, terms, place)


def _bonus(
    passage: Passage, query: Query, wanted: frozenset[str], terms: frozenset[str], library: Library
) -> float:
    if passage.language != query.language:
        return 0.0
    bonus = COVERAGE_WEIGHT * _coverage(wanted, terms, library.generation.space.lexical)
    return bonus + (ENGLISH_BONUS if query.language == "en" else 0.0)


def _coverage(wanted: frozenset[str], held: frozenset[str], lexical: LexicalIndex) -> float:
    total = sum(lexical.weight(one) for one in wanted)
    return sum(lexical.weight(one) for one in wanted & held) / total if total else 0.0


def _named(ranked: Sequence[Ranked], query: Query, library: Library) -> frozenset[str]:
    """Documents that the question calls by name; their own sentences come first."""
    terms = frozenset(query.terms)
    sources = list(library.generation.sources)
    found = {sources[one.place] for one in library.restricted if any(name <= terms for name in one.names)}
    return frozenset(one.passage.document_id for one in ranked if one.passage.document_id in found)


def _choose(candidates: Sequence[_Candidate], named: frozenset[str]) -> list[_Candidate]:
    """The best sentences one by one: no two alike, few of one document, a new kind of source preferred."""
    chosen: list[_Candidate] = []
    best = max((one.value for one in candidates), default=0.0)
    while len(chosen) < SENTENCES:
        fitting = [one for one in candidates if _fits(one, chosen, named) and one.value >= best - VALUE_MARGIN]
        if not fitting:
            break
        kinds = {one.claim.passage.kind for one in chosen}
        chosen.append(max(fitting, key=lambda one: one.value + _preference(one.claim.passage, kinds, named)))
    return chosen


def _preference(passage: Passage, kinds: set[Kind], named: frozenset[str]) -> float:
    if named:
        return 1.0 if passage.document_id in named else 0.0
    return NEW_KIND_BONUS if passage.kind not in kinds else 0.0


def _fits(one: _Candidate, chosen: Sequence[_Candidate], named: frozenset[str]) -> bool:
    if one in chosen:
        return False
    words = sum(len(other.claim.text.split()) for other in chosen) + len(one.claim.text.split())
    same = sum(other.claim.passage.document_id == one.claim.passage.document_id for other in chosen)
    limit = PER_NAMED_DOCUMENT if one.claim.passage.document_id in named else PER_DOCUMENT
    return (not chosen or words <= WORDS) and same < limit and not any(_alike(one, other) for other in chosen)


def _alike(one: _Candidate, other: _Candidate) -> bool:
    smaller = min(len(one.terms), len(other.terms)) or 1
    return len(one.terms & other.terms) / smaller > ALIKE


def _groups(
    chosen: Sequence[_Candidate], language: Language, library: Library, prompts: Prompts, today: date
) -> Iterator[Group]:
    kinds = [kind for kind in KINDS if any(one.claim.passage.kind == kind for one in chosen)]
    for kind in kinds:
        label = prompts.fill(f"label_{kind}", language) if len(kinds) > 1 else ""
        of_kind = [one for one in chosen if one.claim.passage.kind == kind]
        documents = dict.fromkeys(one.claim.passage.document_id for one in of_kind)
        yield Group(
            label,
            tuple(
                _paragraph([one for one in of_kind if one.claim.passage.document_id == document], document, language, library, prompts, today)
                for document in documents
            ),
        )


def _paragraph(
    chosen: Sequence[_Candidate], document: str, language: Language, library: Library, prompts: Prompts, today: date
) -> tuple[Claim, ...]:
    """The sentences of one document in reading order, then what must be known about its state."""
    source = library.generation.sources[document]
    ordered = sorted(chosen, key=lambda one: (one.claim.passage.id, one.place))
    claims = tuple(_with_language_note(one.claim, language, prompts) for one in ordered)
    return (*claims, *_state(source, claims, library, language, prompts, today))


def _with_language_note(claim: Claim, language: Language, prompts: Prompts) -> Claim:
    if language == claim.passage.language or language == "de":
        return claim
    note = prompts.fill("german_original", language)
    return Claim(claim.text, claim.quote, claim.passage, claim.score, note)


def _state(
    source: Source, claims: Sequence[Claim], library: Library, language: Language, prompts: Prompts, today: date
) -> Iterator[Claim]:
    """End and successor of an ended programme as quotes; the date of a source that must be checked as a note."""
    passage = next(
        (one for one in library.generation.passages if one.document_id == source.id and one.generated), None
    )
    quoted = {claim.quote for claim in claims}
    if passage and is_ended(source, today):
        note = prompts.fill("expired_note", language) if getattr(source, "status", "") != "ended" else ""
        for sentence in passage.sentences[bool(source.as_of) :]:
            if sentence not in quoted:
                yield Claim(sentence, sentence, passage, 0.0, note)
    if source.verify:
        yield _check_claim(source, passage, language, prompts)


def _check_claim(source: Source, passage: Passage | None, language: Language, prompts: Prompts) -> Claim:
    """„Stand … – bitte prüfen", carried by the indexed sentence that holds the date."""
    from assistant.load import german_date

    if passage is None or not source.as_of:
        return Claim("", "", passage, 0.0, prompts.fill("check_note_undated", language))  # type: ignore[arg-type]
    text = prompts.fill("check_note", language, as_of=german_date(source.as_of))
    return Claim(text, passage.sentences[0], passage, 0.0)


def _lead_in(
    groups: Sequence[Group], chosen: Sequence[_Candidate], language: Language, prompts: Prompts
) -> str:
    if not groups:
        return ""
    kind = chosen[0].claim.passage.kind if len(groups) == 1 else "mixed"
    return prompts.fill(f"lead_in_{kind}", language)
