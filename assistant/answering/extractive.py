"""Ranked passages to a draft answer that quotes: which sentences answer, and in which order to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answering.citations import escape
from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.answering.read_selection import ReadSelector
from assistant.answering.sentence_selection import Candidate, SentenceSelector
from assistant.core.models import KINDS, Claim, Passage, RetrievalResult, ScoredPassage
from assistant.core.source_status import is_ended
from assistant.core.sources import SourceMetadata
from assistant.core.tuning import Tuning
from assistant.index.corpus import SearchableCorpus
from assistant.language.numbers import numbers_in
from assistant.retrieval.decision import Decision, sentence_signs
from assistant.retrieval.reading import is_heading_of
from assistant.retrieval.retriever import Query

# What a sentence is worth that an earlier answer showed: what is asked again is quoted again, if nothing else answers.
_SHOWN = 0.4


def select_quotes(evidence: RetrievalResult, query: Query, question: str, context: AnswerContext) -> Draft:
    """Choose the sentences that answer and arrange them as paper, cooperation, support, funding.

    Where passages were read, those that the reader chose, the best one first.
    """
    named = named_documents(evidence.ranked, query, context.corpus)
    if context.decision and any(scored.reading for scored in evidence.ranked):
        return _in_read_order(_select_read(evidence, question, named, context, context.decision), context)
    selector = SentenceSelector(named, query.area, context.tuning)
    chosen = selector.select(list(_candidates(evidence, query, question, context)))
    groups = tuple(_groups(chosen, context))
    return Draft(_lead_in(groups, context), groups)


def select_for_parts(
    parts: Sequence[tuple[str, RetrievalResult]], query: Query, context: AnswerContext, decision: Decision
) -> Draft:
    """One after the other what answers each part of a question; no sentence twice."""
    brief = replace(context, tuning=replace(context.tuning, read_sentences=min(2, context.tuning.read_sentences)))
    chosen: dict[str, Candidate] = {}
    for part, evidence in parts:
        named = named_documents(evidence.ranked, query, context.corpus)
        for candidate in _select_read(evidence, part, named, brief, decision):
            chosen.setdefault(candidate.claim.quote, candidate)
    return _in_read_order(list(chosen.values()), context)


def _select_read(
    evidence: RetrievalResult, question: str, named: frozenset[str], context: AnswerContext, decision: Decision
) -> list[Candidate]:
    read = list(_read_candidates(evidence, question, context, decision))
    return ReadSelector(named, decision, context.tuning).select(read)


def _in_read_order(best_first: Sequence[Candidate], context: AnswerContext) -> Draft:
    paragraphs = tuple(_paragraph(some, document, context) for document, some in _by_document(best_first).items())
    return Draft("", (ClaimGroup("", paragraphs),) if paragraphs else ())


def shorten(tuning: Tuning) -> Tuning:
    """The constants of an answer that says only what answers first."""
    return replace(tuning, read_sentences=1, max_sentences=1)


def _candidates(evidence: RetrievalResult, query: Query, question: str, context: AnswerContext) -> Iterator[Candidate]:
    """Quotable sentences of the passages near the best one, each with its value for the question."""
    tuning, lexical = context.tuning, context.corpus.snapshot.space.lexical
    wanted = lexical.term_ids(query.terms)
    seen: set[str] = set()
    for scored in evidence.ranked:
        passage = scored.passage
        if scored.score < evidence.ranked[0].score - tuning.passage_margin or passage.generated:
            continue
        under_question = is_heading_of(passage, question)
        english_bonus = tuning.english_bonus if query.language == passage.language == "en" else 0.0
        for position, sentence in enumerate(passage.sentences):
            if (
                sentence in seen
                or _holds(context.said, sentence)
                or not tuning.min_sentence_characters <= len(sentence) <= tuning.max_quote_characters
            ):
                continue
            seen.add(sentence)
            terms = lexical.terms_of(scored.first_sentence + position)
            own = scored.sentence_scores[position] + tuning.coverage_weight * _coverage(wanted, terms, passage, query)
            yield Candidate(
                Claim(sentence, sentence, passage, scored.score),
                value=scored.score + own + english_bonus,
                is_clear=own >= evidence.sentence_threshold,
                is_under_question=under_question,
                terms=terms,
                position=position,
                words=sentence.count(" ") + 1,
            )


def _read_candidates(
    evidence: RetrievalResult, question: str, context: AnswerContext, decision: Decision
) -> Iterator[Candidate]:
    """Quotable sentences of the read passages, each with the probability that it answers."""
    tuning, lexical = context.tuning, context.corpus.snapshot.space.lexical
    best = evidence.ranked[0].score
    seen: set[str] = set()
    for scored in evidence.ranked:
        passage = scored.passage
        for position, sentence in enumerate(passage.sentences):
            signs = sentence_signs(scored, position, best)
            if signs is None or sentence in seen or _holds(context.said, sentence):
                continue
            seen.add(sentence)
            if tuning.min_sentence_characters <= len(sentence) <= tuning.max_quote_characters:
                yield Candidate(
                    Claim(sentence, sentence, passage, scored.score),
                    value=decision.sentence.probability(signs) * (_SHOWN if _holds(context.shown, sentence) else 1),
                    is_clear=True,
                    is_under_question=is_heading_of(passage, question),
                    terms=lexical.terms_of(scored.first_sentence + position),
                    position=position,
                    words=sentence.count(" ") + 1,
                )


def _holds(text: str, sentence: str) -> bool:
    return bool(text) and (sentence in text or escape(sentence) in text)


def _coverage(wanted: Mapping[int, float], held: frozenset[int], passage: Passage, query: Query) -> float:
    """The share of the question's words, weighed by rarity, that a sentence of the same language holds."""
    total = sum(wanted.values())
    if passage.language != query.language or not total:
        return 0.0
    return sum(weight for term, weight in wanted.items() if term in held) / total


