"""Facts of the head that answers show – date, end, successor, contact – as sentences that can be quoted and cited."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from assistant.core.models import Language, Section
from assistant.core.source_status import short_name
from assistant.core.sources import Contact, Funding, SourceMetadata, SupportOffer
from assistant.language.dates import format_date

HEADINGS: dict[Language, tuple[str, ...]] = {"de": ("Stand und Status",), "en": ("English", "Date and status")}
CONTACT_HEADINGS: dict[Language, tuple[str, ...]] = {"de": ("Kontakt",), "en": ("English", "Contact")}
CONTACT_STARTS = "Auskunft zu "
"""How the German sentences on contacts begin."""


def status_sections(source: SourceMetadata, successor: SourceMetadata | None = None) -> Iterator[Section]:
    """One generated section per language; none when the head says nothing about date, end or successor."""
    for language, headings in HEADINGS.items():
        sentences = "\n".join(_sentences(source, successor, language))
        if sentences:
            yield Section(headings, sentences, language, generated=True)


def contact_sections(source: SourceMetadata) -> Iterator[Section]:
    """One generated section per language with a sentence for each contact of a programme or offer, in their order."""
    if not isinstance(source, Funding | SupportOffer) or not source.contacts:
        return
    name = short_name(source)
    for language, headings in CONTACT_HEADINGS.items():
        start = CONTACT_STARTS if language == "de" else "Information on "
        told = "\n".join(f"{start}{name}: {_reach(contact, name, language)}." for contact in source.contacts)
        yield Section(headings, told, language, generated=True)


def _reach(contact: Contact, offer: str, language: Language) -> str:
    """Name, phone and mail; the website where there is neither. The name is left out where the offer bears it."""
    german = language == "de"
    phone = contact.phone and f"{'Telefon' if german else 'phone'} {contact.phone}"
    mail = contact.mail and f"{'E-Mail' if german else 'e-mail'} {contact.mail}"
    site = urlsplit(str(contact.url)).hostname if contact.url and not (phone or mail) else None
    region = contact.region or ""
    is_told = region.lower() in ("", "bundesweit") or region in contact.name
    name = contact.name if is_told else f"{contact.name} ({region})"
    known = name == offer and (phone or mail or site)
    return ", ".join(
        part for part in (None if known else name, phone, mail, site and site.removeprefix("www.")) if part
    )


def _sentences(source: SourceMetadata, successor: SourceMetadata | None, language: Language) -> Iterator[str]:
    name = short_name(source)
    if source.as_of:
        date = format_date(source.as_of, language)
        german = f"Die Angaben zu {name} haben den Stand {date}."
        yield german if language == "de" else f"The information on {name} is as of {date}."
    if isinstance(source, Funding | SupportOffer):
        yield from _end(source, name, language)
        yield from _successor(source, successor, name, language)


def _end(source: Funding | SupportOffer, name: str, language: Language) -> Iterator[str]:
    date = format_date(source.valid_until.isoformat(), language) if source.valid_until else ""
    german = language == "de"
    if source.status == "ended" and date:
        yield f"{name} ist am {date} ausgelaufen." if german else f"{name} ended on {date}."
    elif source.status == "ended":
        yield (
            f"{name} ist beendet oder nimmt nichts Neues mehr an."
            if german
            else f"{name} has ended or takes nothing new any more."
        )
    elif date:
        yield f"{name} ist bis zum {date} befristet." if german else f"{name} is limited until {date}."
    elif source.status == "paused":
        yield (
            f"{name} nimmt nach diesem Stand gerade keine Anträge an."
            if german
            else f"{name} takes no applications at present, as of this date."
        )


def _successor(
    source: Funding | SupportOffer, successor: SourceMetadata | None, name: str, language: Language
) -> Iterator[str]:
    if successor:
        following = short_name(successor)
        yield (
            f"Nachfolger von {name} ist {following}."
            if language == "de"
            else f"The successor of {name} is {following}."
        )
    if source.successor_note and language == "de":
        yield f"Nachfolge von {name}: {source.successor_note.rstrip('.')}."
