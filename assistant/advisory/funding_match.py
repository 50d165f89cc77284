"""A firm's profile against all funding programmes: which fit, which do not, and what is still to find out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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

ProgrammeVerdict = Literal["passt", "unklar", "passt nicht"]
VERDICTS: tuple[ProgrammeVerdict, ...] = ("passt", "unklar", "passt nicht")
SIZE_SOURCE = "eu-kmu-definition"
CAVEAT = "Gerechnet ist mit den eigenen Angaben; bitte vor einem Antrag mit dem Fördergeber klären."
FUNDING: tuple[Kind, ...] = ("funding",)
_SERVICES = ("advice", "network")
_NEARBY = 0.03  # what a programme of the firm's own Land gains in the order
_MONEY_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class ProgrammeMatch:
    """One programme against the firm: the verdict, its rules, and what to know about the programme, all quoted."""

    source: Funding
    verdict: ProgrammeVerdict
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
        return tuple(criterion.name for criterion in self.criteria if criterion.result == "nicht erfüllt")

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields of the profile that would decide an open rule; none once a rule is not met."""
        if self.verdict != "unklar":
            return ()
        return tuple(dict.fromkeys(field for criterion in self.criteria for field in criterion.missing))


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
class MatchResult:
    """All programmes against one firm, the fitting ones first; ``questions`` are the facts still worth asking."""

    matches: tuple[ProgrammeMatch, ...]
    ended: tuple[Ended, ...]
    questions: tuple[tuple[str, int], ...]
    size: Size


def match_programmes(assistant: AppContext, profile: CompanyProfile, today: date | None = None) -> MatchResult:
    """Compare a firm with every programme of the index; raises ``IndexUnavailableError`` without one."""
    day = today or date.today()
    corpus = assistant.live_index.corpus()
    passages = _by_document(corpus)
    sources = corpus.snapshot.sources.values()
    programmes = [source for source in sources if isinstance(source, Funding) and source.type != "rule"]
    running = [source for source in programmes if not is_ended(source, day)]
    matches = [_match(source, passages.get(source.id, ()), profile, day) for source in running]
    relevance = _relevance(assistant, profile, corpus)
    matches.sort(key=lambda match: _order_key(match, relevance))
    ended = [source for source in programmes if is_ended(source, day) and _could_concern(source, profile)]
    missing = Counter(field for match in matches for field in match.missing)
    return MatchResult(
        matches=tuple(matches),
        ended=tuple(_ended(source, corpus) for source in ended),
        questions=tuple(missing.most_common()),
        size=_size(profile, passages.get(SIZE_SOURCE, ())),
    )


def _order_key(match: ProgrammeMatch, relevance: Mapping[str, float]) -> tuple[int, bool, float, str]:
    """Fitting ones first, money before advice, then by what the firm wants."""
    fit = relevance.get(match.source.id, 0.0) + _NEARBY * (match.source.level == "land")
    return VERDICTS.index(match.verdict), not match.pays, -fit, match.source.id


def _match(source: Funding, passages: Sequence[Passage], profile: CompanyProfile, today: date) -> ProgrammeMatch:
    criteria = check_eligibility(source, passages, profile, today)
    goals = tuple(goal for goal in profile.goals or () if goal in source.topics)
    what = first_german_quote(passages)
    if profile.goals:
        why = ", ".join(GOAL_NAMES[goal] for goal in goals) or "das Programm dient anderen Zielen"
        criteria = (*criteria, Criterion("Ziel", "erfüllt" if goals else "nicht erfüllt", why, what))
    money = cover_numbers(passages, _figures(source), _MONEY_SENTENCES)
    return ProgrammeMatch(source, _verdict(criteria), criteria, goals, what, money, find_quote(passages, APPLICATION))


def _verdict(criteria: Sequence[Criterion]) -> ProgrammeVerdict:
    """One rule that is not met decides, else one that is open."""
    results = {criterion.result for criterion in criteria}
    if "nicht erfüllt" in results:
        return "passt nicht"
    return "unklar" if "unklar" in results else "passt"


def _figures(source: Funding) -> frozenset[str]:
    """All rates, caps and floors of a programme in the normal form of numbers."""
    percents = [value for rate in source.amount.rates for value in (rate.percent_min, rate.percent_max)]
    rates = [value for value in percents if value is not None]
    sums = [float(limit.eur) for limit in (*source.amount.caps, *source.amount.floors)]
    return numbers_in(" ; ".join(f"{value:.15g}" for value in rates + sums))


