"""A number is a fact with a unit and a bound."""

from __future__ import annotations

import pytest

from assistant.language.quantities import has_conflicting_bound, quantities_in, states_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30–60 %", [("30", "percent", "least"), ("60", "percent", "most")]),
        ("höchstens 1 100 € je Beratertag", [("1100", "euro", "most")]),
        ("0,5 bis 10 Mio. Euro", [("500000", "euro", "least"), ("10000000", "euro", "most")]),
        ("EUR 2.5 million", [("2500000", "euro", "")]),
        ("eine halbe Million Euro", [("500000", "euro", "")]),
        ("die Hälfte der Kosten", [("50", "percent", "")]),
        ("binnen fünfundzwanzig Arbeitstagen", [("25", "workday", "most")]),
        ("three or more partners", [("3", "", "least")]),
        ("share does not exceed 25 percent", [("25", "percent", "most")]),
        ("seit Juli 2023", [("2023-07", "month-of", "least")]),
        ("im dritten Quartal 2026", [("2026-Q3", "quarter-of", "")]),
        ("am 30. Juni", [("06-30", "date", "")]),
        ("nach § 32c GWB und Art. 13", [("32c", "paragraph", ""), ("13", "article", "")]),
        ("Verordnung (EU) 2023/1067", [("2023/1067", "reference", "")]),
        ("in Modul 5", [("5", "label", "")]),
        ("dreijährige Laufzeit", [("3", "year", "")]),
        ("die vierte Auflage", [("4", "", "")]),
        ("Dritte haften nicht", []),
        ("mindestens ein Partner", [("1", "", "least")]),
        ("ein Partner", []),
    ],
)
def test_a_number_has_a_value_a_unit_and_a_bound(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(quantity.value, quantity.unit, quantity.bound) for quantity in quantities_in(text)] == expected


@pytest.mark.parametrize(
    ("claim", "source", "held"),
    [
        ("45 %", "45 percent", True),
        ("45 %", "45 Euro", False),
        ("20 Tage", "20 Arbeitstage", False),
        ("zwei Jahre", "24 Monate", True),
        ("Juli 2023", "01.07.2023", True),
        ("01.07.2023", "Juli 2023", False),
        ("im Jahr 2026", "31.03.2026", True),
        ("Q1 2026", "31.03.2026", True),
        ("Q2 2026", "31.03.2026", False),
        ("31. März", "31.03.2026", True),
        ("§ 14", "Art. 14", False),
        ("KfW 512", "KfW 511/512", True),
        ("3 Partner", "3 Prozent", False),
    ],
)
def test_a_source_holds_a_number_only_in_its_unit(claim: str, source: str, held: bool) -> None:
    assert states_value(quantities_in(claim)[0], quantities_in(source)[0]) is held


@pytest.mark.parametrize(
    ("claim", "source", "against"),
    [
        ("mindestens 10 Partner", "höchstens 10 Partner", True),
        ("10 Partner", "bis zu 10 Partner", True),
        ("höchstens 10 Partner", "bis zu 10 Partner", False),
        ("knapp 200 Mitglieder", "über 200 Mitglieder", True),
        ("am 31.12.2027", "bis zum 31.12.2027", False),
        ("ab dem 31.12.2027", "bis zum 31.12.2027", True),
    ],
)
def test_a_bound_may_not_turn_round(claim: str, source: str, against: bool) -> None:
    assert has_conflicting_bound(quantities_in(claim)[0], quantities_in(source)[0]) is against
