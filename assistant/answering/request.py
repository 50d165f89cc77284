"""A question on its way in: what is asked, after what, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from assistant.core.company_profile import CompanyProfile
from assistant.core.models import ChatMessage, Language


class AskOptions(TypedDict, total=False):
    """What is known about who asks; ``default`` is the language where neither ``lang`` nor the question tells."""

    lang: Language | None
    default: Language
    profile: CompanyProfile | None
    today: date


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the conversation before it and what is known about who asks.

    ``turn`` is what the visitor wrote where the question is an earlier one that is wanted in another form.
    """

    question: str
    history: Sequence[ChatMessage] = ()
    lang: Language | None = None
    default: Language = "de"
    profile: CompanyProfile | None = None
    today: date = field(default_factory=date.today)
    turn: str = ""
    shorter: bool = False
    said: str = ""

    @property
    def shown(self) -> str:
        """What was answered before and what is not wanted again."""
        return "\n".join([*(turn.content for turn in self.history if turn.role == "assistant"), self.said])
