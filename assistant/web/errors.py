"""Requests that go no further, and the replies that they get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from assistant.core.models import Language
from assistant.web.templating import render

NOT_FOUND = "Diese Seite gibt es hier nicht."


class HTTPRefusal(Exception):
    """A request that goes no further; where visitors may meet it, with a sentence in English, too."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None, *, english: str = ""
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, dict(headers or {})
        self._english = english

    def sentence(self, language: Language) -> str:
        """What people read."""
        return self._english if language == "en" and self._english else str(self)


def error_response(
    status: int, code: str, message: str, request_id: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The error object of the contract as a reply."""
    return JSONResponse(error_body(code, message, request_id), status_code=status, headers=dict(headers or {}))


def chat_response(refusal: HTTPRefusal, request_id: str, language: Language) -> JSONResponse:
    """The error object for Gradio's page, which shows its visitors what ``detail`` says."""
    sentence = refusal.sentence(language)
    body: dict[str, Any] = error_body(refusal.code, sentence, request_id) | {"detail": sentence}
    return JSONResponse(body, status_code=refusal.status, headers=refusal.headers)


def refusal_response(refusal: HTTPRefusal, request_id: str, accept: str, language: Language) -> Response:
    """A refusal as the error object, or for somebody who opened a page as a page."""
    if not accept.startswith("text/html"):
        return error_response(refusal.status, refusal.code, refusal.sentence(language), request_id, refusal.headers)
    return HTMLResponse(render("refusal.html", message=str(refusal)), refusal.status, refusal.headers)


def request_id(request: Request) -> str:
    """The number that every reply to a request carries."""
    return str(getattr(request.state, "request_id", ""))


def error_body(code: str, message: str, request_id: str) -> dict[str, dict[str, str]]:
    """The error object of the contract."""
    return {"error": {"code": code, "message": message, "request_id": request_id}}
