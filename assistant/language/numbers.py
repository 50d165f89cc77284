"""Numbers, shares, sums and dates of a text in one normal form, in digits and in words, German and English.

``560.000 Euro``, ``EUR 560,000`` and ``560000`` give the same value; so do ``3 Mio.``
and ``3 million``, ``31.12.2027`` and ``31 December 2027``, ``sechs`` and ``6``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from assistant.language.number_words import SCALE, SCALES, normal, number_words, numbered

MONTHS: Mapping[str, int] = numbered(
    """januar january jan|februar february feb|märz march mar|april apr|mai may|juni june jun|juli july jul|
    august aug|september sept sep|oktober october okt oct|november nov|dezember december dez dec""",
    start=1,
)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DATES = (
    re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})\.?\s(?P<name>{MONTH})\.?\s(?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b(?P<name>{MONTH})\s(?P<d>\d{{1,2}}),?\s(?P<y>\d{{4}})\b", re.I),
)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,\u00a0\u202f]*\d|\d")
_RANGE = re.compile(rf"\s?(?:bis|to|–|-)\s?\d[\d.,]*{SCALE.pattern}", re.I)


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> frozenset[str]:
    """Normal forms of all numbers and full dates of a text; in digits and in words; shares in words are none."""
    found: set[str] = set()
    for pattern in DATES:
        text = pattern.sub(lambda match: _keep_date(match, found), text)
    for match in _NUMBER.finditer(text):
        found.add(number_value(match[0], SCALE.match(text, match.end())))
        if shared := _RANGE.match(text, match.end()):  # "0,5 bis 10 Mio.": the scale counts for both
            found.add(number_value(match[0], shared))
    found.update(word.value for word in number_words(text) if word.is_cardinal and not word.unit)
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
        value = value.scaleb(SCALES[scale[1].lower()])
    return normal(value)


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
