"""What is known about a firm; every field may be missing, an unknown field is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import ProfileError
from assistant.schema import Euro, Land, Topic

Role = Literal[
    "extended_workbench",
    "component_supplier",
    "system_supplier",
    "cooperation_partner",
    "end_manufacturer",
    "service_provider",
    "startup",
]


class Profile(BaseModel):
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
    self_check: dict[str, Any] | None = None
    notes: Annotated[str, Field(max_length=5000)] | None = None
    goals: tuple[Topic, ...] | None = None
    description: Annotated[str, Field(max_length=5000)] | None = None


def load_profile(path: Path) -> Profile:
    """Read a profile from YAML or JSON."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
        return Profile.model_validate(data or {})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "Profil"
        problem = "dieses Feld gibt es nicht" if first["type"] == "extra_forbidden" else first["msg"]
        raise ProfileError(f"{path}: {field}: {problem}.") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ProfileError(f"{path}: das Profil ist nicht lesbar; erwartet wird YAML oder JSON.") from error
