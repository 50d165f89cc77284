"""One programme against one firm, rule by rule: met, not met or unclear, each with the sentence that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.core.company_profile import PARTNER_NAMES, PROFILE_FIELDS, PROFILE_QUESTIONS, CompanyProfile
from assistant.core.models import Claim, Passage
from assistant.core.quotes import quote
from assistant.core.sources import Eligibility, Funding, Land
from assistant.eligibility.rule_quotes import (
    AGE,
    APPLICANTS,
    COOPERATION,
    PERIOD,
    PLACE,
    SECTOR,
    SIZE,
    SME,
    UNCONFIRMED,
    QuotePattern,
    find_quote,
)
from assistant.eligibility.sme_size import EU_SME, Result, RuleResult, SizeLimits, check_limits
from assistant.ingestion.status_sentences import CONTACT_STARTS
from assistant.language.dates import format_date
from assistant.language.numbers import numbers_in

UNPROVEN = "die Quelle sagt das nicht in einem zitierbaren Satz – bitte dort nachlesen"
_YOUNG_YEARS = 10  # an older firm is no start-up and no foundation, whatever a programme says
_APPLICANT_NAMES = {
    "company": "Unternehmen",
    "startup": "Start-ups",
    "founder": "Gründende",
    "research": "Forschungseinrichtungen",
    "network": "Netzwerke",
    "association": "Verbände und Vereine",
    "public": "öffentliche Stellen",
    "individual": "Einzelpersonen und freie Berufe",
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One rule of a programme, its result for the firm, why, and the quoted rule; ``missing`` fields would decide it.

    A missing field must have a question in ``PROFILE_FIELDS``, or nobody would be asked for it.
    """

    name: str
    result: Result
    why: str
    rule: Claim | None = None
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unasked := [field for field in self.missing if field not in PROFILE_QUESTIONS]:
            raise ValueError(f"PROFILE_FIELDS holds no question for '{unasked[0]}', which the rule {self.name} misses")


def check_eligibility(
    source: Funding, passages: Sequence[Passage], profile: CompanyProfile, today: date
) -> tuple[Criterion, ...]:
    """All rules of a programme that its head knows, in the order in which an adviser asks."""
    parts = (
        _place(source, passages, profile),
        _applicants(source.eligibility, passages, profile, today),
        _size(source.eligibility, passages, profile),
        _age(source.eligibility, passages, profile, today),
        _sector(source.eligibility, passages, profile),
        _cooperation(source.eligibility, passages, profile),
        _condition(source.eligibility, passages),
        _period(source, passages, today),
    )
    own = _own_numbers(profile)
    return tuple(_only_proven(criterion, own) for part in parts for criterion in part)


def _own_numbers(profile: CompanyProfile) -> frozenset[str]:
    """Numbers that the firm itself gave and that decide rules, as reasons show them."""
    given = ((field, field.value_in(profile)) for field in PROFILE_FIELDS if field.stands_in_reasons)
    return numbers_in(" ; ".join(field.describe(value) for field, value in given if value is not None))


def _only_proven(criterion: Criterion, own: frozenset[str]) -> Criterion:
    """Without a sentence that states the rule and holds its numbers, nothing is decided."""
    quoted = numbers_in(criterion.rule.quote) if criterion.rule else frozenset()
    if (criterion.rule or criterion.result == "unklar") and numbers_in(criterion.why) <= quoted | own:
        return criterion
    return replace(criterion, result="unklar", why=UNPROVEN)


def _criterion(name: str, outcome: RuleResult, rule: Claim | None) -> Criterion:
    return Criterion(name, outcome.result, outcome.why, rule, outcome.missing)


def _met(met: bool) -> Result:
    return "erfüllt" if met else "nicht erfüllt"


def _place(source: Funding, passages: Sequence[Passage], profile: CompanyProfile) -> Iterator[Criterion]:
    laender: tuple[Land, ...] = source.eligibility.laender or ((source.land,) if source.land else ())
    if not laender:
        return
    rule = find_quote(passages, replace(PLACE, names=tuple(stem for land in laender for stem in _stems(land))))
    if profile.land is None:
        outcome = RuleResult("unklar", f"Land fehlt; das Programm gilt in {_join(laender)}", ("land",))
    else:
        outcome = RuleResult(_met(profile.land in laender), f"Ihr Land: {profile.land}")
    yield _criterion("Land", outcome, rule)


def _stems(land: Land) -> tuple[str, ...]:
    """How texts name a Land, as adjectives do, too."""
    stems = {"Thüringen": ("Thüring", "thüring"), "Hessen": ("Hess", "hess"), "Sachsen": ("Sachsen", "ächsisch")}
    return stems.get(land, ("Nordrhein-Westfal", "NRW") if land == "Nordrhein-Westfalen" else (land,))


