"""REST and SSE: thin typed routes over ``pipeline``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.answering.pipeline import ask, search_passages, stream
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile
from assistant.core.errors import IndexUnavailableError
from assistant.core.models import MAXIMUM_SOURCES, Answer, AnswerDelta, ChatMessage, Kind
from assistant.feedback.recorder import record_unanswered
from assistant.retrieval.query_understanding import MAXIMUM_CHARACTERS, validate_question
from assistant.web.api.schemas import (
    ASKED,
    SENT,
    AnswerResponse,
    HealthResponse,
    NotReadyResponse,
    ReadyResponse,
    SearchResponse,
    responses,
)
from assistant.web.api.sse import MEDIA_TYPE, accepts_events, sse_event
from assistant.web.context import Context
from assistant.web.errors import error_body, request_id
from assistant.web.observability.access_log import note_answer
from assistant.web.page_texts import PAGE

logger = logging.getLogger(__name__)
router = APIRouter()


class TurnRequest(BaseModel):
    """One earlier turn of the conversation."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str
    sources: Annotated[list[str], Field(max_length=MAXIMUM_SOURCES)] = []

    @model_validator(mode="after")
    def _only_answers_cite(self) -> TurnRequest:
        if self.sources and self.role != "assistant":
            raise ValueError("only assistant turns have sources")
        return self


class ChatRequest(BaseModel):
    """A question with what was said before."""

    model_config = ConfigDict(extra="forbid")
    question: Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": MAXIMUM_CHARACTERS})]
    history: list[TurnRequest] = []
    profile: CompanyProfile | None = None
    lang: Literal["de", "en"] | None = None


@router.post(
    "/api/chat", summary="Eine Frage mit Belegen beantworten", responses=responses(AnswerResponse, *SENT, events=True)
)
def chat(body: ChatRequest, request: Request, assistant: Context) -> Response:
    """Answer as JSON, or as server-sent events when the client accepts ``text/event-stream``."""
    validate_question(body.question)
    history = [ChatMessage(turn.role, turn.content, tuple(turn.sources)) for turn in body.history]
    if accepts_events(request):
        outcomes = stream(assistant, body.question, history, lang=body.lang, profile=body.profile)
        first = next(outcomes)  # what goes wrong before the first byte becomes an HTTP status
        return StreamingResponse(_events(chain([first], outcomes), request, assistant), media_type=MEDIA_TYPE)
    answer = ask(assistant, body.question, history, lang=body.lang, profile=body.profile)
    note_answer(request, answer)
    record_unanswered(assistant, answer)
    return JSONResponse(answer.to_dict())


@router.get("/api/search", summary="Passagen suchen", responses=responses(SearchResponse, *ASKED))
def search(
    assistant: Context,
    q: str,
    k: Annotated[int, Query(ge=1, le=50)] = 5,
    kind: Annotated[list[Kind] | None, Query()] = None,
) -> dict[str, Any]:
    """The best passages, without refusal."""
    validate_question(q)
    return {"query": q, "results": search_passages(assistant, q, k, tuple(kind or ()))}


@router.get("/healthz", summary="Prozess läuft", responses=responses(HealthResponse, 400))
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz", summary="Index geladen", responses={**responses(ReadyResponse, 400), 503: {"model": NotReadyResponse}}
)
def readyz(assistant: Context) -> JSONResponse:
    """The index is loaded; ``degraded`` with the reason when it answers although something is wrong, else 503."""
    live_index = assistant.live_index
    try:
        snapshot = live_index.corpus().snapshot
    except IndexUnavailableError:
        return JSONResponse({"status": "unavailable", "reason": live_index.health().reason}, status_code=503)
    condition = live_index.health()
    counts = {"documents": len(snapshot.sources), "passages": len(snapshot.passages)}
    content = {"status": condition.status, "generation": snapshot.manifest.id, "counts": counts}
    return JSONResponse(content | ({"reason": condition.reason} if condition.reason else {}))


def _events(outcomes: Iterator[AnswerDelta | Answer], request: Request, assistant: AppContext) -> Iterator[str]:
    """Text as ``delta`` events, the whole answer as ``done``; a failure in between as ``error``."""
    try:
        for outcome in outcomes:
            if isinstance(outcome, AnswerDelta):
                yield sse_event("delta", {"text": outcome.text})
            else:
                note_answer(request, outcome)
                record_unanswered(assistant, outcome)
                yield sse_event("done", outcome.to_dict())
    except Exception as error:  # the status line is gone already
        logger.error("answering failed: %s", type(error).__name__)
        yield sse_event("error", error_body("internal", PAGE["de"].failed, request_id(request)))
