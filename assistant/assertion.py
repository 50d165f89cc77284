"""What a sentence does to a fact: deny it, or state it more strongly than its source."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.alignment import Match
from assistant.polarity import Clause, Force, clauses_of, forces_of

_HEDGES = frozenset({Force.USUALLY, Force.PLANNED, Force.UNSURE, Force.CAN})


def denies(claim: str, sources: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether the claim says no where the source says yes, or the other way round."""
    said, held = forces_of(claim), aligned_forces(sources, matches)
    everywhere = frozenset().union(*map(forces_of, sources))
    if Force.NO in said:
        return not everywhere & {Force.NO, Force.SOFT_NO}
    return Force.NO in held and Force.SOFT_NO not in said


def overstates(claim: str, sources: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether the claim is stronger than its source: must for can, always for usually, is for shall be."""
    said, held = forces_of(claim), aligned_forces(sources, matches)
    everywhere = frozenset().union(*map(forces_of, sources))
    if Force.ALL in said and Force.ALL not in everywhere:
        return True
    if Force.MUST in said and Force.CAN in held and Force.MUST not in everywhere:
        return True
    if Force.ONLY in said and not everywhere & {Force.ONLY, Force.NO, Force.SOFT_NO}:
        return True
    hedges = held & _HEDGES
    return bool(hedges) and not said & _HEDGES and not (hedges == {Force.CAN} and Force.NO in held)


def aligned_forces(sources: Sequence[str], matches: Sequence[Match]) -> frozenset[Force]:
    """The markers of the source clauses that hold at least a third of the aligned words."""
    counts: dict[tuple[int, Clause], float] = {}
    for match in matches:
        if match.place >= 0:
            for clause in clauses_of(sources[match.source]):
                if clause.start <= match.at < clause.end:
                    key = match.source, clause
                    counts[key] = counts.get(key, 0.0) + match.score
    total = sum(counts.values())
    kept = [clause.forces for (_, clause), count in counts.items() if count >= total / 3]
    return frozenset().union(*kept)
