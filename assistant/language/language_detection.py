"""German or English."""

from __future__ import annotations

import re

from assistant.core.models import Language
from assistant.language.stopwords import ENGLISH, GERMAN

_WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str, default: Language = "de") -> Language:
    """German or English by their function words and letters; undecided means the default."""
    words = [word.lower() for word in _WORD.findall(text)]
    german = sum(word in GERMAN and word not in ENGLISH for word in words) + 2 * bool(re.search("[äöüß]", text, re.I))
    english = sum(word in ENGLISH and word not in GERMAN for word in words)
    if german == english:
        return default
    return "de" if german > english else "en"
