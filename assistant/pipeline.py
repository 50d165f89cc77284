"""The way of a question: understand → retrieve → answer → verify."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, get_args

from assistant.answer import Draft, Setting, draft_quotes
from assistant.bootstrap import Assistant
from assistant.errors import IndexUnavailableError
from assistant.models import Answer, Evidence, Kind, Language, Ranked, Status, Turn, Understood
from assistant.retrieve import Library, make_query, retrieve, search
from assistant.schema import Land
from assistant.suggest import suggest
from assistant.understand import check_length, understand
from assistant.verify import Numbering, pieces, verified


def ask(
    assistant: Assistant,
    question: str,
    history: Sequence[Turn] = (),
    *,
    lang: Language | None = None,
    default: Language = "de",
    land: Land | None = None,
    today: date | None = None,
) -> Answer:
    """Answer a question with cited sentences, or say why not; raises only ``QuestionError``."""
    clock = Clock()
    understood = _understand(assistant, question, history, lang or default)
    language = lang or understood.language
    clock.lap("understand")
    if not understood.is_question:
        return refuse(assistant, understood, "not_a_question", language, clock)
    try:
        library = assistant.shelf.library()
    except IndexUnavailableError:
        return refuse(assistant, understood, "unavailable", language, clock)
    query = make_query(understood, assistant.encoder, assistant.tokenizer, assistant.places, land)
    if assistant.fixed_replies and (reply := assistant.fixed_replies.reply_to(query.vector)):
        return refuse(assistant, understood, reply, language, clock)
    evidence = retrieve(query, library, today or date.today())
    clock.lap("retrieve")
    if evidence.verdict in ("off_topic", "none"):
        reason = "off_topic" if evidence.verdict == "off_topic" else "no_source"
        return refuse(assistant, understood, reason, language, clock)
    setting = Setting(language, library, assistant.prompts, today or date.today())
    draft = draft_quotes(evidence, query, setting)
    clock.lap("answer")
    return _finish(assistant, understood, evidence, library, verified(draft), language, clock)


def _understand(assistant: Assistant, question: str, history: Sequence[Turn], default: Language = "de") -> Understood:
    try:
        lexical = assistant.shelf.library().generation.space.lexical
    except IndexUnavailableError:
        lexical = None
    cleaned = check_length(question)
    return understand(cleaned, history, assistant.tokenizer, assistant.prompts, default, lexical)


def rank(
    assistant: Assistant, question: str, history: Sequence[Turn] = (), *, land: Land | None = None
) -> tuple[Ranked, ...]:
    """The passages that a question would be answered from, whether or not it then is."""
    understood = _understand(assistant, question, history)
    query = make_query(understood, assistant.encoder, assistant.tokenizer, assistant.places, land)
    return retrieve(query, assistant.shelf.library(), date.today()).ranked


def find(assistant: Assistant, text: str, count: int, kinds: Collection[Kind] = ()) -> list[dict[str, Any]]:
    """Plain search results as data; never refuses."""
    understood = understand(check_length(text), (), assistant.tokenizer, assistant.prompts)
    query = make_query(understood, assistant.encoder, assistant.tokenizer, assistant.places)
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
        for one in search(query, assistant.shelf.library(), count, kinds)
    ]


def _finish(
    assistant: Assistant,
    understood: Understood,
    evidence: Evidence,
    library: Library,
    draft: Draft,
    language: Language,
    clock: Clock,
) -> Answer:
    if not draft.groups:
        return refuse(assistant, understood, "unproven", language, clock)
    weak = evidence.verdict == "weak"
    if weak:
        caution = assistant.prompts.fill("caution", language)
        draft = replace(draft, lead_in=f"{caution}\n\n{draft.lead_in}")
    numbering = Numbering(library.generation.sources)
    text = "".join(pieces(draft, numbering))
    clock.lap("verify")
    return Answer(
        question=understood.question,
        standalone_question=understood.standalone,
        language=language,
        status="answered",
        text=text,
        citations=numbering.citations,
        suggestions=suggest(evidence, understood.standalone, library, numbering.citations),
        caution="weak_evidence" if weak else None,
        timings_ms=clock.times(),
    )


def refuse(assistant: Assistant, understood: Understood, reason: str, language: Language, clock: Clock) -> Answer:
    """A refusal with its fixed, friendly reply, examples to ask instead and the human contact."""
    status: Status = reason if reason in get_args(Status) else "off_topic"  # type: ignore[assignment]
    prompts, contact_url = assistant.prompts, assistant.settings.contact_url
    values = {"contact": prompts.fill("contact", language, url=contact_url) if contact_url else ""}
    examples = prompts.lines("examples", language)
    if reason != "unavailable":
        values["examples"] = "\n".join(f"- {example}" for example in examples[:3])
    text = prompts.fill(reason, language, **values)
    return Answer(
        question=understood.question,
        standalone_question=understood.standalone,
        language=language,
        status=status,
        text=text,
        suggestions=() if reason == "unavailable" else examples[:3],
        timings_ms=clock.times(),
    )


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


def split_pieces(text: str) -> tuple[str, ...]:
    """An answer's text in pieces that end with a sentence or a line; joined they are the text."""
    return tuple(re.findall(r".+?(?:\](?: \([^)]*\))?(?=\s)|\n+|\Z)", text, re.DOTALL)) if text else ()
