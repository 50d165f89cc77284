"""What is known about a firm, and the one table of its fields; every field may be missing, an unknown one is an error.

``CompanyProfile`` says what a field may hold, its row of ``PROFILE_FIELDS`` how people meet it: the adviser's form,
the questions of the match, the numbers that reasons may name and the facts of a briefing are all made from the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.core import validation_messages
from assistant.core.errors import ProfileError
from assistant.core.sources import Euro, Land, Topic

NetworkRole = Literal[
    "extended_workbench",
    "component_supplier",
    "system_supplier",
    "cooperation_partner",
    "end_manufacturer",
    "service_provider",
    "startup",
]
ROLE_NAMES: Mapping[NetworkRole, str] = {
    "extended_workbench": "verlängerte Werkbank",
    "component_supplier": "Teile- und Komponentenlieferant",
    "system_supplier": "Systemlieferant",
    "cooperation_partner": "Kooperationspartner",
    "end_manufacturer": "Endhersteller",
    "service_provider": "Dienstleister",
    "startup": "Start-up",
}
GOAL_NAMES: Mapping[Topic, str] = {
    "cooperation": "Kooperation",
    "competence": "Kompetenzaufbau und Weiterbildung",
    "support": "Beratung und Finanzierung",
    "digitalisation": "Digitalisierung",
    "data": "Daten und Datenräume",
    "business_model": "Geschäftsmodell",
    "rnd": "Forschung und Entwicklung",
    "internationalisation": "Internationales",
}
PartnerType = Literal["company", "research"]
PARTNER_NAMES: Mapping[PartnerType, str] = {"company": "Firmen", "research": "Forschung"}


class CompanyProfile(BaseModel):
    """A firm as an adviser or manager describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(max_length=200)] | None = None
    land: Land | None = None
    employees: Annotated[int, Field(ge=0)] | None = None
    turnover_eur: Euro | None = None
    balance_sheet_eur: Euro | None = None
    sector: Annotated[str, Field(max_length=200)] | None = None
    role: NetworkRole | None = None
    largest_customer_share: Annotated[float, Field(ge=0, le=1)] | None = None
    founded: Annotated[int, Field(ge=1500, le=2100)] | None = None
    partners: tuple[PartnerType, ...] | None = None
    linked_enterprises: bool | None = None
    self_check: Annotated[dict[str, str | int | float | bool], Field(max_length=100)] | None = None
    notes: Annotated[str, Field(max_length=5000)] | None = None
    goals: tuple[Topic, ...] | None = None
    description: Annotated[str, Field(max_length=5000)] | None = None


FieldKind = Literal[
    "text", "long_text", "integer", "year", "euro", "percent", "flag", "choice", "choices", "self_check_answers"
]
"""How a field is asked for, read and shown; ``percent`` is a share from 0 to 1 in the profile, 0 to 100 for people."""


@dataclass(frozen=True, slots=True)
class ProfileField:
    """How people meet one field of a profile; ``name`` is its name in the profile, ``group.name`` inside a group.

    ``hint`` stands under its input. ``no_choice`` is the box that says "none of these", which is an answer, unlike
    no box. ``question`` asks for it where a rule is open without it. ``briefing`` holds place and label of its line
    among the facts of a briefing. ``decides``: rules of programmes look at it.
    """

    name: str
    kind: FieldKind
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    no_choice: str = ""
    question: str = ""
    briefing: tuple[int, str] | None = None
    decides: bool = False

    @property
    def stands_in_reasons(self) -> bool:
        """Whether the reason of a rule may name its number though the quoted sentence does not: the firm gave it."""
        return self.decides and self.kind in ("integer", "year", "euro")

    def value_in(self, profile: BaseModel) -> Any:
        """What the profile says; ``None`` where it says nothing, or an empty list that means nothing here."""
        value: Any = profile
        for part in self.name.split("."):
            value = getattr(value, part, None)
        return None if value == () and not self.no_choice else value

    def describe(self, value: Any) -> str:
        """A value of the field in German words."""
        if self.kind == "euro":
            return format_euro(value)
        if self.kind == "percent":
            return f"{value * 100:.0f} Prozent"
        if self.kind == "flag":
            return "ja" if value else "nein"
        names = dict(self.choices)
        if self.kind == "choices":
            return ", ".join(names[one] for one in value) or "keine"
        return names[value] if self.kind == "choice" else str(value)


