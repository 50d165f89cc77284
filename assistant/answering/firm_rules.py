"""Programmes that shut out the firm that asks: the rule first, with the card's own sentence, or not shown at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.core.models import Claim
from assistant.core.sources import Funding
from assistant.eligibility.criteria import check_eligibility
from assistant.eligibility.firm_facts import FirmFacts

_DECIDING = ("Unternehmensgröße", "Mindestgröße")  # another Land is left out before anything is ranked


def with_firm_rules(draft: Draft, facts: FirmFacts, named: Collection[str], context: AnswerContext) -> Draft:
    """The draft without programmes that shut out the firm, where others are left or the question does not name them.

    One that stays begins with the rule, after a notice that says for what firm it is shown.
    """
    if facts.employees is None:
        return draft
    paragraphs = [paragraph for group in draft.groups for paragraph in group.paragraphs]
    rules = {paragraph: tuple(_rules(paragraph[0].passage.document_id, facts, context)) for paragraph in paragraphs}
    open_ones = [paragraph for paragraph in paragraphs if not rules[paragraph]]
    shut = [paragraph for paragraph in paragraphs if rules[paragraph]]
    if not shut:
        return draft
    asked_for = [paragraph for paragraph in shut if paragraph[0].passage.document_id in named]
    if open_ones and not asked_for:
        return _kept(draft, open_ones)
    first = (asked_for or shut)[0]
    firm = context.prompts.render("firm_size", context.language, employees=str(facts.employees))
    said = {claim.quote for claim in rules[first]}
    whole = (*rules[first], *(claim for claim in first if claim.quote not in said))
    return Draft(context.prompts.render("firm_notice", context.language, firm=firm), (ClaimGroup("", (whole,)),))


def _rules(document: str, facts: FirmFacts, context: AnswerContext) -> Iterator[Claim]:
    """Sentences by which a programme shuts out the firm."""
    source = context.corpus.snapshot.sources[document]
    if isinstance(source, Funding):
        passages = [context.corpus.snapshot.passages[position] for position in context.corpus.positions_of[document]]
        for criterion in check_eligibility(source, passages, facts.profile, context.today):
            if criterion.name in _DECIDING and criterion.result == "nicht erfüllt" and criterion.rule:
                yield criterion.rule


def _kept(draft: Draft, paragraphs: Collection[tuple[Claim, ...]]) -> Draft:
    groups = [
        replace(group, paragraphs=tuple(paragraph for paragraph in group.paragraphs if paragraph in paragraphs))
        for group in draft.groups
    ]
    return replace(draft, groups=tuple(group for group in groups if group.paragraphs))
