"""Quotes that stand literally in their passages, with their numbers; what does not is dropped."""

from __future__ import annotations

from assistant.answering.draft import ClaimGroup, Draft
from assistant.core.models import Claim
from assistant.language.numbers import unsupported_numbers


def drop_unproven(draft: Draft) -> Draft:
    """The draft without the claims that their passage does not prove."""
    groups = tuple(group for group in map(_proven, draft.groups) if group.paragraphs)
    return Draft(draft.lead_in if groups else "", groups)


def _proven(group: ClaimGroup) -> ClaimGroup:
    paragraphs = (tuple(claim for claim in paragraph if is_proven(claim)) for paragraph in group.paragraphs)
    return ClaimGroup(
        group.label, tuple(paragraph for paragraph in paragraphs if any(claim.quote for claim in paragraph))
    )


def is_proven(claim: Claim) -> bool:
    """Whether the quote is literal and holds every number of the claim; a bare note claims nothing."""
    if not claim.quote:
        return not claim.text
    return claim.quote in claim.passage.text and not unsupported_numbers(claim.text, [claim.passage.text])
