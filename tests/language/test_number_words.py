"""Numbers in words have the value that a reader hears."""

from __future__ import annotations

from itertools import pairwise

import pytest

from assistant.language.number_words import number_words, read_number
from assistant.language.quantities import quantities_in, states_value

READ = """zwei 2|zwölf 12|siebzehn 17|dreißig 30|einundzwanzig 21|sechsundneunzig 96|hundert 100|einhundert 100
hunderteins 101|hundertfünfzig 150|zweihundert 200|fünfzehnhundert 1500|tausend 1000
zweitausendsechsundzwanzig 2026|achttausend 8000
zweihunderttausend 200000|dreihundertfünfzigtausend 350000|einhundertfünfundzwanzigtausend 125000|hundertundeins 101
anderthalb 1.5|eineinhalb 1.5|zweieinhalb 2.5|dreidreiviertel 3.75|zwo 2|zwanziger 20
twelve 12|twenty-five 25|ninety 90|two 2"""


@pytest.mark.parametrize("pair", READ.replace("\n", "|").split("|"))
def test_a_word_has_its_value(pair: str) -> None:
    word, value = pair.split()
    assert read_number(word) == pytest.approx(float(value))
    assert read_number(word.capitalize()) == pytest.approx(float(value))


@pytest.mark.parametrize(
    "word", "ein eins one und einzig Betrieb zweihundertausend tausendhunderttausend zweizehn achtsam ein-zwei".split()
)
def test_what_is_no_number_has_none(word: str) -> None:
    assert read_number(word) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("zwei Millionen dreihunderttausend Euro", ["2300000"]),
        ("eine halbe Million, half a million", ["500000", "500000"]),
        ("eine Viertelmillion bis eine Dreiviertelmillion", ["250000", "750000"]),
        ("ein Dutzend, zwei Dutzend, ein halbes Dutzend", ["12", "24", "6"]),
        ("half a dozen of two dozen", ["6", "24"]),
        ("zwei- bis dreihunderttausend Euro", ["200000", "300000"]),
        ("fünfhundert- bis sechshunderttausend", ["500000", "600000"]),
        ("zwei- bis dreihundert Millionen", ["200000000", "300000000"]),
        ("zwei- bis dreijährig", ["2", "3"]),
        ("drei Komma fünf Millionen", ["3500000"]),
        ("null Komma zwei fünf", ["0.25"]),
        ("two hundred and fifty thousand", ["250000"]),
        ("one hundred firms", ["100"]),
        ("two and a half million, one and a half years", ["2500000", "1.5"]),
        ("eleven hundred, a thousand", ["1100", "1000"]),
        ("eine Million und eine Milliarde", ["1000000", "1000000000"]),
        ("zwei Drittel und ein Fünftel", ["66.67", "20"]),
        ("neun Zehntel, three quarters, a fifth, die Hälfte", ["90", "75", "20", "50"]),
        ("ein halbes Jahr, ein Vierteljahr, ein Dreivierteljahr", ["6", "3", "9"]),
        ("vierzigprozentig, zwölfmonatig, einjährig, dreifach", ["40", "12", "1", "3"]),
        ("die zweite und die fünfundzwanzigste Runde", ["2", "25"]),
        ("zweihundertausend Euro für Hunderte", ["?zweihundertausend", "?hunderte"]),
        ("50 tausend, 3 Millionen, 2 Mrd.", []),
        ("ein bis zwei Stunden, eine bis drei Wochen, one to two", ["1", "2", "1", "3", "1", "2"]),
        ("zwischen acht- und zwanzigtausend", ["8000", "20000"]),
        ("ein Betrieb, einer, einfach, einzig, einmal, außerdem, Jahrhundert, Dritte, Stadtviertel", []),
    ],
)
def test_numbers_are_found_where_they_stand(text: str, values: list[str]) -> None:
    words = number_words(text)
    assert [word.value for word in words] == values
    assert all(text[word.start : word.end].strip() for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))


@pytest.mark.parametrize(
    ("claim", "source", "held"),
    [
        ("dreihunderttausend Euro", "300.000 Euro", True),
        ("zweihunderttausend Euro", "300.000 Euro", False),
        ("fünfhunderttausend Euro", "300.000 Euro", False),
        ("hundertfünfzig Euro", "300.000 Euro", False),
        ("anderthalb Euro", "300.000 Euro", False),
        ("anderthalb Jahre", "18 Monate", True),
        ("ein halbes Jahr", "6 Monate", True),
        ("ein halbes Jahr", "9 Monate", False),
        ("zwei Drittel", "66,67 Prozent", True),
        ("ein Fünftel", "20 Prozent", True),
        ("ein Fünftel", "25 Prozent", False),
        ("ein Dutzend", "12", True),
        ("zweihundertausend Euro", "200.000 Euro", False),
        ("zweihundertausend Euro", "zweihundertausend Euro", True),
        ("three and a half million", "3,5 Mio.", True),
    ],
)
def test_a_source_holds_the_same_value_in_digits(claim: str, source: str, held: bool) -> None:
    assert states_value(quantities_in(claim)[0], quantities_in(source)[0]) is held


def test_a_scale_behind_the_second_number_counts_for_both() -> None:
    assert [one.value for one in quantities_in("zwei bis drei Millionen Euro")] == ["2000000", "3000000"]
    assert [one.value for one in quantities_in("zwei bis dreihunderttausend Euro")] == ["2", "300000"]
