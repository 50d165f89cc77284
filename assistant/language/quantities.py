"""Numbers with what they count and how they bind: "bis zu 30–60 %", "§ 14", "März 2026", "sechs Partner".

A number with another unit is another fact: 20 percent do not prove 20 days, and
"höchstens 10 Partner" does not prove "mindestens 10 Partner".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from assistant.language.number_words import SCALE, normal, number_words, read_number
from assistant.language.numbers import DATES, MONTH, MONTHS, number_value

Bound = Literal["", "most", "least", "about"]
_UNITS = {
    "percent": r"%|v\.\s?h\.|prozent(?:punkte?n?|ige?[nrsm]?)?\b|per\s?cent\b",
    "euro": r"€|euros?\b|eur\b",
    "hour": r"stunden?\b|std\b|hours?\b|stündig\w*|h\b",
    "workday": r"(?:arbeits|werk|geschäfts)tage?[ns]?\b|(?:working|business)[\s-]days?\b",
    "day": r"(?:kalender|berater|beratungs)?tage?[ns]?\b|(?:consult\w+\s)?days?\b|tägig\w*",
    "week": r"wochen?\b|weeks?\b|wöchig\w*",
    "month": r"monate?[ns]?\b|months?\b|monatig\w*",
    "year": r"(?:kalender|geschäfts|steuer)?jahre?[ns]?\b|years?\b|jährig\w*",
}
_UNIT = re.compile(
    "\\.?[\\s\u00a0\u202f-]*(?:" + "|".join(f"(?P<{name}>{form})" for name, form in _UNITS.items()) + ")", re.I
)
_CURRENCY_BEFORE = re.compile(r"(?:€|\bEUR|\beuro)\s?$", re.I)
_SECTION = re.compile(
    r"(?P<sign>§§?|\bArt(?:\.|ikel[ns]?|icles?)|\b(?:Para(?:graf|graph)\w*|sections?))\s?(?P<number>\d+\s?[a-z]?\b)",
    re.I,
)
_REFERENCE = re.compile(r"(?<![\w./])\d+(?:/\d+)+(?![\w/])")
_LABEL = re.compile(r"\b[A-ZÄÖÜ][\w@]*[\s\u00a0]?-?$|\w-$")
_DIGITS = r"\d[\d.,\u00a0\u202f]*\d|\d"
_NUMBER = re.compile(rf"(?<![\w.,])(?:{_DIGITS})|(?<=[/–-])(?:{_DIGITS})")
_SPACED = re.compile(r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d.,]*\d)")
_TO = re.compile(r"\s?(?:bis(?:\szu)?|to|and|und|oder|or|–|-|/|,)\s?", re.I)
_AND = re.compile(r"(?:-|\s?(?:%|€|\w+))?\s(?:und|and)\s(?:€\s?|EUR\s)?", re.I)
_RANGE = re.compile(r"-?\s?(?:bis(?:\szu)?|to|–|-)\s?", re.I)
_BETWEEN = re.compile(r"\b(?:zwischen|between)\s(?:€\s?|EUR\s)?$", re.I)
_DAY_MONTH = re.compile(rf"\b(?P<d>\d{{1,2}})\.?\s(?P<name>{MONTH})\b|\b(?P<n>\d{{1,2}})\.(?P<m>\d{{2}})\.(?!\d)", re.I)
_MONTH_YEAR = re.compile(rf"\b(?P<name>{MONTH})\.?\s(?:of\s)?(?P<y>(?:19|20)\d\d)\b", re.I)
_QUARTER = re.compile(
    r"\b(?:Q(?P<a>[1-4])[\s/]*|(?P<b>[1-4])\.\s?Quartal(?:\sdes\sJahres)?\s|"
    r"(?P<c>ersten?|zweiten?|dritten?|vierten?)\sQuartal\s|(?P<d>first|second|third|fourth)\squarter(?:\sof)?\s)(?P<y>20\d\d)",
    re.I,
)
_QUARTERS = {"erst": 1, "firs": 1, "zwei": 2, "seco": 2, "drit": 3, "thir": 3, "vier": 4, "four": 4}
_MOST = re.compile(
    r"(?:bis\szu(?:\sje\w*)?|bis|höchstens|höchst|maximal|max\.|längstens|spätestens|unter|weniger\sals|nicht\s(?:mehr|älter|länger|größer|höher|später)\sals|"
    r"nicht\süber|kleiner\sals|obergrenze(?:\s\w+){0,2}|grenze\svon|begrenz\w+(?:\s\w+){0,4}\sauf|up\sto|at\smost|"
    r"(?:no|not)\s(?:more|older|longer|larger|higher)\sthan|cap(?:ped)?\s(?:at|of)|maximum(?:\sof)?|less\sthan|fewer\sthan|below|under|(?:not|n't)\sexceed(?:ing)?|limit(?:ed)?\s(?:of|to)|"
    r"by|until|no\slater\sthan|within|binnen|innerhalb\s(?:von|der))\W*(?:(?:je|jeweils|rund|etwa|ca\.|für|for|the|den|dem|zum|zu|einem|a|EUR|€)\W+){0,3}$",
    re.I,
)
_LEAST = re.compile(
    r"(?:mindestens|wenigstens|ab|vom|über|mehr\sals|größer\sals|von\smindestens|mind\.|nicht\sunter|nicht\sweniger\sals|"
    r"at\sleast|more\sthan|over|above|minimum(?:\sof)?|no\s(?:less|fewer)\sthan|from|since|seit|exceed(?:s|ing)?)"
    r"\W*(?:(?:je|jeweils|rund|dem|den|the|of|a|EUR|€)\W+){0,3}$",
    re.I,
)
_MOST_AFTER = re.compile(
    r"\W*(?:\w+\s){0,2}(?:nicht\s(?:übersteigen|überschreiten)|oder\sweniger|or\s(?:less|fewer))", re.I
)
_LEAST_AFTER = re.compile(r"\W*(?:oder\smehr|or\smore|und\smehr|and\smore)\b", re.I)
_ONE = re.compile(
    r"(?:(?<=mindestens\s)|(?<=wenigstens\s)|(?<=höchstens\s)|(?<=maximal\s)|(?<=at\sleast\s)|(?<=at\smost\s))"
    r"(?:eine?[nmrs]?|one)\b",
    re.I,
)
_NEARLY = re.compile(
    r"(?:knapp|rund|etwa|circa|ca\.|ungefähr|fast|beinahe|nearly|almost|about|around|approximately|roughly)\s$", re.I
)
_SCALE_APART = re.compile(rf"(?<=[\d\s\u00a0])(?:{SCALE.pattern})", re.I)
_TIME_UNITS = {"date", "month-of", "calendar-year", "quarter-of"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a fact: its value, what it counts, how it binds, and where it stands."""

    value: str
    unit: str
    bound: Bound
    start: int
    end: int

    @property
    def is_time(self) -> bool:
        """A point in time rather than an amount."""
        return self.unit in _TIME_UNITS


