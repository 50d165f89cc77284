"""Free text without what points to a person: better a word too many is hidden than one too few.

Addresses of all kinds, numbers and salutations go by pattern, common names by a list. No list of names is complete,
so a capitalised word stays only if the knowledge itself uses it, and one in small letters only if it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.feedback.person_names import FAMILY, GIVEN

HIDDEN = "[…]"
_AT = r"(?:@|[(\[{<]\s*(?:at|ät)\s*[)\]}>])"
_DOT = r"(?:\.|[(\[{<]\s*(?:dot|punkt)\s*[)\]}>])"
_STREET = r"(?:straße|strasse|str\.?|weg|platz|allee|gasse|ring|ufer|damm|chaussee)"
_HOUSE = r"(?:\s*\d+(?:\s?[a-z]\b)?)"
_NO_STREET = r"(?!Abschnitt|Artikel|Jahr|Kapitel|Punkt|Satz|Schritt|Teil)"
_TITLE = r"(?:Herrn?|Frau|Fr\.|Hr\.|Dr\.|Prof\.|Dipl\.-\w+\.|Mr\.?|Mrs\.?|Ms\.?|Familie|Firma|Fa\.)"
_PATTERNS = (
    re.compile(rf"(?:\b\w ){{0,30}}\S{{0,64}}\s?{_AT}\s?\S{{1,64}}(?:\s?{_DOT}\s?\w{{1,40}}){{0,4}}", re.IGNORECASE),
    re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(
        r"\b[\w-]{1,40}(?:\.[\w-]{1,40}){0,3}\.(?:de|com|net|org|eu|info|at|ch|io|biz|shop|online)\b\S*", re.IGNORECASE
    ),
    re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b", re.IGNORECASE),
    re.compile(rf"\b[\w-]{{2,40}}(?:straße|strasse|str\.){_HOUSE}?|\b[\w-]{{1,40}}{_STREET}{_HOUSE}", re.I),
    re.compile(
        r"\b(?:Am|An de[rn]|Im|In der|Auf de[rm]|Unter den|Hinter der|Zum|Zur|Alte[rn]?|Neue[rn]?)\s+"
        rf"{_NO_STREET}[A-ZÄÖÜ][\w-]+{_HOUSE}"
    ),
    re.compile(r"\b\d{5}\s+[A-ZÄÖÜ][\w-]+"),
    re.compile(r"(?:\+|00)?\d[\d\s()/.-]{4,24}\d"),
    re.compile(r"\b[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}\b"),
    re.compile(
        rf"\b(?:{_TITLE}|ich heiße|mein Name ist|my name is)(?:\s+(?:{_TITLE}|von|van|de|zu|[A-ZÄÖÜ][\w'’.-]*))+"
    ),
    re.compile(r"\b(?:herrn?|frau|familie|firma|ich heiße|mein name ist|my name is|gruß|grüße)\s+(?:von\s+)?\w+", re.I),
    re.compile(
        r"\b[A-ZÄÖÜ][\w&-]{0,40}(?:\s[A-ZÄÖÜ&][\w&-]{0,40}){0,4}\s(?:GmbH|AG|KG|OHG|UG|SE|e\.\s?K\.|GbR|Ltd\.?|Inc\.?)\b"
    ),
    re.compile(r"\b\w{2,40}(?:[._]\w{2,40}){1,5}\b|\b(?=\w{0,40}\d)(?=\w{0,40}[^\W\d_])\w{4,}\b"),
    re.compile(r"\d{3,}"),
)
_CAPITAL = rf"(?:[A-ZÄÖÜ][\w'’-]*|{re.escape(HIDDEN)})"
_PARTICLES = r"(?:(?:von|van|vom|zu|de|der|den) )*"
_CAPITALISED = re.compile(rf"{_CAPITAL}(?: {_PARTICLES}{_CAPITAL})+")  # beside a hidden name often stands another
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_REPEATED = re.compile(rf"(?:{re.escape(HIDDEN)}[\s,.-]*)+{re.escape(HIDDEN)}")


def mask(text: str, is_known: Callable[[str], bool]) -> str:
    """The text with everything hidden that may name or reach somebody; ``is_known`` tells which words may stay."""
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    text = "".join(_words_hidden(text, is_known))
    text = _CAPITALISED.sub(lambda match: HIDDEN if HIDDEN in match[0] else match[0], text)
    return _REPEATED.sub(HIDDEN, " ".join(text.split()))


def is_name(word: str) -> bool:
    """Whether a word is a common given or family name, however it is written."""
    return word.lower() in GIVEN or word.lower() in FAMILY


def _words_hidden(text: str, is_known: Callable[[str], bool]) -> Iterator[str]:
    """The text in pieces, names and unknown words hidden; so is a word of any sort right after a given name."""
    end, named = 0, False
    for found in _WORD.finditer(text):
        between, word = text[end : found.start()], found[0]
        beside = named and not between.strip(" -") and not _is_small(word)
        yield between
        yield HIDDEN if beside or is_name(word) or not is_known(word) else word
        named = word.lower() in GIVEN
        end = found.end()
    yield text[end:]


def _is_small(word: str) -> bool:
    """Words that follow a name without being part of it."""
    return word.lower() in {
        "und",
        "oder",
        "hat",
        "ist",
        "war",
        "sagt",
        "meint",
        "fand",
        "von",
        "and",
        "has",
        "is",
        "says",
    }
