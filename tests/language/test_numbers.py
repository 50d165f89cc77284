"""Numbers, sums and dates compare by value, not by spelling."""

from __future__ import annotations

import pytest

from assistant.language.numbers import numbers_in, unsupported_numbers

CASES = [
    ("560.000 Euro", {"560000"}),
    ("EUR 560,000", {"560000"}),
    ("560000 €", {"560000"}),
    ("560\u00a0000 Euro", {"560000"}),
    ("560\u202f000 Euro", {"560000"}),
    ("1.250.000,50 Euro", {"1250000.5"}),
    ("EUR 1,250,000.50", {"1250000.5"}),
    ("3 Mio. Euro", {"3000000"}),
    ("3 Millionen Euro", {"3000000"}),
    ("EUR 3 million", {"3000000"}),
    ("2,5 Mio. Euro", {"2500000"}),
    ("EUR 2.5 million", {"2500000"}),
    ("1,2 Mrd. Euro", {"1200000000"}),
    ("1.2 billion", {"1200000000"}),
    ("1 Milliarde", {"1000000000"}),
    ("50 Tsd. Euro", {"50000"}),
    ("50 tausend Euro", {"50000"}),
    ("50 thousand euro", {"50000"}),
    ("45 Prozent", {"45"}),
    ("45 %", {"45"}),
    ("45%", {"45"}),
    ("12,5 Prozent", {"12.5"}),
    ("12.5 percent", {"12.5"}),
    ("7,50 Euro", {"7.5"}),
    ("31.12.2027", {"2027-12-31"}),
    ("31. 12. 2027", {"2027-12-31"}),
    ("2027-12-31", {"2027-12-31"}),
    ("31. Dezember 2027", {"2027-12-31"}),
    ("31 December 2027", {"2027-12-31"}),
    ("December 31, 2027", {"2027-12-31"}),
    ("1. März 2026", {"2026-03-01"}),
    ("1 March 2026", {"2026-03-01"}),
    ("im Juli 2026", {"2026"}),
    ("30 bis 60 Prozent", {"30", "60"}),
    ("30–60 %", {"30", "60"}),
    ("30-60 %", {"30", "60"}),
    ("sechs Partner", {"6"}),
    ("six partners", {"6"}),
    ("zwölf Monate", {"12"}),
    ("Mindestens zwei Unternehmen", {"2"}),
    ("§ 3 Abs. 2 GWB", {"3", "2"}),
    ("Der Wert ist 5.", {"5"}),
    ("weniger als 250 Beschäftigte, 50 Mio. Euro", {"250", "50000000"}),
    ("Losgröße 1", {"1"}),
    ("0,5", {"0.5"}),
    ("", set()),
    ("Kein Wert, keine Frist.", set()),
    ("Der Einkauf, der Vertrieb und ein Betrieb", set()),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_number_has_one_normal_form_however_it_is_written(text: str, expected: set[str]) -> None:
    assert numbers_in(text) == expected


@pytest.mark.parametrize(
    ("text", "sources", "unsupported"),
    [
        ("Es gibt 45 Prozent.", ["The rate is 45 percent."], set()),
        ("Bis 31.12.2027.", ["until 31 December 2027"], set()),
        ("Höchstens 3 Mio. Euro.", ["at most EUR 3,000,000"], set()),
        ("Es gibt 45 Prozent.", ["Es gibt 40 Prozent."], {"45"}),
        ("Bis 31.12.2027.", ["Die Zahlen 31, 12 und 2027."], {"2027-12-31"}),
        ("45 und 46", ["45", "46"], set()),
        ("45", [], {"45"}),
        ("ohne Zahl", [], set()),
        ("4 Partner", ["14 Partner, 40 Euro, 2024"], {"4"}),
    ],
)
def test_only_numbers_that_a_source_holds_are_supported(text: str, sources: list[str], unsupported: set[str]) -> None:
    assert unsupported_numbers(text, sources) == unsupported
