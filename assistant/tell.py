"""Drafts to text, piece by piece: quotes as they are, a model's sentences as soon as each is proven."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assistant.answering.citations import Numbering, pieces, sentences
from assistant.answering.extractive import Draft, Group, Setting
from assistant.answering.generative import Writing, is_enough
from assistant.answering.response import Inquiry, answered
from assistant.core.models import Answer, Composition, Evidence, Piece
from assistant.core.prompt_templates import Prompts


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer is told from: the question, its evidence, and the proven quotes that answer it."""

    inquiry: Inquiry
    evidence: Evidence
    setting: Setting
    quotes: Draft


def told(answer: Answer) -> Iterator[Piece | Answer]:
    """A finished answer piece by piece, then whole."""
    for piece in split_pieces(answer.text):
        yield Piece(piece, answer.citations)
    yield answer


def split_pieces(text: str) -> tuple[str, ...]:
    """An answer's text in pieces that end with a sentence or a line; joined they are the text."""
    return tuple(re.findall(r".+?(?:\](?: \([^)]*\))?(?=\s)|\n+|\Z)", text, re.DOTALL)) if text else ()


def quoted(found: Found, composition: Composition | None = None) -> Answer:
    """The answer that quotes; after a model that did not deliver it says so in a last line."""
    numbering = Numbering(found.setting.library.generation.sources)
    text = "".join([_caution(found), *pieces(found.quotes, numbering)])
    if composition:
        text += f"\n\n{_excuse(found, composition)}"
    return answered(found.inquiry, found.evidence, found.setting, text, numbering, composition)


def worded(found: Found, writing: Writing, model: str, *, at_once: bool) -> Iterator[Piece | Answer]:
    """The answer that a model words. Nothing shown is withdrawn, so quotes follow when too little could be proven.

    With ``at_once`` nothing is shown before the end, so then only quotes remain.
    """
    numbering = Numbering(found.setting.library.generation.sources)
    shown: list[Piece] = []
    said: set[str] = set()
    for opens, claims in writing:
        said.update(claim.quote for claim in claims)
        before = _caution(found) if not shown else "\n\n" if opens else " "
        text = before + "".join(sentences(claims, numbering))
        shown.append(Piece(text, numbering.citations))
        if not at_once:
            yield shown[-1]
    composition = writing.composition
    found.inquiry.clock.lap("answer")
    enough = is_enough(composition)
    if not enough and (at_once or not shown):
        yield from told(quoted(found, composition))
        return
    added = [] if enough else [Piece(_supplement(found, composition, said, numbering), numbering.citations)]
    yield from (*shown, *added) if at_once else added
    text = "".join(piece.text for piece in (*shown, *added))
    author = model if composition.shown else None
    yield answered(found.inquiry, found.evidence, found.setting, text, numbering, composition, author)


def mode_note(answer: Answer, prompts: Prompts) -> str:
    """Who worded an answer and what it was checked against, or that it quotes; empty for a refusal."""
    if answer.status != "answered":
        return ""
    if answer.model is None:
        return prompts.fill("quotes_note", answer.language)
    count = len({citation.id for citation in answer.citations})
    if count == 1:
        return prompts.fill("model_note_one", answer.language, model=answer.model)
    return prompts.fill("model_note", answer.language, model=answer.model, count=str(count))


def _caution(found: Found) -> str:
    if found.evidence.verdict != "weak":
        return ""
    name = "words_only" if found.evidence.by_words else "caution"
    return f"{found.setting.prompts.fill(name, found.setting.language)}\n\n"


def _excuse(found: Found, composition: Composition) -> str:
    """One quiet line: why there are quotes although a model is connected."""
    name = "model_failed" if composition.failure else "model_unproven"
    return found.setting.prompts.fill(name, found.setting.language)


def _supplement(found: Found, composition: Composition, said: Collection[str], numbering: Numbering) -> str:
    """The quotes that were not said yet, below what is shown already, and the quiet line."""
    groups = tuple(group for group in (_unsaid(group, said) for group in found.quotes.groups) if group.paragraphs)
    lead_in = found.setting.prompts.fill("model_quotes", found.setting.language)
    quotes = "".join(pieces(Draft(lead_in, groups), numbering)) if groups else ""
    return "".join(f"\n\n{part}" for part in (quotes, _excuse(found, composition)) if part)


def _unsaid(group: Group, said: Collection[str]) -> Group:
    paragraphs = (tuple(claim for claim in paragraph if claim.quote not in said) for paragraph in group.paragraphs)
    return Group(group.label, tuple(paragraph for paragraph in paragraphs if any(one.quote for one in paragraph)))
