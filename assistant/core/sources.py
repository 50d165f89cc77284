"""Front matter of a knowledge file: every field, its type and its meaning.

A knowledge file is Markdown with a YAML head. The head is checked strictly, so a
misspelt field is an error that names the file and the field, not a silent gap.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Topic = Literal[
    "cooperation",
    "competence",
    "support",
    "digitalisation",
    "data",
    "business_model",
    "rnd",
    "internationalisation",
]
"""What a source is about; the same eight words are the goals of a profile."""

Land = Literal[
    "Baden-Württemberg",
    "Bayern",
    "Berlin",
    "Brandenburg",
    "Bremen",
    "Hamburg",
    "Hessen",
    "Mecklenburg-Vorpommern",
    "Niedersachsen",
    "Nordrhein-Westfalen",
    "Rheinland-Pfalz",
    "Saarland",
    "Sachsen",
    "Sachsen-Anhalt",
    "Schleswig-Holstein",
    "Thüringen",
]

Purpose = Literal[
    "invest", "develop", "research", "advice", "training", "network", "equity", "protect_ip", "energy", "hire"
]
"""What a programme pays for or an offer helps with, and what the project of a firm is."""

_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")


def _as_text(value: object) -> object:
    """YAML reads 2025 as a number and 2025-01-15 as a date; both mean text here."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value


def _partial_date(value: str) -> str:
    if not _PARTIAL_DATE.fullmatch(value):
        raise ValueError(f"'{value}' ist kein Datum als JJJJ, JJJJ-MM oder JJJJ-MM-TT")
    return value


def _identifier(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value):
        raise ValueError(f"'{value}' darf nur a-z, 0-9 und '-' enthalten (und ein '/')")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"'/?#@]+(?:[/?#][^\s<>\"']*)?", value):
        raise ValueError(f"'{value}' ist keine Webadresse mit https:// oder http://")
    return value


PartialDate = Annotated[str, BeforeValidator(_as_text), AfterValidator(_partial_date)]
Identifier = Annotated[str, AfterValidator(_identifier)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Percent = Annotated[float, Field(ge=0, le=100)]
Euro = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceMetadata(_Strict):
    """Fields that every knowledge file has."""

    id: Identifier
    title: Annotated[str, Field(min_length=3, max_length=200)]
    short_title: str | None = None
    publisher: str | None = None
    url: WebAddress | None = None
    evidence: tuple[WebAddress, ...] = ()
    as_of: PartialDate | None = None
    as_of_note: str | None = None
    checked: date | None = None
    verify: bool = False
    topics: tuple[Topic, ...] = ()
    keywords: tuple[str, ...] = ()
    aliases: tuple[Identifier, ...] = ()
    related: tuple[Identifier, ...] = ()
    hidden: bool = False


class Contact(_Strict):
    """Who answers questions about an offer; ``postcodes`` are the areas it serves, as first digits."""

    name: Annotated[str, Field(min_length=3)]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 /()–-]{4,}$")] | None = None
    mail: Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}$")] | None = None
    url: WebAddress | None = None
    region: str | None = None
    postcodes: tuple[Annotated[str, Field(pattern=r"^\d{2,5}$")], ...] = ()


class PositionPaper(SourceMetadata):
    """One section of the position paper, told in our own words."""

    kind: Literal["position_paper"]
    section: str
    section_number: Annotated[int, Field(ge=1, le=9)] | None = None


Party = Literal["company", "startup", "founder", "research", "network", "association", "public", "individual"]
"""Who applies for a programme or takes part in it."""


class Eligibility(_Strict):
    """Who may apply, as far as the source says so; ``None`` means the source is silent.

    The staff limit always holds; where turnover and balance sheet total are both limited, one of
    the two is enough. From ``conditional_from_employees`` on a further condition of the text applies.
    ``condition`` names in words of the text what else must be asked and no other field can tell.
    ``min_partners`` counts all partners of the project with the firm itself, ``min_companies`` the firms.
    ``participants`` take part and profit without applying themselves. ``large_with_sme`` opens the programme
    to firms that are no SME if an SME takes part; ``partners_abroad`` demands a partner in another country.
    """

    applicants: tuple[Party, ...] = ()
    participants: tuple[Party, ...] = ()
    sme_only: bool | None = None
    large_with_sme: bool | None = None
    employees_min: int | None = None
    employees_below: int | None = None
    conditional_from_employees: int | None = None
    turnover_max_eur: Euro | None = None
    balance_sheet_max_eur: Euro | None = None
    company_age_min_years: int | None = None
    company_age_max_years: int | None = None
    laender: tuple[Land, ...] = ()
    sectors: tuple[str, ...] = ()
    cooperation_required: bool | None = None
    min_partners: Annotated[int, Field(ge=1)] | None = None
    min_companies: Annotated[int, Field(ge=1)] | None = None
    partner_types: tuple[Literal["company", "research"], ...] = ()
    partners_abroad: bool | None = None
    condition: str | None = None
    note: str | None = None


