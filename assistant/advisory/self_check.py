"""Answers of the self-check to a result: shares, words, strengths, and cited next steps for the weakest areas.

The method is plain arithmetic and shown to the reader: an answer gives 0 to 3 points, an
area has the share of the points that its answered questions can give, thirds divide low,
middle and high. What was not answered counts for nothing, for or against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assistant.advisory.self_check_questions import (
    MOST_POINTS,
    UNKNOWN,
    AnswerOption,
    Dimension,
    Level,
    Question,
    Questionnaire,
)
from assistant.advisory.source_finder import FinderContext, Referral, ReferralFinder
from assistant.answering.citations import CitationIndex
from assistant.answering.quote_check import is_proven
from assistant.answering.runtime import AppContext
from assistant.core.errors import SelfCheckError
from assistant.core.models import Citation, Claim
from assistant.core.quotes import quote
from assistant.core.source_status import short_name
from assistant.core.sources import Land
from assistant.index.corpus import SearchableCorpus

STEPS = 3
OFFERS = 2
PROGRAMMES = 2
STRENGTHS = 3
LEVEL_NAMES: Mapping[Level, str] = {"low": "niedrig", "middle": "mittel", "high": "hoch"}
NOTICE = (
    "Der Selbstcheck ist eine Selbsteinschätzung zur Vorbereitung eines Gesprächs: keine Wissenschaft, keine "
    "Beratung, kein Vergleich mit anderen Betrieben. Anlaufstellen und Programme sucht ein KI-System aus den Quellen "
    "heraus; bitte prüfen Sie vor einem Antrag den aktuellen Stand."
)


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """One area: points reached, and how many of its questions were answered."""

    dimension: Dimension
    points: int
    answered: int
    asked: int

    @property
    def share(self) -> float | None:
        """Share of the reachable points, ``None`` without an answer."""
        return self.points / (MOST_POINTS * self.answered) if self.answered else None

    @property
    def level(self) -> Level | None:
        """Below one third low, from two thirds on high."""
        if not self.answered:
            return None
        thirds = 3 * self.points // (MOST_POINTS * self.answered)
        return "low" if thirds == 0 else "middle" if thirds == 1 else "high"

    @property
    def words(self) -> str:
        """What the level means, said with caution."""
        return getattr(self.dimension.words, self.level) if self.level else "Dazu gibt es keine Antwort."


@dataclass(frozen=True, slots=True)
class SelfCheckResult:
    """The result of all areas in the order of the questionnaire."""

    questionnaire: Questionnaire
    answers: Mapping[str, str]
    dimensions: tuple[DimensionResult, ...]

    @property
    def answered(self) -> int:
        """How many questions were answered."""
        return sum(one.answered for one in self.dimensions)

    @property
    def strengths(self) -> tuple[DimensionResult, ...]:
        """The best areas among the high ones."""
        high = [one for one in self.dimensions if one.level == "high"]
        return tuple(sorted(high, key=lambda one: -(one.share or 0.0))[:STRENGTHS])

    @property
    def weakest(self) -> tuple[DimensionResult, ...]:
        """The two or three areas with the lowest share, never a full or unanswered one; a third only below high.

        Of equal shares the one with more answers comes first, then the order of the questionnaire.
        """
        open_ones = [one for one in self.dimensions if one.share is not None and one.share < 1]
        ordered = sorted(open_ones, key=lambda one: (one.share, -one.answered))
        return tuple(one for place, one in enumerate(ordered[:STEPS]) if place < STEPS - 1 or one.level != "high")


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


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Mapping[str, AnswerOption]:
    """The chosen options by question; ``weiss-nicht`` chooses none; unknown ids raise ``SelfCheckError``."""
    questions = {one.id: one for one in questionnaire.questions}
    chosen = {}
    for question_id, answer_id in answers.items():
        if question_id not in questions:
            raise SelfCheckError(f"Die Frage '{question_id[:40]}' gibt es im Selbstcheck nicht.")
        if answer_id != UNKNOWN:
            chosen[question_id] = _option(questions[question_id], answer_id)
    return chosen


def _option(question: Question, answer_id: str) -> AnswerOption:
    option = next((one for one in question.answers if one.id == answer_id), None)
    if option is None:
        allowed = ", ".join([*(one.id for one in question.answers), UNKNOWN])
        raise SelfCheckError(
            f"Die Antwort '{answer_id[:40]}' gibt es zur Frage '{question.id}' nicht; möglich: {allowed}."
        )
    return option


def score_answers(questionnaire: Questionnaire, answers: Mapping[str, str]) -> SelfCheckResult:
    """Count the answers; ``answers`` goes from question id to answer id."""
    chosen = check_answers(questionnaire, answers)
    results = []
    for dimension in questionnaire.dimensions:
        questions = [one for one in questionnaire.questions if one.dimension == dimension.id]
        points = [chosen[one.id].points for one in questions if one.id in chosen]
        results.append(DimensionResult(dimension, sum(points), len(points), len(questions)))
    return SelfCheckResult(questionnaire, dict(answers), tuple(results))


def recommend(
    assistant: AppContext, result: SelfCheckResult, land: Land | None = None, today: date | None = None
) -> Advice:
    """Add what the sources say; a sentence that the index does not hold is left out."""
    corpus, day = assistant.live_index.corpus(), today or date.today()
    basis = {one.dimension.id: _basis(one.dimension, corpus) for one in result.dimensions}
    finder = ReferralFinder(FinderContext(assistant, corpus, land, day))
    steps = tuple(
        NextStep(
            one,
            basis[one.dimension.id],
            finder.find(one.dimension, "support", OFFERS),
            finder.find(one.dimension, "funding", PROGRAMMES),
        )
        for one in result.weakest
    )
    citation_index = CitationIndex(corpus.snapshot.sources)
    for claim in _claims(result, basis, steps):
        citation_index.number(claim)
    return Advice(result, land, basis, steps, citation_index)


def _claims(
    result: SelfCheckResult, basis: Mapping[str, tuple[Claim, ...]], steps: Iterable[NextStep]
) -> Iterator[Claim]:
    """Everything cited, in the order in which a reader meets it."""
    for one in result.dimensions:
        yield from basis[one.dimension.id][:1]
    for step in steps:
        yield from step.because
        yield from (referral.claim for referral in (*step.offers, *step.programmes))


def _basis(dimension: Dimension, corpus: SearchableCorpus) -> tuple[Claim, ...]:
    """The sentences of the paper's digest that stand in the index word for word."""
    found = []
    for because in dimension.because:
        passages = (one for one in corpus.snapshot.passages if one.document_id == because.source)
        passage = next((one for one in passages if because.sentence in one.sentences), None)
        if passage:
            found.append(quote(because.sentence, passage))
    return tuple(claim for claim in found if is_proven(claim))


