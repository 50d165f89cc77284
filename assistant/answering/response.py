"""What came of a question as an ``Answer``: proven text, or a refusal with its fixed reply."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from assistant.answering.citations import Numbering
from assistant.answering.extractive import Setting
from assistant.core.models import Answer, Composition, Evidence, Language, Status, Understood
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings
from assistant.retrieval.suggested_questions import COUNT, suggest


class Clock:
    """Milliseconds per stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps = dict.fromkeys(("understand", "retrieve", "answer", "verify"), 0.0)

    def lap(self, stage: str) -> None:
        """End a stage."""
        now = time.perf_counter()
        self._laps[stage] += (now - self._last) * 1000
        self._last = now

    def times(self) -> dict[str, float]:
        """All stages and the total so far."""
        total = (time.perf_counter() - self._start) * 1000
        return {stage: round(value, 2) for stage, value in (self._laps | {"total": total}).items()}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question on its way: how it was understood, the language of the reply, the clock."""

    understood: Understood
    language: Language
    clock: Clock


def answered(
    inquiry: Inquiry,
    evidence: Evidence,
    setting: Setting,
    text: str,
    numbering: Numbering,
    composition: Composition | None = None,
    model: str | None = None,
) -> Answer:
    """An answer of proven text; ``model`` names who worded at least one of its sentences."""
    understood = inquiry.understood
    inquiry.clock.lap("verify")
    return Answer(
        question=understood.question,
        standalone_question=understood.standalone,
        language=inquiry.language,
        status="answered",
        text=text,
        citations=numbering.citations,
        suggestions=suggest(evidence, understood.standalone, inquiry.language, setting.library, numbering.citations)
        or setting.prompts.lines("examples", inquiry.language)[:COUNT],
        mode="model" if model else "extractive",
        model=model,
        ai_generated=bool(model),
        caution="weak_evidence" if evidence.verdict == "weak" else None,
        timings_ms=inquiry.clock.times(),
        composition=composition,
    )


def refused(inquiry: Inquiry, reason: str, prompts: Prompts, settings: Settings, nearest: Sequence[str] = ()) -> Answer:
    """A refusal with its fixed, friendly reply, questions to ask instead and the human contact.

    ``nearest``: questions close to this one that the sources answer; examples fill up what is missing.
    """
    status: Status = reason if reason in get_args(Status) else "off_topic"  # type: ignore[assignment]
    language, contact_url = inquiry.language, settings.contact_url
    values = {"contact": prompts.fill("contact", language, url=contact_url) if contact_url else ""}
    instead = tuple(dict.fromkeys((*nearest, *prompts.lines("examples", language))))[:COUNT]
    if reason != "unavailable":
        values["examples"] = "\n".join(f"- {question}" for question in instead)
    return Answer(
        question=inquiry.understood.question,
        standalone_question=inquiry.understood.standalone,
        language=language,
        status=status,
        text=prompts.fill(reason, language, **values),
        suggestions=() if reason == "unavailable" else instead,
        timings_ms=inquiry.clock.times(),
    )
