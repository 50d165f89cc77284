"""Advice on a self-check: for weak areas what the paper says, where to ask and what may pay for it; all cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assistant.advisory.self_check import NOTICE, DimensionResult, SelfCheckResult, method
from assistant.advisory.self_check_questions import Dimension
from assistant.advisory.source_finder import FinderContext, Referral, ReferralFinder
from assistant.answering.citations import CitationIndex
from assistant.answering.quote_check import is_proven
from assistant.answering.runtime import AppContext
from assistant.core.models import Citation, Claim
from assistant.core.quotes import quote
from assistant.core.source_status import short_name
from assistant.core.sources import Land
from assistant.index.corpus import SearchableCorpus

OFFERS_PER_STEP = 2
PROGRAMMES_PER_STEP = 2


@dataclass(frozen=True, slots=True)
class NextStep:
    """A suggestion for a weak area: what the paper says, where to ask, what may pay for it."""

    result: DimensionResult
    because: tuple[Claim, ...]
    offers: tuple[Referral, ...]
    programmes: tuple[Referral, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A result with what the paper says on each area, the next steps, and everything cited, numbered by first use."""

    result: SelfCheckResult
    land: Land | None
    basis: Mapping[str, tuple[Claim, ...]]
    steps: tuple[NextStep, ...]
    citation_index: CitationIndex

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, 1…k."""
        return self.citation_index.citations


def recommend(
    assistant: AppContext, result: SelfCheckResult, land: Land | None = None, today: date | None = None
) -> Advice:
    """Add what the sources say; a sentence that the index does not hold is left out."""
    corpus, day = assistant.live_index.corpus(), today or date.today()
    basis = {scored.dimension.id: _basis(scored.dimension, corpus) for scored in result.dimensions}
    finder = ReferralFinder(FinderContext(assistant, corpus, land, day))
    steps = tuple(
        NextStep(
            weak,
            basis[weak.dimension.id],
            finder.find(weak.dimension, "support", OFFERS_PER_STEP),
            finder.find(weak.dimension, "funding", PROGRAMMES_PER_STEP),
        )
        for weak in result.weakest
    )
    citation_index = CitationIndex(corpus.snapshot.sources)
    for claim in _claims(result, basis, steps):
        citation_index.number(claim)
    return Advice(result, land, basis, steps, citation_index)


def _claims(
    result: SelfCheckResult, basis: Mapping[str, tuple[Claim, ...]], steps: Iterable[NextStep]
) -> Iterator[Claim]:
    """Everything cited, in the order in which a reader meets it."""
    for scored in result.dimensions:
        yield from basis[scored.dimension.id][:1]
    for step in steps:
        yield from step.because
        yield from (referral.claim for referral in (*step.offers, *step.programmes))


def _basis(dimension: Dimension, corpus: SearchableCorpus) -> tuple[Claim, ...]:
    """The sentences of the paper's digest that stand in the index word for word."""
    claims = []
    for because in dimension.because:
        passages = (passage for passage in corpus.snapshot.passages if passage.document_id == because.source)
        holding = next((passage for passage in passages if because.sentence in passage.sentences), None)
        if holding:
            claims.append(quote(because.sentence, holding))
    return tuple(claim for claim in claims if is_proven(claim))


def to_dict(advice: Advice) -> dict[str, Any]:
    """The result as plain data; ``citation`` is a number of ``citations``."""
    result = advice.result
    return {
        "title": result.questionnaire.title,
        "notice": NOTICE,
        "answered": result.answered,
        "questions": len(result.questionnaire.questions),
        "land": advice.land,
        "dimensions": [_dimension_to_dict(scored, advice) for scored in result.dimensions],
        "strengths": [strength.dimension.id for strength in result.strengths],
        "steps": [_step_to_dict(step, advice.citation_index) for step in advice.steps],
        "method": method(),
        "citations": [asdict(citation) for citation in advice.citations],
    }


def _dimension_to_dict(scored: DimensionResult, advice: Advice) -> dict[str, Any]:
    return {
        "id": scored.dimension.id,
        "title": scored.dimension.title,
        "measures": scored.dimension.measures,
        "section": scored.dimension.section,
        "share": None if scored.share is None else round(scored.share, 4),
        "level": scored.level,
        "words": scored.words,
        "points": scored.points,
        "answered": scored.answered,
        "asked": scored.asked,
        "because": [_cited(claim, advice.citation_index) for claim in advice.basis[scored.dimension.id][:1]],
    }


def _step_to_dict(step: NextStep, citation_index: CitationIndex) -> dict[str, Any]:
    return {
        "dimension": step.result.dimension.id,
        "suggestion": step.result.dimension.step,
        "because": [_cited(claim, citation_index) for claim in step.because],
        "offers": [_referral_to_dict(offer, citation_index) for offer in step.offers],
        "programmes": [_referral_to_dict(programme, citation_index) for programme in step.programmes],
    }


def _referral_to_dict(referral: Referral, citation_index: CitationIndex) -> dict[str, Any]:
    return {
        "id": referral.source.id,
        "name": short_name(referral.source),
        **_cited(referral.claim, citation_index),
        "note": referral.note,
    }


def _cited(claim: Claim, citation_index: CitationIndex) -> dict[str, Any]:
    return {"text": claim.text, "citation": citation_index.number(claim)}
