"""Numbers in words, German and English: "zweihunderttausend", "anderthalb", "zwei Dutzend", "two thirds".

German numbers are read as they are built: what stands before "tausend" and "hundert" times it, plus what follows.
A word that is made of numbers and cannot be read ("zweihundertausend", "Hunderte") has a value that only the same
word equals, so that nothing else proves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache


def numbered(forms: str, start: int = 0) -> dict[str, int]:
    """``"null zero| |zwei two"`` to a table of words and their numbers."""
    return {word: number for number, words in enumerate(forms.split("|"), start) for word in words.split()}


SCALES: Mapping[str, int] = {
    "tausend": 3, "tsd": 3, "thousand": 3,
    "mio": 6, "million": 6, "millionen": 6,
    "mrd": 9, "milliarde": 9, "milliarden": 9, "billion": 9,
}  # fmt: skip
"""Powers of ten by the word that stands for them."""
SCALE = re.compile(rf"[\s\u00a0]*({'|'.join(sorted(SCALES, key=len, reverse=True))})\b", re.I)

_ONES = numbered("null|ein eins|zwei zwo|drei|vier|fünf|sechs|sieben|acht|neun")
_TEENS = numbered(
    "zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn",
    start=10,
)
_TENS = {
    word: 10 * number
    for word, number in numbered(
        "zwanzig|dreißig dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig", start=2
    ).items()
}
_BELOW_HUNDRED = {
    **_ONES,
    **_TEENS,
    **_TENS,
    **{f"{one}und{ten}": ones + tens for ten, tens in _TENS.items() for one, ones in _ONES.items() if ones},
}
_HALVES = {"einhalb": "0.5", "einviertel": "0.25", "dreiviertel": "0.75"}
_MORPHEMES = "|".join(
    sorted({*_BELOW_HUNDRED, "hundert", "tausend", "und", "anderthalb", *_HALVES}, key=len, reverse=True)
)
_WORD = re.compile(rf"(?<![\w-])(?:{_MORPHEMES})+(?:er)?(?![\w-])", re.I)
_NO_NUMBERS = frozenset(("ein", "eins", "einer", "und"))
_ENGLISH = {
    **numbered("zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"),
    **numbered("thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen", start=13),
    **{
        word: 10 * number
        for word, number in numbered("twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety", start=2).items()
    },
}
_ENGLISH_WORD = rf"(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))}|hundred|thousand)"
_ENGLISH_NUMBER = re.compile(
    rf"(?<![\w-])(?:a\s(?=hundred|thousand))?{_ENGLISH_WORD}(?:(?:\sand\s|[\s-]){_ENGLISH_WORD})*(?![\w-])", re.I
)
_AFTER_FIGURE = re.compile(r"\d[\s\u00a0]?$")
_AND_A_HALF = re.compile(r"\sand\sa\shalf(?![\w-])", re.I)
_ONE_TO = re.compile(rf"\s(?:bis|to)\s(?:zu\s)?(?:{_MORPHEMES}|{_ENGLISH_WORD})+(?![\w-])", re.I)
_ONE_AND_MORE = re.compile(rf"(?<![\w-])ein(?:e[mnrs]?)?(?={_ONE_TO.pattern})", re.I)
_DECIMALS = re.compile(
    rf"\s(?:komma|point)((?:\s(?:{'|'.join(w for w in (*_ONES, *list(_ENGLISH)[:10]))}))+)(?![\w-])", re.I
)
_MORE = re.compile(rf"\s(?:und\s)?((?:{_MORPHEMES})+)(?![\w-])", re.I)
_ELIDED = re.compile(rf"(?<![\w-])((?:{_MORPHEMES})+)-\s(?:bis|und|oder)\s(?:zu\s)?((?:{_MORPHEMES})+)", re.I)
_DOZEN = re.compile(
    r"(?<![\w-])(?:(?P<half>(?:ein(?:e[mns])?\s)?halbe[sn]?\sDutzend|half\sa\sdozen)|"
    r"(?:(?P<count>\w+)\s)?(?:Dutzend|dozen))(?![\w-])",
    re.I,
)
_PART_OF_MILLION = re.compile(
    r"(?<![\w-])(?:(?:eine[rn]?\s)?(?P<half>halbe[rn]?\s(?:Million|Mio\.?))|(?P<english>half\sa\smillion)|"
    r"(?:eine[rn]?\s)?(?P<quarters>drei)?viertel\s?million)(?![\w-])",
    re.I,
)
_ONE_LARGE = re.compile(r"(?<![\w-])(?:eine[rn]?|a|one)\s(million|milliarde|billion)(?![\w-])", re.I)
_PART_OF_YEAR = re.compile(
    r"(?<![\w-])(?:(?P<six>halbe[sn]?\sJahre?s?|Halbjahr|half\sa\syear|half-year)|(?P<nine>dreivierteljahr)|"
    r"(?P<three>vierteljahr))(?:es|s)?(?![\w-])",
    re.I,
)
_DENOMINATORS = numbered("drittel|viertel|fünftel|sechstel|siebtel|achtel|neuntel|zehntel", start=3)
_ENGLISH_DENOMINATORS = numbered("third|quarter|fifth|sixth|seventh|eighth|ninth|tenth", start=3)
_SHARE = re.compile(
    rf"(?<![\w-])(?:(?P<n>ein(?:e[mns]?)?|{'|'.join(list(_ONES)[3:])})\s?)?(?P<d>{'|'.join(_DENOMINATORS)})[ns]?(?![\w-])"
    rf"(?!\s?(?:jahr|stund|vor|nach))|"
    rf"(?<![\w-])(?P<en>a|one|two|three|four|five|six|seven|eight|nine)[\s-](?P<ed>{'|'.join(_ENGLISH_DENOMINATORS)})s?"
    rf"(?![\w-])|(?<![\w-])(?<!and\sa\s)(?P<half>hälfte|half)(?![\w-])(?!\s?(?:a\s)?(?:year|day|dozen|million))",
    re.I,
)
_PREFIX = re.compile(
    rf"(?<![\w-])((?:{_MORPHEMES})+)-?(?=jähr|monat|tägig|wöch|stünd|prozent|köpfig|fach|stellig|stufig|teilig|mal(?!\w))",
    re.I,
)
_PERIODS = re.compile(r"-?(?:jähr|monat|tägig|wöch|stünd)", re.I)
_ORDINALS: Mapping[str, int] = numbered(
    """|zweite second|dritte third|vierte fourth|fünfte fifth|sechste sixth|siebte siebente seventh|achte eighth|
    neunte ninth|zehnte tenth|elfte eleventh|zwölfte twelfth""",
    start=1,
)
_ORDINAL = re.compile(rf"(?<![\w-])(?:({'|'.join(_ORDINALS)})[nrsm]?|((?:{_MORPHEMES})+)s?te[nrsm]?)(?![\w-])")
"""Lower case only: "Dritte" are third parties."""
_UNREADABLE = re.compile(
    rf"(?<![\w-])(?!einzig|jahr)(?:(?:{_MORPHEMES})\w*(?:hundert|tausend|zig|ßig|zehn|million|milliard)\w*|"
    r"(?:hundert|tausend)\w+|(?:zig|aber)?(?:hunderte[nr]?|tausende[nr]?)|dutzende[nr]?|millionen|milliarden|"
    r"dozens|hundreds|thousands|millions|billions)(?![\w-])",
    re.I,
)


@dataclass(frozen=True, slots=True)
class NumberWord:
    """A number in words: its normal form, where it stands, and its unit where the words hold it ("Hälfte").

    ``is_cardinal`` tells "zwölf" from "zwölfte" and "zwölfjährig".
    """

    value: str
    start: int
    end: int
    unit: str = ""
    is_cardinal: bool = True


def read_number(word: str) -> Decimal | None:
    """The value of one German or English number word; ``None`` where it is none, and for the article "ein"."""
    lower = word.lower()
    if lower in _NO_NUMBERS or lower == "one":
        return None
    if (english := _read_english(lower)) is not None:
        return english
    value = _read_german(lower)
    return value if value is not None else _read_german(lower.removesuffix("er"))


def number_words(text: str) -> tuple[NumberWord, ...]:
    """All numbers in words, in order and without overlaps; of two readings the one with more words is right."""
    taken = bytearray(len(text))
    found = []
    for reading in (*_fixed(text), *_counted(text), *_attached(text), *_unreadable(text)):
        if not any(taken[reading.start : reading.end]):
            taken[reading.start : reading.end] = b"\1" * (reading.end - reading.start)
            found.append(reading)
    return tuple(sorted(found, key=lambda word: word.start))


def normal(value: Decimal) -> str:
    """Normal form of a value: no exponent, no zeros at the end."""
    return f"{value.normalize():f}"


@cache
def _read_german(word: str) -> Decimal | None:
    """``zweihundertfünfzig``, ``dreitausend``, ``anderthalb``; the parts before and after each scale are numbers."""
    if word in _BELOW_HUNDRED:
        return Decimal(_BELOW_HUNDRED[word])
    if word == "anderthalb":
        return Decimal("1.5")
    for ending, part in _HALVES.items():
        if word.endswith(ending) and (whole := _read_german(word.removesuffix(ending))) is not None:
            return whole + Decimal(part)
    for scale, size in (("tausend", 1000), ("hundert", 100)):
        before, found, after = word.partition(scale)
        if found:
            return _scaled(before, after, size)
    return None


def _scaled(before: str, after: str, size: int) -> Decimal | None:
    times = _read_german(before) if before else Decimal(1)
    rest = _read_german(after.removeprefix("und")) if after else Decimal(0)
    if times is None or rest is None or times % 1 or rest % 1:
        return None
    return times * size + rest if 0 < times < 1000 and rest < size else None


def _read_english(text: str) -> Decimal | None:
    """``two hundred and fifty thousand``; ``None`` where the words are no one number."""
    total = current = 0
    last = 0
    words = [word for word in re.split(r"[\s-]", text) if word not in ("and", "a")]
    for word in words:
        if word == "hundred" and current < 100:
            current = max(current, 1) * 100
        elif word == "thousand" and current:
            total, current = total + current * 1000, 0
        elif word == "thousand" and not total:
            total = 1000
        elif word in _ENGLISH and _continues(last, current, _ENGLISH[word]):
            current += _ENGLISH[word]
        else:
            return None
        last = _ENGLISH.get(word, 0)
    return Decimal(total + current) if words else None


def _continues(last: int, current: int, value: int) -> bool:
    """Whether a word may follow: a unit after tens, anything below a hundred after hundreds."""
    return not current or (current % 100 == 0 and value < 100) or (last >= 20 and 0 < value < 10)


def _fixed(text: str) -> Iterator[NumberWord]:
    """Shares, dozens, and parts of a million or a year."""
    for match in _PART_OF_MILLION.finditer(text):
        value = "500000" if match["half"] or match["english"] else "750000" if match["quarters"] else "250000"
        yield NumberWord(value, match.start(), match.end())
    for match in _PART_OF_YEAR.finditer(text):
        months = "6" if match["six"] else "9" if match["nine"] else "3"
        yield NumberWord(months, match.start(), match.end(), "month")
    for match in _DOZEN.finditer(text):
        yield from _dozen(match)
    for match in _SHARE.finditer(text):
        yield NumberWord(_percent(match), match.start(), match.end(), "percent")


def _dozen(match: re.Match[str]) -> Iterator[NumberWord]:
    if match["half"]:
        yield NumberWord("6", match.start(), match.end())
        return
    count = (match["count"] or "").lower()
    times = read_number(count) or (Decimal(1) if count in ("ein", "eine", "einem", "eines", "a", "one", "") else None)
    if times is None and count.isdigit():
        times = Decimal(count)
    start = match.start() if times is not None else match.start("count") + len(count) + 1
    yield NumberWord(normal(12 * (times or Decimal(1))), start, match.end())


def _percent(match: re.Match[str]) -> str:
    if match["half"]:
        return "50"
    numerator = (match["n"] or match["en"] or "ein").lower()
    denominator = (match["d"] or match["ed"]).lower()
    below = _DENOMINATORS.get(denominator) or _ENGLISH_DENOMINATORS[denominator]
    above = _ONES.get(numerator) or _ENGLISH.get(numerator) or 1
    return normal(round(Decimal(100 * above) / below, 2))


def _counted(text: str) -> Iterator[NumberWord]:
    """Cardinal numbers, with the scale that follows them and what is added to it; "eine bis zwei" begins with 1."""
    for match in _ONE_AND_MORE.finditer(text):
        yield NumberWord("1", match.start(), match.end())
    yield from _elided(text)
    for match in _ONE_LARGE.finditer(text):
        yield _with_rest(text, Decimal(1).scaleb(SCALES[match[1].lower()]), match.start(), match.end())
    for match in _ENGLISH_NUMBER.finditer(text):
        value = None if _is_scale(text, match.start(), match[0]) else _read_english(match[0].lower())
        if value is not None and (match[0].lower() != "one" or _goes_on(text, match.end())):
            yield _with_scale(text, value, match.start(), match.end())
    for pattern in (_WORD, re.compile(rf"\b{_ENGLISH_WORD}\b", re.I)):
        for match in pattern.finditer(text):
            if _is_scale(text, match.start(), match[0]):
                continue
            value = read_number(match[0])
            if value is None and match[0].lower() in ("ein", "eins", "one") and _goes_on(text, match.end()):
                value = Decimal(1)
            if value is not None:
                yield _with_scale(text, value, match.start(), match.end())


def _is_scale(text: str, start: int, word: str) -> bool:
    """Whether the word only times the figure before it, as in "50 tausend" and "3 Millionen"."""
    return word.lower() in SCALES and bool(_AFTER_FIGURE.search(text[:start]))


def _goes_on(text: str, end: int) -> bool:
    """Whether "ein" or "one" is a number, as in "eins Komma fünf", "one and a half" and "ein bis zwei"."""
    return any(pattern.match(text, end) for pattern in (_DECIMALS, _AND_A_HALF, _ONE_TO))


def _with_scale(text: str, value: Decimal, start: int, end: int) -> NumberWord:
    if half := _AND_A_HALF.match(text, end):
        value, end = value + Decimal("0.5"), half.end()
    elif decimals := _DECIMALS.match(text, end):
        digits = "".join(str({**_ONES, **_ENGLISH}[word.lower()]) for word in decimals[1].split())
        value, end = Decimal(f"{value}.{digits}"), decimals.end()
    scale = SCALE.match(text, end)
    if not scale:
        return NumberWord(normal(value), start, end)
    return _with_rest(text, value.scaleb(SCALES[scale[1].lower()]), start, scale.end())


def _with_rest(text: str, value: Decimal, start: int, end: int) -> NumberWord:
    """ "zwei Millionen dreihunderttausend" """
    more = _MORE.match(text, end)
    rest = read_number(more[1]) if more else None
    if more and rest is not None and value >= 1_000_000 and 1000 <= rest < 1_000_000:
        return NumberWord(normal(value + rest), start, more.end())
    return NumberWord(normal(value), start, end)


def _elided(text: str) -> Iterator[NumberWord]:
    """ "zwei- bis dreihunderttausend": the first number has the end of the second."""
    for match in _ELIDED.finditer(text):
        value = _read_elided(match[1].lower(), match[2].lower())
        if value is None:
            continue
        first = _with_scale(text, value, match.start(1), match.end())  # a scale after the second counts for both
        yield NumberWord(first.value, match.start(1), match.end(1))


def _read_elided(first: str, last: str) -> Decimal | None:
    """``zwei`` before ``dreihunderttausend`` is 200,000: it stands where the number nearest in size stands."""
    own = _read_german(first)
    fronts = [last[:end] for end in range(1, len(last) + 1) if _read_german(last[:end]) is not None]
    if own is None or not fronts:
        return own
    size = len(str(int(own)))
    front = min(fronts, key=lambda word: (abs(len(str(int(_read_german(word) or 0))) - size), len(word)))
    return _read_german(first + last.removeprefix(front))


def _attached(text: str) -> Iterator[NumberWord]:
    """The number in "dreijährig" and "vierzigprozentig", and ordinal numbers."""
    for match in _PREFIX.finditer(text):
        word = match[1].lower()
        single = word == "ein" and _PERIODS.match(text, match.end(1))
        value = Decimal(1) if single else read_number(word)
        if value is not None:
            yield NumberWord(normal(value), match.start(), match.end(1), is_cardinal=False)
    for match in _ORDINAL.finditer(text):
        value = Decimal(_ORDINALS[match[1]]) if match[1] else _read_german(match[2])
        if value is not None and (match[1] or value > 12):
            yield NumberWord(normal(value), match.start(), match.end(), is_cardinal=False)


def _unreadable(text: str) -> Iterator[NumberWord]:
    for match in _UNREADABLE.finditer(text):
        if not _is_scale(text, match.start(), match[0]):
            yield NumberWord(f"?{match[0].lower()}", match.start(), match.end(), is_cardinal=False)
