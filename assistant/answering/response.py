"""What came of a question as an ``Answer``: proven text, or a refusal with its fixed reply."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

from assistant.answering.answer_notes import source_note
from assistant.answering.citations import CitationIndex, render_claims, render_draft
from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.answering.generative import GroundedGeneration, is_enough
from assistant.answering.stage_timer import StageTimer
from assistant.core.models import (
    Answer,
    AnswerDelta,
    Claim,
    GenerationStats,
    Language,
    ParsedQuery,
    RetrievalResult,
    Status,
)
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings
from assistant.retrieval.suggested_questions import COUNT, suggest

_SENTENCES_OF_PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """A question on its way: how it was understood, the language of the reply, the clock, what no source answers.

    ``turn`` is what the visitor wrote where that is not the question, but asks for its answer in another form;
    ``considered`` what is known of the firm.
    """

    parsed: ParsedQuery
    language: Language
    clock: StageTimer
    missing: tuple[str, ...] = ()
    turn: str = ""
    considered: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        """The visitor's own words."""
        return self.turn or self.parsed.question


def build_answer(
    question_context: QuestionContext,
    evidence: RetrievalResult,
    context: AnswerContext,
    text: str,
    citation_index: CitationIndex,
    stats: GenerationStats | None = None,
    model: str | None = None,
    guide: str | None = None,
) -> Answer:
    """An answer of proven text; ``model`` names who worded at least one of its sentences, ``guide`` whose it is."""
    parsed = question_context.parsed
    question_context.clock.stop("verify")
    return Answer(
        question=question_context.asked,
        standalone_question=parsed.standalone,
        language=question_context.language,
        status="answered",
        text=text,
        citations=citation_index.citations,
        suggestions=suggest(
            evidence, parsed.standalone, question_context.language, context.corpus, citation_index.citations
        )
        or context.prompts.lines("examples", question_context.language)[:COUNT],
        mode="model" if model else "extractive",
        model=model,
        ai_generated=bool(model),
        guide=guide,
        caution="weak_evidence" if evidence.sufficiency == "weak" else None,
        missing=question_context.missing,
        note=source_note(citation_index.citations, question_context.language, context.prompts),
        considered=dict(question_context.considered),
        timings_ms=question_context.clock.times(),
        stats=stats,
    )


def build_refusal(
    question_context: QuestionContext, reason: str, prompts: Prompts, settings: Settings, nearest: Sequence[str] = ()
) -> Answer:
    """A refusal with its fixed, friendly reply, questions to ask instead and the human contact.

    ``nearest``: questions close to this one that the sources answer; examples fill up what is missing.
    """
    known = {"nothing_more": "no_source"}.get(reason, reason)
    status: Status = known if known in get_args(Status) else "off_topic"  # type: ignore[assignment]
    language, contact_url = question_context.language, settings.contact_url
    values = {"contact": prompts.render("contact", language, url=contact_url) if contact_url else ""}
    instead = tuple(dict.fromkeys((*nearest, *prompts.lines("examples", language))))[:COUNT]
    if reason != "unavailable":
        values["examples"] = "\n".join(f"- {question}" for question in instead)
    return Answer(
        question=question_context.asked,
        standalone_question=question_context.parsed.standalone,
        language=language,
        status=status,
        text=prompts.render(reason, language, **values),
        suggestions=() if reason == "unavailable" else instead,
        missing=question_context.missing,
        considered=dict(question_context.considered),
        timings_ms=question_context.clock.times(),
    )


def ask_back(
    question_context: QuestionContext, asked: str, choices: tuple[str, ...], said: Draft, context: AnswerContext
) -> Answer:
    """A question to the visitor after what can be ``said`` all the same; the choices are what can be asked next."""
    citation_index = CitationIndex(context.corpus.snapshot.sources)
    text = "".join([*render_draft(said, citation_index), "\n\n" if said.groups else "", asked])
    return Answer(
        question=question_context.asked,
        standalone_question=question_context.parsed.standalone,
        language=question_context.language,
        status="answered",
        text=text,
        citations=citation_index.citations,
        suggestions=choices,
        choices=choices,
        note=source_note(citation_index.citations, question_context.language, context.prompts),
        considered=dict(question_context.considered),
        timings_ms=question_context.clock.times(),
    )


@dataclass(frozen=True, slots=True)
class AnswerInput:
    """What an answer is made from: the question, its evidence, and the proven quotes that answer it."""

    question_context: QuestionContext
    evidence: RetrievalResult
    context: AnswerContext
    quotes: Draft


def stream_answer(answer: Answer) -> Iterator[AnswerDelta | Answer]:
    """A finished answer piece by piece, then whole."""
    for piece in split_pieces(answer.text):
        yield AnswerDelta(piece, answer.citations)
    yield answer


def split_pieces(text: str) -> tuple[str, ...]:
    """An answer's text in pieces that end with a sentence or a line; joined they are the text."""
    return tuple(re.findall(r".+?(?:\](?: \([^)]*\))?(?=\s)|\n+|\Z)", text, re.DOTALL)) if text else ()


def answer_with_quotes(found: AnswerInput, stats: GenerationStats | None = None) -> Answer:
    """The answer that quotes; after a model that did not deliver it says so in a last line."""
    citation_index = CitationIndex(found.context.corpus.snapshot.sources)
    text = "".join([_caution(found), *render_draft(found.quotes, citation_index)])
    if stats:
        text += f"\n\n{_fallback_notice(found, stats)}"
    return build_answer(found.question_context, found.evidence, found.context, text, citation_index, stats)


