"""Prompts and fixed replies: one file each in ``prompts/de`` and ``prompts/en``, ``$variables`` filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from assistant.core.errors import PromptError
from assistant.core.models import Language

TEMPLATE_VARIABLES: Mapping[str, frozenset[str]] = {
    "off_topic": frozenset({"examples", "contact"}),
    "no_source": frozenset({"examples", "contact"}),
    "not_a_question": frozenset({"examples", "contact"}),
    "unproven": frozenset({"examples", "contact"}),
    "thanks": frozenset({"examples", "contact"}),
    "nothing_more": frozenset({"examples", "contact"}),
    "unavailable": frozenset({"contact"}),
    "reply_legal": frozenset({"examples", "contact"}),
    "reply_tax": frozenset({"examples", "contact"}),
    "reply_medical": frozenset({"examples", "contact"}),
    "reply_discrimination": frozenset({"examples", "contact"}),
    "reply_cheating": frozenset({"examples", "contact"}),
    "contact": frozenset({"url"}),
    "caution": frozenset(),
    "words_only": frozenset(),
    "examples": frozenset(),
    "greeting": frozenset(),
    "disclaimer": frozenset(),
    "feedback_notice": frozenset({"days"}),
    "unanswered_notice": frozenset({"days"}),
    "lead_in_position_paper": frozenset(),
    "lead_in_cooperation": frozenset(),
    "lead_in_support": frozenset(),
    "lead_in_funding": frozenset(),
    "lead_in_literature": frozenset(),
    "lead_in_document": frozenset(),
    "lead_in_mixed": frozenset(),
    "label_position_paper": frozenset(),
    "label_cooperation": frozenset(),
    "label_support": frozenset(),
    "label_funding": frozenset(),
    "label_literature": frozenset(),
    "label_document": frozenset(),
    "ask_subject": frozenset(),
    "ask_family": frozenset({"family"}),
    "firm_notice": frozenset({"firm"}),
    "firm_size": frozenset({"employees"}),
    "considered_note": frozenset({"facts"}),
    "source_note": frozenset({"dates"}),
    "source_note_ended": frozenset({"numbers"}),
    "source_note_paused": frozenset({"numbers"}),
    "source_note_check": frozenset({"numbers"}),
    "expired_note": frozenset(),
    "german_original": frozenset(),
    "follow_up": frozenset({"question", "subject"}),
    "model_answer": frozenset(),
    "model_question": frozenset({"passages", "question"}),
    "model_passage": frozenset({"number", "title", "text"}),
    "model_rewrite": frozenset(),
    "model_conversation": frozenset({"turns", "question"}),
    "model_failed": frozenset(),
    "model_unproven": frozenset(),
    "model_quotes": frozenset(),
    "quotes_note": frozenset(),
    "guide_note": frozenset(),
    "missing_note": frozenset({"things"}),
    "model_note": frozenset({"model", "count"}),
    "model_note_one": frozenset({"model"}),
}
"""Every prompt and the variables that it must and may use."""


class Prompts:
    """All prompts of both languages, read once; an operator's folder overrides single files."""

    def __init__(self, folder: Path, own_folder: Path | None = None) -> None:
        self._texts = {
            (language, name): _read(language, name, own_folder, folder)
            for language in ("de", "en")
            for name in TEMPLATE_VARIABLES
        }

    def render(self, name: str, language: Language, **values: str) -> str:
        """The prompt with its variables filled in."""
        return Template(self._texts[language, name]).substitute(values).strip()

    def lines(self, name: str, language: Language) -> tuple[str, ...]:
        """The lines of a prompt that is a list."""
        return tuple(line.strip("- ") for line in self._texts[language, name].splitlines() if line.strip("- "))


def _read(language: str, name: str, own_folder: Path | None, folder: Path) -> str:
    candidates = [base / language / f"{name}.md" for base in (own_folder, folder) if base]
    path = next((candidate for candidate in candidates if candidate.is_file()), None)
    if path is None:
        raise PromptError(f"Der Text {candidates[-1]} fehlt.")
    text = path.read_text(encoding="utf-8").strip()
    used = frozenset(Template(text).get_identifiers())
    if used != TEMPLATE_VARIABLES[name] or not Template(text).is_valid():
        expected = ", ".join(f"${variable}" for variable in sorted(TEMPLATE_VARIABLES[name])) or "keine"
        raise PromptError(f"{path}: erwartet werden genau diese Variablen: {expected}.")
    return text