@lru_cache(maxsize=8192)
def quantities_in(text: str) -> tuple[Quantity, ...]:
    """All numbers of a text in order, with unit and bound."""
    text = _SPACED.sub(lambda match: match[1] + match[2].replace(" ", "\u202f"), text)
    taken = bytearray(len(text))
    found = [
        *_times(text, taken),
        *_sections(text, taken),
        *_references(text, taken),
        *_plain(text, taken),
        *_words(text, taken),
        *_ones(text, taken),
    ]
    return tuple(reversed(_share_units(text, found)))


def _take(taken: bytearray, match: re.Match[str]) -> bool:
    free = not any(taken[match.start() : match.end()])
    if free:
        taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return free


def _times(text: str, taken: bytearray) -> Iterator[Quantity]:
    for pattern in DATES:
        for match in pattern.finditer(text):
            if _take(taken, match):
                parts = match.groupdict()
                month = int(parts["m"]) if parts.get("m") else MONTHS[parts["name"].lower()]
                yield _quantity(text, match, f"{parts['y']}-{month:02}-{int(parts['d']):02}", "date")
    for match in _DAY_MONTH.finditer(text):
        if _take(taken, match):
            month = int(match["m"]) if match["m"] else MONTHS[match["name"].lower()]
            yield _quantity(text, match, f"{month:02}-{int(match['d'] or match['n']):02}", "date")
    for match in _QUARTER.finditer(text):
        if _take(taken, match):
            word = (match["c"] or match["d"] or "")[:4].lower()
            number = match["a"] or match["b"] or _QUARTERS[word]
            yield _quantity(text, match, f"{match['y']}-Q{number}", "quarter-of")
    for match in _MONTH_YEAR.finditer(text):
        if _take(taken, match):
            yield _quantity(text, match, f"{match['y']}-{MONTHS[match['name'].lower()]:02}", "month-of")


