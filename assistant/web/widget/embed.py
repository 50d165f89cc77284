"""The embeddable page, its files, and the script that brings it onto a hub's website."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from assistant.answering.runtime import AppContext
from assistant.core.models import Language
from assistant.web.api.feedback import RATING, REASONS, notice
from assistant.web.chat.source_cards import LABELS
from assistant.web.context import Context
from assistant.web.templating import render
from assistant.web.widget.appearance import WidgetAppearance, read_look
from assistant.web.widget.assets import FOREVER, WIDGET, Assets, load_assets, send
from assistant.web.widget.contrast import readable_on, text_on

LIGHT, DARK = "#ffffff", "#111827"
_AN_HOUR = "public, max-age=3600"
TEXTS: Mapping[Language, Mapping[str, str]] = {
    "de": {
        "chat": "Chat",
        "talk": "Gespräch",
        "question": "Ihre Frage",
        "placeholder": "Ihre Frage …",
        "send": "Fragen",
        "new": "Neue Frage",
        "switch": "English",
        "examples_title": "Zum Beispiel",
        "noscript": "Für den Chat muss JavaScript eingeschaltet sein.",
        "privacy": "Datenschutz",
        "imprint": "Impressum",
        "contact": "Kontakt zu Menschen",
        "tab": "öffnet in neuem Tab",
    },
    "en": {
        "chat": "Chat",
        "talk": "Conversation",
        "question": "Your question",
        "placeholder": "Your question …",
        "send": "Ask",
        "new": "New question",
        "switch": "Deutsch",
        "examples_title": "For example",
        "noscript": "The chat needs JavaScript to be switched on.",
        "privacy": "Privacy",
        "imprint": "Imprint",
        "contact": "Talk to people",
        "tab": "opens in a new tab",
    },
}
SCRIPT_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "de": {
        "waiting": "Einen Moment …",
        "cite": "Quelle {number}: {title}",
        "source": "Quelle {number}",
        "sources": "Quellen ({count})",
        "follow_ups": "Weiterfragen",
        "close": "Schließen",
        "announce": "Antwort mit {count} Quellen:",
        "announce_none": "Antwort:",
        "failed": "Die Auskunft ist gerade nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
        "again": "Erneut fragen",
    },
    "en": {
        "waiting": "One moment …",
        "cite": "Source {number}: {title}",
        "source": "Source {number}",
        "sources": "Sources ({count})",
        "follow_ups": "Ask on",
        "close": "Close",
        "announce": "Answer with {count} sources:",
        "announce_none": "Answer:",
        "failed": "The service cannot be reached at the moment. Please try again shortly.",
        "again": "Ask again",
    },
}
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
        texts=TEXTS[look.language],
        colors=colors(look.color),
        version=version,
        labels=json.dumps(script_labels(look, assistant), ensure_ascii=False),
        switch_language=other,
        switch_href="embed?" + urlencode({**query, "language": other}),
        notice=notice(assistant, look.language),
        disclaimer=assistant.prompts.render("disclaimer", look.language),
        links=_links(look),
    )


def script_labels(look: WidgetAppearance, assistant: AppContext) -> dict[str, str]:
    """All words that the script shows; it fills in what stands in braces."""
    prompts = assistant.prompts
    words = {**LABELS[look.language], **SCRIPT_TEXTS[look.language]}
    notes = {
        "quoted": prompts.render("quotes_note", look.language),
        "worded": prompts.render("model_note", look.language, model="{model}", count="{count}"),
        "worded_one": prompts.render("model_note_one", look.language, model="{model}"),
    }
    shared = {name: TEXTS[look.language][name] for name in ("tab", "contact")}
    rate = rating_texts(look.language) if assistant.settings.takes_feedback else {}
    return {**words, **notes, **shared, **rate, "contact_url": look.contact_url or ""}


def rating_texts(language: Language) -> dict[str, str]:
    """The words of the form that rates an answer."""
    reasons = json.dumps(REASONS[language], ensure_ascii=False)
    return {**{f"rate_{name}": text for name, text in RATING[language].items()}, "rate_reasons": reasons} | {
        "rate": RATING[language]["title"]
    }


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
    texts = TEXTS[look.language]
    links = [
        (texts["contact"], look.contact_url),
        (texts["privacy"], look.privacy_url or "datenschutz"),
        (texts["imprint"], look.imprint_url or "impressum"),
    ]
    return [(label, url) for label, url in links if url]
