"""Facts of a firm from what its people type."""

from __future__ import annotations

import pytest

from assistant.eligibility.firm_facts import FirmFacts, find_facts
from assistant.language.regions import RegionDetector

REGIONS = RegionDetector({"Sachsen": ["Vogtland"]})


@pytest.mark.parametrize(
    ("turn", "employees"),
    [
        ("wir sind 40 leute", 40),
        ("Wir sind eine Gießerei mit 80 Leuten in Zwickau", 80),
        ("Wir sind ein Zulieferer mit 140 Beschäftigten.", 140),
        ("Gießerei mit 1.200 Mitarbeitern", 1200),
        ("Getriebebau in Schweinfurt, 640 Leute. Geht ZIM?", 640),
        ("tischlerei, 14 leute, landkreis harburg", 14),
        ("zerspaner, 35 mann in hemelingen", 35),
        ("Wir haben inzwischen rund 60 Mitarbeiter und suchen Partner", 60),
        ("wir sind aber 600 leute und damit kein kmu mehr", 600),
        ("Wir sind vierzig Leute im Vogtland", 40),
        ("wir sind übrigens 300 Leute", 300),
        ("We are a foundry with 80 employees", 80),
        ("we have 25 people", 25),
        ("Gilt das für Firmen bis 250 Mitarbeiter?", None),
        ("Gibt es etwas für Betriebe mit 50 Beschäftigten und mehr?", None),
        ("Wir sind unter 50 Leute", None),
        ("Wir wollen fünf Leute schulen", None),
        ("Zwölf Leute aus unserer Montage sollen umlernen", None),
        ("wir haben drei Leute, die an Roboter umlernen sollen", None),
        ("Zu fünft wollen wir einkaufen", None),
        ("Förderung je 10 Mitarbeiter", None),
        ("Was kostet das?", None),
    ],
)
def test_only_what_is_said_of_the_firm_itself_is_its_size(turn: str, employees: int | None) -> None:
    assert find_facts([turn], REGIONS).employees == employees


def test_the_newest_statement_counts() -> None:
    turns = ["und in Bayern?", "wir sind jetzt 60 leute", "Wir sind 40 Leute im Vogtland"]
    assert find_facts(turns, REGIONS) == FirmFacts(frozenset({"Bayern"}), 60)


def test_a_profile_holds_what_is_sure() -> None:
    assert FirmFacts(frozenset({"Sachsen"}), 40).to_dict() == {"land": "Sachsen", "employees": 40}
    assert FirmFacts(frozenset({"Sachsen", "Bayern"})).to_dict() == {}
    assert find_facts([], REGIONS).to_dict() == {}
