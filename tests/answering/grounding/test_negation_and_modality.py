"""Yes stays yes, can stays can: every rule in a table of plain sentences, with what it must let pass."""

from __future__ import annotations

import pytest

from assistant.answering.grounding.negation_and_modality import adds, contradicts_polarity, lists_more, overstates
from assistant.answering.grounding.word_alignment import Aligner, own_scores
from assistant.language.language_detection import detect_language


def contradicts(aligner: Aligner, claim: str, *sources: str) -> bool:
    read = aligner.read(claim, detect_language(claim))
    others = [aligner.read(source, detect_language(source)) for source in sources]
    return contradicts_polarity(read, others, aligner.align(read, others))


def exaggerates(aligner: Aligner, claim: str, *sources: str) -> bool:
    read = aligner.read(claim, detect_language(claim))
    others = [aligner.read(source, detect_language(source)) for source in sources]
    return overstates(claim, others, aligner.align(read, others))


@pytest.mark.parametrize(
    ("claim", "source", "contradiction"),
    [
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert Maschinen.", False),
        # More denials than the source has.
        ("Der Bonus fördert keine Maschinen.", "Der Bonus fördert Maschinen.", True),
        ("Der Bonus fördert keine Maschinen.", "Der Bonus fördert keine Maschinen.", False),
        ("Der Bonus wird nicht mehr vergeben.", "Der Bonus ist ausgelaufen.", False),  # a soft denial carries it
        # The source denies, and the claim takes that over without its "nicht".
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert keine Maschinen.", True),
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert Maschinen nicht.", True),
        ("The grant funds machines.", "The grant does not fund machines.", True),
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert Maschinen, aber keine Gebäude.", False),
        ("Der Bonus fördert Gebäude.", "Der Bonus fördert Maschinen, aber keine Gebäude.", True),
        # Ended only where the source says so.
        ("Der Bonus nimmt nicht mehr an.", "Der Bonus nimmt Schreiben nicht an.", True),
        # "nicht unbedenklich" of what is "unbedenklich".
        ("Die Absprache ist nicht unbedenklich.", "Die Absprache ist nicht teuer und unbedenklich.", True),
        # What is denied must be denied there.
        ("Der Bonus fördert Beratung nicht.", "Der Bonus fördert Beratung. Gebäude fördert er nicht.", True),
        ("Der Bonus fördert Gebäude nicht.", "Der Bonus fördert Beratung. Gebäude fördert er nicht.", False),
        # Both sides of a contrast keep their sign.
        (
            "Der Bonus fördert Maschinen nicht, aber Gebäude.",
            "Der Bonus fördert Gebäude nicht, aber Maschinen.",
            True,
        ),
        (
            "Der Bonus fördert Gebäude nicht, aber Maschinen.",
            "Der Bonus fördert Gebäude nicht, aber Maschinen.",
            False,
        ),
    ],
)
def test_yes_and_no_stay(aligner: Aligner, claim: str, source: str, contradiction: bool) -> None:
    sentences = [part if part.endswith(".") else f"{part}." for part in source.split(". ")]
    assert contradicts(aligner, claim, *sentences) == contradiction


def test_a_sentence_that_was_cited_for_something_else_is_not_heard(aligner: Aligner) -> None:
    claim = "Der Verbund teilt sich teure Fräsmaschinen und günstige Werkzeuge."
    assert not contradicts(aligner, claim, claim, "Igel schlafen im Sommer nicht.")


