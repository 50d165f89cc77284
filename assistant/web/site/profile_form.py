"""The adviser's form to a profile and back; amounts as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.core.company_profile import PROFILE_FIELDS, CompanyProfile, ProfileField
from assistant.core.validation_messages import describe_error
from assistant.language.numbers import numbers_in

Fields = Mapping[str, Sequence[str]]
NO_CHOICE = "none"
"""The value of the box that says "none of these"."""
_FLAGS = (("true", "ja"), ("false", "nein"))
_SELF_CHECK = "check-"


def options(field: ProfileField) -> tuple[tuple[str, str], ...]:
    """Value and text of each box or entry that an input offers."""
    if field.kind == "flag":
        return _FLAGS
    return ((NO_CHOICE, field.no_choice), *field.choices) if field.no_choice else field.choices


def read_profile(fields: Fields) -> tuple[CompanyProfile, dict[str, str]]:
    """The profile of a filled-in form, and a German sentence for each field that could not be read."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in PROFILE_FIELDS:
        try:
            value = _read(field, fields)
        except ValueError as error:
            problems[field.name] = str(error)
        else:
            if value is not None:
                values[field.name] = value
    return _valid(values, problems), problems


def _read(field: ProfileField, fields: Fields) -> Any:
    """What the form says about a field; ``None`` where it says nothing, ``ValueError`` where it says no number."""
    if field.kind == "self_check_answers":
        answers = {name.removeprefix(_SELF_CHECK): _first(fields, name) for name in fields if _is_answer(fields, name)}
        return answers or None
    if field.kind == "choices":
        chosen = [value for value in fields.get(field.name, ()) if value]
        return [value for value in chosen if value != NO_CHOICE or not field.no_choice] if chosen else None
    text = _first(fields, field.name)
    if not text:
        return None
    if field.kind == "flag":
        return text == "true"
    return _number(field, text) if field.kind in ("integer", "year", "euro", "percent") else text


def _valid(values: dict[str, Any], problems: dict[str, str]) -> CompanyProfile:
    """What of the values is valid; the rest becomes problems."""
    while True:
        try:
            return CompanyProfile.model_validate(nest(values))
        except ValidationError as error:
            for problem in error.errors():
                field = _field_at(problem["loc"])
                problems[field.name] = f"{field.label}: {describe_error(problem)}."
                values.pop(field.name, None)


def _field_at(location: Sequence[int | str]) -> ProfileField:
    """The field in which a place of the profile lies."""
    path = ".".join(map(str, location)) + "."
    return next(field for field in PROFILE_FIELDS if path.startswith(f"{field.name}."))


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name as the data of a profile: ``group.name`` goes into its group."""
    data: dict[str, Any] = {}
    for name, value in values.items():
        *groups, last = name.split(".")
        place = data
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return data


def _first(fields: Fields, name: str) -> str:
    return next((value.strip() for value in fields.get(name, ())), "")


def _is_answer(fields: Fields, name: str) -> bool:
    return name.startswith(_SELF_CHECK) and bool(_first(fields, name))


def _number(field: ProfileField, text: str) -> int | float:
    """``6,8 Mio.``, ``6.800.000`` and ``6800000 Euro`` are the same amount; shares are given in percent."""
    found = numbers_in(text)
    if len(found) != 1 or text.lstrip().startswith("-"):
        raise ValueError(f"{field.label}: bitte eine einzelne Zahl angeben, nicht „{text[:40]}“.")
    value = Decimal(next(iter(found)))
    if field.kind == "percent":
        return float(value / 100)
    if value != value.to_integral_value():
        raise ValueError(f"{field.label}: bitte eine ganze Zahl angeben.")
    return int(value)


def show_profile(profile: CompanyProfile) -> dict[str, list[str]]:
    """The form's fields for a profile."""
    shown: dict[str, list[str]] = {}
    for field in PROFILE_FIELDS:
        value = field.value_in(profile)
        if field.kind == "self_check_answers":
            shown |= {f"{_SELF_CHECK}{question}": [str(answer)] for question, answer in (value or {}).items()}
        elif value is not None:
            shown[field.name] = _show(field, value)
    return shown


def _show(field: ProfileField, value: Any) -> list[str]:
    """What stands in the input of a field, or the values of its chosen boxes."""
    if field.kind == "choices":
        return list(value) or [NO_CHOICE]
    if field.kind == "flag":
        return ["true" if value else "false"]
    if field.kind == "percent":
        return [f"{value * 100:.10g}".replace(".", ",")]
    if field.kind == "euro":
        return [f"{value:,}".replace(",", ".")]
    return [str(value)]


def profile_file(profile: CompanyProfile) -> str:
    """The profile as YAML to keep on the adviser's own disk."""
    data = profile.model_dump(exclude_none=True, mode="json")
    return "# Profil für den Netzlotsen\n" + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
