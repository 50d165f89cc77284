"""The page for webmasters: choose an appearance, see it, copy the line, test the own website."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.core.web_origins import is_allowed, parse_origin
from assistant.web.context import Context
from assistant.web.page_texts import NAME
from assistant.web.site.legal import text_for_websites
from assistant.web.templating import render
from assistant.web.widget.appearance import COLOR
from assistant.web.widget.assets import WIDGET
from assistant.web.widget.embed import assets_of

ATTRIBUTES = (
    "mode", "target", "position", "language", "theme", "button-color", "assistant-name", "greeting", "default-messages",
    "open-on-load", "window-width", "window-height", "privacy-url", "imprint-url", "contact-url",
)  # fmt: skip
_MAXIMUM_CHARACTERS = 1000
router = APIRouter()


@router.get("/widget", include_in_schema=False)
def widget_page(request: Request, assistant: Context) -> HTMLResponse:
    """The page; its script writes the lines to copy, because only the browser knows this host's full address."""
    assets, settings = assets_of(request), assistant.settings
    script = assets.files[WIDGET]
    page = render(
        "widget.html",
        version=assets.version,
        pinned=f"widget-{script.version}.js",
        integrity=script.integrity,
        color=COLOR,
        name=NAME,
        privacy_url=settings.privacy_url or "",
        imprint_url=settings.imprint_url or "",
        contact_url=settings.contact_url or "",
        privacy_text=text_for_websites(assistant),
    )
    return HTMLResponse(page)


@router.get("/widget/vorschau", include_in_schema=False)
def preview(request: Request) -> HTMLResponse:
    """A sample website with the widget as chosen; words of the address count only inside the page above."""
    framed = request.headers.get("sec-fetch-dest", "iframe") != "document"
    chosen = {name: request.query_params.get(name, "")[:_MAXIMUM_CHARACTERS] for name in ATTRIBUTES} if framed else {}
    if chosen.get("mode") == "inline":
        chosen["target"] = "#chat"
    chosen["default-messages"] = "|".join(chosen.get("default-messages", "").splitlines())
    attributes = {name: value for name, value in chosen.items() if value}
    return HTMLResponse(render("preview.html", version=assets_of(request).version, attributes=attributes))


@router.get("/widget/herkunft", include_in_schema=False)
def check_origin(website: str, request: Request, assistant: Context) -> dict[str, str | bool]:
    """Whether a website may embed the chat, and what to set when not."""
    address = website.strip()[:_MAXIMUM_CHARACTERS]
    parts = urlsplit(address if "://" in website else f"https://{address}")
    try:
        origin = parse_origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError as error:
        return {"origin": "", "allowed": False, "message": f"{error}."}
    allowed = is_allowed(origin, assistant.settings.allowed_origins)
    if allowed or origin.partition("://")[2] == request.headers.get("host", "").lower():
        return {"origin": origin, "allowed": True, "message": f"{origin} ist zugelassen."}
    needed = ",".join((*assistant.settings.allowed_origins, origin))
    message = f"{origin} ist nicht zugelassen. Nötig ist: NETZLOTSE_ALLOWED_ORIGINS={needed}"
    return {"origin": origin, "allowed": False, "message": message}
