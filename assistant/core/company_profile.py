"""What is known about a firm; every field may be missing, an unknown field is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.core import validation_messages
from assistant.core.errors import ProfileError
from assistant.core.sources import Euro, Land, Topic

Role = Literal[
    "extended_workbench",
    "component_supplier",
    "system_supplier",
    "cooperation_partner",
    "end_manufacturer",
    "service_provider",
    "startup",
]


class CompanyProfile(BaseModel):
    """A firm as an adviser or manager describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(max_length=200)] | None = None
    land: Land | None = None
    employees: Annotated[int, Field(ge=0)] | None = None
    turnover_eur: Euro | None = None
    balance_sheet_eur: Euro | None = None
    sector: Annotated[str, Field(max_length=200)] | None = None
    role: Role | None = None
    largest_customer_share: Annotated[float, Field(ge=0, le=1)] | None = None
    founded: Annotated[int, Field(ge=1500, le=2100)] | None = None
    partners: tuple[Literal["company", "research"], ...] | None = None
    linked_enterprises: bool | None = None
    self_check: Annotated[dict[str, str | int | float | bool], Field(max_length=100)] | None = None
    notes: Annotated[str, Field(max_length=5000)] | None = None
    goals: tuple[Topic, ...] | None = None
    description: Annotated[str, Field(max_length=5000)] | None = None


def load_profile(path: Path) -> CompanyProfile:
    """Read a profile from YAML or JSON; ``ProfileError`` names file and field."""
    try:
        return parse_profile(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: das Profil ist nicht lesbar; erwartet wird YAML oder JSON.") from error


def parse_profile(text: str, name: str = "Profildatei") -> CompanyProfile:
    """Read a profile from the text of a file (JSON is YAML, too); ``name`` stands in front of errors."""
    try:
        return CompanyProfile.model_validate(yaml.safe_load(text) or {})
    except ValidationError as error:
        raise ProfileError(f"{name}: {explain(error)}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ProfileError(f"{name}: das Profil ist nicht lesbar; erwartet wird YAML oder JSON.") from error


def explain(error: ValidationError) -> str:
    """The first problem of a profile as a German sentence."""
    return f"{validation_messages.explain(error, known=tuple(CompanyProfile.model_fields))}."
