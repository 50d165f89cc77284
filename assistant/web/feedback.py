"""``POST /api/feedback``: what a visitor chooses to say about an answer; exists only where the operator wants it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.bootstrap import Assistant
from assistant.feedback import Feedback, Reason, Thumb
from assistant.keeping import masked_comment, store_of
from assistant.models import Language, Mode, Status

router = APIRouter()
COMMENT_CHARACTERS = 500


class FeedbackIn(BaseModel):
    """A judgement of one answer: nothing of the question, of the answer only its state and its sources."""

    model_config = ConfigDict(extra="forbid")
    thumb: Thumb
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=COMMENT_CHARACTERS)] = ""
    status: Status = "answered"
    mode: Mode = "extractive"
    language: Language = "de"
    sources: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = []


@router.post("/api/feedback", summary="Eine Antwort bewerten", status_code=201)
def feedback(body: FeedbackIn, request: Request) -> JSONResponse:
    """Keep a judgement, its comment masked; 404 where the operator keeps none."""
    assistant: Assistant = request.app.state.assistant
    if not assistant.settings.takes_feedback:
        raise HTTPException(404)
    keep_feedback(assistant, body)
    return JSONResponse({"status": "kept"}, status_code=201)


def keep_feedback(assistant: Assistant, body: FeedbackIn) -> None:
    """Into the store, with sources that exist and a comment that names nobody."""
    known = assistant.shelf.library().generation.sources
    store_of(assistant).add(
        Feedback(
            date.today().isoformat(),
            body.thumb,
            body.reason,
            masked_comment(assistant, body.comment),
            body.status,
            body.mode,
            body.language,
            tuple(one for one in body.sources if one in known),
        )
    )
