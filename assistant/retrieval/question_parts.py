"""The parts of a question that asks two things: "Wo beantrage ich das und wie viel gibt es?"."""

from __future__ import annotations

import re

MOST_PARTS = 3
_FEWEST_WORDS = 3
_ASKING = (
    r"(?:wo|woher|wohin|wofür|womit|wie|was|wer|wen|wem|wann|warum|weshalb|welche[rsmn]?|(?:bis|ab|seit)\s(?:wann|zu\swelche)"
    r"|wieviel\w*|muss|müssen|darf|dürfen|kann|können|gilt|gelten|gibt|zahlt|zahlen|brauch\w*|lohnt"
    r"|how|what|who|when|where|which|why|until\swhen|does|do|can|must|may|are)\b"
)
_BETWEEN = re.compile(rf"\s*\?\s+|\s*[,;–-]?\s+(?:und|and|sowie)\s+(?={_ASKING})", re.I)
_SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*")
_ASKS = re.compile(rf"^\W*(?:und\s|and\s)?{_ASKING}", re.I)
_ASKS_ANYWHERE = re.compile(rf"\b{_ASKING}", re.I)


def split_parts(question: str) -> tuple[str, ...]:
    """The two or three things that are asked, in their order; empty where it is one.

    What is told before ("Wir sind 40 Leute.") is no part of it.
    """
    asked = [sentence for sentence in _SENTENCE.findall(question) if "?" in sentence]
    text = "".join(asked) or question
    parts = [part.strip(" ,;?–-") for part in _BETWEEN.split(text)]
    parts = [part for part in parts if part]
    if parts and len(parts[0].split()) < _FEWEST_WORDS:  # "Seit wann und bis wann gibt es das?"
        return ()
    is_whole = 1 < len(parts) <= MOST_PARTS and all(_ASKS.match(part) for part in parts[1:])
    return tuple(parts) if is_whole and _ASKS_ANYWHERE.search(parts[0]) else ()
