"""The self-check on the web: questions, result and profile file as pages without script, and the result as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast, get_args
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.advisory.self_check import check_answers, score_answers
from assistant.advisory.self_check_advice import recommend, to_dict
from assistant.advisory.self_check_questions import Questionnaire, questionnaire_of
from assistant.advisory.self_check_report import FILE_NAME, to_profile
from assistant.answering.runtime import AppContext
from assistant.core.errors import SelfCheckError
from assistant.core.sources import Land
from assistant.web.api.schemas import SENT, responses
from assistant.web.context import Context
from assistant.web.errors import error_response, request_id
from assistant.web.site.self_check_pages import PREFIX, problem_page, question_page, result_page

router = APIRouter()
NOTHING_ANSWERED = "Bitte beantworten Sie mindestens eine Frage."


class SelfCheckRequest(BaseModel):
    """Answers by question, and where the firm is at home."""

    model_config = ConfigDict(extra="forbid")
    answers: Annotated[dict[str, str], Field(max_length=100)]
    land: Land | None = None


class Form(BaseModel):
    """A sent form, taken apart."""

    answers: dict[str, str] = {}
    land: Land | None = None
    problem: str = ""


async def _read_form(request: Request) -> Form:
    """The form fields; what the form does not have is a problem."""
    try:
        text = (await request.body()).decode("utf-8")
        fields = parse_qsl(text, strict_parsing=bool(text), max_num_fields=200)
    except ValueError:  # broken bytes or escapes
        return Form(problem="Die Anfrage ist kein lesbares Formular.")
    answers, land = {}, None
    for name, value in fields:
        if name.startswith(PREFIX):
            answers[name.removeprefix(PREFIX)] = value
        elif name != "land":
            return Form(problem="Die Anfrage enthält ein Feld, das es im Selbstcheck nicht gibt.")
        elif value in get_args(Land):
            land = cast(Land, value)
        elif value:
            return Form(problem="Dieses Land gibt es in der Auswahl nicht.")
    return Form(answers=answers, land=land)


SentForm = Annotated[Form, Depends(_read_form)]


@router.get("/selbstcheck", include_in_schema=False)
def questions(assistant: Context) -> HTMLResponse:
    """The empty form."""
    return HTMLResponse(question_page(_questionnaire(assistant), {}, None))


@router.post("/selbstcheck", include_in_schema=False)
def result(form: SentForm, assistant: Context) -> HTMLResponse:
    """The result; without any answer the form again."""
    questionnaire = _questionnaire(assistant)
    if problem := _problem(questionnaire, form):
        return problem
    evaluated = score_answers(questionnaire, form.answers)
    if not evaluated.answered:
        return HTMLResponse(question_page(questionnaire, form.answers, form.land, NOTHING_ANSWERED))
    return HTMLResponse(result_page(recommend(assistant, evaluated, form.land)))


@router.post("/selbstcheck/fragen", include_in_schema=False)
def change_answers(form: SentForm, assistant: Context) -> HTMLResponse:
    """The form again, with the answers given before."""
    questionnaire = _questionnaire(assistant)
    return _problem(questionnaire, form) or HTMLResponse(question_page(questionnaire, form.answers, form.land))


@router.post("/selbstcheck/profil", include_in_schema=False)
def save_profile(form: SentForm, assistant: Context) -> Response:
    """The answers as a profile file."""
    questionnaire = _questionnaire(assistant)
    if problem := _problem(questionnaire, form):
        return problem
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    text = to_profile(questionnaire, form.answers, form.land)
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


@router.post("/api/selfcheck", summary="Selbstcheck auswerten", responses=responses(None, *SENT, 404))
def evaluate_answers(body: SelfCheckRequest, request: Request, assistant: Context) -> JSONResponse:
    """Result, next steps and citations; nothing is stored."""
    try:
        evaluated = score_answers(_questionnaire(assistant), body.answers)
    except SelfCheckError as error:
        return error_response(422, "invalid_answers", str(error), request_id(request))
    data: Mapping[str, Any] = to_dict(recommend(assistant, evaluated, body.land))
    return JSONResponse(data)


def _problem(questionnaire: Questionnaire, form: Form) -> HTMLResponse | None:
    """What is wrong with a sent form, as a page."""
    try:
        check_answers(questionnaire, form.answers)
    except SelfCheckError as error:
        return HTMLResponse(problem_page(str(error)), 422)
    return HTMLResponse(problem_page(form.problem), 422) if form.problem else None


def _questionnaire(assistant: AppContext) -> Questionnaire:
    """The questions in force; without any the page does not exist."""
    found = questionnaire_of(assistant.settings)
    if found is None:
        raise HTTPException(404)
    return found
