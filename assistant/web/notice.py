"""What visitors read before they type: that an AI system answers, and what is kept where something is."""

from __future__ import annotations

from assistant.answering.runtime import AppContext
from assistant.core.models import Language


def visitor_notice(assistant: AppContext, language: Language) -> str:
    """The sentences that are true for this server's settings."""
    settings, prompts = assistant.settings, assistant.prompts
    days = str(settings.feedback_days)
    sentences = [prompts.render("greeting", language)]
    if settings.takes_feedback:
        sentences.append(prompts.render("feedback_notice", language, days=days))
    if settings.keeps_unanswered:
        sentences.append(prompts.render("unanswered_notice", language, days=days))
    return " ".join(sentences)
