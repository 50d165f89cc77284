"""Dates as people write them."""

from __future__ import annotations

from assistant.core.models import Language

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


def format_date(partial: str, language: Language = "de") -> str:
    """``2025-07-01`` → ``01.07.2025`` or ``1 July 2025``, ``2025-07`` → ``Juli 2025``, ``2025`` → ``2025``."""
    year, *rest = partial.split("-")
    if not rest:
        return year
    month = _MONTHS[language][int(rest[0]) - 1]
    if len(rest) == 1:
        return f"{month} {year}"
    return f"{rest[1]}.{rest[0]}.{year}" if language == "de" else f"{int(rest[1])} {month} {year}"
