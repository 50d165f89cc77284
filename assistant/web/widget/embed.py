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
from assistant.web.widget.appearance import WidgetAppearance, read_appearance
from assistant.web.widget.assets import FOREVER, WIDGET, Assets, load_assets, send_asset
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
    appearance = read_appearance(query, request.headers, assistant.settings, assistant.prompts)
    return HTMLResponse(embed_page(appearance, query, assets_of(request).version, assistant))


@router.api_route("/embed/{version}/{name}", methods=["GET", "HEAD"], include_in_schema=False)
def embed_file(version: str, name: str, request: Request) -> Response:
    """A file of the embedded page; its address changes with its content."""
    assets = assets_of(request)
    if version != assets.version or name not in assets.files:
        raise HTTPException(404)
    return send_asset(assets.files[name], request, FOREVER)


@router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
def widget_script(request: Request) -> Response:
    """The current script for a hub's website."""
    return send_asset(assets_of(request).files[WIDGET], request, _AN_HOUR)


@router.api_route("/widget-{version}.js", methods=["GET", "HEAD"], include_in_schema=False)
def pinned_script(version: str, request: Request) -> Response:
    """The script in exactly one version, for use with its integrity hash."""
    asset = assets_of(request).files[WIDGET]
    if version != asset.version:
        raise HTTPException(404)
    return send_asset(asset, request, FOREVER)


def embed_page(appearance: WidgetAppearance, query: Mapping[str, str], version: str, assistant: AppContext) -> str:
    """The page in one appearance."""
    other = "de" if appearance.language == "en" else "en"
    return render(
        "embed.html",
        appearance=appearance,
        texts=PAGE[appearance.language],
        colors=colors(appearance.color),
        version=version,
        labels=json.dumps(script_labels(appearance, assistant), ensure_ascii=False),
        switch_language=other,
        switch_href="embed?" + urlencode({**query, "language": other}),
        notice=visitor_notice(assistant, appearance.language),
        disclaimer=assistant.prompts.render("disclaimer", appearance.language),
        links=_links(appearance),
    )


def script_labels(appearance: WidgetAppearance, assistant: AppContext) -> dict[str, Any]:
    """All words that the script shows; it fills in what stands in braces."""
    texts, prompts = PAGE[appearance.language], assistant.prompts
    labels = asdict(CITATION[appearance.language]) | asdict(SCRIPT[appearance.language])
    labels |= {
        "follow_ups": texts.follow_ups,
        "contact": texts.contact,
        "contact_url": appearance.contact_url or "",
        "tab": texts.new_tab,
        "quoted": prompts.render("quotes_note", appearance.language),
        "missing": prompts.render("missing_note", appearance.language, things="{things}"),
        "considered": prompts.render("considered_note", appearance.language, facts="{facts}"),
        "employees": prompts.render("firm_size", appearance.language, employees="{employees}"),
        "guided": prompts.render("guide_note", appearance.language),
        "worded": prompts.render("model_note", appearance.language, model="{model}", count="{count}"),
        "worded_one": prompts.render("model_note_one", appearance.language, model="{model}"),
    }
    if assistant.settings.takes_feedback:
        labels["rating"] = asdict(RATING[appearance.language]) | {"failed": texts.failed}
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


def _links(appearance: WidgetAppearance) -> list[tuple[str, str]]:
    """Words and address of each link at the foot of the page."""
    texts = PAGE[appearance.language]
    links = [
        (texts.contact, appearance.contact_url),
        (texts.privacy, appearance.privacy_url or "datenschutz"),
        (texts.imprint, appearance.imprint_url or "impressum"),
    ]
    return [(label, url) for label, url in links if url]