def _sections(text: str, taken: bytearray) -> Iterator[Quantity]:
    for match in _SECTION.finditer(text):
        if _take(taken, match):
            unit = "article" if match["sign"].lower().startswith("art") else "paragraph"
            yield _quantity(text, match, re.sub(r"\s", "", match["number"]).lower(), unit)


def _references(text: str, taken: bytearray) -> Iterator[Quantity]:
    for match in _REFERENCE.finditer(text):
        if _take(taken, match):
            yield _quantity(text, match, match[0], "reference")


def _plain(text: str, taken: bytearray) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        if not _take(taken, match):
            continue
        scale = SCALE.match(text, match.end())
        value = number_value(match[0], scale)
        end = scale.end() if scale else match.end()
        unit = _unit_at(text, match.start(), end)
        if not unit and re.fullmatch(r"(?:19|20)\d\d", match[0]):
            unit = "calendar-year"
        elif not unit and _LABEL.search(text[: match.start()]):
            unit = "label"
        yield _quantity(text, match, value, unit, end)


def _words(text: str, taken: bytearray) -> Iterator[Quantity]:
    for word in number_words(text):
        if not any(taken[word.start : word.end]):
            taken[word.start : word.end] = b"\1" * (word.end - word.start)
            unit = word.unit or _unit_at(text, word.start, word.end)
            yield Quantity(word.value, unit, _bound(text, word.start, word.end), word.start, word.end)


def _ones(text: str, taken: bytearray) -> Iterator[Quantity]:
    """ "ein" is a number only after "mindestens" and the like."""
    for match in _ONE.finditer(text):
        if _take(taken, match):
            yield _quantity(text, match, "1", _unit_at(text, match.start(), match.end()))


def _unit_at(text: str, start: int, end: int) -> str:
    match = _UNIT.match(text, end)
    if match and match.lastgroup:
        return match.lastgroup
    return "euro" if _CURRENCY_BEFORE.search(text[:start]) else ""


def _quantity(text: str, match: re.Match[str], value: str, unit: str, end: int | None = None) -> Quantity:
    end = end or match.end()
    return Quantity(value, unit, _bound(text, match.start(), end), match.start(), end)


def _bound(text: str, start: int, end: int) -> Bound:
    before = _CURRENCY_BEFORE.sub("", text[max(0, start - 60) : start])
    if _MOST.search(before) or _MOST_AFTER.match(text, end):
        return "most"
    if _LEAST.search(before) or _LEAST_AFTER.match(text, end):
        return "least"
    return "about" if _NEARLY.search(before) else ""


