"""What a sentence does to a fact: deny it, or state it more strongly than its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.alignment import Match
from assistant.polarity import CONTRAST, Clause, Force, clauses_of, forces_of, segments_of

_HEDGES = frozenset({Force.USUALLY, Force.PLANNED, Force.UNSURE, Force.CAN})
_SHARE = 1 / 3
_SURE = 0.8
_TWICE_NO = re.compile(r"\b(?:nicht|not)\s(un\w{5,})", re.I)


def denies(claim: str, sources: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether the claim says no where the source says yes, or the other way round."""
    said, held = forces_of(claim), _aligned(sources, matches, clauses_of)
    everywhere = frozenset[Force]().union(*map(forces_of, sources))
    if Force.NO not in said:
        return Force.NO in held and Force.SOFT_NO not in said
    if not everywhere & {Force.NO, Force.SOFT_NO} or (Force.ENDED in said and Force.ENDED not in everywhere):
        return True
    if any(match[1].lower() in source.lower() for match in _TWICE_NO.finditer(claim) for source in sources):
        return True  # "nicht unbedenklich" of what the source calls "unbedenklich"
    return bool(CONTRAST.search(claim)) and _swaps(claim, sources, matches)


def overstates(claim: str, sources: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether the claim is stronger than its source: must for can, always for usually, is for shall be."""
    said, held = forces_of(claim), _aligned(sources, matches, segments_of)
    everywhere = frozenset[Force]().union(*map(forces_of, sources))
    hedges = held & _HEDGES
    return (
        (Force.ALL in said and Force.ALL not in everywhere)
        or (Force.DUTY in said and not everywhere & {Force.DUTY, Force.MUST, Force.DUE})
        or (Force.MUST in said and Force.CAN in held and not everywhere & {Force.MUST, Force.DUE})
        or (Force.ONLY in said and not everywhere & {Force.ONLY, Force.NO, Force.SOFT_NO})
        or (bool(hedges) and not said & _HEDGES and not (hedges == {Force.CAN} and Force.NO in held))
    )


def adds(claim: str, sources: Sequence[str]) -> int:
    """How many of duty and reason the claim brings in that no source has."""
    said, everywhere = forces_of(claim), frozenset[Force]().union(*map(forces_of, sources))
    duty = Force.MUST in said and not everywhere & {Force.MUST, Force.DUE, Force.DUTY}
    return duty + (Force.BECAUSE in said and Force.BECAUSE not in everywhere)


def _swaps(claim: str, sources: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether one side of a contrast ("zwar …, aber kein …") has the opposite sign in the source."""
    for clause in clauses_of(claim):
        own = [one for one in matches if clause.start <= one.word.start < clause.end and one.score >= _SURE]
        signs = [part.is_negative for one in own for part in [_clause_at(sources, one)] if part]
        if signs and all(sign != clause.is_negative for sign in signs):
            return True
    return False


def _clause_at(sources: Sequence[str], match: Match) -> Clause | None:
    return next((one for one in clauses_of(sources[match.source]) if one.start <= match.at < one.end), None)


def _aligned(
    sources: Sequence[str], matches: Sequence[Match], parts_of: Callable[[str], Sequence[Clause]]
) -> frozenset[Force]:
    """The markers of those parts of the source that hold at least a third of what is aligned."""
    counts: dict[tuple[int, Clause], float] = {}
    for match in matches:
        for part in parts_of(sources[match.source]) if match.place >= 0 else ():
            if part.start <= match.at < part.end:
                counts[match.source, part] = counts.get((match.source, part), 0.0) + match.score
    total = sum(counts.values())
    kept = [part.forces for (_, part), count in counts.items() if count >= total * _SHARE]
    return frozenset[Force]().union(*kept)
