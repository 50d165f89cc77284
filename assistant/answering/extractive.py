"""Ranked passages to a draft answer that quotes: which sentences answer, and in which order to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.core.models import KINDS, Claim, Kind, Passage, RetrievalResult, ScoredPassage
from assistant.core.source_status import is_ended
from assistant.core.sources import SourceMetadata
from assistant.index.corpus import SearchableCorpus
from assistant.language.dates import format_date
from assistant.language.numbers import numbers_in
from assistant.retrieval.retriever import Query

SENTENCES = 5
CONSIDERED = 40
WORDS = 120
PER_DOCUMENT = 2
PER_NAMED_DOCUMENT = 3  # three quotes of one document at most: a citation, not a copy
PASSAGE_MARGIN = 0.09
VALUE_MARGIN = 0.16
NEW_KIND_BONUS = 0.03
AREA_BONUS = 0.05
DOCUMENT_BONUS = 0.06  # an operator's original text is quoted rather than our digest of it
ENGLISH_BONUS = 0.04
ASKED_BONUS = 2.0  # over all others: who asks the question over a section, as follow-ups do, wants that section
COVERAGE_WEIGHT = 0.06
ALIKE = 0.75
QUOTE_CHARACTERS = 400
_SHORT = 25


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that could be quoted.

    ``clear``: it speaks to the question more than to foreign ones; ``asked``: the question is what stands over it.
    """

    claim: Claim
    value: float
    clear: bool
    asked: bool
    terms: frozenset[int]
    place: int
    words: int


def select_quotes(evidence: RetrievalResult, query: Query, question: str, context: AnswerContext) -> Draft:
    """Choose the sentences that answer and arrange them as paper, cooperation, support, funding."""
    candidates = list(_candidates(evidence, query, question, context.corpus))
    chosen = _choose(candidates, _named(evidence.ranked, query, context.corpus), query.area)
    groups = tuple(_groups(chosen, context))
    return Draft(_lead_in(groups, context), groups)


def _candidates(
    evidence: RetrievalResult, query: Query, question: str, corpus: SearchableCorpus
) -> Iterator[_Candidate]:
    """Quotable sentences of the passages near the best one, each with its value for the question."""
    lexical = corpus.snapshot.space.lexical
    wanted = lexical.term_ids(query.terms)
    seen: set[str] = set()
    for one in evidence.ranked:
        if one.score < evidence.ranked[0].score - PASSAGE_MARGIN or one.passage.generated:
            continue
        asked = _is_heading_of(one.passage, question)
        for place, sentence in enumerate(one.passage.sentences):
            if sentence in seen or not _SHORT <= len(sentence) <= QUOTE_CHARACTERS:
                continue
            seen.add(sentence)
            terms = lexical.terms_of(one.first_sentence + place)
            own = one.sentence_scores[place] + _coverage(wanted, terms, one.passage, query)
            value = one.score + own + (ENGLISH_BONUS if query.language == one.passage.language == "en" else 0.0)
            claim = Claim(sentence, sentence, one.passage, one.score)
            yield _Candidate(
                claim, value, own >= evidence.sentence_threshold, asked, terms, place, sentence.count(" ") + 1
            )


def _is_heading_of(passage: Passage, question: str) -> bool:
    """Whether the question is the heading of the passage, as written there but for the case."""
    return bool(passage.headings) and passage.headings[-1].strip(" ?").casefold() == question.strip(" ?").casefold()


def _coverage(wanted: Mapping[int, float], held: frozenset[int], passage: Passage, query: Query) -> float:
    """What a sentence gains from holding the question's words, within its own language."""
    total = sum(wanted.values())
    if passage.language != query.language or not total:
        return 0.0
    return COVERAGE_WEIGHT * sum(weight for one, weight in wanted.items() if one in held) / total


def _named(ranked: Sequence[ScoredPassage], query: Query, corpus: SearchableCorpus) -> frozenset[str]:
    """Documents that the question calls by name; their own sentences come first."""
    found = set(corpus.restrictions.named(frozenset(query.terms)))
    documents = {one.passage.document_id for one in ranked}
    return frozenset(one for one in documents if corpus.document_of[corpus.places_of[one][0]] in found)


def _choose(candidates: Sequence[_Candidate], named: frozenset[str], area: Kind | None) -> list[_Candidate]:
    """The best sentences one by one: no two alike, few of one document, other kinds only where they speak clearly."""
    if not candidates:
        return []
    first = max(candidates, key=lambda one: one.value + _preference(one, (), named, area))
    clear = [one for one in candidates if one.clear and one.value >= first.value - VALUE_MARGIN and one is not first]
    clear = sorted(clear, key=lambda one: -one.value)[:CONSIDERED]
    chosen = [first]
    while len(chosen) < SENTENCES:
        clear = [one for one in clear if _fits(one, chosen, named)]  # what does not fit now never will
        if not clear:
            break
        chosen.append(max(clear, key=lambda one: one.value + _preference(one, chosen, named, area)))
    return chosen


