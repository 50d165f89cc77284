"""Values for every field of a profile, made from what its row of the table says."""

from __future__ import annotations

from typing import Any

from assistant.core.company_profile import CompanyProfile, FieldKind, ProfileField
from assistant.web.site.profile_form import nest

VALUES: dict[FieldKind, tuple[Any, ...]] = {
    "text": ("Fräserei „Süd“ & Söhne",),
    "long_text": ("Fräst <b>Wellen</b>.\nWill Kunden außerhalb der Automobilindustrie.",),
    "integer": (0, 48),
    "year": (1987, 2024),
    "euro": (0, 999_999, 6_800_000),
    "percent": (0.0, 0.333, 1.0),
    "flag": (True, False),
    "self_check_answers": ({"frage-1": "ja", "frage-2": "nein"},),
}


def values_for(field: ProfileField) -> tuple[Any, ...]:
    """Some values of the field, every choice among them."""
    names = tuple(name for name, _ in field.choices)
    if field.kind == "choice":
        return names
    if field.kind == "choices":
        return (*((name,) for name in names), names, *([()] if field.no_choice else []))
    return VALUES[field.kind]


def profile_with(field: ProfileField, value: Any, profile: CompanyProfile | None = None) -> CompanyProfile:
    """A profile, else empty, in which one field has a value."""
    known = profile.model_dump(exclude_none=True) if profile else {}
    return CompanyProfile.model_validate(known | nest({field.name: value}))
