"""The appearance a hub wants for the embedded page, read from its address: each value checked, odd ones ignored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from assistant.core.models import Language
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings
from assistant.core.web_origins import is_allowed, parse_origin
from assistant.web.page_texts import NAME
from assistant.web.safe_markdown import safe_url
from assistant.web.widget.contrast import parse_color

COLOR = "#0b5394"
Theme = Literal["auto", "light", "dark"]
Mode = Literal["page", "bubble", "inline"]
_LIMITS = {"assistant-name": 60, "greeting": 500, "default-messages": 1000}
_EXAMPLES, _EXAMPLE_CHARACTERS = 4, 200


@dataclass(frozen=True, slots=True)
class WidgetAppearance:
    """Language, colours, texts and links of one embedded page.

    ``parent`` is the website around it, if that is allowed; only with it messages are exchanged.
    """

    language: Language
    theme: Theme
    mode: Mode
    color: str
    name: str
    greeting: str
    examples: tuple[str, ...]
    privacy_url: str | None
    imprint_url: str | None
    contact_url: str | None
    parent: str


def read_appearance(
    query: Mapping[str, str], headers: Mapping[str, str], settings: Settings, prompts: Prompts
) -> WidgetAppearance:
    """The appearance that an address asks for.

    Texts and links of the address count inside a frame only: frames are limited to allowed websites, while
    anybody could send around a link to this host with words of their own in it.
    """
    language: Language = "en" if query.get("language", query.get("lang", "")).lower().startswith("en") else "de"
    own = query if headers.get("sec-fetch-dest", "iframe") != "document" else {}
    theme, mode = query.get("theme", "auto"), query.get("mode", "page")
    return WidgetAppearance(
        language=language,
        theme=cast(Theme, theme) if theme in ("light", "dark") else "auto",
        mode=cast(Mode, mode) if mode in ("bubble", "inline") else "page",
        color=parse_color(query.get("button-color", "")) or COLOR,
        name=_text(own, "assistant-name") or NAME,
        greeting=_text(own, "greeting"),
        examples=split_messages(_text(own, "default-messages")) or prompts.lines("examples", language),
        privacy_url=safe_url(own.get("privacy-url")) or settings.privacy_url,
        imprint_url=safe_url(own.get("imprint-url")) or settings.imprint_url,
        contact_url=safe_url(own.get("contact-url")) or settings.contact_url,
        parent=_parent(query.get("origin", ""), headers.get("host", ""), settings.allowed_origins),
    )


def split_messages(text: str) -> tuple[str, ...]:
    """Example questions, written as a JSON list or with ``|`` between them."""
    try:
        listed = json.loads(text) if text.startswith("[") else None
    except ValueError:
        listed = None
    parts = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else text.split("|")
    return tuple(part.strip()[:_EXAMPLE_CHARACTERS] for part in parts if part.strip())[:_EXAMPLES]


def _text(query: Mapping[str, str], name: str) -> str:
    return " ".join(query.get(name, "").split())[: _LIMITS[name]]


def _parent(origin: str, host: str, allowed: tuple[str, ...]) -> str:
    """The origin if it is this host itself or on the list, else nothing."""
    try:
        origin = parse_origin(origin)
    except ValueError:
        return ""
    return origin if origin.partition("://")[2] == host.lower() or is_allowed(origin, allowed) else ""