def _preference(one: _Candidate, chosen: Sequence[_Candidate], named: frozenset[str], area: Kind | None) -> float:
    passage = one.claim.passage
    if one.asked:
        return ASKED_BONUS
    if named:
        return 1.0 if passage.document_id in named else 0.0
    if passage.kind == "document":
        return DOCUMENT_BONUS
    if passage.kind == area:
        return AREA_BONUS
    return NEW_KIND_BONUS if all(other.claim.passage.kind != passage.kind for other in chosen) else 0.0


def _fits(one: _Candidate, chosen: Sequence[_Candidate], named: frozenset[str]) -> bool:
    """Whether a sentence that fitted beside all but the last chosen one fits beside that as well."""
    last, document = chosen[-1], one.claim.passage.document_id
    if one is last or _alike(one, last) or one.words + sum([other.words for other in chosen]) > WORDS:
        return False
    if document != last.claim.passage.document_id:
        return True
    same = [other.claim.passage.document_id for other in chosen].count(document)
    return same < (PER_NAMED_DOCUMENT if document in named else PER_DOCUMENT)


def _alike(one: _Candidate, other: _Candidate) -> bool:
    smaller = min(len(one.terms), len(other.terms)) or 1
    return len(one.terms & other.terms) > ALIKE * smaller


def _groups(chosen: Sequence[_Candidate], context: AnswerContext) -> Iterator[ClaimGroup]:
    kinds = [kind for kind in KINDS if any(one.claim.passage.kind == kind for one in chosen)]
    for kind in kinds:
        label = context.prompts.render(f"label_{kind}", context.language) if len(kinds) > 1 else ""
        documents: dict[str, list[_Candidate]] = {}
        for one in chosen:
            if one.claim.passage.kind == kind:
                documents.setdefault(one.claim.passage.document_id, []).append(one)
        yield ClaimGroup(label, tuple(_paragraph(some, document, context) for document, some in documents.items()))


def _paragraph(chosen: Sequence[_Candidate], document: str, context: AnswerContext) -> tuple[Claim, ...]:
    """The sentences of one document, best passage first, then what must be known about its state."""
    source = context.corpus.snapshot.sources[document]
    passages = list(dict.fromkeys(one.claim.passage.id for one in chosen))
    ordered = sorted(chosen, key=lambda one: (passages.index(one.claim.passage.id), one.place))
    claims = tuple(_with_language_note(one.claim, context) for one in ordered)
    return (*claims, *status_claims(source, claims, context))


def _with_language_note(claim: Claim, context: AnswerContext) -> Claim:
    if context.language == claim.passage.language or context.language == "de":
        return claim
    return replace(claim, note=context.prompts.render("german_original", context.language))


def status_claims(source: SourceMetadata, claims: Sequence[Claim], context: AnswerContext) -> Iterator[Claim]:
    """End and successor of an ended programme as quotes; the date of a source that must be checked as a note."""
    generated = context.corpus.status_passages.get(source.id, {})
    passage = generated.get(context.language) or generated.get("de")
    quoted = {claim.quote for claim in claims}
    if passage and is_ended(source, context.today):
        over = getattr(source, "status", "") == "ended"
        note = "" if over else context.prompts.render("expired_note", context.language)
        said = numbers_in(" ".join(quoted))
        for sentence in passage.sentences[bool(source.as_of) :]:
            dates = numbers_in(sentence)
            if not over or (sentence not in quoted and not (dates and dates <= said)):
                yield Claim(sentence, sentence, passage, 0.0, note)
    if source.verify:
        yield _check_claim(source, passage, claims[-1].passage, context)


def _check_claim(source: SourceMetadata, status: Passage | None, last: Passage, context: AnswerContext) -> Claim:
    """„Stand … – bitte prüfen", carried by the indexed sentence that holds the date."""
    if status is None or not source.as_of:
        return Claim("", "", last, 0.0, context.prompts.render("check_note_undated", context.language))
    date_shown = format_date(source.as_of, context.language)
    text = context.prompts.render("check_note", context.language, as_of=date_shown)
    return Claim(text, status.sentences[0], status, 0.0)


def _lead_in(groups: Sequence[ClaimGroup], context: AnswerContext) -> str:
    if not groups:
        return ""
    kind = groups[0].paragraphs[0][0].passage.kind if len(groups) == 1 else "mixed"
    return context.prompts.render(f"lead_in_{kind}", context.language)
