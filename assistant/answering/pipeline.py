"""The way of a question: understand → retrieve → read → answer → verify."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Unpack

from assistant.answering.ask_back import family_choices, hangs_in_the_air
from assistant.answering.contact import with_contact
from assistant.answering.dialogue import about_something, as_wished, dialogue_act, reply_to_thanks
from assistant.answering.draft import AnswerContext, Draft
from assistant.answering.extractive import named_documents, select_for_parts, select_quotes, shorten
from assistant.answering.firm_rules import with_firm_rules
from assistant.answering.generative import GroundedGeneration, choose_material
from assistant.answering.guide import first_sentences, guide_claims, leading_guide, was_shown
from assistant.answering.missing import missing_things
from assistant.answering.offers import LEAST_SIGNAL, asks_for_offers, nearest_offers
from assistant.answering.query_rewriting import rewrite_follow_up
from assistant.answering.quote_check import drop_unproven
from assistant.answering.request import AskOptions, Request
from assistant.answering.response import (
    AnswerInput,
    QuestionContext,
    answer_with_guide,
    answer_with_quotes,
    ask_back,
    build_refusal,
    generate_answer,
    stream_answer,
    stream_generated,
)
from assistant.answering.runtime import AppContext
from assistant.answering.stage_timer import StageTimer
from assistant.core.company_profile import CompanyProfile
from assistant.core.errors import IndexUnavailableError
from assistant.core.models import (
    Answer,
    AnswerDelta,
    ChatMessage,
    Kind,
    ParsedQuery,
    RetrievalResult,
    ScoredPassage,
)
from assistant.eligibility.firm_facts import FirmFacts, tell_facts
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.decision import GUIDE_SIGNAL
from assistant.retrieval.query_understanding import parse_query, validate_question
from assistant.retrieval.reading import read, read_parts, relative_signal
from assistant.retrieval.retriever import Query, build_query, diversify, matches_heading, retrieve, search
from assistant.retrieval.suggested_questions import nearest_questions

logger = logging.getLogger(__name__)


def ask(
    assistant: AppContext, question: str, history: Sequence[ChatMessage] = (), **known: Unpack[AskOptions]
) -> Answer:
    """Answer a question with cited sentences, or say why not; raises only ``QuestionError``."""
    found = _retrieve(assistant, Request(question, history, **known))
    if isinstance(found, Answer):
        return found
    generation = _start_generation(assistant, found)
    return generate_answer(found, generation) if generation else answer_with_quotes(found)


def stream(
    assistant: AppContext, question: str, history: Sequence[ChatMessage] = (), **known: Unpack[AskOptions]
) -> Iterator[AnswerDelta | Answer]:
    """The same in pieces, each proven before it is shown and never withdrawn; the whole answer comes last."""
    found = _retrieve(assistant, Request(question, history, **known))
    if isinstance(found, Answer):
        yield from stream_answer(found)
    elif generation := _start_generation(assistant, found):
        yield from stream_generated(found, generation)
    else:
        yield from stream_answer(answer_with_quotes(found))


def _start_generation(assistant: AppContext, found: AnswerInput) -> GroundedGeneration | None:
    """A language model at work on the answer, where one is connected."""
    if assistant.model is None or found.evidence.lexical_only:  # proving needs vectors
        return None
    question = found.question_context.parsed.standalone
    material = choose_material(question, found.evidence, found.quotes, found.context)
    return GroundedGeneration(assistant.model, assistant.claim_verifier, material, found.context)


def _retrieve(assistant: AppContext, request: Request) -> AnswerInput | Answer:
    """Evidence and proven quotes, or the refusal that the question ends in."""
    clock = StageTimer()
    act = dialogue_act(assistant, request)
    if act == "thanks":
        return reply_to_thanks(assistant, request, clock)
    request = as_wished(assistant, request, act) if act and act != "instruction" else request
    request = replace(request, history=about_something(assistant, request.history))
    parsed = _understand(assistant, request)
    if request.turn and request.lang:
        parsed = replace(parsed, language=request.lang, english_only=request.lang == "en")
    facts = tell_facts((parsed.question, *parsed.earlier), assistant.regions, request.profile)
    question_context = QuestionContext(
        parsed, request.lang or parsed.language, clock, turn=request.turn, considered=facts.to_dict()
    )
    clock.stop("understand")
    if act == "instruction":
        return build_refusal(question_context, "off_topic", assistant.prompts, assistant.settings)
    if not parsed.is_question:
        return build_refusal(question_context, "not_a_question", assistant.prompts, assistant.settings)
    try:
        corpus = assistant.live_index.corpus()
    except IndexUnavailableError:
        return build_refusal(question_context, "unavailable", assistant.prompts, assistant.settings)
    if hangs_in_the_air(parsed, assistant.analyzer, corpus.snapshot.space.lexical):
        examples = assistant.prompts.lines("examples", question_context.language)
        asked = assistant.prompts.render("ask_subject", question_context.language)
        context = _context(assistant, request, question_context, corpus)
        return ask_back(question_context, asked, examples, Draft("", ()), context)
    with assistant.concurrency_limit:
        return _search(assistant, request, question_context, corpus, facts)


@dataclass(frozen=True, slots=True)
class Findings:
    """What retrieval and reading found: ``signal`` as ``relative_signal`` gives it, ``guide`` the one that is meant.

    ``parts`` are the several things that a question asks, each with what was read for it alone.
    """

    query: Query
    evidence: RetrievalResult
    signal: float
    guide: str | None
    parts: tuple[tuple[str, RetrievalResult], ...] = ()

    @property
    def answered_parts(self) -> tuple[tuple[str, RetrievalResult], ...]:
        """Those that something answers."""
        return tuple((part, found) for part, found in self.parts if found.sufficiency in ("enough", "weak"))


def _search(
    assistant: AppContext,
    request: Request,
    question_context: QuestionContext,
    corpus: SearchableCorpus,
    facts: FirmFacts,
) -> AnswerInput | Answer:
    """What the sources hold on a question; pure computing."""
    clock, parsed = question_context.clock, question_context.parsed
    query = _query(assistant, parsed, request.profile)
    evidence = retrieve(query, corpus, request.today)
    clock.stop("retrieve")
    evidence = _read(assistant, parsed, query, evidence, corpus)
    signal = relative_signal(evidence, corpus.snapshot.thresholds[query.language])
    guide = leading_guide(evidence, assistant.tuning, assistant.decision, signal)
    if guide and (parsed.is_follow_up or was_shown(guide, request.shown, corpus)):
        guide = None  # it answers whole situations, once
    parts = () if guide else _read_parts(assistant, parsed, query, evidence, corpus)
    clock.stop("read")
    findings = Findings(query, evidence, signal, guide, parts)
    if reply := _fixed_reply(assistant, query, evidence, corpus, guide):
        return build_refusal(question_context, reply, assistant.prompts, assistant.settings)
    looked_for = () if guide or evidence.sufficiency == "off_topic" else missing_things(assistant, parsed, evidence)
    answered = findings.answered_parts
    open_parts = [part for part, found in parts if answered and (part, found) not in answered]
    missing = (*(thing.text for thing in looked_for), *open_parts)
    question_context = replace(question_context, missing=missing)
    if any(thing.decides for thing in looked_for):  # it must not be answered with another thing's facts
        return _refuse(assistant, question_context, findings, "no_source")
    if evidence.sufficiency in ("off_topic", "none") and not guide and not answered:
        if offers := _offers(assistant, request, question_context, findings, corpus):
            return offers
        return _refuse(assistant, question_context, findings, _reason(evidence))
    return _compose(assistant, request, question_context, findings, corpus, facts)


def _offers(
    assistant: AppContext,
    request: Request,
    question_context: QuestionContext,
    findings: Findings,
    corpus: SearchableCorpus,
) -> AnswerInput | None:
    """The nearest offers where offers of a kind are asked for and near ones are there."""
    parsed, evidence = question_context.parsed, findings.evidence
    if assistant.decision is None or findings.signal < LEAST_SIGNAL or not asks_for_offers(parsed):
        return None
    context = _context(assistant, request, question_context, corpus)
    quotes = drop_unproven(nearest_offers(evidence, findings.query, parsed, context))
    question_context.clock.stop("answer")
    return AnswerInput(question_context, evidence, context, quotes) if quotes.groups else None


def _context(
    assistant: AppContext, request: Request, question_context: QuestionContext, corpus: SearchableCorpus
) -> AnswerContext:
    return AnswerContext(
        question_context.language,
        corpus,
        assistant.prompts,
        request.today,
        shorten(assistant.tuning) if request.shorter else assistant.tuning,
        assistant.decision,
        request.said,
        request.shown,
    )


def _reason(evidence: RetrievalResult) -> str:
    if evidence.lexical_only:  # what words alone do not find may be there all the same
        return "unavailable"
    return "off_topic" if evidence.sufficiency == "off_topic" else "no_source"


def _refuse(assistant: AppContext, question_context: QuestionContext, findings: Findings, reason: str) -> Answer:
    """A refusal with the nearest questions, unless nothing that was found is near."""
    is_known = assistant.decision is not None and not question_context.missing
    is_far = reason == "off_topic" or (is_known and findings.signal < GUIDE_SIGNAL)
    near = (
        ()
        if is_far
        else nearest_questions(findings.evidence, findings.query, question_context.language, assistant.analyzer)
    )
    return build_refusal(question_context, reason, assistant.prompts, assistant.settings, near)


def _compose(
    assistant: AppContext,
    request: Request,
    question_context: QuestionContext,
    findings: Findings,
    corpus: SearchableCorpus,
    facts: FirmFacts,
) -> AnswerInput | Answer:
    """The answer from what was found: a question back, a guide whole, or proven quotes."""
    query, evidence, guide = findings.query, findings.evidence, findings.guide
    context = _context(assistant, request, question_context, corpus)
    named = named_documents(evidence.ranked, query, corpus)
    choices = None if guide else family_choices(evidence, query.terms, named, context, assistant.analyzer)
    if choices:
        brief = replace(context, tuning=shorten(context.tuning))
        first = drop_unproven(select_quotes(evidence, query, question_context.parsed.question, brief))
        return ask_back(question_context, *choices, first, context)
    if guide and (claims := guide_claims(guide, context.language, corpus)):
        question_context.clock.stop("answer")
        shown = first_sentences(claims) if request.shorter else claims
        return answer_with_guide(question_context, evidence, context, guide, shown)
    if findings.answered_parts and assistant.decision:
        selected = select_for_parts(findings.answered_parts, query, context, assistant.decision)
    else:
        selected = select_quotes(evidence, query, question_context.parsed.question, context)
    ruled = with_firm_rules(selected, facts, named, context)
    quotes = drop_unproven(ruled if request.shorter else with_contact(ruled, facts, request.shown, context))
    question_context.clock.stop("answer")
    if quotes.groups:
        return AnswerInput(question_context, evidence, context, quotes)
    reason = "unavailable" if evidence.lexical_only else "nothing_more" if request.said else "unproven"
    return _refuse(assistant, question_context, findings, reason)


def _read(
    assistant: AppContext, parsed: ParsedQuery, query: Query, evidence: RetrievalResult, corpus: SearchableCorpus
) -> RetrievalResult:
    """The evidence with its best passages read; where there is no reader, with few passages of one document on top."""
    if assistant.reader is None:
        return replace(evidence, ranked=tuple(diversify(evidence.ranked, assistant.tuning)))
    return read(evidence, parsed, query, corpus, assistant.reader, assistant.decision)


def _read_parts(
    assistant: AppContext, parsed: ParsedQuery, query: Query, evidence: RetrievalResult, corpus: SearchableCorpus
) -> tuple[tuple[str, RetrievalResult], ...]:
    if assistant.reader is None or assistant.decision is None or evidence.lexical_only:
        return ()
    return read_parts(evidence, parsed, query, corpus, assistant.reader, assistant.decision)


def _fixed_reply(
    assistant: AppContext, query: Query, evidence: RetrievalResult, corpus: SearchableCorpus, guide: str | None
) -> str | None:
    """The prompt of the fixed reply to a question, unless sources answer it and it is not clearly such a question."""
    if assistant.guardrail is None or query.vector is None:
        return None
    intent = assistant.guardrail.classify(query.vector)
    answered_from = ("enough",) if assistant.decision is None else ("enough", "weak")  # it knows near-misses
    is_answered = evidence.sufficiency in answered_from or guide or matches_heading(query, evidence, corpus)
    return None if intent is None or (is_answered and not intent.is_clear) else f"reply_{intent.group}"


def _understand(assistant: AppContext, request: Request) -> ParsedQuery:
    """By rules; a follow-up then by the language model, where one is connected."""
    try:
        lexical = assistant.live_index.corpus().snapshot.space.lexical
    except IndexUnavailableError:
        lexical = None
    question, default = validate_question(request.question), request.lang or request.default
    parsed = parse_query(question, request.history, assistant.analyzer, assistant.prompts, default, lexical)
    if assistant.model is None:
        return parsed
    return rewrite_follow_up(assistant.model, parsed, request.history, assistant.analyzer, assistant.prompts)


def _query(assistant: AppContext, parsed: ParsedQuery, profile: CompanyProfile | None = None) -> Query:
    return build_query(
        parsed,
        assistant.embedder,
        assistant.analyzer,
        assistant.regions,
        profile.land if profile else None,
        assistant.tuning,
        assistant.question_adapter,
        told=profile is not None and "land" in profile.model_fields_set,
    )


def retrieve_passages(
    assistant: AppContext,
    question: str,
    history: Sequence[ChatMessage] = (),
    *,
    profile: CompanyProfile | None = None,
) -> tuple[ScoredPassage, ...]:
    """The passages of cards that a question would be answered from, whether or not it then is."""
    parsed, corpus = _understand(assistant, Request(question, history)), assistant.live_index.corpus()
    query = _query(assistant, parsed, profile)
    return _read(assistant, parsed, query, retrieve(query, corpus, date.today()), corpus).ranked


def search_passages(assistant: AppContext, text: str, count: int, kinds: Collection[Kind] = ()) -> list[dict[str, Any]]:
    """Plain search results as data; never refuses."""
    parsed = parse_query(validate_question(text), (), assistant.analyzer, assistant.prompts)
    return [
        {
            "id": scored.passage.document_id,
            "kind": scored.passage.kind,
            "title": scored.passage.title,
            "section": scored.passage.section,
            "page": scored.passage.page,
            "text": scored.passage.text,
            "score": round(scored.score, 4),
        }
        for scored in search(_query(assistant, parsed), assistant.live_index.corpus(), count, kinds)
    ]
