"""Numbers or names that changed places: both stand in the source, but the other way round.

A fair retelling may turn the order of two facts, too; then the quote takes its place, which costs nothing but style.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from assistant.quantities import Quantity, is_same_range, quantities_in

Places = tuple[int, ...]


def exchanged_numbers(claim: str, source: str) -> bool:
    """Whether two numbers of one unit stand in the claim in an order in which the source never has them."""
    ours = [one for one in quantities_in(claim) if not one.is_time]
    pairs = (
        (one, other) for one, other in combinations(ours, 2) if one.unit == other.unit and one.value != other.value
    )
    return any(
        not is_same_range(one, other, claim) and _is_turned(_places(one, source), _places(other, source))
        for one, other in pairs
    )


def exchanged_names(claim: str, names: Sequence[str], places: Callable[[str], Places]) -> bool:
    """The same for the ``names`` of a claim; ``places`` gives where the source has a name."""
    ordered = sorted({name: claim.find(name) for name in names}.items(), key=lambda item: item[1])
    found = [(name, start, places(name)) for name, start in ordered]
    return any(
        start + len(name) <= later and not set(here) & set(there) and _is_turned(here, there)
        for (name, start, here), (_, later, there) in combinations(found, 2)
    )


def _is_turned(first: Places, second: Places) -> bool:
    return bool(first and second) and min(first) > max(second)


def _places(one: Quantity, source: str) -> Places:
    return tuple(_starts(one, quantities_in(source)))


def _starts(one: Quantity, others: Sequence[Quantity]) -> Iterator[int]:
    return (other.start for other in others if other.value == one.value and other.unit == one.unit)
