"""The way of a question: understand → retrieve → answer → verify."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict, Unpack

from assistant.answering.draft import AnswerContext
from assistant.answering.extractive import select_quotes
from assistant.answering.generative import GroundedGeneration, choose_material
from assistant.answering.query_rewriting import rewrite_follow_up
from assistant.answering.quote_check import drop_unproven
from assistant.answering.response import (
    AnswerInput,
    QuestionContext,
    answer_with_quotes,
    build_refusal,
    stream_answer,
    stream_generated,
)
from assistant.answering.runtime import AppContext
from assistant.answering.stage_timer import StageTimer
from assistant.core.errors import IndexUnavailableError
from assistant.core.models import (
    Answer,
    AnswerDelta,
    ChatMessage,
    Kind,
    Language,
    ParsedQuery,
    RetrievalResult,
    ScoredPassage,
)
from assistant.core.sources import Land
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.query_understanding import parse_query, validate_question
from assistant.retrieval.retriever import Query, build_query, matches_heading, retrieve, search
from assistant.retrieval.suggested_questions import nearest_questions


class Known(TypedDict, total=False):
    """What is known about who asks; ``default`` is the language where neither ``lang`` nor the question tells."""

    lang: Language | None
    default: Language
    land: Land | None
    today: date


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the conversation before it and what is known about who asks."""

    question: str
    history: Sequence[ChatMessage] = ()
    lang: Language | None = None
    default: Language = "de"
    land: Land | None = None
    today: date = field(default_factory=date.today)


def ask(assistant: AppContext, question: str, history: Sequence[ChatMessage] = (), **known: Unpack[Known]) -> Answer:
    """Answer a question with cited sentences, or say why not; raises only ``QuestionError``."""
    for outcome in _generate(assistant, Request(question, history, **known), at_once=True):
        if isinstance(outcome, Answer):
            return outcome
    raise AssertionError("every way ends in an answer")


def stream(
    assistant: AppContext, question: str, history: Sequence[ChatMessage] = (), **known: Unpack[Known]
) -> Iterator[AnswerDelta | Answer]:
    """The same in pieces, each proven before it is shown and never withdrawn; the whole answer comes last."""
    return _generate(assistant, Request(question, history, **known), at_once=False)


def _generate(assistant: AppContext, request: Request, *, at_once: bool) -> Iterator[AnswerDelta | Answer]:
    found = _retrieve(assistant, request)
    if isinstance(found, Answer):
        yield from stream_answer(found)
    elif assistant.model is None or found.evidence.lexical_only:  # proving needs vectors
        yield from stream_answer(answer_with_quotes(found))
    else:
        material = choose_material(found.inquiry.understood.standalone, found.evidence, found.quotes, found.setting)
        writing = GroundedGeneration(assistant.model, assistant.claim_verifier, material, found.setting)
        yield from stream_generated(found, writing, assistant.model.name, at_once=at_once)


def _retrieve(assistant: AppContext, request: Request) -> AnswerInput | Answer:
    """Evidence and proven quotes, or the refusal that the question ends in."""
    clock = StageTimer()
    understood = _understand(assistant, request)
    inquiry = QuestionContext(understood, request.lang or understood.language, clock)
    clock.stop("understand")
    if not understood.is_question:
        return build_refusal(inquiry, "not_a_question", assistant.prompts, assistant.settings)
    try:
        library = assistant.live_index.corpus()
    except IndexUnavailableError:
        return build_refusal(inquiry, "unavailable", assistant.prompts, assistant.settings)
    with assistant.concurrency_limit:
        return _search(assistant, request, inquiry, library)


def _search(
    assistant: AppContext, request: Request, inquiry: QuestionContext, library: SearchableCorpus
) -> AnswerInput | Answer:
    """What the sources hold on a question; pure computing."""
    clock = inquiry.clock
    query = _query(assistant, inquiry.understood, request.land)
    evidence = retrieve(query, library, request.today)
    clock.stop("retrieve")
    replies = assistant.guardrail
    reply = replies.classify(query.vector) if replies and query.vector is not None else None
    if reply and not matches_heading(query, evidence, library):
        return build_refusal(inquiry, reply, assistant.prompts, assistant.settings)
    if evidence.sufficiency in ("off_topic", "none"):
        reason = "off_topic" if evidence.sufficiency == "off_topic" else "no_source"
        if evidence.lexical_only:  # what words alone do not find may be there all the same
            reason = "unavailable"
        near = () if reason == "off_topic" else _suggest(assistant, query, evidence, inquiry.language)
        return build_refusal(inquiry, reason, assistant.prompts, assistant.settings, near)
    setting = AnswerContext(inquiry.language, library, assistant.prompts, request.today)
    quotes = drop_unproven(select_quotes(evidence, query, inquiry.understood.question, setting))
    clock.stop("answer")
    if not quotes.groups:
        reason = "unavailable" if evidence.lexical_only else "unproven"
        near = _suggest(assistant, query, evidence, inquiry.language)
        return build_refusal(inquiry, reason, assistant.prompts, assistant.settings, near)
    return AnswerInput(inquiry, evidence, setting, quotes)


def _suggest(assistant: AppContext, query: Query, evidence: RetrievalResult, language: Language) -> tuple[str, ...]:
    return nearest_questions(evidence, query, language, assistant.tokenizer)


def _understand(assistant: AppContext, request: Request) -> ParsedQuery:
    """By rules; a follow-up then by the language model, where one is connected."""
    try:
        lexical = assistant.live_index.corpus().generation.space.lexical
    except IndexUnavailableError:
        lexical = None
    question, default = validate_question(request.question), request.lang or request.default
    understood = parse_query(question, request.history, assistant.tokenizer, assistant.prompts, default, lexical)
    if assistant.model is None:
        return understood
    return rewrite_follow_up(assistant.model, understood, request.history, assistant.tokenizer, assistant.prompts)


def _query(assistant: AppContext, understood: ParsedQuery, land: Land | None = None) -> Query:
    return build_query(understood, assistant.encoder, assistant.tokenizer, assistant.regions, land)


def retrieve_passages(
    assistant: AppContext, question: str, history: Sequence[ChatMessage] = (), *, land: Land | None = None
) -> tuple[ScoredPassage, ...]:
    """The passages that a question would be answered from, whether or not it then is."""
    understood = _understand(assistant, Request(question, history))
    return retrieve(_query(assistant, understood, land), assistant.live_index.corpus(), date.today()).ranked


def search_passages(assistant: AppContext, text: str, count: int, kinds: Collection[Kind] = ()) -> list[dict[str, Any]]:
    """Plain search results as data; never refuses."""
    understood = parse_query(validate_question(text), (), assistant.tokenizer, assistant.prompts)
    return [
        {
            "id": one.passage.document_id,
            "kind": one.passage.kind,
            "title": one.passage.title,
            "section": one.passage.section,
            "page": one.passage.page,
            "text": one.passage.text,
            "score": round(one.score, 4),
        }
        for one in search(_query(assistant, understood), assistant.live_index.corpus(), count, kinds)
    ]
