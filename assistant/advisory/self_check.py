"""Answers of the self-check to a result: shares, levels and words of each area, strengths and the weakest areas.

The method is plain arithmetic and shown to the reader: an answer gives 0 to 3 points, an
area has the share of the points that its answered questions can give, thirds divide low,
middle and high. What was not answered counts for nothing, for or against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.advisory.self_check_questions import (
    MOST_POINTS,
    UNKNOWN,
    AnswerOption,
    Dimension,
    Level,
    Questionnaire,
    SelfCheckQuestion,
)
from assistant.core.errors import SelfCheckError

MOST_STEPS = 3
MOST_STRENGTHS = 3
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
        return sum(result.answered for result in self.dimensions)

    @property
    def strengths(self) -> tuple[DimensionResult, ...]:
        """The best areas among the high ones."""
        high = [result for result in self.dimensions if result.level == "high"]
        return tuple(sorted(high, key=lambda result: -(result.share or 0.0))[:MOST_STRENGTHS])

    @property
    def weakest(self) -> tuple[DimensionResult, ...]:
        """The two or three areas with the lowest share, never a full or unanswered one; a third only below high.

        Of equal shares the one with more answers comes first, then the order of the questionnaire.
        """
        improvable = [result for result in self.dimensions if result.share is not None and result.share < 1]
        ordered = sorted(improvable, key=lambda result: (result.share, -result.answered))
        last = [result for result in ordered[MOST_STEPS - 1 : MOST_STEPS] if result.level != "high"]
        return (*ordered[: MOST_STEPS - 1], *last)


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Mapping[str, AnswerOption]:
    """The chosen options by question; ``weiss-nicht`` chooses none; unknown ids raise ``SelfCheckError``."""
    questions = {question.id: question for question in questionnaire.questions}
    chosen = {}
    for question_id, answer_id in answers.items():
        if question_id not in questions:
            raise SelfCheckError(f"Die Frage '{question_id[:40]}' gibt es im Selbstcheck nicht.")
        if answer_id != UNKNOWN:
            chosen[question_id] = _option(questions[question_id], answer_id)
    return chosen


def _option(question: SelfCheckQuestion, answer_id: str) -> AnswerOption:
    options = {option.id: option for option in question.answers}
    if answer_id not in options:
        allowed = ", ".join([*options, UNKNOWN])
        raise SelfCheckError(
            f"Die Antwort '{answer_id[:40]}' gibt es zur Frage '{question.id}' nicht; möglich: {allowed}."
        )
    return options[answer_id]


def score_answers(questionnaire: Questionnaire, answers: Mapping[str, str]) -> SelfCheckResult:
    """Count the answers; ``answers`` goes from question id to answer id."""
    chosen = check_answers(questionnaire, answers)
    results = []
    for dimension in questionnaire.dimensions:
        questions = [question for question in questionnaire.questions if question.dimension == dimension.id]
        points = [chosen[question.id].points for question in questions if question.id in chosen]
        results.append(DimensionResult(dimension, sum(points), len(points), len(questions)))
    return SelfCheckResult(questionnaire, dict(answers), tuple(results))


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
