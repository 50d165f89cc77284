"""One quiet line below an answer: how old its sources are, which are over, and which must be checked."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.models import Citation, Language
from assistant.core.prompt_templates import Prompts
from assistant.language.dates import format_date


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
            numbers = "" if len(chosen) == len(citations) else ", ".join(f"[{one.number}]" for one in chosen)
            told.append(" ".join(prompts.render(name, language, numbers=numbers).split()))
    return " · ".join(told) or None
