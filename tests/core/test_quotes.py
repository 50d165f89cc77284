"""Sentences of passages as quotes."""

from __future__ import annotations

from dataclasses import replace

from assistant.core.models import Claim, Passage
from assistant.core.quotes import first_german_quote, german_sentences, quote

GERMAN = Passage("p1", "zim", "funding", "ZIM", "Was", ("Was",), "Eins. Zwei.", ("Eins.", "Zwei."))
ENGLISH = replace(GERMAN, id="p2", language="en", text="One.", sentences=("One.",))
GENERATED = replace(GERMAN, id="p3", generated=True, text="Stand 2025.", sentences=("Stand 2025.",))
LATER = replace(GERMAN, id="p4", text="Drei.", sentences=("Drei.",))


def test_own_german_sentences_come_with_their_position_and_passage() -> None:
    found = list(german_sentences([ENGLISH, GERMAN, GENERATED, LATER]))
    assert found == [(0, GERMAN, "Eins."), (1, GERMAN, "Zwei."), (2, LATER, "Drei.")]


def test_a_quote_claims_nothing_but_its_sentence() -> None:
    assert quote("Zwei.", GERMAN) == Claim("Zwei.", "Zwei.", GERMAN, 0.0)


def test_the_first_quote_is_german_and_written_by_the_source() -> None:
    assert first_german_quote([ENGLISH, GENERATED, LATER, GERMAN]) == quote("Drei.", LATER)
    assert first_german_quote([ENGLISH, GENERATED]) is None
