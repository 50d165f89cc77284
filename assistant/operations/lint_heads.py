"""Whether the sentences of a card prove its head: what it is for, who takes part, what it excludes, whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.core.models import Document, Passage
from assistant.core.sources import Contact, Funding, SupportOffer
from assistant.eligibility.rule_quotes import ABROAD, EXCLUSION, PURPOSES, WITH_SME, find_quote
from assistant.ingestion.chunking import chunk_document


def unproven_fields(document: Document) -> Iterator[str]:
    """Fields that no German sentence of the card states, each with what is missing."""
    source = document.source
    if not isinstance(source, Funding | SupportOffer):
        return
    passages = [passage for passage in chunk_document(document) if not passage.generated]
    for purpose in source.purpose:
        if find_quote(passages, PURPOSES[purpose]) is None:
            yield f"purpose: kein deutscher Satz nennt '{purpose}'."
    for contact in source.contacts:
        yield from _contact(contact, document)
    if isinstance(source, Funding):
        yield from _rules(source, passages)


def _rules(source: Funding, passages: Sequence[Passage]) -> Iterator[str]:
    for excluded in source.excludes:
        if find_quote(passages, replace(EXCLUSION, names=(excluded,))) is None:
            yield f"excludes: kein Satz schließt „{excluded}“ in diesen Worten aus."
    for field, pattern in (("partners_abroad", ABROAD), ("large_with_sme", WITH_SME)):
        if getattr(source.eligibility, field) and find_quote(passages, pattern) is None:
            yield f"eligibility.{field}: kein deutscher Satz sagt das."


def _contact(contact: Contact, document: Document) -> Iterator[str]:
    """Name, phone and mail are what people use, so the text holds them word for word; the head proves nothing."""
    own = [section.text for section in document.sections if not section.generated]
    for field in ("name", "phone", "mail"):
        value = getattr(contact, field)
        if value and not any(value in text for text in own):
            yield f"contacts.{field}: „{value}“ steht nicht im Text."
