"""Numbers, shares, sums and dates of a text in one normal form, German and English.

``560.000 Euro``, ``EUR 560,000`` and ``560000`` give the same value; so do ``3 Mio.``
and ``3 million``, ``31.12.2027`` and ``31 December 2027``, ``sechs`` and ``6``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

MONTHS = {
    name: number
    for number, names in enumerate(
        """januar january jan|februar february feb|märz march mar|april apr|mai may|juni june jun|juli july jul|
        august aug|september sept sep|oktober october okt oct|november nov|dezember december dez dec""".split("|"),
        start=1,
    )
    for name in names.split()
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WORDS = {
    word: number
    for number, words in enumerate(
        """null zero| |zwei two|drei three|vier four|fünf five|sechs six|sieben seven|acht eight|neun nine|
        zehn ten|elf eleven|zwölf twelve""".split("|")
    )
    for word in words.split()
}
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
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.I)


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> frozenset[str]:
    """Normal forms of all numbers and full dates of a text."""
    found: set[str] = set()
    for pattern in DATES:
        text = pattern.sub(lambda match: _keep_date(match, found), text)
    for match in _NUMBER.finditer(text):
        found.add(number_value(match[0], SCALE.match(text, match.end())))
        if shared := _RANGE.match(text, match.end()):  # "0,5 bis 10 Mio.": the scale counts for both
            found.add(number_value(match[0], shared))
    found.update(str(_WORDS[match[1].lower()]) for match in _WORD.finditer(text))
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
