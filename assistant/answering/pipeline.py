"""The way of a question: understand → retrieve → answer → verify."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict, Unpack

from assistant.answering.draft import Setting
from assistant.answering.extractive import draft_quotes
from assistant.answering.generative import Writing, choose_material
from assistant.answering.query_rewriting import rewritten
from assistant.answering.quote_check import verified
from assistant.answering.response import Found, Inquiry, quoted, refused, told, worded
from assistant.answering.runtime import Assistant
from assistant.answering.stage_timer import Clock
from assistant.core.errors import IndexUnavailableError
from assistant.core.models import Answer, RetrievalResult, Kind, Language, Piece, ScoredPassage, Turn, ParsedQuery
from assistant.core.sources import Land
from assistant.index.corpus import Library
from assistant.retrieval.query_understanding import check_length, understand
from assistant.retrieval.retriever import Query, asks_for_section, make_query, retrieve, search
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
    history: Sequence[Turn] = ()
    lang: Language | None = None
    default: Language = "de"
    land: Land | None = None
    today: date = field(default_factory=date.today)


def ask(assistant: Assistant, question: str, history: Sequence[Turn] = (), **known: Unpack[Known]) -> Answer:
    """Answer a question with cited sentences, or say why not; raises only ``QuestionError``."""
    for outcome in _tell(assistant, Request(question, history, **known), at_once=True):
        if isinstance(outcome, Answer):
            return outcome
    raise AssertionError("every way ends in an answer")


def stream(
    assistant: Assistant, question: str, history: Sequence[Turn] = (), **known: Unpack[Known]
) -> Iterator[Piece | Answer]:
    """The same in pieces, each proven before it is shown and never withdrawn; the whole answer comes last."""
    return _tell(assistant, Request(question, history, **known), at_once=False)


def _tell(assistant: Assistant, request: Request, *, at_once: bool) -> Iterator[Piece | Answer]:
    found = _find(assistant, request)
    if isinstance(found, Answer):
        yield from told(found)
    elif assistant.model is None or found.evidence.lexical_only:  # proving needs vectors
        yield from told(quoted(found))
    else:
        material = choose_material(found.inquiry.understood.standalone, found.evidence, found.quotes, found.setting)
        writing = Writing(assistant.model, assistant.support, material, found.setting)
        yield from worded(found, writing, assistant.model.name, at_once=at_once)


def _find(assistant: Assistant, request: Request) -> Found | Answer:
    """Evidence and proven quotes, or the refusal that the question ends in."""
    clock = Clock()
    understood = _understand(assistant, request)
    inquiry = Inquiry(understood, request.lang or understood.language, clock)
    clock.lap("understand")
    if not understood.is_question:
        return refused(inquiry, "not_a_question", assistant.prompts, assistant.settings)
    try:
        library = assistant.shelf.library()
    except IndexUnavailableError:
        return refused(inquiry, "unavailable", assistant.prompts, assistant.settings)
    with assistant.desk:
        return _look_up(assistant, request, inquiry, library)


def _look_up(assistant: Assistant, request: Request, inquiry: Inquiry, library: Library) -> Found | Answer:
    """What the sources hold on a question; pure computing."""
    clock = inquiry.clock
    query = _query(assistant, inquiry.understood, request.land)
    evidence = retrieve(query, library, request.today)
    clock.lap("retrieve")
    replies = assistant.fixed_replies
    reply = replies.reply_to(query.vector) if replies and query.vector is not None else None
    if reply and not asks_for_section(query, evidence, library):
        return refused(inquiry, reply, assistant.prompts, assistant.settings)
    if evidence.sufficiency in ("off_topic", "none"):
        reason = "off_topic" if evidence.sufficiency == "off_topic" else "no_source"
        if evidence.lexical_only:  # what words alone do not find may be there all the same
            reason = "unavailable"
        near = () if reason == "off_topic" else _near(assistant, query, evidence, inquiry.language)
        return refused(inquiry, reason, assistant.prompts, assistant.settings, near)
    setting = Setting(inquiry.language, library, assistant.prompts, request.today)
    quotes = verified(draft_quotes(evidence, query, inquiry.understood.question, setting))
    clock.lap("answer")
    if not quotes.groups:
        reason = "unavailable" if evidence.lexical_only else "unproven"
        near = _near(assistant, query, evidence, inquiry.language)
        return refused(inquiry, reason, assistant.prompts, assistant.settings, near)
    return Found(inquiry, evidence, setting, quotes)


def _near(assistant: Assistant, query: Query, evidence: RetrievalResult, language: Language) -> tuple[str, ...]:
    return nearest_questions(evidence, query, language, assistant.tokenizer)


def _understand(assistant: Assistant, request: Request) -> ParsedQuery:
    """By rules; a follow-up then by the language model, where one is connected."""
    try:
        lexical = assistant.shelf.library().generation.space.lexical
    except IndexUnavailableError:
        lexical = None
    question, default = check_length(request.question), request.lang or request.default
    understood = understand(question, request.history, assistant.tokenizer, assistant.prompts, default, lexical)
    if assistant.model is None:
        return understood
    return rewritten(assistant.model, understood, request.history, assistant.tokenizer, assistant.prompts)


def _query(assistant: Assistant, understood: ParsedQuery, land: Land | None = None) -> Query:
    return make_query(understood, assistant.encoder, assistant.tokenizer, assistant.places, land)


def rank(
    assistant: Assistant, question: str, history: Sequence[Turn] = (), *, land: Land | None = None
) -> tuple[ScoredPassage, ...]:
    """The passages that a question would be answered from, whether or not it then is."""
    understood = _understand(assistant, Request(question, history))
    return retrieve(_query(assistant, understood, land), assistant.shelf.library(), date.today()).ranked


def find(assistant: Assistant, text: str, count: int, kinds: Collection[Kind] = ()) -> list[dict[str, Any]]:
    """Plain search results as data; never refuses."""
    understood = understand(check_length(text), (), assistant.tokenizer, assistant.prompts)
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
        for one in search(_query(assistant, understood), assistant.shelf.library(), count, kinds)
    ]
