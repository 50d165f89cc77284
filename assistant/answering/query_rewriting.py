"""A follow-up to a question of its own by the language model; the rules of ``understand`` are the fallback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.llm.client import LanguageModel
from assistant.answering.llm.sanitize import plain
from assistant.core.errors import ModelError
from assistant.core.models import Turn, ParsedQuery
from assistant.core.prompt_templates import Prompts
from assistant.language.language_detection import detect_language
from assistant.language.tokenizer import Tokenizer
from assistant.retrieval.query_understanding import area_of

TURNS = 4
SECONDS = 4.0
_CHARACTERS = 300
_TURN_CHARACTERS = 600


def rewritten(
    model: LanguageModel, understood: ParsedQuery, history: Sequence[Turn], tokenizer: Tokenizer, prompts: Prompts
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
    area = area_of(terms, tokenizer) or understood.area
    return replace(understood, standalone=text, subject="", context="", area=area)


def _proposed(model: LanguageModel, understood: ParsedQuery, history: Sequence[Turn], prompts: Prompts) -> str | None:
    """One line of the model, or ``None`` when it failed or wrote anything else."""
    language = understood.language
    turns = "\n".join(f"{turn.role}: {plain(turn.content[:_TURN_CHARACTERS])}" for turn in history)
    asked = prompts.fill("model_conversation", language, turns=turns, question=plain(understood.question))
    try:
        text = model.complete([("system", prompts.fill("model_rewrite", language)), ("human", asked)], SECONDS)
    except ModelError:
        return None
    lines = [line.strip(" \"'„“”*") for line in text.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and len(lines[0]) <= _CHARACTERS else None
