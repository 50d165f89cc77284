"""The adviser's form to a profile and back; amounts as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from assistant.advisory.briefing_outline import ROLES
from assistant.advisory.funding_match import GOAL_NAMES
from assistant.core.company_profile import CompanyProfile
from assistant.core.sources import Land
from assistant.core.validation_messages import describe_error
from assistant.language.numbers import numbers_in

Fields = Mapping[str, Sequence[str]]
LAENDER: tuple[str, ...] = get_args(Land)
TEXTS = ("name", "land", "sector", "role", "description", "notes")
NUMBERS = ("employees", "turnover_eur", "balance_sheet_eur", "founded", "largest_customer_share")
LABELS: Mapping[str, str] = {
    "name": "Name des Unternehmens",
    "land": "Land",
    "employees": "Beschäftigte",
    "turnover_eur": "Jahresumsatz in Euro",
    "balance_sheet_eur": "Bilanzsumme in Euro",
    "sector": "Branche",
    "role": "Rolle im Netzwerk",
    "largest_customer_share": "Anteil des größten Kunden in Prozent",
    "founded": "Gründungsjahr",
    "partners": "Partner für ein Vorhaben",
    "linked_enterprises": "Verbundene oder Partnerunternehmen",
    "goals": "Ziele",
    "description": "Kurz beschrieben",
    "notes": "Notizen der Beratung",
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "role": {str(name): text for name, text in ROLES.items()},
    "partners": {"none": "noch keine", "company": "Firmen", "research": "Forschung"},
    "linked_enterprises": {"true": "ja", "false": "nein"},
    "goals": {str(name): text for name, text in GOAL_NAMES.items()},
}
_SELF_CHECK = "check-"


def read_profile(fields: Fields) -> tuple[CompanyProfile, dict[str, str]]:
    """The profile of a filled-in form, and a German sentence for each field that could not be read."""
    data: dict[str, Any] = {name: value for name in TEXTS if (value := _one(fields, name))}
    problems: dict[str, str] = {}
    for name in NUMBERS:
        if text := _one(fields, name):
            try:
                data[name] = _number(name, text)
            except ValueError as error:
                problems[name] = str(error)
    if linked := _one(fields, "linked_enterprises"):
        data["linked_enterprises"] = linked == "true"
    if goals := [one for one in fields.get("goals", ()) if one]:
        data["goals"] = goals
    if partners := [one for one in fields.get("partners", ()) if one]:
        data["partners"] = [one for one in partners if one != "none"]
    if answers := {name.removeprefix(_SELF_CHECK): _one(fields, name) for name in fields if _is_answer(fields, name)}:
        data["self_check"] = answers
    return _valid(data, problems), problems


def _valid(data: dict[str, Any], problems: dict[str, str]) -> CompanyProfile:
    """What of the data is valid; the rest becomes problems."""
    while True:
        try:
            return CompanyProfile.model_validate(data)
        except ValidationError as error:
            for one in error.errors():
                name = str(one["loc"][0])
                problems[name] = f"{LABELS.get(name, name)}: {describe_error(one)}."
                data.pop(name, None)


def _one(fields: Fields, name: str) -> str:
    return next((one.strip() for one in fields.get(name, ())), "")


def _is_answer(fields: Fields, name: str) -> bool:
    return name.startswith(_SELF_CHECK) and bool(_one(fields, name))


def _number(name: str, text: str) -> int | float:
    """``6,8 Mio.``, ``6.800.000`` and ``6800000 Euro`` are the same amount; shares are given in percent."""
    found = numbers_in(text)
    if len(found) != 1 or text.lstrip().startswith("-"):
        raise ValueError(f"{LABELS[name]}: bitte eine einzelne Zahl angeben, nicht „{text[:40]}“.")
    value = Decimal(next(iter(found)))
    if name == "largest_customer_share":
        return float(value / 100)
    if value != value.to_integral_value():
        raise ValueError(f"{LABELS[name]}: bitte eine ganze Zahl angeben.")
    return int(value)


def show_profile(profile: CompanyProfile) -> dict[str, list[str]]:
    """The form's fields for a profile."""
    data = profile.model_dump(exclude_none=True, mode="json")
    answers = data.pop("self_check", {})
    fields = {
        name: [str(one) for one in value] if isinstance(value, list) else [_text(name, value)]
        for name, value in data.items()
    }
    if profile.partners == ():
        fields["partners"] = ["none"]
    return fields | {f"{_SELF_CHECK}{question}": [str(answer)] for question, answer in answers.items()}


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if name == "largest_customer_share":
        return f"{value * 100:.10g}".replace(".", ",")
    if name in ("turnover_eur", "balance_sheet_eur"):
        return f"{value:,}".replace(",", ".")
    return str(value)


def profile_file(profile: CompanyProfile) -> str:
    """The profile as YAML to keep on the adviser's own disk."""
    data = profile.model_dump(exclude_none=True, mode="json")
    return "# Profil für den Netzlotsen\n" + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
