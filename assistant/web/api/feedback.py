"""``POST /api/feedback``: what a visitor chooses to say about an answer; exists only where the operator wants it."""

from __future__ import annotations

import logging
from datetime import date
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.answering.runtime import AppContext
from assistant.core.errors import AssistantError, FeedbackError
from assistant.core.models import Language, Mode, Status
from assistant.feedback.recorder import masked_comment, store_of
from assistant.feedback.store import Feedback, Rating, Reason
from assistant.web.api.schemas import SENT, FeedbackResponse, responses
from assistant.web.context import Context
from assistant.web.page_texts import PAGE

router = APIRouter()
no_feedback = APIRouter(include_in_schema=False)
logger = logging.getLogger(__name__)
COMMENT_CHARACTERS = 500


class FeedbackRequest(BaseModel):
    """A rating of one answer: nothing of the question, of the answer only its state and its sources."""

    model_config = ConfigDict(extra="forbid")
    thumb: Rating
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=COMMENT_CHARACTERS)] = ""
    status: Status = "answered"
    mode: Mode = "extractive"
    language: Language = "de"
    sources: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = []


@router.post(
    "/api/feedback",
    summary="Eine Antwort bewerten",
    status_code=201,
    responses={**responses(None, *SENT), 201: {"model": FeedbackResponse}},
)
def feedback(body: FeedbackRequest, assistant: Context) -> JSONResponse:
    """Keep a rating, its comment masked; the route is there only where the operator takes ratings."""
    keep_feedback(assistant, body)
    return JSONResponse({"status": "kept"}, status_code=201)


@no_feedback.post("/api/feedback")
def refuse_feedback() -> None:
    """What is at the address where the operator takes no ratings: nothing, whatever is sent."""
    raise HTTPException(404)


def keep_feedback(assistant: AppContext, body: FeedbackRequest) -> None:
    """Into the store, with sources that exist and a comment that names nobody."""
    known = assistant.live_index.corpus().snapshot.sources
    rating = Feedback(
        date.today().isoformat(),
        body.thumb,
        body.reason,
        masked_comment(assistant, body.comment),
        body.status,
        body.mode,
        body.language,
        tuple(one for one in body.sources if one in known),
    )
    try:
        store_of(assistant).add(rating)
    except FeedbackError as error:
        logger.warning("a rating could not be kept: %s", type(error.__cause__).__name__)
        raise AssistantError(PAGE[body.language].failed) from error
