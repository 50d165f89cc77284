"""What is hidden of a text whatever its words are, and which words may stay."""

from __future__ import annotations

import pytest

from assistant.feedback.pii_masking import HIDDEN, is_name, mask

HOSTILE = [
    "a" * 2000,
    "a " * 1000,
    "A " * 1000,
    "Aa-" * 660,
    "1." * 1000,
    "a." * 1000,
    "DE89" * 500,
    "(at " * 500,
    "@ " * 999,
]


def everything(word: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("man ruft 0711 1234567 an", f"man ruft {HIDDEN} an"),
        ("an alex@web.de bitte", f"an {HIDDEN} bitte"),
        ("siehe https://huber.example/a?b=c dort", f"siehe {HIDDEN} dort"),
        ("in der Hauptstraße 12 wohnen", f"in der {HIDDEN} wohnen"),
        ("die Fräserei Nord GmbH zahlt", f"die {HIDDEN} zahlt"),
        ("peter sagt ja", f"{HIDDEN} sagt ja"),
        ("Peter Unbekannt, sagt", f"{HIDDEN}, sagt"),
        ("45 Prozent ab 2027", f"45 Prozent ab {HIDDEN}"),
        ("am Tag  danach\n geht es", "am Tag danach geht es"),
    ],
)
def test_patterns_and_names_are_hidden_though_every_word_is_known(text: str, shown: str) -> None:
    assert mask(text, everything) == shown


def test_unknown_words_are_hidden_and_neighbours_become_one_gap() -> None:
    known = {"das", "sagt", "heute"}
    assert mask("das sagt Xaverl Yngwi heute", known.__contains__) == f"das sagt {HIDDEN} heute"
    assert mask("", known.__contains__) == ""


@pytest.mark.parametrize(
    ("word", "named"), [("Peter", True), ("KOCH", True), ("öztürk", True), ("Stein", False), ("Fräse", False)]
)
def test_common_names_are_known_however_they_are_written(word: str, named: bool) -> None:
    assert is_name(word) is named


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_long_and_odd_texts_are_masked_to_the_end(text: str) -> None:
    assert len(mask(text, lambda word: True)) <= len(text)
    assert mask(f"{text} Herr Huber", lambda word: True).find("Huber") == -1
