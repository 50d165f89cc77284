"""Only what a quote carries is shown."""

from __future__ import annotations

import pytest

from assistant.answering.draft import ClaimGroup, Draft
from assistant.answering.quote_check import drop_unproven, is_proven
from assistant.core.models import Claim
from tests.support.tiny_corpus import passage

FIRST = "Der Zuschuss beträgt 30 bis 60 Prozent."
SECOND = "Anträge sind bis 31.12.2027 möglich."
PASSAGE = passage("p", FIRST, SECOND)


def claim(text: str, quote: str, note: str = "") -> Claim:
    return Claim(text, quote, PASSAGE, 1.0, note)


PROVEN = claim(FIRST, FIRST)
WRONG = claim("Der Zuschuss beträgt 70 Prozent.", FIRST)
NOTE = claim("", "", "(ohne Datum – bitte prüfen)")


@pytest.mark.parametrize(
    ("text", "quote", "proven"),
    [
        (FIRST, FIRST, True),
        ("(Stand 2027 – bitte prüfen)", SECOND, False),  # a date is one number
        ("(bis 31.12.2027)", SECOND, True),
        (WRONG.text, FIRST, False),
        ("Bis zu 60 Prozent.", FIRST, True),
        (FIRST, "Der Zuschuss beträgt 30 bis 70 Prozent.", False),
        (FIRST, FIRST.lower(), False),
        (f"{FIRST} {SECOND}", f"{FIRST} {SECOND}", True),
        ("Ein Satz ohne Beleg.", "", False),
        ("", "", True),
        ("", FIRST, True),
    ],
)
def test_a_claim_needs_a_literal_quote_and_held_numbers(text: str, quote: str, proven: bool) -> None:
    assert is_proven(claim(text, quote)) is proven


@pytest.mark.parametrize(
    ("paragraph", "kept"),
    [
        ((PROVEN,), (PROVEN,)),
        ((PROVEN, WRONG), (PROVEN,)),
        ((WRONG, PROVEN, NOTE), (PROVEN, NOTE)),
        ((WRONG, NOTE), None),  # a note on nothing
        ((WRONG,), None),
    ],
)
def test_a_paragraph_keeps_what_is_proven_and_falls_when_nothing_is_quoted(
    paragraph: tuple[Claim, ...], kept: tuple[Claim, ...] | None
) -> None:
    checked = drop_unproven(Draft("Dazu:", (ClaimGroup("A", (paragraph,)),)))
    assert checked == (Draft("Dazu:", (ClaimGroup("A", (kept,)),)) if kept else Draft("", ()))


def test_groups_and_paragraphs_without_a_proof_disappear() -> None:
    draft = Draft("Dazu:", (ClaimGroup("A", ((WRONG,), (PROVEN,))), ClaimGroup("B", ((WRONG,),))))
    assert drop_unproven(draft) == Draft("Dazu:", (ClaimGroup("A", ((PROVEN,),)),))
