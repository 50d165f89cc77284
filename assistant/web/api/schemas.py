"""What the OpenAPI document says of replies: their shapes, and the refusals that a route may give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, with_config

from assistant.core.models import Citation, Kind, Language, Mode, Status
from assistant.web.api.sse import MEDIA_TYPE, sse_event

_EVENTS = {"schema": {"type": "string"}, "example": sse_event("delta", {"text": "…"})}


class _Closed(BaseModel):
    """Fields that are not described here are an error, so that the description stays whole."""

    model_config = ConfigDict(extra="forbid")


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class CitationResponse(Citation):
    """A source with its literal quote and the passage around it."""


class AnswerResponse(_Closed):
    """An answer or a refusal; ``[n]`` in the text is the citation with that number."""

    question: str
    standalone_question: str
    language: Language
    status: Status
    text: str
    citations: list[CitationResponse]
    suggestions: list[str]
    mode: Mode
    model: str | None
    ai_generated: bool
    guide: str | None
    caution: Literal["weak_evidence"] | None
    missing: list[str]
    choices: list[str]
    note: str | None
    considered: dict[str, str | int]
    timings_ms: dict[str, float]


class PassageResponse(_Closed):
    """One found passage."""

    id: str
    kind: Kind
    title: str
    section: str
    page: int | None
    text: str
    score: float


class SearchResponse(_Closed):
    """Passages, the best first."""

    query: str
    results: list[PassageResponse]


class HealthResponse(_Closed):
    """The process answers."""

    status: Literal["ok"]


class CountsResponse(_Closed):
    """How much the index holds."""

    documents: int
    passages: int


class ReadyResponse(_Closed):
    """The index in use; with a reason where it answers although something is wrong."""

    status: Literal["ready", "degraded"]
    generation: str
    counts: CountsResponse
    reason: str | None = None


class NotReadyResponse(_Closed):
    """Nothing to answer from, and why."""

    status: Literal["unavailable"]
    reason: str


class FeedbackResponse(_Closed):
    """A rating has been kept."""

    status: Literal["kept"]


class ProblemResponse(_Closed):
    """What went wrong: a stable code, a sentence for people, the number of the request."""

    code: str
    message: str
    request_id: str


class ErrorResponse(_Closed):
    """The body of every refusal."""

    error: ProblemResponse


_REFUSALS: Mapping[int, str] = {
    400: "Kopfzeilen oder Host werden nicht angenommen",
    401: "Kennwort fehlt oder ist falsch",
    403: "von einer anderen Website oder nicht von diesem Rechner",
    404: "gibt es hier nicht",
    408: "die Anfrage kam nicht vollständig an",
    413: "zu groß oder zu lang",
    415: "kein JSON",
    422: "ungültiger Inhalt",
    429: "zu viele Anfragen, siehe Retry-After",
    503: "gerade nicht verfügbar",
}
_ALWAYS = (400, 422, 503)
_SENT = (403, 408, 413, 415)
ASKED = (*_ALWAYS, 413, 429)
SENT = (*_ALWAYS, *_SENT, 429)
ADVISERS = (*SENT, 401)


def responses(shape: type[BaseModel] | None, *codes: int, events: bool = False) -> dict[int | str, dict[str, Any]]:
    """Replies of a route: its shape at 200 (``events``: also as server-sent events), and what it may refuse with."""
    described: dict[int | str, dict[str, Any]] = {
        code: {"model": ErrorResponse, "description": _REFUSALS[code]} for code in codes
    }
    if shape:
        described[200] = {"model": shape}
    if events:
        described.setdefault(200, {})["content"] = {MEDIA_TYPE: _EVENTS}
    return described
