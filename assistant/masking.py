"""Free text without what points to a person: better a word too many is hidden than one too few.

Addresses of all kinds, numbers and salutations go by pattern. No list of names is complete, so of capitalised words
inside a sentence only those stay that the knowledge itself uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable

HIDDEN = "[…]"
_PATTERNS = (
    re.compile(r"\S+@\S+"),
    re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b"),
    re.compile(
        r"\b[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm)\s*\d*\s?[a-z]?\b", re.I
    ),
    re.compile(r"\b\d{5}\s+[A-ZÄÖÜ][\wäöüß-]+"),
    re.compile(r"(?:\+|00)?\d[\d\s()/.-]{4,}\d"),
    re.compile(
        r"\b(?:Herrn?|Frau|Fr\.|Hr\.|Dr\.|Prof\.|Mr\.?|Mrs\.?|Ms\.?|Familie|Firma|Fa\.|ich heiße|mein Name ist|"
        r"my name is)"
        r"(?:\s+(?:Dr\.|Prof\.|[A-ZÄÖÜ][\w'’.-]*))+"
    ),
    re.compile(r"\b[A-ZÄÖÜ][\w&-]*(?:\s+[A-ZÄÖÜ&][\w&-]*)*\s+(?:GmbH|AG|KG|OHG|UG|SE|e\.\s?K\.|GbR|Ltd\.?|Inc\.?)\b"),
    re.compile(r"\d{3,}"),
)
_CAPITAL = rf"(?:[A-ZÄÖÜ][\w'’-]*|{re.escape(HIDDEN)})"
_CAPITALISED = re.compile(rf"{_CAPITAL}(?: {_CAPITAL})+")  # beside a hidden name stands often another
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def mask(text: str, is_known: Callable[[str], bool]) -> str:
    """The text with everything hidden that may name or reach somebody; ``is_known`` tells words of the knowledge."""
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    text = _WORD.sub(lambda match: match[0] if _may_stay(match[0], is_known) else HIDDEN, text)
    text = _CAPITALISED.sub(lambda match: HIDDEN if HIDDEN in match[0] else match[0], text)
    return re.sub(rf"(?:{re.escape(HIDDEN)}[\s,.]*)+{re.escape(HIDDEN)}", HIDDEN, " ".join(text.split()))


def _may_stay(word: str, is_known: Callable[[str], bool]) -> bool:
    """Small words stay; a capitalised one only if the sources use it (a name may open a sentence, too)."""
    return word[0].islower() or is_known(word)
