"""Numbers or names that changed places: both stand in the source, but the other way round.

A fair retelling may turn the order of two facts, too; then the quote takes its place, which costs nothing but style.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from assistant.answering.grounding.word_alignment import AnalyzedText, distance, same_words
from assistant.language.named_entities import EntityMatcher, name_key
from assistant.language.quantities import Quantity, is_same_range, quantities_in

# What everything here is about changes places with nothing.
_EVERYWHERE = frozenset(("kmu", "sme", "smes", "positionspapier", "position paper", "netzlotse"))
_LISTING = frozenset(", und oder sowie bzw and or & / -".split())
_ARTICLES = frozenset("der die das den dem des ein eine einen einem eines einer the a an".split())
_CLEARLY = 5  # times as much that speaks for one reading as for the other
_BY = frozenset("von vom durch by".split())


def swapped_numbers(claim: str, source: str) -> bool:
    """Whether two numbers of one unit stand in the claim in an order in which the source never has them."""
    ours = [one for one in quantities_in(claim) if not one.is_time]
    for one, other in combinations(ours, 2):
        if one.unit == other.unit and one.value != other.value and not is_same_range(one, other, claim):
            here, there = _starts(one, source), _starts(other, source)
            if here and there and min(here) > max(there):
                return True
    return False


def _starts(one: Quantity, source: str) -> list[int]:
    return [other.start for other in quantities_in(source) if (other.value, other.unit) == (one.value, one.unit)]


def swapped_names(claim: AnalyzedText, sources: Sequence[AnalyzedText], names: EntityMatcher) -> bool:
    """The same for the names of a claim.

    Who tells facts in another order keeps each name among its own words, and that decides; where no
    words tell the names apart ("A folgt auf B"), the order does.
    """
    found = _mentions(claim, names)
    return any(
        not _is_list(claim, one, other, found)
        and not _is_only_region(claim, sources, one, other, found)
        and _is_exchanged(claim, sources, one, other)
        for one, other in combinations(found, 2)
    )


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name in a claim: its words, all forms of it, each cut into words, and whether it is a Land or a town."""

    start: int
    end: int
    forms: frozenset[tuple[str, ...]]
    is_place: bool

    def holds(self, position: int) -> bool:
        """Whether a word of the claim belongs to the name."""
        return self.start <= position < self.end


def _mentions(claim: AnalyzedText, names: EntityMatcher) -> list[_Mention]:
    """The names in order, without those inside longer ones and those that everything here is about."""
    words = _folded(claim)
    found = []
    for name in names.mentioned(claim.text, claim.language):
        key = name_key(name)
        if key and key not in _EVERYWHERE:
            forms = frozenset(tuple(form.split()) for form in names.same(key))
            spans = _find_forms([tuple(key.split())], words)[:1]
            found += [_Mention(start, end, forms, names.is_place(key)) for start, end in spans]
    longest = sorted(found, key=lambda one: (one.start, -one.end))
    return [one for number, one in enumerate(longest) if not any(one.start < other.end for other in longest[:number])]


def _is_list(claim: AnalyzedText, one: _Mention, other: _Mention, found: Sequence[_Mention]) -> bool:
    """Whether only other names, commas and "und" stand between two names; a list may have any order."""
    words = [word.text.lower() for word in claim.words]
    between = [position for position in range(one.end, other.start) if not any(name.holds(position) for name in found)]
    clause = claim.language == "de" and any(words[position : position + 2] == [",", "und"] for position in between)
    joined = {words[position] for position in between}
    return not clause and bool(joined & _LISTING) and joined <= _LISTING | _ARTICLES


def _is_only_region(
    claim: AnalyzedText, sources: Sequence[AnalyzedText], one: _Mention, other: _Mention, found: Sequence[_Mention]
) -> bool:
    """Whether one of the names is the only Land or town of the claim and stands behind "in" here and there."""
    regions = [name for name in found if name.is_place]
    if len(regions) != 1 or regions[0] not in (one, other) or not _is_behind_in(claim, regions[0].start):
        return False
    return all(_is_behind_in(sources[number], start) for number, start in _spans_in(sources, regions[0]))


def _is_behind_in(text: AnalyzedText, position: int) -> bool:
    return position > 0 and text.words[position - 1].text.lower() == "in"


def _is_exchanged(claim: AnalyzedText, sources: Sequence[AnalyzedText], one: _Mention, other: _Mention) -> bool:
    """Whether two names have each other's places: by the words around them, else by their order and who acts."""
    here, there = _spans_in(sources, one), _spans_in(sources, other)
    if one.forms & other.forms or set(here) & set(there) or not (here and there):
        return False
    votes = [vote for vote in _votes(claim, sources, one, other) if vote]
    against = -sum(vote for vote in votes if vote < 0)
    in_favour = sum(votes) + against
    if min(here) < max(there):
        return len(votes) > 1 and against > _CLEARLY * in_favour
    if in_favour > _CLEARLY * against:
        return False
    return _is_agent(claim, other.start) == any(_is_agent(sources[number], start) for number, start in there)


def _votes(claim: AnalyzedText, sources: Sequence[AnalyzedText], one: _Mention, other: _Mention) -> Iterator[float]:
    """For the order of the claim when a word keeps the company of its name in the source, against it when not."""
    for position, word in enumerate(claim.words):
        if not (word.is_content or word.text[0].isupper()) or one.holds(position) or other.holds(position):
            continue
        nearer = _nearer(claim, position, [one.start], [other.start])
        if _is_apart(claim, position, one.start if nearer > 0 else other.start):
            continue
        for source in sources if nearer else ():
            forms = [[start for start, _ in _find_forms(name.forms, _folded(source))] for name in (one, other)]
            company = [_nearer(source, where, *forms) for where in same_words(claim, position, source) if all(forms)]
            yield from (nearer * found for found in company[:1] if len(company) == 1)


def _is_apart(text: AnalyzedText, one: int, other: int) -> bool:
    """Whether a comma stands between two words."""
    return any(word.text in ",;" for word in text.words[min(one, other) : max(one, other)])


def _nearer(text: AnalyzedText, position: int, first: Sequence[int], second: Sequence[int]) -> float:
    """Above 0 when a word stands nearer to the first name, below when to the second; the nearer, the more it says."""
    here, there = (min(distance(text, position, name) for name in names) for names in (first, second))
    return 0.0 if abs(here - there) <= 1 else (1 if here < there else -1) / max(1.0, min(here, there))


def _is_agent(text: AnalyzedText, position: int) -> bool:
    """Whether a name is who acts in the passive: "wird vom BME geleitet"."""
    return any(word.text.lower() in _BY for word in text.words[max(0, position - 2) : position])


def _spans_in(sources: Sequence[AnalyzedText], name: _Mention) -> list[tuple[int, int]]:
    return [
        (number, start)
        for number, source in enumerate(sources)
        for start, _ in _find_forms(name.forms, _folded(source))
    ]


def _find_forms(forms: Iterable[tuple[str, ...]], words: Sequence[str]) -> list[tuple[int, int]]:
    """First word and the one after the last of each form in folded words; hyphens are words without letters."""
    lettered = [position for position, word in enumerate(words) if word]
    spans = {
        (lettered[start], lettered[start + len(form) - 1] + 1)
        for form in forms
        for start in range(len(lettered) - len(form) + 1)
        if all(words[position] == part for position, part in zip(lettered[start:], form, strict=False))
    }
    return sorted(spans)


@lru_cache(maxsize=1024)
def _folded(text: AnalyzedText) -> tuple[str, ...]:
    return tuple(name_key(word.text) for word in text.words)
