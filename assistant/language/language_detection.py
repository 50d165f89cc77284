"""German or English."""

from __future__ import annotations

import re

from assistant.core.models import Language
from assistant.language.stopwords import STOPWORDS

_GERMAN_ONLY = STOPWORDS["de"] - STOPWORDS["en"]
_ENGLISH_ONLY = STOPWORDS["en"] - STOPWORDS["de"]
_WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str, default: Language = "de") -> Language:
    """German or English by their function words and letters; undecided means the default."""
    words = [word.lower() for word in _WORD.findall(text)]
    german = sum(word in _GERMAN_ONLY for word in words) + 2 * bool(re.search("[äöüß]", text, re.I))
    english = sum(word in _ENGLISH_ONLY for word in words)
    if german == english:
        return default
    return "de" if german > english else "en"
