"""The adviser page: one form with the firm's profile, and what can be made of it.

The server renders every state of the page, so it works without scripts; the profile
travels in the form and is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, get_args
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from jinja2 import Template, Undefined
from markupsafe import Markup

from assistant.advisory.briefing_outline import PARTS
from assistant.advisory.export import FORMATS
from assistant.advisory.funding_match import match_programmes, to_dict
from assistant.advisory.self_check import score_answers
from assistant.advisory.self_check_advice import recommend
from assistant.advisory.self_check_advice import to_dict as check_to_dict
from assistant.advisory.self_check_questions import known_answers, questionnaire_of
from assistant.advisory.source_catalogue import KIND_NAMES, STATES, Filters, as_report, search_sources
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import GOAL_NAMES, PROFILE_FIELDS, CompanyProfile, load_profile, parse_profile
from assistant.core.errors import ProfileError, QuestionError
from assistant.core.models import KINDS
from assistant.core.sources import Land, Topic
from assistant.web.api.advisory import AdviceRequest, attachment, briefing_reply, report_file
from assistant.web.api.sse import accepts_events
from assistant.web.context import Context
from assistant.web.resources import PROFILES
from assistant.web.site.profile_form import Fields, options, profile_file, read_profile, show_profile
from assistant.web.site.radar_chart import Axis, radar
from assistant.web.templating import environment

router = APIRouter(prefix="/berater", include_in_schema=False)
VIEWS = {"match": "Abgleich", "self_check": "Selbstcheck", "briefing": "Briefing", "search": "Suche in allen Quellen"}
EXAMPLES = {
    "werkzeugbauer": "Werkzeugbauer, verlängerte Werkbank",
    "nischenkomponente": "Familienfirma mit Datenidee",
    "sensor-startup": "Start-up mit Sensordienst",
}
FORMAT_NAMES = {"docx": "Word (DOCX)", "pdf": "PDF", "md": "Markdown"}


@router.get("")
def adviser_page(request: Request) -> HTMLResponse:
    """The empty form."""
    return _page(request, {}, "match", {})


@router.post("")
async def adviser_view(request: Request, assistant: Context) -> HTMLResponse:
    """The form with the result of a tab; an example or a profile file fills it."""
    fields: Fields = await _fields(request)
    view = _first(fields, "view") or "match"
    try:
        fields = _filled(fields)
    except ProfileError as error:
        return _page(request, fields, view, {"problems": {"file": str(error)}})
    profile, problems = read_profile(fields)
    result = await run_in_threadpool(_result, assistant, fields, view, profile)
    return _page(request, fields, view, {"problems": problems, **result})


@router.post("/profil")
async def save_profile(request: Request) -> Response:
    """The profile as a file for the adviser's own disk."""
    profile, _ = read_profile(await _fields(request))
    return attachment("profil.yaml", profile_file(profile).encode(), "application/yaml")


@router.post("/briefing")
async def save_briefing(request: Request, assistant: Context) -> Response:
    """The briefing as a file, or its progress and then the file."""
    fields = await _fields(request)
    profile, _ = read_profile(fields)
    omit = [part for part in PARTS if part not in fields.get("part", ())]
    body = AdviceRequest(profile=profile, notes="", omit=omit)
    events = accepts_events(request)
    return await run_in_threadpool(briefing_reply, assistant, body, _format(fields), events=events)


@router.post("/suche")
async def save_search(request: Request, assistant: Context) -> Response:
    """The result list of a search as a file."""
    fields = await _fields(request)
    return await run_in_threadpool(_search_file, assistant, fields)


def _search_file(assistant: AppContext, fields: Fields) -> Response:
    text, filters = _search(fields)
    hits = search_sources(assistant, text, filters)
    return report_file(as_report(text, hits, assistant.live_index.corpus(), date.today()), _format(fields))


def _format(fields: Fields) -> str:
    return wanted if (wanted := _first(fields, "format")) in FORMATS else "docx"


async def _fields(request: Request) -> dict[str, list[str]]:
    body = (await request.body()).decode("utf-8", "replace")
    return parse_qs(body, keep_blank_values=True, max_num_fields=300)


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _filled(fields: Fields) -> Fields:
    """An example or the text of a profile file takes the place of what the form held."""
    if (example := _first(fields, "example")) in EXAMPLES:
        return show_profile(load_profile(PROFILES / f"{example}.yaml"))
    if text := _first(fields, "file"):
        return show_profile(parse_profile(text))
    return fields


def _result(assistant: AppContext, fields: Fields, view: str, profile: CompanyProfile) -> dict[str, Any]:
    if view == "search":
        return _search_result(assistant, fields)
    if view == "self_check":
        return _check_result(assistant, profile)
    if view == "briefing" or profile == CompanyProfile():
        return {}
    return {"match": to_dict(match_programmes(assistant, profile), assistant.live_index.corpus().snapshot.sources)}


def _check_result(assistant: AppContext, profile: CompanyProfile) -> dict[str, Any]:
    """The questions, and what the answers in the profile say."""
    questionnaire = questionnaire_of(assistant.settings)
    if questionnaire is None:
        return {}
    answers = known_answers(questionnaire, profile.self_check or {})
    if not answers:
        return {"questionnaire": questionnaire}
    advice = recommend(assistant, score_answers(questionnaire, answers), profile.land)
    axes = [Axis(scored.dimension.label, scored.dimension.title, scored.share) for scored in advice.result.dimensions]
    chart = Markup(radar(axes, "Anteil der erreichten Punkte je Bereich"))
    return {"questionnaire": questionnaire, "check": check_to_dict(advice), "chart": chart}


def _search_result(assistant: AppContext, fields: Fields) -> dict[str, Any]:
    text, filters = _search(fields)
    if "q" not in fields:
        return {}
    try:
        return {"hits": search_sources(assistant, text, filters)}
    except QuestionError as error:
        return {"problems": {"q": str(error)}}


def _search(fields: Fields) -> tuple[str, Filters]:
    topic, land, state = (_first(fields, name) for name in ("topic", "in_land", "state"))
    kinds = tuple(kind for kind in KINDS if kind in fields.get("kind", ()))
    filters = Filters(
        kinds,
        land if land in get_args(Land) else None,  # type: ignore[arg-type]
        state if state in STATES else "",
        topic if topic in get_args(Topic) else None,  # type: ignore[arg-type]
    )
    return _first(fields, "q"), filters


def _page(request: Request, fields: Fields, view: str, result: Mapping[str, Any]) -> HTMLResponse:
    view = view if view in VIEWS else "match"
    content = _template().render(fields=fields, view=view, today=date.today(), **{"problems": {}, **result})
    return HTMLResponse(content)


@lru_cache(maxsize=1)
def _template() -> Template:
    """The page, in which what a view has not found out is undefined."""
    names = {
        "views": VIEWS,
        "examples": EXAMPLES,
        "profile_fields": PROFILE_FIELDS,
        "options": options,
        "land_options": [(land, land) for land in get_args(Land)],
        "parts": PARTS,
        "formats": FORMAT_NAMES,
        "kinds": KIND_NAMES,
        "states": STATES,
        "topics": GOAL_NAMES,
    }
    return environment().overlay(undefined=Undefined).get_template("adviser.html", globals=names)