def _applicants(
    rules: Eligibility, passages: Sequence[Passage], profile: CompanyProfile, today: date
) -> Iterator[Criterion]:
    if not rules.applicants:
        return
    allowed = _join([_APPLICANT_NAMES[applicant] for applicant in rules.applicants])
    rule = find_quote(passages, APPLICANTS)
    if "company" in rules.applicants:
        outcome = RuleResult("erfüllt", f"vorgesehen sind {allowed}")
    elif {"startup", "founder"} & set(rules.applicants):
        outcome = _young(profile, today, allowed, rules.applicants)
    else:
        outcome = RuleResult("nicht erfüllt", f"Anträge stellen nur {allowed}")
    yield _criterion("Antragsteller", outcome, rule)


def _young(profile: CompanyProfile, today: date, allowed: str, applicants: Sequence[str]) -> RuleResult:
    if profile.role == "startup":
        only_founders = "startup" not in applicants
        why = "gefördert wird die Gründung selbst" if only_founders else "Ihr Unternehmen ist ein Start-up"
        return RuleResult("unklar" if only_founders else "erfüllt", why)
    if profile.founded is None:
        return RuleResult("unklar", f"Gründungsjahr fehlt; gefördert werden nur {allowed}", ("founded",))
    young = today.year - profile.founded <= _YOUNG_YEARS
    result: Result = "unklar" if young else "nicht erfüllt"
    return RuleResult(result, f"gegründet {profile.founded}; gefördert werden nur {allowed}")


def _size(rules: Eligibility, passages: Sequence[Passage], profile: CompanyProfile) -> Iterator[Criterion]:
    own = SizeLimits(rules.employees_below, rules.turnover_max_eur, rules.balance_sheet_max_eur)
    if own != SizeLimits():
        outcome = check_limits(profile, own)
        if outcome.result == "erfüllt" and rules.sme_only:
            outcome = check_limits(profile, EU_SME)
        outcome = _from_a_size_on(rules.conditional_from_employees, profile, outcome)
        yield _criterion("Unternehmensgröße", outcome, find_quote(passages, replace(SIZE, numbers=_numbers(rules))))
    elif rules.sme_only:
        yield _criterion("Unternehmensgröße", check_limits(profile, EU_SME), find_quote(passages, SME))
    elif rules.conditional_from_employees:
        outcome = _from_a_size_on(rules.conditional_from_employees, profile, RuleResult("erfüllt", ""))
        yield _criterion("Unternehmensgröße", outcome, find_quote(passages, replace(SIZE, numbers=_numbers(rules))))
    if rules.employees_min is not None:
        pattern = replace(SIZE, numbers=(frozenset({str(rules.employees_min)}),))
        yield _criterion("Mindestgröße", _at_least(rules.employees_min, profile), find_quote(passages, pattern))


def _from_a_size_on(limit: int | None, profile: CompanyProfile, outcome: RuleResult) -> RuleResult:
    if limit is None or outcome.result == "nicht erfüllt":
        return outcome
    if profile.employees is None:
        return RuleResult("unklar", "Zahl der Beschäftigten fehlt", ("employees",))
    if profile.employees >= limit:
        return RuleResult("unklar", f"{profile.employees} Beschäftigte: ab {limit} gilt eine weitere Bedingung")
    return replace(outcome, why=outcome.why or f"{profile.employees} Beschäftigte")


def _at_least(limit: int, profile: CompanyProfile) -> RuleResult:
    if profile.employees is None:
        return RuleResult("unklar", "Zahl der Beschäftigten fehlt", ("employees",))
    return RuleResult(_met(profile.employees >= limit), f"{profile.employees} Beschäftigte")


def _numbers(rules: Eligibility) -> tuple[frozenset[str], ...]:
    """ "Weniger als 50" and „höchstens 49" are the same limit."""
    staff = [limit for limit in (rules.employees_below, rules.conditional_from_employees) if limit]
    money = dict.fromkeys(limit for limit in (rules.turnover_max_eur, rules.balance_sheet_max_eur) if limit)
    return (
        *(frozenset({str(limit), str(limit - 1)}) for limit in staff),
        *(frozenset({str(limit)}) for limit in money),
    )


def _age(rules: Eligibility, passages: Sequence[Passage], profile: CompanyProfile, today: date) -> Iterator[Criterion]:
    least, most = rules.company_age_min_years, rules.company_age_max_years
    for limit, wanted in ((least, 1), (most, -1)):
        if limit is None:
            continue
        rule = find_quote(passages, replace(AGE, numbers=(frozenset({str(limit)}),)))
        if profile.founded is None:
            yield Criterion("Alter", "unklar", "Gründungsjahr fehlt", rule, ("founded",))
            continue
        years = today.year - profile.founded
        result: Result = "unklar" if years == limit else _met((years - limit) * wanted > 0)
        yield Criterion("Alter", result, f"gegründet {profile.founded}", rule)


