"""A follow-up to a question of its own by the language model; the rules of ``understand`` are the fallback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.llm.client import LanguageModel
from assistant.answering.llm.sanitize import sanitize
from assistant.core.errors import ModelError
from assistant.core.models import ChatMessage, ParsedQuery
from assistant.core.prompt_templates import Prompts
from assistant.language.language_detection import detect_language
from assistant.language.tokenizer import TermAnalyzer
from assistant.retrieval.query_understanding import detect_intent

TURNS = 4
SECONDS = 4.0
_CHARACTERS = 300
_TURN_CHARACTERS = 600


def rewrite_follow_up(
    model: LanguageModel,
    understood: ParsedQuery,
    history: Sequence[ChatMessage],
    tokenizer: TermAnalyzer,
    prompts: Prompts,
) -> ParsedQuery:
    """The question as the model would ask it, if that says nothing that was not said; else as it was understood."""
    if not understood.is_follow_up:
        return understood
    text = _proposed(model, understood, history[-TURNS:], prompts)
    if text is None or detect_language(text, understood.language) != understood.language:
        return understood
    said = (term for turn in history for term in tokenizer.terms(turn.content, understood.language))
    asked = set(tokenizer.terms(understood.question, understood.language))
    terms = set(tokenizer.terms(text, understood.language))
    if not asked < terms or not terms <= asked.union(said):
        return understood
    area = detect_intent(terms, tokenizer) or understood.area
    return replace(understood, standalone=text, subject="", context="", area=area)


def _proposed(
    model: LanguageModel, understood: ParsedQuery, history: Sequence[ChatMessage], prompts: Prompts
) -> str | None:
    """One line of the model, or ``None`` when it failed or wrote anything else."""
    language = understood.language
    turns = "\n".join(f"{turn.role}: {sanitize(turn.content[:_TURN_CHARACTERS])}" for turn in history)
    asked = prompts.render("model_conversation", language, turns=turns, question=sanitize(understood.question))
    try:
        text = model.complete([("system", prompts.render("model_rewrite", language)), ("human", asked)], SECONDS)
    except ModelError:
        return None
    lines = [line.strip(" \"'„“”*") for line in text.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and len(lines[0]) <= _CHARACTERS else None
