"""Turns that are about the talk itself: thanks, and the wish for the last answer in another form.

Everything here is a function of the history that came along; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.core.models import ChatMessage, Language
from assistant.retrieval.dialogue_act import DialogueAct
from assistant.retrieval.query_understanding import MAXIMUM_TURNS, clean

_LANGUAGES: dict[DialogueAct, Language] = {"english": "en", "german": "de"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A question that was asked before, the talk before it, and the form in which it is to be answered now.

    ``shorter``: only what answers first; ``said``: the answers so far, where something else is wanted.
    """

    question: str
    history: Sequence[ChatMessage]
    lang: Language | None
    shorter: bool
    said: str


def resolve_wish(
    act: DialogueAct, history: Sequence[ChatMessage], act_of: Callable[[str], DialogueAct | None]
) -> Wish | None:
    """What is wanted by a turn that is about the last answer; ``None`` where nothing was asked before.

    Turns of that kind in a row add up: "auf Englisch", then "kürzer".
    """
    acts = [act]
    for position in reversed(range(max(0, len(history) - MAXIMUM_TURNS), len(history))):
        turn = history[position]
        if turn.role != "user":
            continue
        earlier = act_of(clean(turn.content))
        if earlier is None:
            language = next((_LANGUAGES[one] for one in acts if one in _LANGUAGES), None)
            before = history[:position]
            return Wish(clean(turn.content), before, language, "shorter" in acts, _said(acts, history))
        acts.append(earlier)
    return None


def _said(acts: Sequence[DialogueAct], history: Sequence[ChatMessage]) -> str:
    if "further" not in acts:
        return ""
    return "\n".join(turn.content for turn in history[-MAXIMUM_TURNS:] if turn.role == "assistant")