def _sector(rules: Eligibility, passages: Sequence[Passage], profile: CompanyProfile) -> Iterator[Criterion]:
    """Words of a sector can confirm, but never exclude: firms name their trade in many ways."""
    if not rules.sectors:
        return
    rule = find_quote(passages, replace(SECTOR, names=rules.sectors))
    text = f"{profile.sector or ''} {profile.description or ''}".lower()
    met = any(sector.lower()[:8] in text for sector in rules.sectors)
    why = profile.sector if met and profile.sector else f"gefördert werden: {_join(rules.sectors)}"
    missing = () if met or profile.sector else ("sector",)
    yield Criterion("Branche", "erfüllt" if met else "unklar", why, rule, missing)


def _condition(rules: Eligibility, passages: Sequence[Passage]) -> Iterator[Criterion]:
    """What only a person can answer stays open, with the sentence that says it."""
    if rules.condition:
        rule = find_quote(passages, QuotePattern("", SIZE.headings, names=(rules.condition,)))
        yield Criterion("Weitere Bedingung", "unklar", f"zu prüfen: {rules.condition}", rule)


def _cooperation(rules: Eligibility, passages: Sequence[Passage], profile: CompanyProfile) -> Iterator[Criterion]:
    if not rules.cooperation_required:
        return
    counts = [str(count) for count in (rules.min_partners, rules.min_companies) if count and count > 1]
    rule = find_quote(passages, replace(COOPERATION, numbers=(frozenset(counts),))) if counts else None
    rule = rule or find_quote(passages, COOPERATION)
    yield _criterion("Kooperation", _partners(rules, profile), rule)


def _partners(rules: Eligibility, profile: CompanyProfile) -> RuleResult:
    if profile.partners is None:
        return RuleResult("unklar", "noch offen, ob es Partner gibt", ("partners",))
    wanted = rules.partner_types or ("company", "research")
    fitting = [PARTNER_NAMES[partner] for partner in wanted if partner in profile.partners]
    if not fitting:
        needed = " oder ".join(PARTNER_NAMES[partner] for partner in wanted)
        return RuleResult("nicht erfüllt", f"gefordert sind Partner ({needed}), angegeben ist keiner davon")
    many = max(rules.min_partners or 0, rules.min_companies or 0)
    if many > 2:
        return RuleResult("unklar", f"Partner sind da ({_join(fitting)}); gefordert sind mindestens {many}")
    return RuleResult("erfüllt", f"Partner: {_join(fitting)}")


def _period(source: Funding, passages: Sequence[Passage], today: date) -> Iterator[Criterion]:
    outcome, dates = _window(source, today)
    if outcome is None:
        return
    rule = find_quote(passages, replace(PERIOD, numbers=(frozenset(dates),))) if dates else None
    if source.status == "unclear":
        rule = rule or find_quote(passages, UNCONFIRMED)
    if source.status in ("unclear", "call_based"):
        rule = rule or find_quote(passages, PERIOD)
    yield _criterion("Antragszeit", outcome, rule or _status_rule(passages) or find_quote(passages, PERIOD))


def _window(source: Funding, today: date) -> tuple[RuleResult | None, tuple[str, ...]]:
    """Whether applications are possible on a day, and the dates (ISO) that the rule names."""
    coming = sorted(deadline for deadline in source.application.deadlines if deadline >= today)
    past = sorted(deadline for deadline in source.application.deadlines if deadline < today)
    if source.status == "paused":
        return RuleResult("nicht erfüllt", "zurzeit werden keine Anträge angenommen"), ()
    if source.valid_from and len(source.valid_from) == 10 and date.fromisoformat(source.valid_from) > today:
        return RuleResult("nicht erfüllt", f"beginnt erst am {format_date(source.valid_from)}"), (source.valid_from,)
    if coming:
        shown = format_date(coming[0].isoformat())
        return RuleResult("erfüllt", f"nächste Frist: {shown}"), (coming[0].isoformat(),)
    if past:
        shown = format_date(past[-1].isoformat())
        return RuleResult("unklar", f"die letzte bekannte Frist war am {shown}; die nächste prüfen"), (
            past[-1].isoformat(),
        )
    if source.status == "call_based":
        return RuleResult("unklar", "Anträge nur zu Aufrufen; den nächsten Aufruf prüfen"), ()
    if source.status == "unclear":
        return RuleResult("unklar", "ob Anträge möglich sind, ist nicht bestätigt"), ()
    if source.valid_until:
        shown = format_date(source.valid_until.isoformat())
        return RuleResult("erfüllt", f"befristet bis {shown}"), (source.valid_until.isoformat(),)
    return None, ()


def _status_rule(passages: Sequence[Passage]) -> Claim | None:
    """What the head says about end or pause, as the generated sentence about it."""
    for passage in passages:
        if passage.generated and passage.language == "de":
            for sentence in passage.sentences:
                if not sentence.startswith(("Die Angaben zu ", "Nachfolge", CONTACT_STARTS)):
                    return quote(sentence, passage)
    return None


def _join(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" und " if len(names) > 1 else "") + names[-1] if names else ""
