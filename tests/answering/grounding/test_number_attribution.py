"""A number of a claim stands in its source, in the same unit and bound, and belongs to the same thing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answering.grounding.number_attribution import misattributed, unstated_numbers
from assistant.answering.grounding.word_alignment import Aligner

TWO = "Der Bonus zahlt 45 Prozent der Kosten. Höchstens 25.000 Euro erhält jedes Unternehmen."


@pytest.mark.parametrize(
    ("claim", "sources", "unstated"),
    [
        ("Der Bonus zahlt 45 Prozent.", [TWO], []),
        ("Der Bonus zahlt 45 %.", [TWO], []),
        ("Der Bonus zahlt 54 Prozent.", [TWO], ["54"]),
        ("Der Bonus zahlt 45 Euro.", [TWO], ["45"]),  # another unit is another fact
        ("Es gibt bis zu 25.000 Euro.", [TWO], []),
        ("Es gibt mindestens 25.000 Euro.", [TWO], ["25000"]),  # and so is another bound
        ("Es gibt 45 Prozent, höchstens 30.000 Euro, ab 2027.", [TWO], ["30000", "2027"]),
        ("Sechs Partner machen mit.", ["Das Netzwerk hat 6 Partner."], []),
        ("Sieben Partner machen mit.", ["Das Netzwerk hat 6 Partner."], ["7"]),
        ("Der Bonus zahlt 45 Prozent.", ["Er hilft.", TWO], []),
        ("Der Bonus hilft.", [], []),
        ("Der Bonus zahlt 45 Prozent.", [], ["45"]),
    ],
)
def test_numbers_that_no_source_states(claim: str, sources: Sequence[str], unstated: list[str]) -> None:
    assert [one.value for one in unstated_numbers(claim, sources)] == unstated


GRANTS = "Der Zuschuss beträgt 40 Prozent für Beratung und 60 Prozent für Schulung."
MODULES = "In Modul 1 gibt es höchstens 5.000 Euro, in Modul 2 höchstens 9.000 Euro."
COMMAS = "Kleine Betriebe erhalten 50 Prozent, mittlere Betriebe 35 Prozent, große Konzerne nichts."


@pytest.mark.parametrize(
    ("claim", "source", "is_misattributed"),
    [
        ("Für Beratung gibt es 40 Prozent.", GRANTS, False),
        ("Für Schulung gibt es 60 Prozent.", GRANTS, False),
        ("Für Beratung gibt es 60 Prozent.", GRANTS, False),  # stands as near to one number as to the other
        ("Für Schulung gibt es 40 Prozent.", GRANTS, True),
        ("Der Zuschuss beträgt 40 Prozent.", GRANTS, False),
        ("In Modul 1 gibt es höchstens 5.000 Euro.", MODULES, False),
        ("In Modul 2 gibt es höchstens 9.000 Euro.", MODULES, False),
        ("In Modul 2 gibt es höchstens 5.000 Euro.", MODULES, True),
        ("In Modul 1 gibt es höchstens 9.000 Euro.", MODULES, True),
        ("Mittlere Betriebe erhalten 35 Prozent.", COMMAS, False),
        ("Mittlere Betriebe erhalten 50 Prozent.", COMMAS, True),
        ("Kleine Betriebe erhalten 35 Prozent.", COMMAS, True),
        # Nothing to take from another when there is one number of the unit only.
        ("Für Reisen gibt es 40 Prozent.", "Der Zuschuss beträgt 40 Prozent für Beratung.", False),
        ("Für Beratung gibt es viel.", GRANTS, False),
    ],
)
def test_a_number_belongs_to_the_words_beside_it(
    aligner: Aligner, claim: str, source: str, is_misattributed: bool
) -> None:
    assert misattributed(aligner.read(claim, "de"), [aligner.read(source, "de")]) == is_misattributed


def test_of_two_sources_each_keeps_its_numbers(aligner: Aligner) -> None:
    sources = [
        aligner.read("Für Beratung zahlt der Bonus 40 Prozent.", "de"),
        aligner.read("Für Schulung zahlt der Bonus 60 Prozent.", "de"),
    ]
    right = aligner.read("Für Beratung zahlt der Bonus 40 Prozent, für Schulung 60 Prozent.", "de")
    wrong = aligner.read("Für Beratung zahlt der Bonus 60 Prozent.", "de")
    assert not misattributed(right, sources)
    assert misattributed(wrong, sources)
