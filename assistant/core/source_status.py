"""What the head of a source says about when and where it holds."""

from __future__ import annotations

from datetime import date

from assistant.core.sources import Funding, Land, SourceMetadata, SupportOffer


def is_ended(source: SourceMetadata, today: date) -> bool:
    """Whether a programme or offer has ended by the reader's day, whatever its file says."""
    if not isinstance(source, Funding | SupportOffer):
        return False
    return source.status == "ended" or (source.valid_until is not None and source.valid_until < today)


def source_laender(source: SourceMetadata) -> frozenset[Land]:
    """Länder that a source is meant for; empty means everywhere."""
    if isinstance(source, SupportOffer):
        return frozenset(source.laender)
    return frozenset({source.land}) if isinstance(source, Funding) and source.land else frozenset()


def short_name(source: SourceMetadata) -> str:
    """What a source is called in running text."""
    return source.short_title or source.title