class Rate(_Strict):
    """A share of the costs that is paid, in percent."""

    percent_max: Percent
    percent_min: Percent | None = None
    what: str


class MoneyLimit(_Strict):
    """An amount of money in euro and what it limits."""

    eur: Euro
    what: str


class Amount(_Strict):
    """How much: rates, caps and floors as numbers; ``note`` only explains."""

    rates: tuple[Rate, ...] = ()
    caps: tuple[MoneyLimit, ...] = ()
    floors: tuple[MoneyLimit, ...] = ()
    de_minimis: bool | None = None
    note: str | None = None


class Application(_Strict):
    """How to apply and what must be in time."""

    route: Literal["portal", "project_agency", "house_bank", "advice_centre", "call", "tax_office", "direct"] | None = (
        None
    )
    deadlines: tuple[date, ...] = ()
    before_start: bool | None = None
    note: str | None = None


class Funding(SourceMetadata):
    """A funding programme."""

    kind: Literal["funding"]
    level: Literal["eu", "bund", "land"]
    land: Land | None = None
    provider: str
    type: Literal[
        "grant", "loan", "loan_with_grant", "guarantee", "equity", "tax", "advice", "training", "network", "rule"
    ]
    """``rule``: no programme but law that many programmes refer to; it is never matched with a firm."""
    purpose: tuple[Purpose, ...] = ()
    family: str | None = None
    """Name of a group of programmes that people mean by one word, as "ZIM"."""
    status: Literal["open", "continuous", "call_based", "paused", "unclear", "ended"]
    valid_from: PartialDate | None = None
    valid_until: date | None = None
    valid_until_note: str | None = None
    eligibility: Eligibility = Eligibility()
    excludes: tuple[str, ...] = ()
    """What or who gets nothing, in words of the text."""
    amount: Amount = Amount()
    application: Application = Application()
    contact: str | None = None
    contacts: tuple[Contact, ...] = ()
    successor: Identifier | None = None
    successor_note: str | None = None

    @model_validator(mode="after")
    def _land_belongs_to_level(self) -> Funding:
        if (self.level == "land") != (self.land is not None):
            raise ValueError("land: dieses Feld gehört zu 'level: land' und nur dazu")
        return self


class SupportOffer(SourceMetadata):
    """A place that helps: hub, centre, platform, agency, laboratory, association."""

    kind: Literal["support"]
    offer_type: Literal["hub", "centre", "platform", "agency", "lab", "association", "standard_body", "portal"]
    purpose: tuple[Purpose, ...] = ()
    family: str | None = None
    laender: tuple[Land, ...] = ()
    region: str | None = None
    cost: str | None = None
    contact: str | None = None
    contacts: tuple[Contact, ...] = ()
    status: Literal["open", "paused", "unclear", "ended"] = "open"
    valid_until: date | None = None
    valid_until_note: str | None = None
    successor: Identifier | None = None
    successor_note: str | None = None


class Cooperation(SourceMetadata):
    """Know-how about cooperating: law, contracts, forms, standards, strategy."""

    kind: Literal["cooperation"]
    area: Literal["antitrust", "data_law", "contracts", "forms", "standards", "strategy", "regulation", "funding_law"]
    source_title: str | None = None


class Literature(SourceMetadata):
    """A book, article, law or standard that other texts rest on."""

    kind: Literal["literature"]
    authors: tuple[str, ...] = ()
    year: int | None = None
    published_in: str | None = None
    place: str | None = None
    pages: str | None = None
    isbn: str | None = None
    doi: str | None = None
    work_type: Literal["book", "article", "chapter", "thesis", "standard", "law", "guideline"] = "book"
    used_in: tuple[Identifier, ...] = ()


class Guide(SourceMetadata):
    """An answer to a situation, written beforehand; cards prove each of its sentences.

    ``title`` is a question, ``questions`` are the ways in which people put it.
    """

    kind: Literal["guide"]
    questions: Annotated[tuple[str, ...], Field(min_length=1)]


class AddedDocument(SourceMetadata):
    """A document that an operator added; its head comes from the file, not from an editor."""

    kind: Literal["document"]
    authors: tuple[str, ...] = ()
    pages: Annotated[int, Field(ge=1)] | None = None
    format: Literal["pdf", "docx", "html", "markdown", "text"]
    original_name: str
    added: date
    sha256: Annotated[str, Field(pattern=r"[0-9a-f]{64}")]


SOURCE_TYPES: tuple[type[SourceMetadata], ...] = (
    PositionPaper,
    Funding,
    SupportOffer,
    Cooperation,
    Literature,
    Guide,
    AddedDocument,
)
FrontMatter = Annotated[
    PositionPaper | Funding | SupportOffer | Cooperation | Literature | Guide | AddedDocument,
    Field(discriminator="kind"),
]