def _share_units(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """In "30 bis 60 Prozent" unit and scale count for both; the ends of a range bind like "at least" and "at most"."""
    shared: list[Quantity] = []
    for quantity in sorted(found, key=lambda quantity: -quantity.start):
        following = shared[-1] if shared else None
        between = text[quantity.end : following.start] if following else "."
        if following and (_RANGE.fullmatch(between) or _is_between(text, quantity, between)):
            value = _scaled(text, quantity, following)
            quantity = replace(
                quantity, value=value, unit=_own_unit(quantity) or following.unit, bound=quantity.bound or "least"
            )
            shared[-1] = replace(following, bound=following.bound or "most")
        elif following and _TO.fullmatch(between) and not _own_unit(quantity):
            quantity = replace(quantity, unit=following.unit)
        shared.append(quantity)
    return _share_bounds(text, shared)


def _is_between(text: str, quantity: Quantity, between: str) -> bool:
    """Whether it is the first of "zwischen 30.000 und 80.000 Euro"."""
    return bool(_AND.fullmatch(between) and _BETWEEN.search(text[: quantity.start]))


def _own_unit(quantity: Quantity) -> str:
    return "" if quantity.unit == "label" else quantity.unit


def _share_bounds(text: str, backwards: Sequence[Quantity]) -> list[Quantity]:
    """In "no more than EUR 2.5 million and 70 percent" the bound counts for both."""
    passed: list[Quantity] = []
    for quantity in reversed(backwards):
        before = passed[-1] if passed else None
        joined = before and _AND.fullmatch(text[before.end : quantity.start])
        passed.append(replace(quantity, bound=quantity.bound or before.bound) if joined and before else quantity)
    return passed[::-1]


def _scaled(text: str, quantity: Quantity, following: Quantity) -> str:
    """ "0,5 bis 10 Mio.", "zwei bis drei Millionen": the scale counts for both, unless the first is large itself."""
    own, scale = text[quantity.start : quantity.end], _SCALE_APART.search(text[following.start : following.end])
    if own[0].isdigit():
        is_small = not SCALE.search(own) and len(own) <= 4 and "\u202f" not in own
    else:
        value = read_number(own)
        is_small = value is not None and value < 1000
    return number_value(own if own[0].isdigit() else quantity.value, scale) if scale and is_small else quantity.value


def states_value(claimed: Quantity, stated: Quantity) -> bool:
    """Whether the source's number states the value of the claim's in the same unit; a date holds its month."""
    if claimed.is_time or stated.is_time:
        return claimed.is_time and stated.is_time and _holds_time(claimed, stated)
    if stated.unit == "reference" and claimed.unit in ("", "label"):
        return claimed.value in stated.value.split("/")
    return _in_months(claimed) == _in_months(stated)


def _holds_time(claimed: Quantity, stated: Quantity) -> bool:
    if claimed.unit == "quarter-of" and stated.unit in ("date", "month-of"):
        year, month = (
            stated.value.split("-")[:2] if stated.value.count("-") == 2 or stated.unit == "month-of" else ("", "0")
        )
        return claimed.value == f"{year}-Q{(int(month) + 2) // 3}"
    if claimed.unit == "date" and claimed.value.count("-") == 1:
        return stated.unit == "date" and stated.value.endswith(claimed.value)
    return stated.value == claimed.value or stated.value.startswith(claimed.value + "-")


def _in_months(quantity: Quantity) -> tuple[str, str]:
    if quantity.unit == "year" and quantity.value[0].isdigit():
        return normal(12 * Decimal(quantity.value)), "month"
    return quantity.value, _own_unit(quantity)


def has_conflicting_bound(claimed: Quantity, stated: Quantity) -> bool:
    """Whether a claim's number binds otherwise than the source's: "mindestens 10" against "höchstens 10"."""
    if {claimed.bound, stated.bound} in ({"most", "least"}, {"about", "least"}):
        return True
    return not claimed.is_time and claimed.bound in ("", "least") and stated.bound == "most"


def is_same_range(one: Quantity, other: Quantity, text: str) -> bool:
    """Whether two numbers of a text are one, or the two ends of a range."""
    first, second = sorted((one, other), key=lambda quantity: quantity.start)
    return one == other or bool(_RANGE.fullmatch(text[first.end : second.start]))
