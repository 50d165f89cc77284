"""Numbers, shares, sums and dates of a text in one normal form, in digits and in words, German and English.

``560.000 Euro``, ``EUR 560,000`` and ``560000`` give the same value; so do ``3 Mio.``
and ``3 million``, ``31.12.2027`` and ``31 December 2027``, ``sechs`` and ``6``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache


def _numbered(forms: str, start: int = 0) -> dict[str, int]:
    """``"null zero| |zwei two"`` to a table of words and their numbers."""
    return {word: number for number, words in enumerate(forms.split("|"), start) for word in words.split()}


MONTHS: Mapping[str, int] = _numbered(
    """januar january jan|februar february feb|märz march mar|april apr|mai may|juni june jun|juli july jul|
    august aug|september sept sep|oktober october okt oct|november nov|dezember december dez dec""",
    start=1,
)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_SCALES = {
    "tausend": 3, "tsd": 3, "thousand": 3,
    "mio": 6, "million": 6, "millionen": 6,
    "mrd": 9, "milliarde": 9, "milliarden": 9, "billion": 9,
}  # fmt: skip
DATES = (
    re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})\.?\s(?P<name>{MONTH})\.?\s(?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b(?P<name>{MONTH})\s(?P<d>\d{{1,2}}),?\s(?P<y>\d{{4}})\b", re.I),
)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,\u00a0\u202f]*\d|\d")
SCALE = re.compile(rf"[\s\u00a0]*({'|'.join(sorted(_SCALES, key=len, reverse=True))})\b", re.I)
_RANGE = re.compile(rf"\s?(?:bis|to|–|-)\s?\d[\d.,]*{SCALE.pattern}", re.I)

_UP_TO_TWENTY = _numbered(
    """null zero| |zwei two|drei three|vier four|fünf five|sechs six|sieben seven|acht eight|neun nine|
    zehn ten|elf eleven|zwölf twelve|dreizehn thirteen|vierzehn fourteen|fünfzehn fifteen|sechzehn sixteen|
    siebzehn seventeen|achtzehn eighteen|neunzehn nineteen|zwanzig twenty"""
)
_UP_TO_TWELVE = {word: number for word, number in _UP_TO_TWENTY.items() if number <= 12}
_UP_TO_TWELVE_WORD = re.compile(rf"\b({'|'.join(_UP_TO_TWELVE)})\b", re.I)
_ONES = {"ein": 1, "one": 1, **{word: number for word, number in _UP_TO_TWENTY.items() if 1 < number < 10}}
_TENS = {
    word: 10 * number
    for word, number in _numbered(
        """zwanzig twenty|dreißig thirty|vierzig forty|fünfzig fifty|sechzig sixty|siebzig seventy|achtzig eighty|
        neunzig ninety""",
        start=2,
    ).items()
}
_LARGE = {"hundert": 100, "hundred": 100, "einhundert": 100, "tausend": 1000, "eintausend": 1000}


def _compounds() -> dict[str, int]:
    """ "fünfundzwanzig", "twenty-five", "zweihundert"."""
    german = {f"{unit}und{ten}": units + tens for ten, tens in _TENS.items() for unit, units in _ONES.items()}
    english = {f"{ten}-{unit}": units + tens for ten, tens in _TENS.items() for unit, units in _ONES.items()}
    hundreds = {f"{unit}hundert": 100 * units for unit, units in _ONES.items()}
    return german | english | hundreds


_VALUES = {**_UP_TO_TWENTY, **_TENS, **_LARGE, **_compounds()}
_ANY = "|".join(sorted(_VALUES, key=len, reverse=True))
NUMBER_WORD = re.compile(rf"\b(?:{_ANY})(?:er)?\b(?!-)", re.I)
"""A number word; "tausend" after a number is a scale and read there."""
NUMBER_PREFIX = re.compile(rf"\b({_ANY})(?=jähr|monat|tägig|wöch|stünd|prozent)", re.I)
"""The number in "dreijährig"."""
ORDINALS: Mapping[str, int] = _numbered(
    """|zweite second|dritte third|vierte fourth|fünfte fifth|sechste sixth|siebte seventh|achte eighth|
    neunte ninth|zehnte tenth|elfte eleventh|zwölfte twelfth""",
    start=1,
)
ORDINAL = re.compile(rf"\b(?-i:({'|'.join(ORDINALS)}))[nrsm]?\b(?!-)")
"""Lower case only: "Dritte" are third parties."""
FRACTION = re.compile(
    r"\b(?:(?:eine\s)?halbe?n?\s(?:million|mio\.?)|half\sa\smillion|"
    r"(?:zwei|ein)\s?drittel\w?|(?:two|a|one)[\s-]thirds?|(?:drei\s?|ein\s?)?viertel\b(?!\s?(?:jahr|stund))|"
    r"(?:three|a|one)[\s-]quarters?\b|hälfte|half\b(?!\s?(?:a\s)?(?:year|day)))",
    re.I,
)
"""Shares in words, and half a million."""


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> frozenset[str]:
    """Normal forms of all numbers and full dates of a text; of number words those up to twelve."""
    found: set[str] = set()
    for pattern in DATES:
        text = pattern.sub(lambda match: _keep_date(match, found), text)
    for match in _NUMBER.finditer(text):
        found.add(number_value(match[0], SCALE.match(text, match.end())))
        if shared := _RANGE.match(text, match.end()):  # "0,5 bis 10 Mio.": the scale counts for both
            found.add(number_value(match[0], shared))
    found.update(str(_UP_TO_TWELVE[match[1].lower()]) for match in _UP_TO_TWELVE_WORD.finditer(text))
    return frozenset(found)


def _keep_date(match: re.Match[str], found: set[str]) -> str:
    parts = match.groupdict()
    month = int(parts["m"]) if parts.get("m") else MONTHS[parts["name"].lower()]
    found.add(f"{parts['y']}-{month:02}-{int(parts['d']):02}")
    return " "


def number_value(digits: str, scale: re.Match[str] | None) -> str:
    """Normal form of a number, with the scale that follows it."""
    value = Decimal(_plain(re.sub(r"[\u00a0\u202f]", "", digits)))
    if scale:
        value = value.scaleb(_SCALES[scale[1].lower()])
    return f"{value.normalize():f}"


def _plain(digits: str) -> str:
    """Thousands separators out, decimal comma to point; the last group of exactly three digits is thousands."""
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits):
        return re.sub(r"[.,]", "", digits)
    if re.fullmatch(r"\d{1,3}(\.\d{3})*,\d+|\d+,\d+", digits):
        return digits.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d{1,3}(,\d{3})*\.\d+|\d+\.\d+", digits):
        return digits.replace(",", "")
    return re.sub(r"[.,]", "", digits)


def unsupported_numbers(text: str, sources: list[str]) -> frozenset[str]:
    """Numbers of a text that none of the sources holds."""
    held = frozenset().union(*(numbers_in(source) for source in sources)) if sources else frozenset()
    return numbers_in(text) - held


def word_value(word: str) -> int:
    """The value of a match of ``NUMBER_WORD`` or of the first group of ``NUMBER_PREFIX``."""
    lower = word.lower()
    return _VALUES[lower] if lower in _VALUES else _VALUES[lower.removesuffix("er")]


def fraction_value(text: str) -> tuple[str, str]:
    """Value and unit of a match of ``FRACTION``."""
    lower = text.lower()
    if "milli" in lower:
        return "500000", ""
    if "dritt" in lower or "third" in lower:
        return ("66.67" if lower.startswith(("zwei", "two")) else "33.33"), "percent"
    if "viertel" in lower or "quarter" in lower:
        return ("75" if lower.startswith(("drei", "three")) else "25"), "percent"
    return "50", "percent"
