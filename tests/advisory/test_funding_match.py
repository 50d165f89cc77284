"""The match by hand, and over the shipped knowledge against what a careful adviser would say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.advisory.funding_match import (
    Ended,
    MatchResult,
    ProgrammeMatch,
    ProgrammeVerdict,
    Size,
    cited,
    match_programmes,
    to_dict,
)
from assistant.answering.citations import CitationIndex
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile, load_profile
from assistant.core.models import Claim
from assistant.core.quotes import quote
from assistant.core.source_status import is_ended
from assistant.core.sources import Funding
from assistant.eligibility.criteria import Criterion
from assistant.language.numbers import unsupported_numbers
from assistant.web.resources import PROFILES
from tests.support.hand_made import funding, passage
from tests.support.paths import EVALUATION

TODAY = date(2026, 11, 23)
FIRMS = yaml.safe_load((EVALUATION / "firms.yaml").read_text(encoding="utf-8"))
EXAMPLES = sorted(PROFILES.glob("*.yaml"))


def matched(assistant: AppContext, profile: CompanyProfile, today: date = TODAY) -> MatchResult:
    return match_programmes(assistant, profile, today)


def data_of(assistant: AppContext, profile: CompanyProfile) -> dict[str, Any]:
    return to_dict(matched(assistant, profile), assistant.live_index.corpus().snapshot.sources)


@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm["profile"]["name"])
def test_the_match_agrees_with_a_careful_adviser(assistant: AppContext, firm: dict[str, Any]) -> None:
    offered = {
        one.source.id
        for one in matched(assistant, CompanyProfile.model_validate(firm["profile"])).matches
        if one.verdict != "passt nicht"
    }
    assert not set(firm["expected"]) - offered
    assert not set(firm["never"]) & offered
    known = assistant.live_index.corpus().snapshot.sources
    assert {*firm["expected"], *firm["never"]} <= set(known)


def test_every_rule_of_every_programme_is_quoted_and_every_figure_is_in_its_source(assistant: AppContext) -> None:
    data = data_of(assistant, CompanyProfile())
    citations = {one["number"]: one for one in data["citations"]}
    assert list(citations) == list(range(1, len(citations) + 1))
    assert {one["id"] for one in data["programmes"]} | {one["id"] for one in data["ended"]}
    for one in data["programmes"]:
        quoted = [*one["criteria"], *one["money"], one["what"], one["application"]]
        for item in quoted:
            if item["citation"]:
                citation = citations[item["citation"]]
                assert item["quote"] == citation["quote"]
                assert item["quote"] in citation["passage"]
                assert citation["id"] == one["id"]
        for rule in one["criteria"]:
            assert rule["quote"], (one["id"], rule["name"])
            assert not unsupported_numbers(rule["why"], [rule["quote"]]), (one["id"], rule)


def test_all_rates_and_caps_of_running_programmes_are_quoted(assistant: AppContext) -> None:
    for one in matched(assistant, CompanyProfile()).matches:
        amount = one.source.amount
        figures = [str(value) for rate in amount.rates for value in (rate.percent_min, rate.percent_max) if value]
        figures += [str(cap.eur) for cap in amount.caps]
        missing = unsupported_numbers(" ; ".join(figures), [claim.quote for claim in one.money])
        assert len(missing) <= len(figures) / 3 or len(one.money) == 3, (one.source.id, missing)


def test_ended_programmes_are_apart_with_their_successor(assistant: AppContext) -> None:
    found = matched(assistant, CompanyProfile())
    assert not [one.source.id for one in found.matches if is_ended(one.source, TODAY)]
    assert all(is_ended(one.source, TODAY) for one in found.ended)
    successors = {one.source.id: one.successor.id for one in found.ended if one.successor}
    assert successors["unternehmenswert-mensch-ended"] == "inqa-coaching"
    assert all(one.claim for one in found.ended)


def test_a_programme_ends_the_day_after_its_last_day(assistant: AppContext) -> None:
    sources = assistant.live_index.corpus().snapshot.sources.values()
    programmes = [one for one in sources if isinstance(one, Funding) and one.type != "rule"]
    limited = [one for one in programmes if one.status != "ended" and one.valid_until and one.valid_until > TODAY]
    assert limited
    for source in limited:
        assert source.valid_until
        on_the_day = matched(assistant, CompanyProfile(), source.valid_until)
        assert source.id in {one.source.id for one in on_the_day.matches}
        later = matched(assistant, CompanyProfile(), date.fromordinal(source.valid_until.toordinal() + 1))
        assert source.id in {one.source.id for one in later.ended}


def test_only_facts_that_would_decide_are_asked_for(assistant: AppContext) -> None:
    everything = dict(matched(assistant, CompanyProfile()).questions)
    assert {"land", "employees"} <= set(everything)
    told = load_profile(EXAMPLES[0])
    assert not matched(assistant, told).questions
    known_land = dict(matched(assistant, CompanyProfile(land="Bayern")).questions)
    assert "land" not in known_land
    decided = matched(assistant, CompanyProfile(employees=5000))
    assert not [one for one in decided.matches if one.verdict == "passt nicht" and one.missing]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_best_fitting_programmes_come_first_and_say_why(assistant: AppContext, path: Path) -> None:
    found = matched(assistant, load_profile(path))
    verdicts = [one.verdict for one in found.matches]
    assert verdicts == sorted(verdicts, key=["passt", "unklar", "passt nicht"].index)
    fitting = [one for one in found.matches if one.verdict == "passt"]
    assert fitting[0].pays
    assert all(one.goals for one in fitting)


def test_rules_of_law_are_no_programmes(assistant: AppContext) -> None:
    assert not {"de-minimis", "eu-kmu-definition"} & {
        one.source.id for one in matched(assistant, CompanyProfile()).matches
    }


def by_hand(
    verdict: ProgrammeVerdict, *criteria: Criterion, what: Claim | None = None, **fields: Any
) -> ProgrammeMatch:
    return ProgrammeMatch(funding(**fields), verdict, criteria, (), what, (), None)


@pytest.mark.parametrize(
    ("fields", "pays"),
    [
        ({}, True),
        ({"type": "loan"}, True),
        ({"type": "advice"}, False),
        ({"type": "network"}, False),
        ({"type": "advice", "amount": {"rates": [{"percent_max": 50, "what": "Beratung"}]}}, True),
        ({"type": "network", "amount": {"caps": [{"eur": 900, "what": "Messe"}]}}, True),
    ],
)
def test_advice_and_networks_pay_only_where_the_head_holds_an_amount(fields: dict[str, Any], pays: bool) -> None:
    assert by_hand("passt", **fields).pays is pays


def test_what_is_missing_is_asked_for_only_while_nothing_speaks_against_the_programme() -> None:
    size = Criterion("Unternehmensgröße", "unklar", "", missing=("employees", "turnover_eur"))
    age = Criterion("Alter", "unklar", "", missing=("founded", "employees"))
    land = Criterion("Land", "nicht erfüllt", "")
    assert by_hand("unklar", size, age).missing == ("employees", "turnover_eur", "founded")
    ruled_out = by_hand("passt nicht", size, land)
    assert (ruled_out.missing, ruled_out.obstacles) == ((), ("Land",))


def test_citations_are_numbered_by_first_use_and_the_same_quote_keeps_its_number() -> None:
    text = passage("Er zahlt 45 Prozent.", "Er ist vorbei.")
    pays, over = (quote(sentence, text) for sentence in text.sentences)
    rule = Criterion("Land", "erfüllt", "Ihr Land: Hessen", pays)
    ended = Ended(funding(), over, funding("nachfolger"))
    found = MatchResult((by_hand("passt", rule, what=pays),), (ended,), (("land", 2),), Size("offen", None, None))
    data = to_dict(found, {"fraesbonus": funding()})
    assert [(one["number"], one["quote"]) for one in data["citations"]] == [(1, pays.quote), (2, over.quote)]
    (programme,) = data["programmes"]
    assert programme["criteria"][0]["citation"] == programme["what"]["citation"] == 1
    assert programme["application"] == {"quote": None, "citation": None}
    assert data["ended"][0]["successor"] == {"id": "nachfolger", "name": "Nachfolger"}
    assert data["questions"][0]["decides"] == 2
    assert data["questions"][0]["question"].startswith("In welchem Land")


def test_a_claim_that_its_passage_does_not_prove_is_not_shown() -> None:
    text = passage("Er zahlt 45 Prozent.")
    unproven = Claim("Er zahlt 60 Prozent.", text.sentences[0], text, 0.0)
    assert cited(unproven, CitationIndex({"fraesbonus": funding()})) == {"quote": None, "citation": None}