def to_dict(advice: Advice) -> dict[str, Any]:
    """The result as plain data; ``citation`` is a number of ``citations``."""
    result = advice.result
    return {
        "title": result.questionnaire.title,
        "notice": NOTICE,
        "answered": result.answered,
        "questions": len(result.questionnaire.questions),
        "land": advice.land,
        "dimensions": [_dimension_to_dict(one, advice) for one in result.dimensions],
        "strengths": [one.dimension.id for one in result.strengths],
        "steps": [_step_to_dict(one, advice.citation_index) for one in advice.steps],
        "method": method(),
        "citations": [asdict(one) for one in advice.citations],
    }


def _dimension_to_dict(one: DimensionResult, advice: Advice) -> dict[str, Any]:
    return {
        "id": one.dimension.id,
        "title": one.dimension.title,
        "measures": one.dimension.measures,
        "section": one.dimension.section,
        "share": None if one.share is None else round(one.share, 4),
        "level": one.level,
        "words": one.words,
        "points": one.points,
        "answered": one.answered,
        "asked": one.asked,
        "because": [_cited(claim, advice.citation_index) for claim in advice.basis[one.dimension.id][:1]],
    }


def _step_to_dict(step: NextStep, citation_index: CitationIndex) -> dict[str, Any]:
    def referrals(found: Iterable[Referral]) -> list[dict[str, Any]]:
        return [
            {"id": one.source.id, "name": short_name(one.source), **_cited(one.claim, citation_index), "note": one.note}
            for one in found
        ]

    return {
        "dimension": step.result.dimension.id,
        "suggestion": step.result.dimension.step,
        "because": [_cited(claim, citation_index) for claim in step.because],
        "offers": referrals(step.offers),
        "programmes": referrals(step.programmes),
    }


def _cited(claim: Claim, citation_index: CitationIndex) -> dict[str, Any]:
    return {"text": claim.text, "citation": citation_index.number(claim)}


def method() -> tuple[str, ...]:
    """How the result comes about, in plain sentences."""
    return (
        f"Jede Antwort zählt 0 bis {MOST_POINTS} Punkte; die Tabelle zeigt, welche Antwort wie viel zählt.",
        "Ein Bereich erreicht den Anteil der Punkte, die mit seinen beantworteten Fragen möglich waren.",
        "Unter einem Drittel heißt niedrig, ab zwei Dritteln heißt hoch, dazwischen liegt mittel.",
        "Was frei bleibt oder mit „weiß nicht“ beantwortet ist, zählt nicht; ein Bereich ohne Antwort gilt nie als "
        "schwach.",
        "Nächste Schritte gibt es für die zwei Bereiche mit dem kleinsten Anteil und für den dritten, wenn er nicht "
        "hoch ist; ein Bereich mit allen Punkten zählt nie dazu. Bei Gleichstand geht der Bereich mit mehr Antworten "
        "vor, dann gilt die Reihenfolge der Fragen.",
        "Anlaufstellen und Programme findet die Suche dieses Dienstes zum Thema des Bereichs; Beendetes, Pausiertes "
        "und Angebote anderer Länder bleiben weg, Angebote des eigenen Landes kommen nach vorn.",
        "Die Punkte sind eine Vereinbarung der Redaktion, kein Messverfahren.",
    )