def answer_with_guide(
    question_context: QuestionContext,
    evidence: RetrievalResult,
    context: AnswerContext,
    guide: str,
    claims: Sequence[Claim],
) -> Answer:
    """A guide whole, sentence after sentence; nothing else follows."""
    citation_index = CitationIndex(context.corpus.snapshot.sources)
    text = "\n\n".join("".join(render_claims(some, citation_index)) for some in in_paragraphs(claims))
    return build_answer(question_context, evidence, context, text, citation_index, guide=guide)


def in_paragraphs(claims: Sequence[Claim]) -> list[list[Claim]]:
    """The first sentence of a guide, which answers, by itself; the rest in paragraphs of about equal length.

    A claim without text is a further number of the sentence before it and stays with it.
    """
    sentences: list[list[Claim]] = []
    for claim in claims:
        if claim.text or not sentences:
            sentences.append([])
        sentences[-1].append(claim)
    first, rest = sentences[:1], sentences[1:]
    count = -(-len(rest) // _SENTENCES_OF_PARAGRAPH)
    bounds = [len(rest) * number // count for number in range(count + 1)] if count else [0]
    paragraphs = [first, *(rest[start:end] for start, end in pairwise(bounds))]
    return [[claim for sentence in paragraph for claim in sentence] for paragraph in paragraphs if paragraph]


class GeneratedText:
    """A model's proven sentences as text that can be shown, with the citations and quotes that it rests on so far."""

    def __init__(self, found: AnswerInput, generation: GroundedGeneration) -> None:
        self.found = found
        self.generation = generation
        self._citation_index = CitationIndex(found.context.corpus.snapshot.sources)
        self._parts: list[str] = []
        self._quotes: set[str] = set()

    def __iter__(self) -> Iterator[AnswerDelta]:
        """Sentence by sentence, each with what stands between it and the one before."""
        for starts_paragraph, claims in self.generation:
            self._quotes.update(claim.quote for claim in claims)
            before = _caution(self.found) if not self._parts else "\n\n" if starts_paragraph else " "
            yield self._add(before + "".join(render_claims(claims, self._citation_index)))
        self.found.question_context.clock.stop("answer")

    def supplement(self) -> AnswerDelta:
        """The quotes that are not part of it yet and the quiet line, to stand below."""
        return self._add(_supplement(self.found, self.generation.stats, self._quotes, self._citation_index))

    def to_answer(self) -> Answer:
        """The answer that it amounts to."""
        found, stats = self.found, self.generation.stats
        author = self.generation.model_name if stats.shown else None
        text = "".join(self._parts)
        return build_answer(
            found.question_context, found.evidence, found.context, text, self._citation_index, stats, author
        )

    def _add(self, text: str) -> AnswerDelta:
        self._parts.append(text)
        return AnswerDelta(text, self._citation_index.citations)


def generate_answer(found: AnswerInput, generation: GroundedGeneration) -> Answer:
    """The answer that a model words, or quotes in its place when too little of it could be proven."""
    generated = GeneratedText(found, generation)
    for _ in generated:
        pass
    if not is_enough(generation.stats):
        return answer_with_quotes(found, generation.stats)
    return generated.to_answer()


def stream_generated(found: AnswerInput, generation: GroundedGeneration) -> Iterator[AnswerDelta | Answer]:
    """The same while it is written. Nothing shown is withdrawn: quotes then follow, they do not take its place."""
    generated, is_shown = GeneratedText(found, generation), False
    for delta in generated:
        yield delta
        is_shown = True
    if is_enough(generation.stats):
        yield generated.to_answer()
    elif is_shown:
        yield generated.supplement()
        yield generated.to_answer()
    else:
        yield from stream_answer(answer_with_quotes(found, generation.stats))


def _caution(found: AnswerInput) -> str:
    if found.evidence.sufficiency != "weak":
        return ""
    name = "words_only" if found.evidence.lexical_only else "caution"
    return f"{found.context.prompts.render(name, found.context.language)}\n\n"


def _fallback_notice(found: AnswerInput, stats: GenerationStats) -> str:
    """One quiet line: why there are quotes although a model is connected."""
    name = "model_failed" if stats.failure else "model_unproven"
    return found.context.prompts.render(name, found.context.language)


def _supplement(
    found: AnswerInput, stats: GenerationStats, said: Collection[str], citation_index: CitationIndex
) -> str:
    """The quotes that were not said yet, below what is shown already, and the quiet line."""
    groups = tuple(group for group in (_unsaid(group, said) for group in found.quotes.groups) if group.paragraphs)
    lead_in = found.context.prompts.render("model_quotes", found.context.language)
    quotes = "".join(render_draft(Draft(lead_in, groups), citation_index)) if groups else ""
    return "".join(f"\n\n{part}" for part in (quotes, _fallback_notice(found, stats)) if part)


def _unsaid(group: ClaimGroup, said: Collection[str]) -> ClaimGroup:
    paragraphs = (tuple(claim for claim in paragraph if claim.quote not in said) for paragraph in group.paragraphs)
    return ClaimGroup(
        group.label, tuple(paragraph for paragraph in paragraphs if any(claim.quote for claim in paragraph))
    )
