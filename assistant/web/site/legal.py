"""Pages that the law or good manners ask for: data protection, imprint, accessibility – true for this very server."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.answering.runtime import AppContext
from assistant.core.settings import Settings
from assistant.web.context import Context
from assistant.web.templating import render

router = APIRouter(include_in_schema=False)
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@router.get("/datenschutz")
def privacy(assistant: Context) -> HTMLResponse:
    """What is processed with the settings of this server."""
    return HTMLResponse(legal_page("privacy.html", assistant))


@router.get("/impressum")
def imprint(assistant: Context) -> HTMLResponse:
    """Who runs this server."""
    return HTMLResponse(legal_page("imprint.html", assistant))


@router.get("/barrierefreiheit")
def accessibility(assistant: Context) -> HTMLResponse:
    """What was done and checked so that everybody can use the pages, and what is open."""
    return HTMLResponse(legal_page("accessibility.html", assistant))


def legal_page(name: str, assistant: AppContext) -> str:
    """A page with the facts of this server; every value is escaped."""
    return render(name, **facts(assistant))


def facts(assistant: AppContext) -> dict[str, Any]:
    """What the pages say differently on each server."""
    settings = assistant.settings
    return {
        "settings": settings,
        "operator": [part.strip() for part in (settings.operator or "").split(";") if part.strip()],
        "model": assistant.model.name if assistant.model else None,
        "model_host": _model_host(settings),
    }


def text_for_websites(assistant: AppContext) -> str:
    """What a hub may say about the chat in its own data protection text, true for this server's settings."""
    settings, host = assistant.settings, _model_host(assistant.settings)
    where = f"vom Dienst {host}" if host else "auf dem Server des Chats"
    model = f" Antworten formuliert ein Sprachmodell, das {where} betrieben wird." if assistant.model else ""
    kept = (
        " Bewertungen, die Sie absenden, werden ohne Frage und Antwort aufbewahrt." if settings.takes_feedback else ""
    )
    if settings.keeps_unanswered:
        kept += " Findet sich keine gute Antwort, werden einzelne Wörter der Frage ohne Namen und Zahlen aufbewahrt."
    if kept:
        kept += (
            f" Beides wird höchstens {settings.feedback_days} Tage aufbewahrt."
            if settings.feedback == "all"
            else (f" Das geschieht höchstens {settings.feedback_days} Tage lang.")
        )
    return render("datenschutz.txt", model=model, kept=kept)


def _model_host(settings: Settings) -> str | None:
    """Where a language model is asked: the host, ``None`` for this machine."""
    host = urlsplit(settings.model_base_url).hostname if settings.model_base_url else None
    if host in _THIS_MACHINE or (host is None and (settings.model or "").startswith(("local:", "ollama:"))):
        return None
    return host or (settings.model or "").partition(":")[0]
