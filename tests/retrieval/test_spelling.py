"""A slip or two is forgiven in a long word, in a short one none."""

from __future__ import annotations

import pytest

from assistant.retrieval.spelling import is_near

VOCABULARY = {"zim", "digitalbonus", "fraunhof", "sprint", "zaunwind"}


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("digitalbonus", True),
        ("digitalbonuss", True),
        ("digitalbonsu", True),
        ("digitallbonnus", True),
        ("fraunhoff", True),
        ("zaunwnd", True),
        ("zaun", False),
        ("zem", False),
        ("cedernhof", False),
        ("digitalbogen", False),
        ("sprint4", False),
    ],
)
def test_whether_a_word_is_a_misspelt_one(word: str, near: bool) -> None:
    assert is_near(word, VOCABULARY) is near
