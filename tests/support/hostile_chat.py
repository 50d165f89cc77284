"""The chat page's own parts with hostile answers, as if a model or a source had said them: ``hostile_chat.py PORT``."""

from __future__ import annotations

import os
import sys

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from assistant.core.models import Answer, Citation
from assistant.web.chat.blocks import _chatbot, _source_cards
from assistant.web.chat.source_cards import cards, message
from assistant.web.safe_markdown import escape
from tests.support.hostile_strings import HOSTILE


def hostile_citation(number: int, text: str) -> Citation:
    return Citation(
        number=number, id="x", kind="document", title=text, section=text, page=None, url=text, as_of=None, status=None,
        verify=False, quote=text, passage=f"Davor {text} danach", score=1.0,
    )  # fmt: skip


def hostile_answer(text: str) -> Answer:
    said = f"{text}\n\n- Satz {text} [1]\n\n{text} **{text}**"
    return Answer(text, text, "de", "answered", said, (hostile_citation(1, text),))


def page() -> gr.Blocks:
    answers = [hostile_answer(text) for text in HOSTILE]
    messages = []
    for turn, answer in enumerate(answers, 1):
        messages.append({"role": "user", "content": escape(answer.question)})
        messages.append({"role": "assistant", "content": message(answer, turn)})
    blocks: gr.Blocks
    with gr.Blocks(analytics_enabled=False) as blocks:
        chatbot = _chatbot("de")
        sources = _source_cards("")
        shown = "\n\n".join(cards(answer, turn) for turn, answer in enumerate(answers, 1))
        blocks.load(lambda: [messages, shown], None, [chatbot, sources])
    return blocks


if __name__ == "__main__":
    page().launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
