"""A firm's profile against all funding programmes: which fit, which do not, and what is still to find out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from assistant.answering.citations import CitationIndex
from assistant.answering.quote_check import is_proven
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import GOAL_NAMES, PROFILE_QUESTIONS, CompanyProfile
from assistant.core.models import Claim, Kind, ParsedQuery, Passage
from assistant.core.quotes import first_german_quote, quote
from assistant.core.source_status import is_ended, short_name
from assistant.core.sources import Funding, SourceMetadata, Topic
from assistant.eligibility.criteria import Criterion, check_eligibility
from assistant.eligibility.rule_quotes import APPLICATION, LINKED, SIZE, cover_numbers, find_quote
from assistant.eligibility.sme_size import CLASS_NAMES, EU_CLASSES, EU_SME, size_class
from assistant.index.corpus import SearchableCorpus
from assistant.language.numbers import numbers_in
from assistant.retrieval.retriever import build_query, search

Verdict = Literal["passt", "unklar", "passt nicht"]
VERDICTS: tuple[Verdict, ...] = ("passt", "unklar", "passt nicht")
SIZE_SOURCE = "eu-kmu-definition"
CAVEAT = "Gerechnet ist mit den eigenen Angaben; bitte vor einem Antrag mit dem Fördergeber klären."
FUNDING: tuple[Kind, ...] = ("funding",)
_SERVICES = ("advice", "network")
_NEARBY = 0.03  # what a programme of the firm's own Land gains in the order
_MONEY_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Match:
    """One programme against the firm: the verdict, its rules, and what to know about the programme, all quoted."""

    source: Funding
    verdict: Verdict
    criteria: tuple[Criterion, ...]
    goals: tuple[Topic, ...]
    what: Claim | None
    money: tuple[Claim, ...]
    application: Claim | None

    @property
    def pays(self) -> bool:
        """Whether it brings money, not only advice or contacts."""
        return self.source.type not in _SERVICES or bool(self.source.amount.rates or self.source.amount.caps)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Names of the rules that are not met."""
        return tuple(one.name for one in self.criteria if one.result == "nicht erfüllt")

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields of the profile that would decide an open rule; none once a rule is not met."""
        if self.verdict != "unklar":
            return ()
        return tuple(dict.fromkeys(field for one in self.criteria for field in one.missing))


@dataclass(frozen=True, slots=True)
class Ended:
    """A programme that is over, and what came after it."""

    source: Funding
    claim: Claim | None
    successor: SourceMetadata | None


@dataclass(frozen=True, slots=True)
class Size:
    """The EU class by the firm's own figures, the rule behind it, and the rule about linked enterprises."""

    name: str
    rule: Claim | None
    linked: Claim | None


@dataclass(frozen=True, slots=True)
class Matches:
    """All programmes against one firm, the fitting ones first; ``questions`` are the facts still worth asking."""

    matches: tuple[Match, ...]
    ended: tuple[Ended, ...]
    questions: tuple[tuple[str, int], ...]
    size: Size


def match_programmes(assistant: AppContext, profile: CompanyProfile, today: date | None = None) -> Matches:
    """Compare a firm with every programme of the library; raises ``IndexUnavailableError`` without one."""
    day = today or date.today()
    corpus = assistant.live_index.corpus()
    passages = _by_document(corpus)
    programmes = [one for one in corpus.snapshot.sources.values() if isinstance(one, Funding) and one.type != "rule"]
    relevance = _relevance(assistant, profile, corpus)
    running = [one for one in programmes if not is_ended(one, day)]
    matches = [_match(one, passages.get(one.id, ()), profile, day) for one in running]
    matches.sort(key=lambda one: _place_in_list(one, relevance))
    wanted = Counter(field for one in matches for field in one.missing)
    ended = tuple(_ended(one, corpus) for one in programmes if is_ended(one, day) and _could_concern(one, profile))
    return Matches(tuple(matches), ended, tuple(wanted.most_common()), _size(profile, passages.get(SIZE_SOURCE, ())))


def _place_in_list(one: Match, relevance: Mapping[str, float]) -> tuple[int, bool, float, str]:
    """Fitting ones first, money before advice, then by what the firm wants."""
    fit = relevance.get(one.source.id, 0.0) + _NEARBY * (one.source.level == "land")
    return VERDICTS.index(one.verdict), not one.pays, -fit, one.source.id


def _match(source: Funding, passages: Sequence[Passage], profile: CompanyProfile, today: date) -> Match:
    found = check_eligibility(source, passages, profile, today)
    goals = tuple(one for one in profile.goals or () if one in source.topics)
    what = first_german_quote(passages)
    if profile.goals:
        why = ", ".join(GOAL_NAMES[one] for one in goals) or "das Programm dient anderen Zielen"
        found = (*found, Criterion("Ziel", "erfüllt" if goals else "nicht erfüllt", why, what))
    results = {one.result for one in found}
    verdict: Verdict = "passt nicht" if "nicht erfüllt" in results else "unklar" if "unklar" in results else "passt"
    money = cover_numbers(passages, _figures(source), _MONEY_SENTENCES)
    return Match(source, verdict, found, goals, what, money, find_quote(passages, APPLICATION))


