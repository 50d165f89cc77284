"""The pages of the self-check, which need no script: the questions, the result, a wrong request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from markupsafe import Markup

from assistant.advisory.self_check import LEVEL_NAMES, NOTICE, DimensionResult
from assistant.advisory.self_check_advice import Advice, to_dict
from assistant.advisory.self_check_questions import UNKNOWN, Questionnaire
from assistant.advisory.self_check_report import percent
from assistant.core.sources import Land
from assistant.web.citation_text import place_of
from assistant.web.site.radar_chart import Axis, radar
from assistant.web.templating import render

PREFIX = "frage-"
"""What form fields of questions start with."""
_CHART_TITLE = "Anteil der erreichten Punkte je Bereich"


def question_page(
    questionnaire: Questionnaire, answers: Mapping[str, str], land: Land | None, problem: str = ""
) -> str:
    """All questions as a form, with answers given before."""
    return render(
        "self_check_questions.html",
        questionnaire=questionnaire,
        titles=_titles(questionnaire),
        notice=NOTICE,
        problem=problem,
        prefix=PREFIX,
        answers=answers,
        unknown=UNKNOWN,
        laender=get_args(Land),
        land=land,
    )


def result_page(advice: Advice) -> str:
    """Chart, words, next steps, sources, method, and the way to take it along."""
    result = advice.result
    axes = [Axis(one.dimension.label, one.dimension.title, one.share) for one in result.dimensions]
    return render(
        "self_check_result.html",
        check=to_dict(advice),
        chart=Markup(radar(axes, _CHART_TITLE)),
        chart_title=_CHART_TITLE,
        titles=_titles(result.questionnaire),
        results={one.dimension.id: _show_result(one) for one in result.dimensions},
        places=[" · ".join(place_of(one)) for one in advice.citations],
        questions=result.questionnaire.questions,
        answers=result.answers,
        prefix=PREFIX,
    )


def problem_page(problem: str) -> str:
    """A request that the form cannot have sent, in one sentence."""
    return render("self_check_problem.html", problem=problem)


def _titles(questionnaire: Questionnaire) -> dict[str, str]:
    return {one.id: one.title for one in questionnaire.dimensions}


def _show_result(result: DimensionResult) -> str:
    return f"{percent(result.share)}, {LEVEL_NAMES[result.level]}" if result.level else percent(None)
