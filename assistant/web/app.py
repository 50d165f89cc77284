"""The whole application: routes, source pages, the chat page in two languages, and the layers in front."""

from __future__ import annotations

import logging
from functools import partial

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from assistant.advisory.self_check_questions import questionnaire_of
from assistant.answering.runtime import AppContext
from assistant.core.errors import AssistantError, ProfileError, QuestionError
from assistant.core.models import Language
from assistant.web.api.advisory import router as advisory_router
from assistant.web.api.chat import router as chat_router
from assistant.web.api.feedback import no_feedback
from assistant.web.api.feedback import router as feedback_router
from assistant.web.chat.blocks import chat_page
from assistant.web.chat.gradio_import import gradio as gr
from assistant.web.chat.page import STATIC_PATH, add_page
from assistant.web.chat.theme import theme
from assistant.web.errors import NOT_FOUND, error_response, request_id
from assistant.web.observability.access_log import Observer, note_chat_answer
from assistant.web.observability.metrics import Metrics
from assistant.web.page_texts import PAGE
from assistant.web.resources import STATIC
from assistant.web.security.adviser_auth import AdviserAuth
from assistant.web.security.request_firewall import RequestFirewall
from assistant.web.site.adviser import router as adviser_router
from assistant.web.site.legal import router as legal_router
from assistant.web.site.self_check import router as self_check_router
from assistant.web.site.source import router as source_router
from assistant.web.widget.configurator import router as configurator_router
from assistant.web.widget.embed import router as embed_router

# Gradio puts this behind its own styles when it starts, and only there does ours win.
HEAD = '<link rel="stylesheet" href="{static}chat.css"><script src="{static}chat.js" defer></script>'
logger = logging.getLogger(__name__)


def build_app(assistant: AppContext, *, loopback: bool = False) -> Observer:
    """The ASGI application of one assistant; ``loopback``: it is served on this machine only."""
    app = FastAPI(title="Netzlotse", version="0.1.0", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.assistant = assistant
    questionnaire_of(assistant.settings)  # a broken file stops the start, not the first visitor
    app.state.metrics = metrics = Metrics(assistant)
    app.include_router(chat_router)
    app.include_router(source_router)
    app.include_router(advisory_router)
    app.include_router(adviser_router)
    app.include_router(self_check_router)
    app.include_router(embed_router)
    app.include_router(configurator_router)
    app.include_router(legal_router)
    app.include_router(feedback_router if assistant.settings.takes_feedback else no_feedback)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_api_route("/en", lambda: RedirectResponse("/en/"), include_in_schema=False)
    _handle_errors(app)
    _mount_chat(app, assistant, "en", "/en")
    _mount_chat(app, assistant, "de", "/")
    firewall = RequestFirewall(app, assistant.settings, AdviserAuth(assistant.settings, loopback))
    return Observer(firewall, assistant.settings, metrics)


def _mount_chat(app: FastAPI, assistant: AppContext, language: Language, path: str) -> None:
    add_page(app, assistant, language, path if path.endswith("/") else f"{path}/")
    page = chat_page(assistant, language, partial(note_chat_answer, app.state.metrics))
    page.queue(max_size=64, default_concurrency_limit=16)
    # Gradio looks for work a thousand times a second, which costs an idle server 6 % of a core.
    page._queue.sleep_when_free = 0.01
    page._queue.progress_update_sleep_when_free = 1.0  # the pages show no progress bars
    page.state_session_capacity = assistant.settings.sessions  # who was away longest starts a new conversation
    gr.mount_gradio_app(
        app,
        page,
        path,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",
        allowed_paths=[],
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme(),
        head=HEAD.format(static=STATIC_PATH[language]),
        root_path=assistant.settings.root_path or None,
    )
    page.has_launched = True  # a mounted app skips the checks on paths in client data otherwise


def _handle_errors(app: FastAPI) -> None:
    def reply(request: Request, status: int, code: str, message: str) -> JSONResponse:
        return error_response(status, code, message, request_id(request))

    @app.exception_handler(QuestionError)
    async def question_error(request: Request, error: QuestionError) -> JSONResponse:
        return reply(request, 413 if error.code == "too_long" else 422, error.code, str(error))

    @app.exception_handler(ProfileError)
    async def profile_error(request: Request, error: ProfileError) -> JSONResponse:
        return reply(request, 422, "invalid_profile", str(error))

    @app.exception_handler(AssistantError)
    async def assistant_error(request: Request, error: AssistantError) -> JSONResponse:
        return reply(request, 503, "unavailable", str(error))

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or "Anfrage"
        return reply(request, 422, "invalid_request", f"Die Anfrage ist ungültig: {field} ({first['type']}).")

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        code = "not_found" if error.status_code == 404 else "http_error"
        return reply(request, error.status_code, code, NOT_FOUND)

    @app.exception_handler(Exception)
    async def any_error(request: Request, error: Exception) -> JSONResponse:
        logger.error("request failed: %s", type(error).__name__)
        return reply(request, 500, "internal", PAGE["de"].failed)