@pytest.mark.parametrize(
    ("claim", "source", "too_strong"),
    [
        ("Betriebe können den Bonus beantragen.", "Betriebe können den Bonus beantragen.", False),
        # Duty.
        ("Betriebe müssen den Bonus beantragen.", "Betriebe können den Bonus beantragen.", True),
        ("Betriebe müssen den Antrag stellen.", "Betriebe stellen den Antrag.", True),
        ("Betriebe müssen den Antrag stellen.", "Der Antrag der Betriebe ist Pflicht.", False),
        ("Der Antrag ist bis Mai zu stellen.", "Die Frist für den Antrag endet im Mai.", False),
        ("Ein Vertrag ist gesetzlich vorgeschrieben.", "Ein Vertrag ist üblich.", True),
        ("Ein Vertrag ist gesetzlich vorgeschrieben.", "Ein Vertrag ist verpflichtend vorgeschrieben.", False),
        # Hedges.
        ("Der Verbund kauft günstiger ein.", "Der Verbund kauft meist günstiger ein.", True),
        ("Der Verbund kauft in der Regel günstiger ein.", "Der Verbund kauft meist günstiger ein.", False),
        ("Der Verbund gründet eine Firma.", "Der Verbund soll eine Firma gründen.", True),
        ("Der Bonus zahlt 45 Prozent.", "Der Bonus kann 45 Prozent zahlen.", True),
        ("Der Bonus zahlt bis zu 45 Prozent.", "Der Bonus kann 45 Prozent zahlen.", False),  # says that it can be less
        # All and only.
        ("Der Bonus hilft allen Betrieben.", "Der Bonus hilft Betrieben.", True),
        ("Der Bonus hilft allen Betrieben.", "Der Bonus hilft allen Betrieben.", False),
        ("Der Bonus hilft nur Betrieben.", "Der Bonus hilft Betrieben.", True),
        ("Der Bonus hilft nur Betrieben.", "Der Bonus hilft ausschließlich Betrieben.", False),
        ("Nur ein Antrag ist einzureichen.", "Ein Antrag reicht.", False),
        ("Der Bonus hilft nur Betrieben.", "Der Bonus hilft nur Betrieben und Hochschulen.", True),
        ("Der Bonus hilft nur Betrieben und Hochschulen.", "Der Bonus hilft nur Betrieben und Hochschulen.", False),
        # The past, and what nobody confirmed.
        ("Das Programm bezuschusst Netzwerke.", "Das Programm bezuschusste Netzwerke.", True),
        ("Das Programm bezuschusste Netzwerke.", "Das Programm bezuschusste Netzwerke.", False),
        ("Das Programm ist ausgelaufen.", "Das Programm war für Netzwerke.", False),
        ("Das Programm läuft derzeit.", "Ob das Programm läuft, ist nicht bestätigt.", True),
        ("Ob das Programm derzeit läuft, ist nicht bestätigt.", "Ob das Programm läuft, ist nicht bestätigt.", False),
    ],
)
def test_a_claim_is_no_stronger_than_its_source(aligner: Aligner, claim: str, source: str, too_strong: bool) -> None:
    assert exaggerates(aligner, claim, source) == too_strong


@pytest.mark.parametrize(
    ("claim", "source", "more"),
    [
        ("Das Zentrum hilft bei Robotik und Logistik.", "Das Zentrum hilft bei Robotik und Logistik.", False),
        ("Das Zentrum hilft bei Robotik und Steuerrecht.", "Das Zentrum hilft bei Robotik.", True),
        ("Das Zentrum hilft bei Steuerrecht und Robotik.", "Das Zentrum hilft bei Robotik.", True),
        ("Das Zentrum hilft bei Robotik, Steuerrecht.", "Das Zentrum hilft bei Robotik.", True),
        (
            "Das Zentrum hilft bei Steuerrecht.",
            "Das Zentrum hilft bei Robotik.",
            False,
        ),  # no list; other rules weigh it
    ],
)
def test_a_list_has_no_item_more(aligner: Aligner, claim: str, source: str, more: bool) -> None:
    read = aligner.read(claim, "de")
    matches = aligner.align(read, [aligner.read(source, "de")])
    scores = dict(zip((match.word.start for match in matches), own_scores(matches), strict=True))
    assert lists_more(read, scores) == more


@pytest.mark.parametrize(
    ("claim", "sources", "count"),
    [
        ("Der Bonus hilft.", ["Der Bonus hilft."], 0),
        ("Betriebe müssen zahlen.", ["Betriebe zahlen."], 1),
        ("Betriebe müssen zahlen.", ["Betriebe zahlen.", "Die Zahlung ist Pflicht."], 0),
        ("Betriebe müssen zahlen.", ["Die Zahlung ist fällig."], 0),
        ("Betriebe zahlen, weil es hilft.", ["Betriebe zahlen."], 1),
        ("Betriebe zahlen, weil es hilft.", ["Betriebe zahlen deshalb."], 0),
        ("Betriebe müssen zahlen, weil es hilft.", ["Betriebe zahlen."], 2),
    ],
)
def test_duties_and_reasons_of_its_own_are_counted(claim: str, sources: list[str], count: int) -> None:
    assert adds(claim, sources) == count
