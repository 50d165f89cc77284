"""Searching among chosen sources of a small index: what ended, lies elsewhere or is for others stays out."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from assistant.advisory.self_check_questions import Dimension, QuotedSentence
from assistant.advisory.source_finder import (
    CHECK_NOTE,
    FinderContext,
    Referral,
    ReferralFinder,
    Subject,
    find_paragraphs,
)
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant
from assistant.core.quotes import quote
from assistant.core.sources import Land, SourceMetadata
from tests.conftest import BuildIndex, own_settings, write_files
from tests.support.hand_made import funding, passage, support

TODAY = date(2026, 11, 23)
CARDS = {
    "hub-sachsen": "kind: support\noffer_type: hub\nlaender: [Sachsen]",
    "hub-hessen": "kind: support\noffer_type: hub\nlaender: [Hessen]",
    "hub-ueberall": "kind: support\noffer_type: hub",
    "hub-ruht": "kind: support\noffer_type: hub\nstatus: paused",
    "hub-vorbei": "kind: support\noffer_type: hub\nvalid_until: 2026-11-22",
    "bonus": "kind: funding\ntype: training\nlevel: bund\nstatus: open\nprovider: Bank",
    "bonus-unklar": "kind: funding\ntype: training\nlevel: bund\nstatus: unclear\nprovider: Bank",
    "bonus-netz": "kind: funding\ntype: network\nlevel: bund\nstatus: open\nprovider: Bank",
    "bonus-ruht": "kind: funding\ntype: training\nlevel: bund\nstatus: paused\nprovider: Bank",
    "bonus-hochschule": "kind: funding\ntype: training\nlevel: bund\nstatus: open\nprovider: Bank\n"
    "eligibility: {applicants: [research]}",
    "regel": "kind: funding\ntype: rule\nlevel: bund\nstatus: open\nprovider: Bank",
    "vertrag": "kind: cooperation\narea: contracts",
}
OPENINGS = """Seit Jahren|Vor Ort|Kostenfrei|Auf Anfrage|Früher|Mit Gutscheinen|Vielleicht|Gemeinsam|Demnächst wieder|
Hochschulen|Im Recht|Vertraglich""".replace("\n", "").split("|")  # alike sentences would count as one
AREA = Dimension.model_validate(
    {
        "id": "lernen",
        "title": "Lernen",
        "label": "Lernen",
        "section": "paper",
        "measures": "Ob gelernt wird",
        "because": [QuotedSentence(source="paper", sentence="Weiterbildung hilft dem ganzen Betrieb.")],
        "words": {"low": "wenig", "middle": "etwas", "high": "viel"},
        "step": "Einen Kurs suchen",
        "topics": ["competence"],
        "support": "Weiterbildung an Robotern",
        "funding": "Weiterbildung an Robotern",
    }
)


@pytest.fixture(scope="module")
def training(build_index: BuildIndex, tmp_path_factory: pytest.TempPathFactory) -> AppContext:
    """An assistant over offers and programmes that all speak of training, each in one sentence."""
    folder = tmp_path_factory.mktemp("training")
    files = {
        f"{name}.md": f"---\nid: {name}\ntitle: {name.title()}\ntopics: [competence]\n{head}\n---\n\n"
        f"{opening} hilft {name.title()} bei der Weiterbildung an Robotern.\n"
        for (name, head), opening in zip(CARDS.items(), OPENINGS, strict=True)
    }
    write_files(folder / "knowledge", files)
    build_index(folder / "knowledge", folder / "data")
    return build_assistant(own_settings(folder / "knowledge", folder / "data"))


def context(assistant: AppContext, land: Land | None = None) -> FinderContext:
    return FinderContext(assistant, assistant.live_index.corpus(), land, TODAY)


def sources_of(assistant: AppContext, subject: Subject, land: Land | None = None) -> set[str]:
    paragraphs = find_paragraphs(context(assistant, land), subject)
    return {claim.passage.document_id for paragraph in paragraphs for claim in paragraph}


def test_sentences_come_from_the_chosen_kinds_and_from_sources_that_hold_for_the_firm(training: AppContext) -> None:
    subject = Subject("Weiterbildung an Robotern", ("support",))
    everywhere = {"hub-ueberall", "hub-ruht"}
    assert sources_of(training, subject) == everywhere
    assert sources_of(training, subject, "Sachsen") == everywhere | {"hub-sachsen"}
    assert sources_of(training, Subject(subject.text, ("position_paper",))) == set()


def test_sentences_are_literal_and_one_paragraph_is_of_one_source(training: AppContext) -> None:
    paragraphs = find_paragraphs(context(training), Subject("Weiterbildung an Robotern", ("support", "funding")))
    assert paragraphs
    for paragraph in paragraphs:
        assert len({claim.passage.document_id for claim in paragraph}) == 1
        assert all(claim.quote in claim.passage.text for claim in paragraph)


@pytest.mark.parametrize(("areas", "expected"), [((), {"vertrag"}), (("contracts",), {"vertrag"}), (("forms",), set())])
def test_areas_narrow_know_how_about_cooperating(
    training: AppContext, areas: tuple[str, ...], expected: set[str]
) -> None:
    assert sources_of(training, Subject("Weiterbildung an Robotern", ("cooperation",), areas)) == expected


def referred(finder: ReferralFinder, kind: Literal["support", "funding"], count: int = 9) -> list[str]:
    return [referral.source.id for referral in finder.find(AREA, kind, count)]


def test_offers_are_open_of_the_land_or_for_all_and_the_near_one_comes_first(training: AppContext) -> None:
    assert referred(ReferralFinder(context(training)), "support") == ["hub-ueberall"]
    assert referred(ReferralFinder(context(training, "Hessen")), "support") == ["hub-hessen", "hub-ueberall"]


def test_programmes_are_for_companies_confirmed_ones_before_unclear_ones_and_money_before_contacts(
    training: AppContext,
) -> None:
    named = referred(ReferralFinder(context(training)), "funding")
    assert set(named) == {"bonus", "bonus-netz", "bonus-unklar"}
    assert named[0] == "bonus"


def test_nothing_is_named_twice_and_never_more_than_asked_for(training: AppContext) -> None:
    finder = ReferralFinder(context(training))
    first = referred(finder, "funding", 1)
    assert len(first) == 1
    assert set(referred(finder, "funding")) == {"bonus", "bonus-netz", "bonus-unklar"} - set(first)
    assert referred(finder, "funding") == []


def test_sources_on_other_topics_are_not_named(training: AppContext) -> None:
    other = AREA.model_copy(update={"topics": ("data",)})
    assert ReferralFinder(context(training)).find(other, "support", 9) == ()


@pytest.mark.parametrize(
    ("source", "sentence", "note"),
    [
        (funding(), "Er zahlt.", ""),
        (funding(verify=True), "Er zahlt.", CHECK_NOTE),
        (funding(status="call_based"), "Er zahlt.", CHECK_NOTE),
        (support(status="unclear"), "Er berät.", CHECK_NOTE),
        (support(status="unclear"), "Bitte prüfen Sie, ob er noch berät.", ""),
    ],
)
def test_what_must_be_checked_says_so_unless_its_sentence_does(
    source: SourceMetadata, sentence: str, note: str
) -> None:
    assert Referral(source, quote(sentence, passage(sentence))).note == note
