"""The HTML around Gradio's chat: ours instead of Gradio's, whose scripts inside the page no strict policy allows.

Gradio's program runs without them; it fetches what they would bring along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from assistant.answering.runtime import AppContext
from assistant.core.models import Language
from assistant.web.chat.gradio_import import gradio
from assistant.web.page_texts import NAME, PAGE
from assistant.web.templating import render

_GRADIO = Path(gradio.__file__).parent / "templates" / "frontend" / "index.html"
_FILES = {"script": r'src="(\./assets/index-[\w-]+\.js)"', "style": r'href="(\./assets/index-[\w-]+\.css)"'}
STATIC_PATH: Mapping[Language, str] = {"de": "static/", "en": "../static/"}


def add_page(app: FastAPI, assistant: AppContext, language: Language, path: str) -> None:
    """Serve the page of one language at ``path``; it takes the place of the page of the Gradio app."""
    page = chat_html(assistant, language)
    app.add_api_route(path, lambda: HTMLResponse(page), methods=["GET", "HEAD"], include_in_schema=False)


def chat_html(assistant: AppContext, language: Language) -> str:
    """The page, the same for every visitor; all addresses in it are relative, so no header has a say in them."""
    return render(
        "chat.html",
        **gradio_files(_GRADIO.read_text(encoding="utf-8")),
        language=language,
        title=f"{NAME} – {PAGE[language].claim}",
        notice=assistant.prompts.render("greeting", language),
        noscript=PAGE[language].no_script,
    )


def gradio_files(page: str) -> dict[str, str]:
    """Addresses of Gradio's program and style in its own page; ``LookupError`` when they are named otherwise."""
    found = {name: re.search(pattern, page) for name, pattern in _FILES.items()}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        raise LookupError(f"Gradio's page names no {' and no '.join(missing)} as expected.")
    return {name: match[1] for name, match in found.items() if match}
