"""Last in an answer: who helps with exactly this, as the card's head says it."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answering.citations import escape
from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.core.models import Claim
from assistant.core.source_status import is_ended
from assistant.core.sources import Funding, SupportOffer
from assistant.eligibility.firm_facts import FirmFacts

_KIND = re.compile(r"^(?:Telefon|E-Mail|phone|e-mail) ")


def with_contact(draft: Draft, facts: FirmFacts, said: str, context: AnswerContext) -> Draft:
    """The draft with whom to ask about the programme or offer that it quotes first, unless that was ``said`` already.

    Of several contacts the one of the firm's Land; of an ended programme there is none.
    """
    claims = [claim for group in draft.groups for paragraph in group.paragraphs for claim in paragraph]
    if not claims:
        return draft
    document = claims[0].passage.document_id
    source = context.corpus.snapshot.sources[document]
    by_language = context.corpus.contact_passages.get(document, {})
    passage = by_language.get(context.language) or by_language.get("de")
    if not isinstance(source, Funding | SupportOffer) or passage is None or is_ended(source, context.today):
        return draft
    near = [number for number, contact in enumerate(source.contacts) if contact.region in facts.laender]
    number = (near or [0])[0]
    sentence = passage.text.splitlines()[number]
    last = sentence.rstrip(".").rpartition(", " if ", " in sentence else ": ")[2]
    reach = _KIND.sub("", last)
    told = " ".join([said, *(claim.text for claim in claims)])
    if reach in told or escape(reach) in told:
        return draft
    claim = Claim(sentence, sentence, passage, 0.0)
    return replace(draft, groups=(*draft.groups, ClaimGroup("", ((claim,),))))
