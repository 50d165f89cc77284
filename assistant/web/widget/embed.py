"""The embeddable page, its files, and the script that brings it onto a hub's website."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from assistant.answering.runtime import AppContext
from assistant.web.context import Context
from assistant.web.notice import visitor_notice
from assistant.web.page_texts import CITATION, PAGE, RATING, SCRIPT
from assistant.web.templating import render
from assistant.web.widget.appearance import WidgetAppearance, read_look
from assistant.web.widget.assets import FOREVER, WIDGET, Assets, load_assets, send
from assistant.web.widget.contrast import readable_on, text_on

LIGHT, DARK = "#ffffff", "#111827"
_AN_HOUR = "public, max-age=3600"
router = APIRouter()


def assets_of(request: Request) -> Assets:
    """The files, read when first asked for and then kept with the app."""
    state = request.app.state
    if not hasattr(state, "assets"):
        state.assets = load_assets()
    assets: Assets = state.assets
    return assets


@router.api_route("/embed", methods=["GET", "HEAD"], include_in_schema=False)
def embed(request: Request, assistant: Context) -> HTMLResponse:
    """The chat as a light page for a frame."""
    query = dict(request.query_params)
    look = read_look(query, request.headers, assistant.settings, assistant.prompts)
    return HTMLResponse(embed_page(look, query, assets_of(request).version, assistant))


@router.api_route("/embed/{version}/{name}", methods=["GET", "HEAD"], include_in_schema=False)
def embed_file(version: str, name: str, request: Request) -> Response:
    """A file of the embedded page; its address changes with its content."""
    assets = assets_of(request)
    if version != assets.version or name not in assets.files:
        raise HTTPException(404)
    return send(assets.files[name], request, FOREVER)


@router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
def widget_script(request: Request) -> Response:
    """The current script for a hub's website."""
    return send(assets_of(request).files[WIDGET], request, _AN_HOUR)


@router.api_route("/widget-{version}.js", methods=["GET", "HEAD"], include_in_schema=False)
def pinned_script(version: str, request: Request) -> Response:
    """The script in exactly one version, for use with its integrity hash."""
    asset = assets_of(request).files[WIDGET]
    if version != asset.version:
        raise HTTPException(404)
    return send(asset, request, FOREVER)


def embed_page(look: WidgetAppearance, query: Mapping[str, str], version: str, assistant: AppContext) -> str:
    """The page of a look."""
    other = "de" if look.language == "en" else "en"
    return render(
        "embed.html",
        look=look,
        texts=PAGE[look.language],
        colors=colors(look.color),
        version=version,
        labels=json.dumps(script_labels(look, assistant), ensure_ascii=False),
        switch_language=other,
        switch_href="embed?" + urlencode({**query, "language": other}),
        notice=visitor_notice(assistant, look.language),
        disclaimer=assistant.prompts.render("disclaimer", look.language),
        links=_links(look),
    )


def script_labels(look: WidgetAppearance, assistant: AppContext) -> dict[str, Any]:
    """All words that the script shows; it fills in what stands in braces."""
    texts, prompts = PAGE[look.language], assistant.prompts
    labels = asdict(CITATION[look.language]) | asdict(SCRIPT[look.language])
    labels |= {
        "follow_ups": texts.follow_ups,
        "contact": texts.contact,
        "contact_url": look.contact_url or "",
        "tab": texts.new_tab,
        "quoted": prompts.render("quotes_note", look.language),
        "worded": prompts.render("model_note", look.language, model="{model}", count="{count}"),
        "worded_one": prompts.render("model_note_one", look.language, model="{model}"),
    }
    if assistant.settings.takes_feedback:
        labels["rating"] = asdict(RATING[look.language]) | {"failed": texts.failed}
    return labels


def colors(color: str) -> str:
    """The chosen colour as custom properties, with text and link colours that can be read with it."""
    pairs = {
        "accent": color,
        "on-accent": text_on(color),
        "link-light": readable_on(color, LIGHT),
        "link-dark": readable_on(color, DARK),
    }
    return ";".join(f"--{name}:{value}" for name, value in pairs.items())


def _links(look: WidgetAppearance) -> list[tuple[str, str]]:
    """Words and address of each link at the foot of the page."""
    texts = PAGE[look.language]
    links = [
        (texts.contact, look.contact_url),
        (texts.privacy, look.privacy_url or "datenschutz"),
        (texts.imprint, look.imprint_url or "impressum"),
    ]
    return [(label, url) for label, url in links if url]