def _figures(source: Funding) -> frozenset[str]:
    """All rates, caps and floors of a programme in the normal form of numbers."""
    rates = [value for one in source.amount.rates for value in (one.percent_min, one.percent_max) if value is not None]
    sums = [float(one.eur) for one in (*source.amount.caps, *source.amount.floors)]
    return numbers_in(" ; ".join(f"{value:.15g}" for value in rates + sums))


def _by_document(corpus: SearchableCorpus) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    for passage in corpus.snapshot.passages:
        found.setdefault(passage.document_id, []).append(passage)
    return found


def _relevance(assistant: AppContext, profile: CompanyProfile, corpus: SearchableCorpus) -> dict[str, float]:
    """How well each programme's best passage fits what the firm wants; only for the order."""
    goals = " ".join(GOAL_NAMES[one] for one in profile.goals or ())
    text = " ".join(part for part in (profile.description, goals, profile.sector) if part)[:1000]
    if not text:
        return {}
    query = build_query(
        ParsedQuery(text, text, "de"), assistant.embedder, assistant.analyzer, assistant.regions, profile.land
    )
    found: dict[str, float] = {}
    for one in search(query, corpus, len(corpus.snapshot.passages), FUNDING):
        found.setdefault(one.passage.document_id, one.score)
    return found


def _could_concern(source: Funding, profile: CompanyProfile) -> bool:
    return profile.land is None or source.land is None or source.land == profile.land


def _ended(source: Funding, corpus: SearchableCorpus) -> Ended:
    passage = corpus.status_passages.get(source.id, {}).get("de")
    sentences = passage.sentences if passage else ()
    said = next((sentence for sentence in sentences if not sentence.startswith("Die Angaben zu ")), None)
    claim = quote(said, passage) if passage and said else None
    return Ended(source, claim, corpus.snapshot.sources.get(source.successor or ""))


def _size(profile: CompanyProfile, passages: Sequence[Passage]) -> Size:
    found = size_class(profile)
    limit = dict(EU_CLASSES).get(found, EU_SME).employees_below
    rule = find_quote(passages, replace(SIZE, numbers=(frozenset({str(limit)}),)))
    return Size(CLASS_NAMES[found], rule, find_quote(passages, LINKED))


def to_dict(found: Matches, sources: Mapping[str, SourceMetadata]) -> dict[str, Any]:
    """Plain data in the form of the contract; citations are numbered by first use."""
    citation_index = CitationIndex(sources)
    data: dict[str, Any] = {
        "size": _size_to_dict(found.size, citation_index),
        "programmes": [_match_to_dict(one, citation_index) for one in found.matches],
        "ended": [_ended_to_dict(one, citation_index) for one in found.ended],
        "questions": [
            {"field": field, "question": PROFILE_QUESTIONS[field], "decides": count} for field, count in found.questions
        ],
    }
    return data | {"citations": [asdict(one) for one in citation_index.citations]}


def cited(claim: Claim | None, citation_index: CitationIndex) -> dict[str, Any]:
    """Quote and citation number of a claim; both null when there is none."""
    if claim is None or not is_proven(claim):
        return {"quote": None, "citation": None}
    return {"quote": claim.quote, "citation": citation_index.number(claim)}


def _size_to_dict(size: Size, citation_index: CitationIndex) -> dict[str, Any]:
    rule, linked = cited(size.rule, citation_index), cited(size.linked, citation_index)
    return {"class": size.name, "caveat": CAVEAT, **rule, "linked": linked}


def _match_to_dict(one: Match, citation_index: CitationIndex) -> dict[str, Any]:
    source = one.source
    return {
        "id": source.id,
        "name": short_name(source),
        "verdict": one.verdict,
        "criteria": [
            {"name": rule.name, "result": rule.result, "why": rule.why, **cited(rule.rule, citation_index)}
            for rule in one.criteria
        ],
        "missing": list(one.missing),
        "obstacles": list(one.obstacles),
        "pays": one.pays,
        "goals": list(one.goals),
        "what": cited(one.what, citation_index),
        "money": [cited(claim, citation_index) for claim in one.money],
        "application": cited(one.application, citation_index),
        "title": source.title,
        "provider": source.provider,
        "level": source.level,
        "land": source.land,
        "status": source.status,
        "url": source.url,
        "as_of": source.as_of,
        "verify": source.verify,
    }


def _ended_to_dict(one: Ended, citation_index: CitationIndex) -> dict[str, Any]:
    successor = {"id": one.successor.id, "name": short_name(one.successor)} if one.successor else None
    return {
        "id": one.source.id,
        "name": short_name(one.source),
        **cited(one.claim, citation_index),
        "successor": successor,
    }


def criteria_table(matches: Sequence[Match]) -> Iterator[tuple[str, str, str, str, str]]:
    """Every rule as (programme, criterion, result, why, quote): what editors look through."""
    for one in matches:
        for rule in one.criteria:
            yield one.source.id, rule.name, rule.result, rule.why, rule.rule.quote if rule.rule else ""
