"""Facts of the head that answers show – date, end, successor – as sentences that can be quoted and cited."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.core.models import Language, Section
from assistant.core.sources import Funding, Source, Support

HEADINGS: dict[Language, tuple[str, ...]] = {"de": ("Stand und Status",), "en": ("English", "Date and status")}
_MONTHS: dict[Language, list[str]] = {
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def status_sections(source: Source, successor: Source | None = None) -> Iterator[Section]:
    """One generated section per language; none when the head says nothing about date, end or successor."""
    for language, headings in HEADINGS.items():
        sentences = "\n".join(_sentences(source, successor, language))
        if sentences:
            yield Section(headings, sentences, language, generated=True)


def show_date(partial: str, language: Language = "de") -> str:
    """``2025-07-01`` → ``01.07.2025`` or ``1 July 2025``, ``2025-07`` → ``Juli 2025``, ``2025`` → ``2025``."""
    year, *rest = partial.split("-")
    if not rest:
        return year
    month = _MONTHS[language][int(rest[0]) - 1]
    if len(rest) == 1:
        return f"{month} {year}"
    return f"{rest[1]}.{rest[0]}.{year}" if language == "de" else f"{int(rest[1])} {month} {year}"


def short_name(source: Source) -> str:
    """What a source is called in running text."""
    return source.short_title or source.title


def _sentences(source: Source, successor: Source | None, language: Language) -> Iterator[str]:
    name = short_name(source)
    if source.as_of:
        date = show_date(source.as_of, language)
        german = f"Die Angaben zu {name} haben den Stand {date}."
        yield german if language == "de" else f"The information on {name} is as of {date}."
    if isinstance(source, Funding | Support):
        yield from _end(source, name, language)
        yield from _successor(source, successor, name, language)


def _end(source: Funding | Support, name: str, language: Language) -> Iterator[str]:
    date = show_date(source.valid_until.isoformat(), language) if source.valid_until else ""
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


def _successor(source: Funding | Support, successor: Source | None, name: str, language: Language) -> Iterator[str]:
    if successor:
        following = short_name(successor)
        yield (
            f"Nachfolger von {name} ist {following}."
            if language == "de"
            else f"The successor of {name} is {following}."
        )
    if source.successor_note and language == "de":
        yield f"Nachfolge von {name}: {source.successor_note.rstrip('.')}."
