"""Turns that are about the talk itself: thanks, and the wish for the last answer in another form.

Everything here is a function of the history that came along; nothing is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answering.request import Request
from assistant.answering.response import QuestionContext, build_refusal
from assistant.answering.runtime import AppContext
from assistant.answering.stage_timer import StageTimer
from assistant.core.errors import IndexUnavailableError
from assistant.core.models import Answer, ChatMessage, Language
from assistant.retrieval.dialogue_act import DialogueAct
from assistant.retrieval.query_understanding import MAXIMUM_TURNS, clean, parse_query, validate_question
from assistant.retrieval.suggested_questions import open_questions

logger = logging.getLogger(__name__)
_LANGUAGES: dict[DialogueAct, Language] = {"english": "en", "german": "de"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A question that was asked before, the talk before it, and the form in which it is to be answered now.

    ``shorter``: only what answers first; ``said``: the answers so far, where something else is wanted.
    """

    question: str
    history: Sequence[ChatMessage]
    lang: Language | None
    shorter: bool
    said: str


def resolve_wish(
    act: DialogueAct, history: Sequence[ChatMessage], act_of: Callable[[str], DialogueAct | None]
) -> Wish | None:
    """What is wanted by a turn that is about the last answer; ``None`` where nothing was asked before.

    Turns of that kind in a row add up: "auf Englisch", then "kürzer".
    """
    acts = [act]
    for position in reversed(range(max(0, len(history) - MAXIMUM_TURNS), len(history))):
        turn = history[position]
        if turn.role != "user":
            continue
        earlier = act_of(clean(turn.content))
        if earlier is None:
            language = next((_LANGUAGES[one] for one in acts if one in _LANGUAGES), None)
            before = history[:position]
            return Wish(clean(turn.content), before, language, "shorter" in acts, _said(acts, history))
        acts.append(earlier)
    return None


def _said(acts: Sequence[DialogueAct], history: Sequence[ChatMessage]) -> str:
    if "further" not in acts:
        return ""
    return "\n".join(turn.content for turn in history[-MAXIMUM_TURNS:] if turn.role == "assistant")


def dialogue_act(assistant: AppContext, request: Request) -> DialogueAct | None:
    """What a turn wants that follows an answer; at the start of a talk it asks, or orders what nobody may order."""
    act = _act_of(assistant, validate_question(request.question))
    follows = any(turn.role == "assistant" for turn in request.history)
    return act if follows or act == "instruction" else None


def _act_of(assistant: AppContext, turn: str) -> DialogueAct | None:
    detector = assistant.dialogue_acts
    try:
        return detector.detect(turn, assistant.embedder.encode_query) if detector else None
    except Exception as error:  # engines fail in many ways; then every turn is a question
        logger.debug("the encoder cannot be used: %s", type(error).__name__)
        return None


def as_wished(assistant: AppContext, request: Request, act: DialogueAct) -> Request:
    """The earlier question that a turn is about, in the form that it asks for."""
    wish = resolve_wish(act, request.history, lambda turn: _act_of(assistant, turn))
    if wish is None:
        return request
    return replace(
        request,
        question=wish.question,
        history=wish.history,
        lang=wish.lang or request.lang,
        turn=validate_question(request.question),
        shorter=wish.shorter,
        said=wish.said,
    )


def about_something(assistant: AppContext, history: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The talk without turns that are about the talk; what was answered to them stays."""
    recent = history[-MAXIMUM_TURNS:]
    return [turn for turn in recent if turn.role == "assistant" or not _act_of(assistant, clean(turn.content))]


def reply_to_thanks(assistant: AppContext, request: Request, clock: StageTimer) -> Answer:
    """A friendly word and what could be asked next about the same; nothing is searched."""
    parsed = parse_query(
        validate_question(request.question), request.history, assistant.analyzer, assistant.prompts, request.default
    )
    question_context = QuestionContext(parsed, request.lang or parsed.language, clock)
    clock.stop("understand")
    said = "\n".join(turn.content for turn in request.history if turn.role == "assistant")
    try:
        corpus = assistant.live_index.corpus()
        near = open_questions(parsed.subjects, said, question_context.language, corpus)
    except IndexUnavailableError:
        near = ()
    return build_refusal(question_context, "thanks", assistant.prompts, assistant.settings, near)