def _by_document(corpus: SearchableCorpus) -> dict[str, list[Passage]]:
    passages: dict[str, list[Passage]] = {}
    for passage in corpus.snapshot.passages:
        passages.setdefault(passage.document_id, []).append(passage)
    return passages


def _relevance(assistant: AppContext, profile: CompanyProfile, corpus: SearchableCorpus) -> dict[str, float]:
    """How well each programme's best passage fits what the firm wants; only for the order."""
    goals = " ".join(GOAL_NAMES[goal] for goal in profile.goals or ())
    text = " ".join(part for part in (profile.description, goals, profile.sector) if part)[:1000]
    if not text:
        return {}
    query = build_query(
        ParsedQuery(text, text, "de"), assistant.embedder, assistant.analyzer, assistant.regions, profile.land
    )
    best: dict[str, float] = {}
    for scored in search(query, corpus, len(corpus.snapshot.passages), FUNDING):
        best.setdefault(scored.passage.document_id, scored.score)
    return best


def _could_concern(source: Funding, profile: CompanyProfile) -> bool:
    return profile.land is None or source.land is None or source.land == profile.land


def _ended(source: Funding, corpus: SearchableCorpus) -> Ended:
    passage = corpus.status_passages.get(source.id, {}).get("de")
    sentences = passage.sentences if passage else ()
    said = next((sentence for sentence in sentences if not sentence.startswith("Die Angaben zu ")), None)
    claim = quote(said, passage) if passage and said else None
    return Ended(source, claim, corpus.snapshot.sources.get(source.successor or ""))


def _size(profile: CompanyProfile, passages: Sequence[Passage]) -> Size:
    own_class = size_class(profile)
    limit = dict(EU_CLASSES).get(own_class, EU_SME).employees_below
    rule = find_quote(passages, replace(SIZE, numbers=(frozenset({str(limit)}),)))
    return Size(CLASS_NAMES[own_class], rule, find_quote(passages, LINKED))


def to_dict(found: MatchResult, sources: Mapping[str, SourceMetadata]) -> dict[str, Any]:
    """Plain data in the form of the contract; citations are numbered by first use."""
    citation_index = CitationIndex(sources)
    data: dict[str, Any] = {
        "size": _size_to_dict(found.size, citation_index),
        "programmes": [_match_to_dict(match, citation_index) for match in found.matches],
        "ended": [_ended_to_dict(ended, citation_index) for ended in found.ended],
        "questions": [
            {"field": field, "question": PROFILE_QUESTIONS[field], "decides": count} for field, count in found.questions
        ],
    }
    return data | {"citations": [asdict(citation) for citation in citation_index.citations]}


def cited(claim: Claim | None, citation_index: CitationIndex) -> dict[str, Any]:
    """Quote and citation number of a claim; both null when there is none."""
    if claim is None or not is_proven(claim):
        return {"quote": None, "citation": None}
    return {"quote": claim.quote, "citation": citation_index.number(claim)}


def _size_to_dict(size: Size, citation_index: CitationIndex) -> dict[str, Any]:
    rule, linked = cited(size.rule, citation_index), cited(size.linked, citation_index)
    return {"class": size.name, "caveat": CAVEAT, **rule, "linked": linked}


def _match_to_dict(match: ProgrammeMatch, citation_index: CitationIndex) -> dict[str, Any]:
    source = match.source
    return {
        "id": source.id,
        "name": short_name(source),
        "verdict": match.verdict,
        "criteria": [
            {
                "name": criterion.name,
                "result": criterion.result,
                "why": criterion.why,
                **cited(criterion.rule, citation_index),
            }
            for criterion in match.criteria
        ],
        "missing": list(match.missing),
        "obstacles": list(match.obstacles),
        "pays": match.pays,
        "goals": list(match.goals),
        "what": cited(match.what, citation_index),
        "money": [cited(claim, citation_index) for claim in match.money],
        "application": cited(match.application, citation_index),
        "title": source.title,
        "provider": source.provider,
        "level": source.level,
        "land": source.land,
        "status": source.status,
        "url": source.url,
        "as_of": source.as_of,
        "verify": source.verify,
    }


def _ended_to_dict(ended: Ended, citation_index: CitationIndex) -> dict[str, Any]:
    successor = {"id": ended.successor.id, "name": short_name(ended.successor)} if ended.successor else None
    return {
        "id": ended.source.id,
        "name": short_name(ended.source),
        **cited(ended.claim, citation_index),
        "successor": successor,
    }
