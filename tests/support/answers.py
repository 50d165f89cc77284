"""Answers to a questionnaire, by the points that they give."""

from __future__ import annotations

from assistant.advisory.self_check_questions import Questionnaire


def answers_of(questionnaire: Questionnaire, points: int, *dimensions: str) -> dict[str, str]:
    """Answers with so many points, or the next fewer, to all questions (of some dimensions)."""
    return {
        question.id: max((one.points, one.id) for one in question.answers if one.points <= points)[1]
        for question in questionnaire.questions
        if not dimensions or question.dimension in dimensions
    }
