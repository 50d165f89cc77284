"""The chat page: Gradio Blocks, one page per language, history on the server."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assistant.advisory.self_check_questions import questionnaire_of
from assistant.answering.answer_notes import answer_notes
from assistant.answering.pipeline import stream
from assistant.answering.runtime import AppContext
from assistant.core.errors import QuestionError
from assistant.core.models import Answer, AnswerDelta, ChatMessage, Citation, Language
from assistant.feedback.recorder import record_unanswered
from assistant.retrieval.query_understanding import MAXIMUM_CHARACTERS, MAXIMUM_TURNS
from assistant.web.chat.gradio_import import gradio as gr
from assistant.web.chat.rating import rating_form
from assistant.web.chat.source_cards import cards, message, render_partial
from assistant.web.notice import visitor_notice
from assistant.web.page_texts import NAME, PAGE
from assistant.web.safe_markdown import escape

logger = logging.getLogger(__name__)
SHOWN_ANSWERS = 10
_EXAMPLES = 4
_FOLLOW_UPS = 3
OTHER_PAGE: Mapping[Language, str] = {"de": "/en/", "en": "/"}

_UPDATE_SECONDS = 0.25  # between two updates of the page, each of which costs as much as an answer
Conversation = list[dict[str, Any]]


def chat_page(assistant: AppContext, language: Language, note: Callable[[Answer], None]) -> gr.Blocks:
    """The page of one language; ``note`` is called with every answer."""
    texts = PAGE[language]
    page: gr.Blocks
    with gr.Blocks(title=f"{NAME} – {texts.claim}", analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State([], time_to_live=3600)
        _head(assistant, language)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=3, min_width=280, elem_id="talk"):
                chatbot = _chatbot(language)
                examples = _buttons(texts.examples, assistant.prompts.lines("examples", language), _EXAMPLES)
                follow_ups = _buttons(texts.follow_ups, (), _FOLLOW_UPS)
                with gr.Row(elem_id="ask"):
                    question = gr.Textbox(
                        placeholder=texts.placeholder, label=texts.question, max_length=MAXIMUM_CHARACTERS,
                        lines=1, max_lines=6, scale=5, elem_id="question",
                    )  # fmt: skip
                    send = gr.Button(texts.send, variant="primary", scale=1, min_width=100, elem_id="send")
                new = gr.Button(texts.new, size="sm", variant="secondary", elem_id="new")
                if assistant.settings.takes_feedback:
                    rating_form(assistant, language, conversation)
            with gr.Column(scale=2, min_width=280, elem_id="sources"):
                sources = _source_cards(_empty_sources(language))
        gr.Markdown(_foot(assistant, language), elem_id="foot")
        outputs = [chatbot, sources, conversation, question, examples[0], *follow_ups]

        def respond(text: str, past: Conversation) -> Iterator[list[Any]]:
            yield from _respond(assistant, language, text, past, note)

        options: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": 16}
        # A question sent while the last answer still arrives is asked when that has ended, not lost.
        asked: dict[str, Any] = {"trigger_mode": "always_last", **options}
        gr.on([send.click, question.submit], respond, [question, conversation], outputs, **asked)
        for button in (*examples[1:], *follow_ups[1:]):
            button.click(respond, [button, conversation], outputs, **options)
        new.click(lambda: _reset(language), None, outputs, **options)
    return page


def _head(assistant: AppContext, language: Language) -> None:
    texts = PAGE[language]
    switch = f"[{texts.other_language}]({OTHER_PAGE[language]})"
    self_check = f"\n\n[{texts.self_check}](/selbstcheck)" if questionnaire_of(assistant.settings) else ""
    gr.Markdown(f"{switch}\n\n# {NAME}\n\n{texts.claim}{self_check}", elem_id="brand")
    gr.Markdown(visitor_notice(assistant, language), elem_id="greeting")


def _chatbot(language: Language) -> gr.Chatbot:
    return gr.Chatbot(
        label=PAGE[language].conversation, show_label=False, elem_id="chat", height="auto", min_height=80,
        layout="bubble", latex_delimiters=[], buttons=["copy"], feedback_options=None, sanitize_html=True,
        allow_tags=False, render_markdown=True, line_breaks=False, allow_file_downloads=False, container=False,
    )  # fmt: skip


def _source_cards(text: str) -> gr.Markdown:
    """Quotes are shown as they are: no formulas are read into their dollar signs."""
    return gr.Markdown(text, elem_id="cards", sanitize_html=True, latex_delimiters=[])


def _buttons(label: str, texts: tuple[str, ...], count: int) -> list[Any]:
    """A group of plain buttons that ask what they say; the group comes first in the list."""
    with gr.Column(visible=bool(texts), elem_classes="suggestions") as group:
        gr.Markdown(label)
        buttons = [
            gr.Button(texts[index] if index < len(texts) else "", size="sm", visible=index < len(texts))
            for index in range(count)
        ]
    return [group, *buttons]


def _respond(
    assistant: AppContext, language: Language, text: str, past: Conversation, note: Callable[[Answer], None]
) -> Iterator[list[Any]]:
    """Show the question, then the answer piece by piece, then its sources and follow-ups."""
    past = list(past or [])[-SHOWN_ANSWERS:]
    if not (text or "").strip():
        yield [gr.skip()] * (6 + _FOLLOW_UPS)
        return
    shown = _messages(past)
    question = {"role": "user", "content": escape(text)}
    # The box is emptied once, so that what is typed during the answer stays.
    rest = [gr.skip()] * (_FOLLOW_UPS + 1)
    yield [[*shown, question], gr.skip(), gr.skip(), "", gr.Column(visible=False), *rest]
    turn = past[-1]["turn"] + 1 if past else 1
    try:
        outcomes = stream(assistant, text, _history(past), default=language)
        for content, cited, answer in _render_stream(assistant, outcomes, turn):
            reply = {"role": "assistant", "content": content}
            sources = gr.skip() if cited is None else _sources(past, language, _cards(text, cited, turn, language))
            if answer:
                note(answer)
                record_unanswered(assistant, answer)
                past.append({"turn": turn, "answer": answer, "content": content})
                rest = _follow_ups(answer.suggestions)
            yield [[*shown, question, reply], sources, past if answer else gr.skip(), gr.skip(), gr.skip(), *rest]
    except QuestionError as error:
        reply = {"role": "assistant", "content": str(error)}
        yield _update([*shown, question, reply], past, language, ())
        return
    except Exception as error:
        logger.error("answering failed: %s", type(error).__name__)
        reply = {"role": "assistant", "content": PAGE[language].unavailable}
        yield _update([*shown, question, reply], past, language, ())


def _render_stream(
    assistant: AppContext, outcomes: Iterator[AnswerDelta | Answer], turn: int
) -> Iterator[tuple[str, Sequence[Citation] | None, Answer | None]]:
    """What is shown of an answer so far, its citations where new ones came, and in the end the answer.

    Sources are shown anew only when there are more of them: the reader would lose the place. What
    comes at once is shown at once: quotes are ready before the first of them could be read.
    """
    text, count, shown_at = "", 0, time.monotonic()
    for outcome in outcomes:
        more = outcome.citations if len(outcome.citations) > count else None
        if isinstance(outcome, Answer):
            yield message(outcome, turn, *answer_notes(outcome, assistant.prompts)), more, outcome
            return
        text += outcome.text
        if time.monotonic() - shown_at >= _UPDATE_SECONDS:
            yield render_partial(text, outcome.citations, turn), more, None
            count, shown_at = len(outcome.citations), time.monotonic()


def _messages(past: Conversation) -> list[dict[str, str]]:
    messages = []
    for entry in past:
        answer: Answer = entry["answer"]
        messages.append({"role": "user", "content": escape(answer.question)})
        messages.append({"role": "assistant", "content": entry["content"]})
    return messages


def _history(past: Conversation) -> list[ChatMessage]:
    turns = []
    for entry in past[-MAXIMUM_TURNS:]:
        answer: Answer = entry["answer"]
        turns += [ChatMessage("user", answer.question), ChatMessage("assistant", answer.text, answer.sources)]
    return turns


def _update(
    messages: list[dict[str, str]], past: Conversation, language: Language, suggestions: tuple[str, ...]
) -> list[Any]:
    """The whole page after an answer."""
    return [
        messages,
        _sources(past, language),
        past,
        gr.skip() if messages else "",
        gr.Column(visible=not messages),
        *_follow_ups(suggestions),
    ]


def _follow_ups(suggestions: tuple[str, ...]) -> list[Any]:
    """The group of follow-up buttons and the buttons in it."""
    buttons = [
        gr.Button(suggestions[index], visible=True) if index < len(suggestions) else gr.Button("", visible=False)
        for index in range(_FOLLOW_UPS)
    ]
    return [gr.Column(visible=bool(suggestions)), *buttons]


def _reset(language: Language) -> list[Any]:
    return _update([], [], language, ())


def _cards(question: str, citations: Sequence[Citation], turn: int, language: Language) -> str:
    return cards(Answer(question, question, language, "answered", "", tuple(citations)), turn)


def _sources(past: Conversation, language: Language, latest: str = "") -> str:
    """Cards of all shown answers, the latest first."""
    parts = [latest, *(cards(entry["answer"], entry["turn"]) for entry in reversed(past))]
    text = "\n\n".join(part for part in parts if part)
    return f"## {PAGE[language].sources}\n\n{text}" if text else _empty_sources(language)


def _empty_sources(language: Language) -> str:
    return f"## {PAGE[language].sources}\n\n{PAGE[language].no_sources}"


def _foot(assistant: AppContext, language: Language) -> str:
    texts, settings = PAGE[language], assistant.settings
    links = [
        (texts.contact, settings.contact_url),
        (texts.privacy, settings.privacy_url or "/datenschutz"),
        (texts.imprint, settings.imprint_url or "/impressum"),
        (texts.accessibility, "/barrierefreiheit"),
    ]
    shown = [f"[{label}](<{url}>)" for label, url in links if url]
    return " · ".join([assistant.prompts.render("disclaimer", language), *shown])
