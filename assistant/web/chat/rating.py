"""The form on the chat page that rates the last answer; only where the operator takes ratings."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from assistant.answering.runtime import AppContext
from assistant.core.errors import AssistantError
from assistant.core.models import Language
from assistant.web.api.feedback import COMMENT_CHARACTERS, FeedbackRequest, keep_feedback
from assistant.web.chat.gradio_import import gradio as gr
from assistant.web.page_texts import PAGE, RATING


def rating_form(assistant: AppContext, language: Language, conversation: gr.State) -> None:
    """A closed section with thumb, reason and comment; nothing is sent before the button is pressed."""
    texts = RATING[language]
    with gr.Accordion(texts.title, open=False, elem_id="rating"):
        thumb = gr.Radio([(texts.up, "up"), (texts.down, "down")], label=texts.question)
        reasons = [(text, reason) for reason, text in texts.reasons.items()]
        reason = gr.Radio(reasons, label=texts.reason)
        comment = gr.Textbox(label=texts.comment, max_length=COMMENT_CHARACTERS, lines=2)
        gr.Markdown(texts.notice)
        send = gr.Button(texts.send, size="sm")

    def keep(thumb: str | None, reason: str | None, comment: str, past: list[dict[str, Any]]) -> list[Any]:
        try:
            keep_feedback(assistant, _read_rating(thumb, reason, comment, past))
        except (ValidationError, IndexError):
            gr.Info(texts.first, duration=4)
            return [gr.skip(), gr.skip(), gr.skip()]
        except AssistantError:
            gr.Warning(PAGE[language].failed, duration=4)
            return [gr.skip(), gr.skip(), gr.skip()]
        gr.Info(texts.thanks, duration=4)
        return [None, None, ""]

    send.click(
        keep, [thumb, reason, comment, conversation], [thumb, reason, comment],
        api_visibility="private", show_progress="hidden",
    )  # fmt: skip


def _read_rating(thumb: str | None, reason: str | None, comment: str, past: list[dict[str, Any]]) -> FeedbackRequest:
    """The rating of the last answer; raises when there is none or no thumb was chosen."""
    answer = past[-1]["answer"]
    return FeedbackRequest(
        thumb=thumb,  # type: ignore[arg-type]
        reason=reason or None,  # type: ignore[arg-type]
        comment=(comment or "")[:COMMENT_CHARACTERS],
        status=answer.status,
        mode=answer.mode,
        language=answer.language,
        sources=list(dict.fromkeys(one.id for one in answer.citations))[:20],
    )
