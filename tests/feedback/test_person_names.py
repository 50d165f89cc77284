"""The lists of names hold names only, written as they are compared."""

from __future__ import annotations

import pytest

from assistant.feedback.person_names import FAMILY, GIVEN
from assistant.language.stopwords import STOPWORDS


@pytest.mark.parametrize("names", [GIVEN, FAMILY])
def test_names_are_single_words_in_small_letters(names: frozenset[str]) -> None:
    assert names
    for name in names:
        assert name == name.lower()
        assert name.isalpha()


def test_words_that_every_sentence_needs_are_no_names() -> None:
    assert not (GIVEN | FAMILY) & (STOPWORDS["de"] | STOPWORDS["en"])


@pytest.mark.parametrize("word", ["groß", "jung", "stein", "keller", "weiß", "könig"])
def test_family_names_that_are_everyday_words_may_stay(word: str) -> None:
    assert word not in FAMILY