PROFILE_FIELDS: tuple[ProfileField, ...] = (
    ProfileField("name", "text", "Name des Unternehmens"),
    ProfileField(
        "land",
        "choice",
        "Land",
        choices=tuple((land, land) for land in get_args(Land)),
        question="In welchem Land hat das Unternehmen seinen Sitz oder seine Betriebsstätte?",
        briefing=(2, "Land"),
        decides=True,
    ),
    ProfileField(
        "sector",
        "text",
        "Branche",
        hint="z. B. Werkzeugbau, Maschinenbau",
        question="In welcher Branche arbeitet das Unternehmen?",
        briefing=(1, "Branche"),
        decides=True,
    ),
    ProfileField(
        "employees",
        "integer",
        "Beschäftigte",
        hint="Vollzeitkräfte, samt verbundener Unternehmen",
        question="Wie viele Beschäftigte hat das Unternehmen (samt verbundener Unternehmen)?",
        briefing=(4, "Beschäftigte"),
        decides=True,
    ),
    ProfileField(
        "turnover_eur",
        "euro",
        "Jahresumsatz in Euro",
        hint="z. B. 6,8 Mio. oder 6.800.000",
        question="Wie hoch ist der Jahresumsatz?",
        briefing=(5, "Umsatz"),
        decides=True,
    ),
    ProfileField(
        "balance_sheet_eur",
        "euro",
        "Bilanzsumme in Euro",
        hint="z. B. 4,1 Mio.",
        question="Wie hoch ist die Bilanzsumme?",
        briefing=(6, "Bilanzsumme"),
        decides=True,
    ),
    ProfileField(
        "founded",
        "year",
        "Gründungsjahr",
        hint="Jahr",
        question="In welchem Jahr wurde das Unternehmen gegründet?",
        briefing=(3, "Gegründet"),
        decides=True,
    ),
    ProfileField(
        "largest_customer_share",
        "percent",
        "Anteil des größten Kunden in Prozent",
        hint="Anteil am Umsatz, z. B. 60",
        briefing=(8, "Anteil des größten Kunden"),
    ),
    ProfileField(
        "role",
        "choice",
        "Rolle im Netzwerk",
        choices=tuple(ROLE_NAMES.items()),
        briefing=(7, "Rolle"),
        decides=True,
    ),
    ProfileField(
        "linked_enterprises",
        "flag",
        "Verbundene oder Partnerunternehmen",
        briefing=(10, "Verbundene Unternehmen"),
        decides=True,
    ),
    ProfileField(
        "partners",
        "choices",
        "Partner für ein Vorhaben",
        choices=tuple(PARTNER_NAMES.items()),
        no_choice="noch keine",
        question="Gibt es Partner für ein gemeinsames Vorhaben – Firmen oder Forschungseinrichtungen?",
        briefing=(9, "Partner"),
        decides=True,
    ),
    ProfileField(
        "goals",
        "choices",
        "Ziele",
        choices=tuple(GOAL_NAMES.items()),
        briefing=(11, "Ziele"),
        decides=True,
    ),
    ProfileField(
        "description",
        "long_text",
        "Kurz beschrieben",
        hint="Was der Betrieb macht und vorhat, in zwei, drei Sätzen.",
        briefing=(12, "Beschreibung"),
        decides=True,
    ),
    ProfileField("notes", "long_text", "Notizen der Beratung", hint="Stehen im Briefing als Ihre Notizen."),
    ProfileField("self_check", "self_check_answers", "Antworten des Selbstchecks"),
)
"""All fields in the order of the form. How to add one: ``docs/advisers.md``."""

PROFILE_QUESTIONS: Mapping[str, str] = {field.name: field.question for field in PROFILE_FIELDS if field.question}
"""What to ask, by the field that answers it."""


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


def format_euro(amount: float) -> str:
    """``48000000`` → ``48 Mio. Euro``; whole euros below a million."""
    if amount >= 1_000_000:
        return f"{amount / 1_000_000:.10g}".replace(".", ",") + " Mio. Euro"
    return f"{amount:,.0f}".replace(",", ".") + " Euro"
