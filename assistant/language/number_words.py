"""Numbers written as words, German and English: six, fünfundzwanzig, a third, vierte, dreijährig."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_UNITS = {
    word: number
    for number, words in enumerate(
        """null zero| |zwei two|drei three|vier four|fünf five|sechs six|sieben seven|acht eight|neun nine|
        zehn ten|elf eleven|zwölf twelve|dreizehn thirteen|vierzehn fourteen|fünfzehn fifteen|sechzehn sixteen|
        siebzehn seventeen|achtzehn eighteen|neunzehn nineteen|zwanzig twenty""".split("|")
    )
    for word in words.split()
}
_TENS = {
    word: 10 * number
    for number, words in enumerate(
        """zwanzig twenty|dreißig thirty|vierzig forty|fünfzig fifty|sechzig sixty|siebzig seventy|achtzig eighty|
        neunzig ninety""".split("|"),
        start=2,
    )
    for word in words.split()
}
_LARGE = {"hundert": 100, "hundred": 100, "einhundert": 100, "tausend": 1000, "eintausend": 1000}
_ONES = {"ein": 1, "one": 1, **{word: number for word, number in _UNITS.items() if 1 < number < 10}}
_ORDINAL_FORMS = """|zweite second|dritte third|vierte fourth|fünfte fifth|sechste sixth|siebte seventh|achte eighth|
neunte ninth|zehnte tenth|elfte eleventh|zwölfte twelfth"""


def _compounds() -> dict[str, int]:
    """ "fünfundzwanzig", "twenty-five", "zweihundert"."""
    german = {f"{one}und{ten}": ones + tens for ten, tens in _TENS.items() for one, ones in _ONES.items()}
    english = {f"{ten}-{one}": ones + tens for ten, tens in _TENS.items() for one, ones in _ONES.items()}
    hundreds = {f"{one}hundert": 100 * ones for one, ones in _ONES.items()}
    return german | english | hundreds


_VALUES = {**_UNITS, **_TENS, **_LARGE, **_compounds()}
_ANY = "|".join(sorted(_VALUES, key=len, reverse=True))
WORD = re.compile(rf"\b(?:{_ANY})(?:er)?\b(?!-)", re.I)
"""A number word; "tausend" after a number is a scale and read there."""
PREFIX = re.compile(rf"\b({_ANY})(?=jähr|monat|tägig|wöch|stünd|prozent)", re.I)
ORDINALS: Mapping[str, int] = {
    word: number for number, words in enumerate(_ORDINAL_FORMS.split("|"), start=1) for word in words.split()
}
ORDINAL = re.compile(rf"\b(?-i:({'|'.join(ORDINALS)}))[nrsm]?\b(?!-)")
"""Lower case only: "Dritte" are third parties."""


def word_value(word: str) -> int:
    """The value of a match of ``WORD`` or of the first group of ``PREFIX``."""
    lower = word.lower()
    return _VALUES[lower] if lower in _VALUES else _VALUES[lower.removesuffix("er")]


@dataclass(frozen=True, slots=True)
class _Fractions:
    """Shares in words and halves of a million."""

    pattern: re.Pattern[str]

    def read(self, text: str) -> tuple[str, str]:
        """Value and unit of a match."""
        lower = text.lower()
        if "milli" in lower:
            return "500000", ""
        if "dritt" in lower or "third" in lower:
            return ("66.67" if lower.startswith(("zwei", "two")) else "33.33"), "percent"
        if "viertel" in lower or "quarter" in lower:
            return ("75" if lower.startswith(("drei", "three")) else "25"), "percent"
        return "50", "percent"


FRACTIONS = _Fractions(
    re.compile(
        r"\b(?:(?:eine\s)?halbe?n?\s(?:million|mio\.?)|half\sa\smillion|"
        r"(?:zwei|ein)\s?drittel\w?|(?:two|a|one)[\s-]thirds?|(?:drei\s?|ein\s?)?viertel\b(?!\s?(?:jahr|stund))|"
        r"(?:three|a|one)[\s-]quarters?\b|hälfte|half\b(?!\s?(?:a\s)?(?:year|day)))",
        re.I,
    )
)
