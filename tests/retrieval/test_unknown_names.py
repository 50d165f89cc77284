"""What a question names and no document at hand holds is missing; what is uncertain is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.missing import missing_things
from assistant.answering.pipeline import retrieve_passages
from assistant.answering.runtime import AppContext
from assistant.core.models import Language, Passage, RetrievalResult
from assistant.index.corpus import SearchableCorpus
from assistant.language.foreign_places import load_foreign_places
from assistant.language.language_detection import detect_language
from assistant.language.named_entities import known_names
from assistant.language.regions import RegionDetector
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.query_understanding import parse_query
from assistant.retrieval.unknown_names import KnownThings, MissingThing, find_missing
from tests.support.paths import TESTS
from tests.support.tiny_corpus import passage, tiny_corpus

ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (TESTS / "data" / "evaluation" / "unknown_names.jsonl").read_text(encoding="utf-8").splitlines()
]
FENCE = passage(
    "zaunwinde", "Der Zuschuss im Programm Zaunwinde beträgt höchstens 38.500 Euro nach § 44.", kind="funding"
)
BAVARIA = passage("bayernbonus", "Der Bayernbonus gilt 2027 für Betriebe in Bayern.", kind="funding")
LAW = passage("gesetz", "Nach § 3 GWB und (EU) 2023/1067 ist das Kartell frei.", kind="cooperation")
ABROAD = passage("ausland", "Partner aus dem Ausland dürfen teilnehmen, etwa aus Dänemark.", kind="cooperation")
HEADS = {
    "zaunwinde": {"short_title": "Zaunwinde"},
    "bayernbonus": {"short_title": "Bayernbonus", "level": "land", "land": "Bayern"},
}


@pytest.fixture(scope="module")
def corpus() -> SearchableCorpus:
    return tiny_corpus([FENCE, BAVARIA, LAW, ABROAD], sources=HEADS)


@pytest.fixture(scope="module")
def known(corpus: SearchableCorpus, cache_dir: Path) -> KnownThings:
    names = known_names(corpus.snapshot.sources.values(), {}, {})
    regions = RegionDetector({"Hessen": ["Hesse"]})
    return KnownThings(corpus, TermAnalyzer(), names, regions, load_foreign_places())


@pytest.mark.parametrize(
    ("question", "at_hand", "missing"),
    [
        ("Wie hoch ist der Zuschuss im Programm Cedernhof?", FENCE, [("Cedernhof", "unknown")]),
        ("Wie hoch ist der Zuschuss im Programm Zaunwinde?", BAVARIA, [("Zaunwinde", "elsewhere")]),
        ("Was regelt § 7 GWB?", LAW, [("§ 7 GWB", "elsewhere")]),
        ("Was regelt § 3 YZG?", LAW, [("§ 3 YZG", "unknown")]),
        ("Gilt (EU) 2023/1066 noch?", LAW, [("(EU) 2023/1066", "elsewhere")]),
        ("Gibt es den Bayernbonus auch in Österreich?", BAVARIA, [("Österreich", "place")]),
        ("Welche Firmen in der Schweiz bekommen den Bayernbonus?", BAVARIA, [("Schweiz", "place")]),
        ("Gibt es den Bayernbonus in Hessen?", BAVARIA, [("Hessen", "place")]),
        ("Wie viele Betriebe bekamen 2024 den Bayernbonus?", BAVARIA, [("2024", "year")]),
        ("Wie hoch ist der Bayernbonus im Jahr 2031?", BAVARIA, [("2031", "year")]),
        ("Wie hoch ist der Zuschuss im Programm Zaunwnde?", FENCE, []),
        ("Wie hoch ist der Zuschuss im Programm Zaunwinde?", FENCE, []),
        ("Was regelt § 3 GWB?", LAW, []),
        ("Wann gilt etwas als GWB-Kartell?", LAW, []),
        ("Gilt (EU) 2023/1067 noch?", LAW, []),
        ("Wie hoch ist der Bayernbonus 2027?", BAVARIA, []),
        ("Gibt es den Bayernbonus in Bayern?", BAVARIA, []),
        ("Wir haben einen Kunden in Polen. Gilt das Kartellrecht?", LAW, []),
        ("Dürfen wir mit unserem Partner aus Polen teilnehmen?", LAW, []),
        ("Dürfen Firmen aus Polen teilnehmen?", ABROAD, []),
        ("Dürfen Firmen aus Polen teilnehmen?", LAW, [("Polen", "place")]),
        ("Gilt das in Dänemark?", ABROAD, []),
    ],
)
def test_what_the_documents_at_hand_do_not_hold_is_missing(
    question: str, at_hand: Passage, missing: list[tuple[str, str]], known: KnownThings
) -> None:
    found = find_missing(question, "de", known, [at_hand])
    assert [(thing.text, thing.kind) for thing in found] == missing


def test_a_year_ahead_or_one_of_two_names_leaves_something_to_answer(known: KnownThings) -> None:
    assert find_missing("Wie hoch ist der Bayernbonus im Jahr 2031?", "de", known, [BAVARIA]) == (
        MissingThing("2031", "year", decides=False),
    )
    both = "Was ist besser, das Programm Zaunwinde oder das Programm Cedernhof?"
    assert find_missing(both, "de", known, [FENCE]) == (MissingThing("Cedernhof", "unknown", decides=False),)


def test_without_passages_nothing_is_missing(known: KnownThings) -> None:
    assert find_missing("Wie hoch ist der Zuschuss im Programm Cedernhof?", "de", known, []) == ()


@pytest.mark.parametrize("language", ["de", "en"])
def test_of_questions_about_unknown_names_few_are_missed_and_of_others_none_is_stopped(
    language: Language, assistant: AppContext
) -> None:
    rows = [row for row in ROWS if (row["style"] == "english") == (language == "en")]
    unknown = [row for row in rows if row["missing"]]
    missed = [row["question"] for row in unknown if row["missing"] not in things(row["question"], assistant)]
    assert len(missed) <= len(unknown) // 20, missed
    stopped = [row["question"] for row in rows if not row["missing"] and things(row["question"], assistant)]
    assert stopped == []


def test_the_table_holds_enough_of_both() -> None:
    assert min(sum(bool(row["missing"]) for row in ROWS), sum(not row["missing"] for row in ROWS)) >= 60
    assert len({row["question"] for row in ROWS}) == len(ROWS)


def things(question: str, assistant: AppContext) -> list[str]:
    """What is missing of a question over the shipped knowledge."""
    parsed = parse_query(question, (), assistant.analyzer, assistant.prompts, detect_language(question))
    evidence = RetrievalResult(retrieve_passages(assistant, question), "enough", 1.0, 0.0)
    return [thing.text for thing in missing_things(assistant, parsed, evidence)]
