"""REST for advisers: match a profile with programmes, write a briefing."""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.advisory.briefing import BriefingProgress, brief, check_parts
from assistant.advisory.export import FORMATS, file_name, write
from assistant.advisory.funding_match import match_programmes, to_dict
from assistant.advisory.report import Report
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile
from assistant.core.errors import AssistantError
from assistant.web.api.schemas import ADVISERS, responses
from assistant.web.api.sse import MEDIA_TYPE, accepts_events, sse_event
from assistant.web.context import Context
from assistant.web.errors import error_body

logger = logging.getLogger(__name__)
router = APIRouter()
BriefingFormat = Literal["docx", "pdf", "md"]
_FILES: dict[str, dict[str, Any]] = {
    **{
        media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
        for media_type in FORMATS.values()
    },
    MEDIA_TYPE: {"schema": {"type": "string"}},
}


class AdviceRequest(BaseModel):
    """A firm's profile with the adviser's own notes and the parts to leave out."""

    model_config = ConfigDict(extra="forbid")
    profile: CompanyProfile
    notes: str = Field("", max_length=10_000)
    omit: list[str] = []


@router.post("/api/match", summary="Profil mit Förderprogrammen abgleichen", responses=responses(None, *ADVISERS))
def match_profile(body: AdviceRequest, assistant: Context) -> JSONResponse:
    """Every programme with its rules: met, not met or unclear, quoted and cited."""
    sources = assistant.live_index.corpus().snapshot.sources
    return JSONResponse(to_dict(match_programmes(assistant, body.profile), sources))


@router.post(
    "/api/briefing",
    summary="Briefing schreiben",
    response_class=Response,
    responses={**responses(None, *ADVISERS), 200: {"description": "die Datei", "content": _FILES}},
)
def write_briefing(
    body: AdviceRequest, request: Request, assistant: Context, format: BriefingFormat = "docx"
) -> Response:
    """The briefing as a file; with ``Accept: text/event-stream`` its progress, then the file in base64."""
    check_parts(body.omit)
    return briefing_reply(assistant, body, format, events=accepts_events(request))


def briefing_reply(assistant: AppContext, body: AdviceRequest, format: str, *, events: bool) -> Response:
    """A briefing as a file, or with ``events`` its progress and then the file."""
    if events:
        return StreamingResponse(_events(assistant, body, format), media_type=MEDIA_TYPE)
    return report_file(_report(assistant, body, _ignore_progress), format)


def report_file(report: Report, format: str) -> Response:
    """A report as a file to save."""
    return attachment(file_name(report, format), write(report, format), FORMATS[format])


def attachment(name: str, content: bytes, media_type: str) -> Response:
    """A file to save; its name is plain ASCII."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _report(assistant: AppContext, body: AdviceRequest, progress: BriefingProgress) -> Report:
    return brief(assistant, body.profile, notes=body.notes, omit=body.omit, progress=progress)


def _ignore_progress(stage: str, done: int, total: int) -> None:
    """Nobody waits for the steps of a file that comes as a whole."""


def _events(assistant: AppContext, body: AdviceRequest, format: str) -> Iterator[str]:
    """Progress while a thread of its own writes, then the file or the error."""
    queue: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()

    def report_progress(stage: str, done: int, total: int) -> None:
        queue.put(("progress", {"stage": stage, "done": done, "total": total}))

    def write_report() -> None:
        try:
            report = _report(assistant, body, report_progress)
            content = base64.b64encode(write(report, format)).decode()
            queue.put(("done", {"name": file_name(report, format), "type": FORMATS[format], "content": content}))
        except AssistantError as error:
            queue.put(("error", error_body("unavailable", str(error), "")))
        except Exception:  # whatever went wrong, the page must not wait for ever
            logger.exception("writing a briefing failed")
            queue.put(("error", error_body("internal", "Das Briefing ist nicht gelungen. Bitte noch einmal.", "")))

    threading.Thread(target=write_report, daemon=True).start()
    name = ""
    while name not in ("done", "error"):
        name, data = queue.get()
        yield sse_event(name, data)