def named_documents(ranked: Sequence[ScoredPassage], query: Query, corpus: SearchableCorpus) -> frozenset[str]:
    """Documents that the question calls by name; their own sentences come first."""
    found = set(corpus.restrictions.named(frozenset(query.terms)))
    documents = {scored.passage.document_id for scored in ranked}
    return frozenset(name for name in documents if corpus.document_of[corpus.positions_of[name][0]] in found)


def _groups(chosen: Sequence[Candidate], context: AnswerContext) -> Iterator[ClaimGroup]:
    kinds = [kind for kind in KINDS if any(candidate.claim.passage.kind == kind for candidate in chosen)]
    for kind in kinds:
        label = context.prompts.render(f"label_{kind}", context.language) if len(kinds) > 1 else ""
        documents = _by_document([candidate for candidate in chosen if candidate.claim.passage.kind == kind])
        yield ClaimGroup(label, tuple(_paragraph(some, document, context) for document, some in documents.items()))


def _by_document(chosen: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    documents: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        documents.setdefault(candidate.claim.passage.document_id, []).append(candidate)
    return documents


def _paragraph(chosen: Sequence[Candidate], document: str, context: AnswerContext) -> tuple[Claim, ...]:
    """The sentences of one document, best passage first, then what must be known about its state."""
    source = context.corpus.snapshot.sources[document]
    passages = list(dict.fromkeys(candidate.claim.passage.id for candidate in chosen))
    ordered = sorted(chosen, key=lambda candidate: (passages.index(candidate.claim.passage.id), candidate.position))
    claims = tuple(_with_language_note(candidate.claim, context) for candidate in ordered)
    return (*claims, *status_claims(source, claims, context))


def _with_language_note(claim: Claim, context: AnswerContext) -> Claim:
    if context.language == claim.passage.language or context.language == "de":
        return claim
    return replace(claim, note=context.prompts.render("german_original", context.language))


def status_claims(source: SourceMetadata, claims: Sequence[Claim], context: AnswerContext) -> Iterator[Claim]:
    """End and successor of an ended programme as quotes."""
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


def _lead_in(groups: Sequence[ClaimGroup], context: AnswerContext) -> str:
    if not groups:
        return ""
    kind = groups[0].paragraphs[0][0].passage.kind if len(groups) == 1 else "mixed"
    return context.prompts.render(f"lead_in_{kind}", context.language)
