"""Whether the numbers of a claim stand in its source, in the same unit, bound and company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.alignment import Text, distance, same_words
from assistant.quantities import Quantity, contradicts, holds, is_same_range, quantities_in

_REACH = 5
_NO_TIE = 0.5
_LABEL = 3  # the number in "Modul 1" tells more than any word


def unheld(claim: str, sources: Sequence[str]) -> tuple[Quantity, ...]:
    """Numbers of a claim that no source states in the same unit and with a fitting bound."""
    held = [other for source in sources for other in quantities_in(source)]
    return tuple(
        one
        for one in quantities_in(claim)
        if not any(holds(one, other) and not contradicts(one, other) for other in held)
    )


def misbound(claim: Text, sources: Sequence[Text]) -> bool:
    """Whether a number stands among words that belong to another number of the same unit in the source."""
    return any(_is_misbound(one, claim, sources) for one in quantities_in(claim.text))


def _is_misbound(one: Quantity, claim: Text, sources: Sequence[Text]) -> bool:
    """The nearer a word stands to the numbers in claim and source, the more it says about whose number it is."""
    votes = [vote for place, weight in _company(one, claim) for vote in _votes(one, claim, place, weight, sources)]
    return sum(votes) < 0


def _company(one: Quantity, claim: Text) -> Iterator[tuple[int, float]]:
    """Places and weights of the words that stand nearer to a number than to any other of its unit."""
    own = _place(one, claim)
    quantities = quantities_in(claim.text)
    labels = {other.start for other in quantities if other.unit == "label" and one.unit != "label"}
    others = [_place(other, claim) for other in quantities if other.unit == one.unit and other != one]
    for place, word in enumerate(claim.words):
        away = distance(claim, own, place)
        label = word.start in labels
        if not (word.is_content or label) or one.start <= word.start < one.end:
            continue
        nearest = all(away + _NO_TIE < distance(claim, other, place) for other in others)
        if nearest and away <= (2 * _REACH if label else _REACH):
            yield place, (_LABEL if label else 1) / max(away, 1)


def _votes(one: Quantity, claim: Text, place: int, weight: float, sources: Sequence[Text]) -> Iterator[float]:
    """For the number when the source's same word stands nearest to it, against it when nearest to a rival."""
    found = [(source, where) for source in sources for where in same_words(claim, place, source)]
    if len(found) != 1:
        return
    source, where = found[0]
    rivals = [other for other in quantities_in(source.text) if other.unit == one.unit or holds(one, other)]
    held = [other for other in rivals if holds(one, other) and not contradicts(one, other)]
    distances = [
        (distance(source, _place(other, source), where), any(is_same_range(other, own, source.text) for own in held))
        for other in rivals
    ]
    nearest = min((distance for distance, _ in distances), default=0.0)
    kinds = {own for distance, own in distances if distance <= nearest + _NO_TIE}
    if len(kinds) == 1:
        yield (1 if kinds.pop() else -1) * weight / max(nearest, 1)


def _place(one: Quantity, text: Text) -> int:
    return next((place for place, word in enumerate(text.words) if word.end > one.start), len(text.words) - 1)
