"""How large a firm is for funding law: limits of staff, turnover and balance sheet, and the EU classes.

The staff limit always holds; of turnover and balance sheet total one is enough
(Recommendation 2003/361/EC, Annex, Article 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.company_profile import CompanyProfile, format_euro

Result = Literal["erfüllt", "nicht erfüllt", "unklar"]
SizeClass = Literal["micro", "small", "medium", "large", "unknown"]


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """Upper limits: staff below, turnover and balance sheet total in euro at most; ``None`` sets none."""

    employees_below: int | None = None
    turnover_max_eur: int | None = None
    balance_sheet_max_eur: int | None = None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """Whether a rule is met, why, and which fields of the profile would decide it."""

    result: Result
    why: str
    missing: tuple[str, ...] = ()


EU_CLASSES: tuple[tuple[SizeClass, SizeLimits], ...] = (
    ("micro", SizeLimits(10, 2_000_000, 2_000_000)),
    ("small", SizeLimits(50, 10_000_000, 10_000_000)),
    ("medium", SizeLimits(250, 50_000_000, 43_000_000)),
)
EU_SME = EU_CLASSES[-1][1]
CLASS_NAMES: dict[SizeClass, str] = {
    "micro": "Kleinstunternehmen",
    "small": "kleines Unternehmen",
    "medium": "mittleres Unternehmen",
    "large": "kein KMU",
    "unknown": "offen",
}


def check_limits(profile: CompanyProfile, limits: SizeLimits) -> RuleResult:
    """Compare a firm with limits. Figures of linked enterprises would count too, so they can only make it larger."""
    staff = _staff(profile, limits.employees_below)
    money = _money(profile, limits)
    parts = [part for part in (staff, money) if part]
    for wanted in ("nicht erfüllt", "unklar"):
        decisive = [part for part in parts if part.result == wanted]
        if decisive:
            missing = tuple(field for part in decisive for field in part.missing)
            return RuleResult(decisive[0].result, "; ".join(part.why for part in decisive), missing)
    why = "; ".join(part.why for part in parts)
    if profile.linked_enterprises:
        return RuleResult("unklar", f"{why} – maßgeblich sind aber die Zahlen samt verbundener Unternehmen")
    return RuleResult("erfüllt", why)


def size_class(profile: CompanyProfile) -> SizeClass:
    """The smallest EU class whose limits the firm's own figures meet; "unknown" while a figure is missing."""
    own = profile.model_copy(update={"linked_enterprises": None})
    for name, limits in EU_CLASSES:
        result = check_limits(own, limits).result
        if result == "erfüllt":
            return name
        if result == "unklar":
            return "unknown"
    return "large"


def _staff(profile: CompanyProfile, below: int | None) -> RuleResult | None:
    if below is None:
        return None
    if profile.employees is None:
        return RuleResult("unklar", "Zahl der Beschäftigten fehlt", ("employees",))
    met = profile.employees < below
    return RuleResult("erfüllt" if met else "nicht erfüllt", f"{profile.employees} Beschäftigte")


def _money(profile: CompanyProfile, limits: SizeLimits) -> RuleResult | None:
    pairs = [
        (field, label, getattr(profile, field), limit)
        for field, label, limit in (
            ("turnover_eur", "Umsatz", limits.turnover_max_eur),
            ("balance_sheet_eur", "Bilanzsumme", limits.balance_sheet_max_eur),
        )
        if limit is not None
    ]
    if not pairs:
        return None
    known = [(label, value, limit) for _, label, value, limit in pairs if value is not None]
    met = [f"{label} {format_euro(value)}" for label, value, limit in known if value <= limit]
    if met:
        return RuleResult("erfüllt", met[0])
    why = ", ".join(f"{label} {format_euro(value)}" for label, value, _ in known)
    missing = tuple(field for field, _, value, _ in pairs if value is None)
    if not missing:
        return RuleResult("nicht erfüllt", why)
    open_labels = " oder ".join(label for _, label, value, _ in pairs if value is None)
    return RuleResult("unklar", "; ".join(part for part in (why, f"{open_labels} fehlt") if part), missing)
