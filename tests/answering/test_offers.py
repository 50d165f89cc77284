"""Questions for offers of a kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.answering.draft import AnswerContext
from assistant.answering.offers import MOST, asks_for_offers, nearest_offers
from assistant.core.models import Kind, Language, ParsedQuery, RetrievalResult
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.core.sources import Land
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.query_understanding import detect_intent
from assistant.retrieval.retriever import Query
from tests.support.tiny_corpus import passage, scored, tiny_corpus

ANALYZER = TermAnalyzer()


def understood(question: str, language: Language = "de") -> ParsedQuery:
    area = detect_intent(ANALYZER.terms(question, language), ANALYZER)
    return ParsedQuery(question, question, language, area=area)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Welche Förderung gibt es für gemeinsame Forschung?", True),
        ("gibts zuschüsse für roboter", True),
        ("Wer hilft uns bei der Weiterbildung?", True),
        ("Which grants exist for robots?", True),
        ("Wie hoch ist der Zuschuss?", False),
        ("Welche Absprachen sind verboten?", False),
        ("Was ist Coopetition?", False),
    ],
)
def test_what_asks_for_programmes_or_helpers_is_told_by_its_words(question: str, asks: bool) -> None:
    assert asks_for_offers(understood(question, "en" if question.startswith("Which") else "de")) is asks


def offered(
    area: Kind = "funding", laender: frozenset[Land] = frozenset(), language: Language = "de", **heads: dict[str, Any]
) -> list[str]:
    """The first words of what is offered, from programmes and a hub in the order in which they were found."""
    passages = [
        passage("hub", "Hub berät.", kind="support"),
        passage("bund", "Bund zahlt.", "Mehr steht da.", kind="funding"),
        passage("land", "Land zahlt.", kind="funding"),
        passage("alt", "Alt zahlte.", kind="funding"),
        passage("welt", "Welt zahlt.", kind="funding"),
        passage("englisch", "World pays.", document="welt", kind="funding", language="en"),
        passage("vier", "Vier zahlt.", kind="funding"),
        passage("ruht", "Ruht gerade.", kind="funding"),
    ]
    sources = {
        "land": {"level": "land", "land": "Hessen"},
        "alt": {"status": "ended"},
        "ruht": {"status": "paused"},
    } | heads
    corpus = tiny_corpus(passages, sources=sources)
    context = AnswerContext(language, corpus, Prompts(shipped_folder("prompts")), date(2026, 11, 24))
    evidence = RetrievalResult(tuple(scored(one) for one in passages), "none", 1.5, 0.5)
    parsed = ParsedQuery("Welche Förderung gibt es?", "", language, area=area)
    made = nearest_offers(evidence, Query(None, (), language, laender), parsed, context)
    return [claim.text for group in made.groups for paragraph in group.paragraphs for claim in paragraph]


def test_running_programmes_are_offered_each_with_what_it_is() -> None:
    assert offered() == ["Bund zahlt.", "Welt zahlt.", "Vier zahlt."]
    assert len(offered()) == MOST


def test_helpers_are_offered_where_help_is_asked_for() -> None:
    assert offered("support") == ["Hub berät."]


def test_a_programme_of_a_land_is_offered_where_that_land_is_asked_for() -> None:
    assert "Land zahlt." in offered(laender=frozenset({"Hessen"}))


def test_in_english_the_english_part_says_what_it_is() -> None:
    assert offered(language="en")[1] == "World pays."


def test_where_nothing_runs_nothing_is_offered() -> None:
    over = {"status": "ended"}
    assert offered(bund=over, welt=over, vier=over) == []
