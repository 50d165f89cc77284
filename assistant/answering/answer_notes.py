"""The quiet lines below an answer: what is missing, what was considered, how old it is, who worded it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.models import Answer, Citation, Language
from assistant.core.prompt_templates import Prompts
from assistant.language.dates import format_date

_NUMBERS = 4  # of more citations the first ones


def answer_notes(answer: Answer, prompts: Prompts) -> tuple[str, ...]:
    """All lines that say something, in the order in which they are shown."""
    notes = (
        missing_note(answer, prompts),
        considered_note(answer, prompts),
        answer.note or "",
        mode_note(answer, prompts),
    )
    return tuple(note for note in notes if note)


def missing_note(answer: Answer, prompts: Prompts) -> str:
    """One line that names what no source answers; empty where nothing is missing."""
    if not answer.missing:
        return ""
    return prompts.render("missing_note", answer.language, things=", ".join(answer.missing))


def considered_note(answer: Answer, prompts: Prompts) -> str:
    """One line on what was understood of the visitor's firm; empty where that is nothing."""
    facts = [
        prompts.render("firm_size", answer.language, employees=str(value)) if name == "employees" else str(value)
        for name, value in answer.considered.items()
    ]
    return prompts.render("considered_note", answer.language, facts=", ".join(facts)) if facts else ""


def source_note(citations: Sequence[Citation], language: Language, prompts: Prompts) -> str | None:
    """What the heads of the cited sources say of date and state; ``None`` where that is nothing.

    Numbers say which citations are meant, unless all are.
    """
    dates = sorted({citation.as_of for citation in citations if citation.as_of})
    ends = [format_date(date, language) for date in dict.fromkeys([*dates[:1], *dates[-1:]])]
    told = [prompts.render("source_note", language, dates=" – ".join(ends))] if ends else []
    for name, chosen in (
        ("source_note_ended", [citation for citation in citations if citation.status == "ended"]),
        ("source_note_paused", [citation for citation in citations if citation.status == "paused"]),
        ("source_note_check", [citation for citation in citations if citation.verify]),
    ):
        if chosen:
            numbers = "" if len(chosen) == len(citations) else ", ".join(f"[{one.number}]" for one in chosen[:_NUMBERS])
            numbers += " …" if numbers and len(chosen) > _NUMBERS else ""
            told.append(" ".join(prompts.render(name, language, numbers=numbers).split()))
    return " · ".join(told) or None


def mode_note(answer: Answer, prompts: Prompts) -> str:
    """Who worded an answer and what it was checked against, or that it quotes; empty where it refuses or asks."""
    if answer.status != "answered" or answer.choices:
        return ""
    if answer.guide:
        return prompts.render("guide_note", answer.language)
    if answer.model is None:
        return prompts.render("quotes_note", answer.language)
    count = len({citation.id for citation in answer.citations})
    if count == 1:
        return prompts.render("model_note_one", answer.language, model=answer.model)
    return prompts.render("model_note", answer.language, model=answer.model, count=str(count))
