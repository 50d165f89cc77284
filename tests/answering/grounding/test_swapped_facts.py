"""Two facts that change places are caught; a fair retelling may turn their order."""

from __future__ import annotations

import pytest

from assistant.answering.grounding.swapped_facts import swapped_names, swapped_numbers
from assistant.answering.grounding.word_alignment import Aligner
from assistant.language.named_entities import EntityMatcher

RATES = "Kleine Firmen erhalten 50 Prozent, mittlere 35 Prozent und große 20 Prozent."


@pytest.mark.parametrize(
    ("claim", "source", "is_swapped"),
    [
        ("Kleine erhalten 50 Prozent, mittlere 35 Prozent.", RATES, False),
        ("Kleine erhalten 35 Prozent, mittlere 50 Prozent.", RATES, True),
        ("Große erhalten 20 Prozent, kleine 50 Prozent.", RATES, True),  # the quote takes its place then
        ("Kleine erhalten 50 Prozent, andere 15 Prozent.", RATES, False),  # unstated, which another rule catches
        ("Es sind 50 Prozent, also 50 Prozent.", RATES, False),
        ("Erst 35 Prozent, dann 50 Euro.", f"{RATES} Dazu 50 Euro.", False),  # other units never change places
        ("Es sind 35 bis 50 Prozent.", RATES, False),  # a range of its own
        ("Ende 2027, früher Ende 2024.", "Es endet 2024, nicht 2027.", False),  # dates may be told in any order
        ("Erst 35, dann 50 Prozent.", "Erst 50 Prozent, dann 35 Prozent, dann 50 Prozent.", False),
        ("", RATES, False),
    ],
)
def test_numbers_of_one_unit_keep_their_order(claim: str, source: str, is_swapped: bool) -> None:
    assert swapped_numbers(claim, source) == is_swapped


NAMES = EntityMatcher([["BME", "Bundesverband"], ["KOINNO"], ["BIG-FuE"], ["BIG-Transfer"]], ["Chemnitz", "Dresden"])
LEADS = "Der BME leitet KOINNO."
TWO = "BIG-Transfer fördert Aufträge, BIG-FuE fördert eigene Projekte der Entwicklung."


@pytest.mark.parametrize(
    ("claim", "source", "is_swapped"),
    [
        (LEADS, LEADS, False),
        ("KOINNO leitet den BME.", LEADS, True),
        ("KOINNO wird vom BME geleitet.", LEADS, False),  # who acts stays who acts
        ("KOINNO wird geleitet und der BME leitet es.", LEADS, True),  # a price of precision
        ("BIG-FuE fördert eigene Projekte der Entwicklung, BIG-Transfer fördert Aufträge.", TWO, False),
        ("BIG-FuE fördert Aufträge, BIG-Transfer fördert eigene Projekte der Entwicklung.", TWO, True),
        ("KOINNO, BME und BIG-FuE helfen.", "BIG-FuE, der BME und KOINNO helfen.", False),  # a list
        ("In Chemnitz hilft der BME.", "Der BME hilft in Chemnitz.", False),  # the only town, behind "in" both times
        ("Der BME hilft KOINNO.", "Der BME hilft anderen.", False),  # a name that the source has not
        ("Der BME ist der Bundesverband.", "Der Bundesverband heißt BME.", False),  # one name in two forms
        ("KMU helfen dem BME.", "Der BME hilft KMU.", False),  # what everything here is about
    ],
)
def test_names_keep_their_words(aligner: Aligner, claim: str, source: str, is_swapped: bool) -> None:
    assert swapped_names(aligner.read(claim, "de"), [aligner.read(source, "de")], NAMES) == is_swapped


def test_names_in_different_sentences_of_the_source_are_compared_too(aligner: Aligner) -> None:
    sources = [aligner.read("BIG-Transfer fördert Aufträge.", "de"), aligner.read("BIG-FuE fördert Projekte.", "de")]
    wrong = aligner.read("BIG-FuE fördert Aufträge, BIG-Transfer fördert Projekte.", "de")
    right = aligner.read("BIG-Transfer fördert Aufträge, BIG-FuE fördert Projekte.", "de")
    assert swapped_names(wrong, sources, NAMES)
    assert not swapped_names(right, sources, NAMES)
