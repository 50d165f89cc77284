"""Whether the numbers of a claim stand in its source, in the same unit, bound and company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.grounding.word_alignment import AnalyzedText, distance, same_words
from assistant.language.quantities import Quantity, has_conflicting_bound, is_same_range, quantities_in, states_value

_REACH = 5
_NO_TIE = 0.5
_CONJUNCTION = 1  # "420.000 Euro national und 220.000": what goes before belongs to what goes before
_LABEL = 3  # the number in "Modul 1" tells more than any word


def unstated_numbers(claim: str, sources: Sequence[str]) -> tuple[Quantity, ...]:
    """Numbers of a claim that no source states in the same unit and with a fitting bound."""
    held = [other for source in sources for other in quantities_in(source)]
    return tuple(
        quantity
        for quantity in quantities_in(claim)
        if not any(states_value(quantity, other) and not has_conflicting_bound(quantity, other) for other in held)
    )


def misattributed(claim: AnalyzedText, sources: Sequence[AnalyzedText]) -> bool:
    """Whether a number stands among words that belong to another number of the same unit in the source."""
    return any(_is_misbound(quantity, claim, sources) for quantity in quantities_in(claim.text))


def _is_misbound(quantity: Quantity, claim: AnalyzedText, sources: Sequence[AnalyzedText]) -> bool:
    """The nearer a word stands to the numbers in claim and source, the more it says about whose number it is."""
    company = list(_company(quantity, claim))
    votes = [vote for position, weight in company for vote in _votes(quantity, claim, position, weight, sources)]
    return sum(votes) < 0 or any(_is_elsewhere(quantity, claim, position, sources) for position, _ in company)


def _is_elsewhere(quantity: Quantity, claim: AnalyzedText, position: int, sources: Sequence[AnalyzedText]) -> bool:
    """Whether a noun beside a number stands in the source once only, in a clause with another number of the unit."""
    start, end = _clause(claim, position)
    if not claim.words[position].text[0].isupper() or not start <= quantity.start < end:
        return False
    found = [(source, where) for source in sources for where in same_words(claim, position, source)]
    if len(found) != 1:
        return False
    source, where = found[0]
    start, end = _clause(source, where)
    rivals = [
        other for other in quantities_in(source.text) if other.unit == quantity.unit and start <= other.start < end
    ]
    return bool(rivals) and not any(states_value(quantity, other) for other in rivals)


def _clause(text: AnalyzedText, position: int) -> tuple[int, int]:
    """Where the stretch between commas begins and ends that a word stands in, as offsets in the text."""
    breaks = [word.start for word in text.words if word.text in ",;:" and text.text[word.end : word.end + 1] == " "]
    at = text.words[position].start
    return max((offset for offset in breaks if offset < at), default=0), min(
        (offset for offset in breaks if offset > at), default=len(text.text)
    )


def _company(quantity: Quantity, claim: AnalyzedText) -> Iterator[tuple[int, float]]:
    """Positions and weights of the words that stand nearer to a number than to any other of its unit."""
    quantities = quantities_in(claim.text)
    labels = {other.start for other in quantities if other.unit == "label" and quantity.unit != "label"}
    others = [other for other in quantities if other.unit == quantity.unit and other != quantity]
    for position, word in enumerate(claim.words):
        away = _distance(claim, quantity, position)
        label = word.start in labels
        if not (word.is_content or label) or quantity.start <= word.start < quantity.end:
            continue
        nearest = all(away + _NO_TIE < _distance(claim, other, position) for other in others)
        if nearest and away <= (2 * _REACH if label else _REACH):
            yield position, (_LABEL if label else 1) / max(away, 1)


def _votes(
    quantity: Quantity, claim: AnalyzedText, position: int, weight: float, sources: Sequence[AnalyzedText]
) -> Iterator[float]:
    """For the number when the source's same word stands nearest to it, against it when nearest to a rival."""
    found = [(source, where) for source in sources for where in same_words(claim, position, source)]
    if len(found) != 1:
        return
    source, where = found[0]
    rivals = [
        other for other in quantities_in(source.text) if other.unit == quantity.unit or states_value(quantity, other)
    ]
    held = [other for other in rivals if states_value(quantity, other) and not has_conflicting_bound(quantity, other)]
    distances = [
        (_distance(source, other, where), any(is_same_range(other, own, source.text) for own in held))
        for other in rivals
    ]
    nearest = min((away for away, _ in distances), default=0.0)
    kinds = {own for away, own in distances if away <= nearest + _NO_TIE}
    if len(kinds) == 1:
        yield (1 if kinds.pop() else -1) * weight / max(nearest, 1)


def _distance(text: AnalyzedText, quantity: Quantity, position: int) -> float:
    """Words between a number and another word."""
    start = next((number for number, word in enumerate(text.words) if word.end > quantity.start), len(text.words) - 1)
    return distance(text, start, position, _CONJUNCTION)
