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
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.query_understanding import detect_intent

TURNS = 4
SECONDS = 4.0
_CHARACTERS = 300
_TURN_CHARACTERS = 600


def rewrite_follow_up(
    model: LanguageModel,
    parsed: ParsedQuery,
    history: Sequence[ChatMessage],
    analyzer: TermAnalyzer,
    prompts: Prompts,
) -> ParsedQuery:
    """The question as the model would ask it, if that says nothing that was not said; else as it was understood."""
    if not parsed.is_follow_up:
        return parsed
    text = _proposed(model, parsed, history[-TURNS:], prompts)
    if text is None or detect_language(text, parsed.language) != parsed.language:
        return parsed
    said = (term for turn in history for term in analyzer.terms(turn.content, parsed.language))
    asked = set(analyzer.terms(parsed.question, parsed.language))
    terms = set(analyzer.terms(text, parsed.language))
    if not asked < terms or not terms <= asked.union(said):
        return parsed
    area = detect_intent(terms, analyzer) or parsed.area
    return replace(parsed, standalone=text, subject="", context="", area=area)


def _proposed(
    model: LanguageModel, parsed: ParsedQuery, history: Sequence[ChatMessage], prompts: Prompts
) -> str | None:
    """One line of the model, or ``None`` when it failed or wrote anything else."""
    language = parsed.language
    turns = "\n".join(f"{turn.role}: {sanitize(turn.content[:_TURN_CHARACTERS])}" for turn in history)
    asked = prompts.render("model_conversation", language, turns=turns, question=sanitize(parsed.question))
    try:
        text = model.complete([("system", prompts.render("model_rewrite", language)), ("human", asked)], SECONDS)
    except ModelError:
        return None
    lines = [line.strip(" \"'„“”*") for line in text.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and len(lines[0]) <= _CHARACTERS else None
