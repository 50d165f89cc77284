"""The words of the pages: none is said twice, and both languages leave the same gaps for values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from string import Formatter
from typing import Any, get_args

import pytest

from assistant.core.models import Language
from assistant.feedback.store import Reason
from assistant.web.page_texts import CITATION, PAGE, RATING, SCRIPT

TABLES: tuple[Mapping[Language, Any], ...] = (PAGE, CITATION, SCRIPT, RATING)
LANGUAGES = get_args(Language)


def texts(language: Language) -> Iterator[tuple[str, str]]:
    """Every text with the name that it has in its table."""
    for table in TABLES:
        for name, text in asdict(table[language]).items():
            yield from text.items() if isinstance(text, dict) else [(name, text)]


def gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_said_twice(language: Language) -> None:
    said = Counter(text for _, text in texts(language))
    assert [text for text, count in said.items() if count > 1] == []


def test_both_languages_leave_the_same_gaps() -> None:
    assert [(name, gaps(text)) for name, text in texts("de")] == [(name, gaps(text)) for name, text in texts("en")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_rating_has_words(language: Language) -> None:
    assert RATING[language].reasons.keys() == set(get_args(Reason))
