"""Ranking, filters and the verdict over a few passages whose scores a test chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from assistant.core.errors import EmbeddingError
from assistant.core.models import Kind, Language, ParsedQuery
from assistant.core.sources import Land
from assistant.core.tuning import DEFAULT_TUNING, Tuning
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus
from assistant.index.embeddings import UnavailableEmbedder
from assistant.index.scoring import LARGE, Floats
from assistant.language.regions import RegionDetector
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.retriever import Query, build_query, diversify, is_by_words, matches_heading, retrieve, search
from tests.support.tiny_corpus import QUESTION, passage, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
TODAY = date(2026, 11, 23)
JUST = 1e-3


def asked(
    terms: Sequence[str] = (),
    *,
    vector: Floats | None = QUESTION,
    language: Language = "de",
    laender: Collection[Land] = (),
    area: Kind | None = None,
) -> Query:
    return Query(vector, tuple(terms), language, frozenset(laender), area)


def found(corpus: SearchableCorpus, query: Query | None = None) -> list[str]:
    """The passages that a question is answered from, by name, in order."""
    return [one.passage.id.split("#")[1] for one in retrieve(query or asked(), corpus, TODAY).ranked]


def scored_corpus(scores: Mapping[str, float], **fields: Mapping[str, Any]) -> SearchableCorpus:
    """Programmes of these names and scores; ``fields`` are those of their heads."""
    passages = [passage(name, kind="funding") for name in scores]
    return tiny_corpus(passages, scores=list(scores.values()), sources=fields)


def test_twenty_passages_are_found_the_best_first() -> None:
    names = [f"d{number}" for number in range(25)]
    corpus = scored_corpus({name: 1.5 - number / 100 for number, name in enumerate(names)})
    assert found(corpus) == names[:20]


def test_scores_and_the_cosines_of_the_sentences_come_along() -> None:
    passages = [passage("a", "Ein Satz mit Worten.", "Noch ein Satz dazu."), passage("b", "Der dritte Satz hier.")]
    evidence = retrieve(asked(), tiny_corpus(passages, scores=[1.2, 1.4]), TODAY)
    best, other = evidence.ranked
    assert (best.passage.id, best.first_sentence, other.first_sentence) == ("b#b", 2, 0)
    assert (round(best.score, 4), round(other.score, 4)) == (1.4, 1.2)
    assert best.sentence_scores == pytest.approx((1.0,), abs=1e-4)
    assert other.sentence_scores == pytest.approx((1.0, 1.0), abs=1e-4)


def test_among_the_first_five_no_document_has_more_than_two() -> None:
    names = ["a1", "a2", "a3", "a4", "b1", "c1", "c2", "c3", "d1"]
    passages = [passage(name, document=name[0]) for name in names]
    corpus = tiny_corpus(passages, scores=[1.5 - number / 100 for number in range(len(names))])
    mixed = diversify(retrieve(asked(), corpus, TODAY).ranked, DEFAULT_TUNING)
    assert [one.passage.id.split("#")[1] for one in mixed] == ["a1", "a2", "b1", "c1", "c2", "a3", "a4", "c3", "d1"]
    assert found(corpus) == names


def test_a_document_alone_may_fill_all_places() -> None:
    passages = [passage(f"a{number}", document="a") for number in range(6)]
    assert found(tiny_corpus(passages, scores=[1.5 - n / 100 for n in range(6)])) == [f"a{n}" for n in range(6)]


@pytest.mark.parametrize(("less", "order"), [(0.03 - JUST, ["s", "f"]), (0.03 + JUST, ["f", "s"])])
def test_the_area_that_is_asked_for_is_brought_forward(less: float, order: list[str]) -> None:
    passages = [passage("f", kind="funding"), passage("s", kind="support")]
    corpus = tiny_corpus(passages, scores=[1.5, 1.5 - less])
    assert found(corpus, asked(area="support")) == order
    assert found(corpus) == ["f", "s"]
    assert [one.passage.document_id for one in search(asked(area="support"), corpus, 2)] == order


@pytest.mark.parametrize(("more", "order"), [(0.06 - JUST, ["b", "s"]), (0.06 + JUST, ["s", "b"])])
def test_sources_of_single_laender_are_held_back_where_none_is_named(more: float, order: list[str]) -> None:
    corpus = scored_corpus({"s": 1.4 + more, "b": 1.4}, s={"level": "land", "land": "Sachsen"})
    assert found(corpus) == order
    assert found(corpus, asked(laender=["Sachsen"])) == ["s", "b"]
    assert found(corpus, asked(laender=["Bayern"])) == ["b"]
    assert found(corpus, asked(laender=["Bayern", "Sachsen"])) == ["s", "b"]


ENDED: dict[str, Any] = {"status": "ended", "short_title": "Netzbonus"}


@pytest.mark.parametrize(("more", "order"), [(0.02 - JUST, ["new"]), (0.02 + JUST, ["old", "new"])])
def test_an_ended_programme_answers_only_when_it_fits_clearly_best(more: float, order: list[str]) -> None:
    assert found(scored_corpus({"old": 1.4 + more, "new": 1.4}, old=ENDED)) == order


def test_an_ended_programme_answers_when_it_is_named() -> None:
    corpus = scored_corpus({"old": 1.2, "new": 1.4}, old=ENDED)
    assert found(corpus) == ["new"]
    assert found(corpus, asked(["netzbonus", "geld"])) == ["new", "old"]


def test_what_ends_today_has_not_ended() -> None:
    corpus = scored_corpus({"old": 1.3, "new": 1.4}, old={"valid_until": "2026-11-23"})
    assert found(corpus) == ["new", "old"]
    assert [one.passage.document_id for one in retrieve(asked(), corpus, TODAY + timedelta(1)).ranked] == ["new"]


def test_a_programme_of_another_land_never_answers_however_well_it_fits() -> None:
    corpus = scored_corpus({"s": 1.49, "b": 1.2}, s={"level": "land", "land": "Sachsen", "status": "ended"})
    assert found(corpus, asked(laender=["Bayern"])) == ["b"]
    assert found(corpus, asked(laender=["Sachsen"])) == ["s", "b"]


def test_english_parts_of_german_documents_answer_english_questions_only() -> None:
    passages = [passage("g", document="x"), passage("e", document="x", language="en"), passage("o", language="en")]
    corpus = tiny_corpus(passages, scores=[1.4, 1.45, 1.3])
    assert found(corpus) == ["g", "o"]
    assert found(corpus, asked(language="en")) == ["e", "g", "o"]


THRESHOLDS = Thresholds(off_topic=1.1, no_evidence=1.2, weak=1.3, sentence=0.7)


@pytest.mark.parametrize(
    ("signal", "verdict"),
    [(1.09, "off_topic"), (1.11, "none"), (1.19, "none"), (1.21, "weak"), (1.29, "weak"), (1.31, "enough")],
)
def test_the_mean_of_the_best_three_decides_whether_it_is_enough(signal: float, verdict: str) -> None:
    passages = [passage(name) for name in "abcd"]
    corpus = tiny_corpus(passages, scores=[signal + 0.1, signal, signal - 0.1, 0.5], thresholds=THRESHOLDS)
    evidence = retrieve(asked(), corpus, TODAY)
    assert evidence.sufficiency == verdict
    assert evidence.signal == pytest.approx(signal, abs=1e-4)
    assert (evidence.sentence_threshold, evidence.lexical_only) == (0.7, False)


def test_bonuses_do_not_count_as_evidence() -> None:
    corpus = tiny_corpus([passage("a", kind="support")], scores=[1.29], thresholds=THRESHOLDS)
    assert retrieve(asked(area="support"), corpus, TODAY).sufficiency == "weak"


def test_an_empty_corpus_holds_nothing_on_anything() -> None:
    evidence = retrieve(asked(), tiny_corpus([]), TODAY)
    assert (evidence.ranked, evidence.sufficiency, evidence.lexical_only) == ((), "none", False)


def test_in_a_large_space_all_is_compared_when_too_few_of_the_nearest_may_answer() -> None:
    """The nearest thousands are of another Land; what may answer scores less than all of them."""
    near = [passage(f"s{number}", "Gleicher Satz.", document="s", kind="funding") for number in range(LARGE)]
    far = [passage(f"b{number}", "Gleicher Satz.", document="b", kind="funding") for number in range(25)]
    scores = [1.4] * len(near) + [1.2 - number / 100 for number in range(len(far))]
    corpus = tiny_corpus([*near, *far], scores=scores, sources={"s": {"level": "land", "land": "Sachsen"}})
    assert found(corpus, asked(laender=["Bayern"])) == [f"b{number}" for number in range(20)]
    assert len(found(corpus, asked(laender=["Sachsen"]))) == 20


WORDS = "Fräser bohren neue Löcher."  # terms: fras, bohr, neu, loch


@pytest.mark.parametrize(
    ("terms", "verdict"),
    [
        (["fras", "bohr"], "weak"),
        (["fras", "bohr", "lied", "sing", "leut"], "weak"),  # 2 of 5
        (["fras", "bohr", "lied", "sing", "leut", "abend"], "none"),  # 2 of 6
        (["unbekannt"], "none"),
    ],
)
def test_without_vectors_the_best_passage_must_hold_what_is_asked(terms: list[str], verdict: str) -> None:
    passages = [
        passage("a", WORDS),
        *(passage(f"b{n}", f"{word}.") for n, word in enumerate(("Lied", "Singen", "Leute", "Abend"))),
    ]
    evidence = retrieve(asked(terms, vector=None), tiny_corpus(passages), TODAY)
    assert (evidence.sufficiency, evidence.lexical_only) == (verdict, True)


def test_without_vectors_only_passages_with_a_word_of_the_question_are_found() -> None:
    corpus = tiny_corpus([passage("a", WORDS), passage("b", "Andere Leute singen.")])
    query = asked(["fras"], vector=None)
    assert found(corpus, query) == ["a"]
    assert [one.passage.document_id for one in search(query, corpus, 5)] == ["a"]
    assert is_by_words(query, corpus)
    assert not is_by_words(asked(["fras"]), corpus)


def test_a_search_takes_as_many_of_the_kinds_that_are_wanted_whatever_has_ended() -> None:
    passages = [passage("a", kind="literature"), passage("b", kind="funding"), passage("c", kind="support")]
    corpus = tiny_corpus(passages, scores=[1.4, 1.3, 1.2], sources={"b": {"status": "ended"}})
    assert [one.passage.document_id for one in search(asked(), corpus, 2)] == ["a", "b"]
    assert [one.passage.document_id for one in search(asked(), corpus, 2, ("funding", "support"))] == ["b", "c"]


@pytest.mark.parametrize(
    ("terms", "meant"), [(["fras", "loch"], True), (["fras", "lied"], False), (["lied"], False), ([], False)]
)
def test_a_section_with_every_word_of_the_question_is_meant_where_its_document_was_found(
    terms: list[str], meant: bool
) -> None:
    passages = [passage("a", WORDS, document="x"), passage("b", document="x"), passage("c", "Das Lied.", document="y")]
    corpus = tiny_corpus(passages, scores=[1.2, 1.4, 1.0])
    evidence = retrieve(asked(), corpus, TODAY)
    only_x = replace(evidence, ranked=tuple(one for one in evidence.ranked if one.passage.id == "x#b"))
    assert matches_heading(asked(terms), only_x, corpus) == meant


def built(parsed: ParsedQuery, land: Land | None = None, tuning: Tuning = DEFAULT_TUNING) -> Query:
    """The query for a question as it was understood, without an encoder."""
    missing = UnavailableEmbedder(EmbeddingError("x"))
    return build_query(parsed, missing, TermAnalyzer(), RegionDetector({}), land, tuning)


def understood(question: str, **more: Any) -> ParsedQuery:
    return ParsedQuery(question, more.pop("standalone", question), more.pop("language", "de"), **more)


def test_a_question_that_cannot_be_encoded_is_compared_by_its_words() -> None:
    assert built(understood("Was ist ein Verbund?", area="support")) == Query(
        None, ("verbund",), "de", frozenset(), "support"
    )


@pytest.mark.parametrize(("question", "laender"), [("Förderung in Sachsen", {"Sachsen"}), ("Förderung", {"Bayern"})])
def test_the_land_of_the_firm_counts_where_the_question_names_none(question: str, laender: set[Land]) -> None:
    assert built(understood(question), "Bayern").laender == laender
    assert built(understood("Förderung")).laender == set()


def test_a_follow_up_is_searched_with_its_subject_and_what_was_said_to_it() -> None:
    follow_up = understood(
        "Wer hilft dabei?",
        standalone="…",
        subject="Lehrlinge in Hessen",
        context="Verbund in Sachsen",
        is_follow_up=True,
    )
    query = built(follow_up)
    assert {"lehrling", "verbund"} <= set(query.terms)
    assert query.laender == {"Hessen"}  # what was said of another Land is not asked for
    plain = built(understood("Wer hilft dabei?", standalone="Wer hilft Lehrlingen in Bremen?"))
    assert ("lehrling" in plain.terms, plain.laender) == (True, {"Bremen"})


def test_a_query_takes_the_constants_along() -> None:
    assert built(understood("Verbund?"), tuning=Tuning(retrieval_depth=2)).tuning.retrieval_depth == 2
    names = dict.fromkeys("abc", 1.4)
    assert len(found(scored_corpus(names), replace(asked(), tuning=Tuning(retrieval_depth=2)))) == 2
