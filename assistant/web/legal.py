"""Pages that the law or good manners ask for: data protection, imprint, accessibility – true for this very server."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from assistant.bootstrap import Assistant
from assistant.settings import Settings

router = APIRouter(include_in_schema=False)
_HERE = {"127.0.0.1", "localhost", "::1"}


@router.get("/datenschutz")
def privacy(request: Request) -> HTMLResponse:
    """What is processed with the settings of this server."""
    return _page("privacy.html", request.app.state.assistant)


@router.get("/impressum")
def imprint(request: Request) -> HTMLResponse:
    """Who runs this server."""
    return _page("imprint.html", request.app.state.assistant)


@router.get("/barrierefreiheit")
def accessibility(request: Request) -> HTMLResponse:
    """What was done and checked so that everybody can use the pages, and what is open."""
    return _page("accessibility.html", request.app.state.assistant)


def _page(name: str, assistant: Assistant) -> HTMLResponse:
    return HTMLResponse(_templates().get_template(name).render(facts(assistant)))


def facts(assistant: Assistant) -> dict[str, Any]:
    """What the pages say differently on each server."""
    settings = assistant.settings
    return {
        "settings": settings,
        "operator": [part.strip() for part in (settings.operator or "").split(";") if part.strip()],
        "model": assistant.model.name if assistant.model else None,
        "model_host": _model_host(settings),
    }


def _model_host(settings: Settings) -> str | None:
    """Where a language model is asked: the host, ``None`` for this machine."""
    host = urlsplit(settings.model_base_url).hostname if settings.model_base_url else None
    if host in _HERE or (host is None and (settings.model or "").startswith(("local:", "ollama:"))):
        return None
    return host or (settings.model or "").partition(":")[0]


@lru_cache(maxsize=1)
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape())
