"""Ranking, filters and the verdict: against a real index, and over a few passages whose scores a test chooses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from assistant.answering.runtime import AppContext
from assistant.core.errors import EmbeddingError
from assistant.core.models import Kind, Language, RetrievalResult
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Funding, Land, SupportOffer
from assistant.core.tuning import Tuning
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus
from assistant.index.embeddings import UnavailableEmbedder
from assistant.index.scoring import Floats, VectorSpace, score, top
from assistant.retrieval.query_understanding import parse_query
from assistant.retrieval.retriever import Query, build_query, is_by_words, matches_heading, retrieve, search
from tests.support.tiny_corpus import QUESTION, passage, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
TODAY = date(2026, 11, 23)


def evidence(assistant: AppContext, question: str, today: date = TODAY) -> RetrievalResult:
    parsed = parse_query(question, (), assistant.analyzer, assistant.prompts)
    query = build_query(parsed, assistant.embedder, assistant.analyzer, assistant.regions)
    return retrieve(query, assistant.live_index.corpus(), today)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Was heißt Coopetition?", {"position-paper/kooperationen", "coopetition"}),
        (
            "wertschöpfungsnetz",
            {"position-paper/ursachen", "position-paper/beschreibung", "position-paper/begruendung"},
        ),
        ("Dürfen Konkurrenten Preise absprechen?", {"gwb-1", "hardcore", "info-austausch", "horizontal-leitlinien"}),
        ("how do I protect trade secrets when cooperating", {"geschgehg", "nda", "geschaeftsgeheimnisgesetz"}),
        ("Losgröße 1", {"position-paper/ursachen"}),
    ],
)
def test_the_right_source_is_among_the_first_five(assistant: AppContext, question: str, expected: set[str]) -> None:
    assert expected & {one.passage.document_id for one in evidence(assistant, question).ranked[:5]}


@pytest.mark.parametrize("question", ["Coopetition", "Was ist der Data Act?", "Was bietet die IHK?"])
def test_at_most_two_passages_of_one_document_among_the_first_five(assistant: AppContext, question: str) -> None:
    first = evidence(assistant, question).ranked[:5]
    assert max(Counter(one.passage.document_id for one in first).values()) <= 2


def test_german_questions_read_no_english_parts(assistant: AppContext) -> None:
    for question in ("Was heißt Coopetition?", "Wer hilft bei der Weiterbildung?"):
        assert all(one.passage.language == "de" for one in evidence(assistant, question).ranked)


def test_scores_fall_and_each_passage_comes_once(assistant: AppContext) -> None:
    ranked = evidence(assistant, "Wie arbeiten KMU mit Start-ups zusammen?").ranked
    assert len({one.passage.id for one in ranked}) == len(ranked)
    scores = [one.score for one in ranked]
    assert scores[:5] == sorted(scores[:5], reverse=True)


def test_search_is_not_limited_by_document(assistant: AppContext) -> None:
    parsed = parse_query("Coopetition", (), assistant.analyzer, assistant.prompts)
    query = build_query(parsed, assistant.embedder, assistant.analyzer, assistant.regions)
    assert len(search(query, assistant.live_index.corpus(), 50)) == 50


@pytest.mark.parametrize(
    ("text", "laender"),
    [
        ("Förderung in Sachsen", {"Sachsen"}),
        ("Förderung in Sachsen-Anhalt", {"Sachsen-Anhalt"}),
        ("Niedersachsen oder Bremen", {"Niedersachsen", "Bremen"}),
        ("in nordrhein-westfalen", {"Nordrhein-Westfalen"}),
        ("Wir sitzen in Saarbrücken", {"Saarland"}),
        ("sächsische Betriebe und NRW", {"Sachsen", "Nordrhein-Westfalen"}),
        ("Bayerns Förderung", {"Bayern"}),
        ("bundesweit", set()),
    ],
)
def test_laender_are_recognised(assistant: AppContext, text: str, laender: set[str]) -> None:
    assert assistant.regions.detect(text) == laender


def test_top_gives_the_largest_first() -> None:
    values = np.array([0.1, 0.9, 0.5, 0.7], dtype=np.float32)
    assert top(values, 3).tolist() == [1, 3, 2]
    assert top(values, 9).tolist() == [1, 3, 2, 0]
    assert top(values[:0], 3).tolist() == []


def test_the_exact_product_agrees_with_chroma(assistant: AppContext) -> None:
    """Chroma holds distances, the space holds cosines: both must rank alike."""
    from assistant.index.vector_store import COLLECTION, open_client

    snapshot = assistant.live_index.corpus().snapshot
    space: VectorSpace = snapshot.space
    folder = assistant.settings.data_dir / "generations" / snapshot.manifest.id / "chroma"
    vector = assistant.embedder.encode_query("Wie finden wir Kooperationspartner?")
    with open_client(folder) as client:
        found = client.get_collection(COLLECTION, embedding_function=None).query([vector.tolist()], n_results=3)
    exact = [snapshot.passages[place].id for place in top(space.passage_vectors @ vector, 3)]
    assert found["ids"][0] == exact
    assert found["distances"] is not None
    assert found["distances"][0][0] == pytest.approx(1 - float((space.passage_vectors @ vector).max()), abs=1e-3)


def test_english_questions_do_no_worse_with_the_full_score_than_with_cosine_alone(assistant: AppContext) -> None:
    corpus = assistant.live_index.corpus()
    pairs = [
        ("How can we become independent of a large customer?", "position-paper"),
        ("Who helps with further training?", "position-paper/weiterbildung"),
        ("joint purchasing with competitors", "einkauf"),
        ("What is an asset administration shell?", "aas"),
    ]
    full = cosine = 0
    for question, wanted in pairs:
        vector = assistant.embedder.encode_query(question)
        scores = score(corpus.snapshot.space, vector, assistant.analyzer.terms(question, "en"), "en")
        plain = corpus.snapshot.space.passage_vectors @ vector
        for name, values in (("full", scores.passages), ("cosine", plain)):
            hit = any(corpus.snapshot.passages[place].document_id.startswith(wanted) for place in top(values, 5))
            full, cosine = full + (hit and name == "full"), cosine + (hit and name == "cosine")
    assert full >= cosine
    assert full >= 3


def test_restrictions_say_of_every_shipped_source_what_its_fields_say(assistant: AppContext) -> None:
    corpus = assistant.live_index.corpus()
    sources = list(corpus.snapshot.sources.values())
    for today in (date(2019, 1, 1), date(2026, 11, 23), date(2031, 1, 1)):
        assert corpus.restrictions.ended(today).tolist() == [is_ended(one, today) for one in sources]
    chosen: list[set[Land]] = [set(), {"Bayern"}, {"Bayern", "Hessen"}]
    for laender in chosen:
        wanted = [bool(laender and source_laender(one) and not source_laender(one) & laender) for one in sources]
        assert corpus.restrictions.outside(laender).tolist() == wanted
    for place, source in enumerate(sources):
        if isinstance(source, Funding | SupportOffer):
            terms = frozenset(assistant.analyzer.words(source.short_title or source.title))
            assert not terms or place in corpus.restrictions.named(terms | {"anderes"})


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
    assert found(corpus) == ["a1", "a2", "b1", "c1", "c2", "a3", "a4", "c3", "d1"]


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


@pytest.mark.parametrize(("more", "order"), [(0.02 - JUST, ["b", "s"]), (0.02 + JUST, ["s", "b"])])
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


def test_a_question_that_cannot_be_encoded_is_compared_by_its_words(assistant: AppContext) -> None:
    broken = UnavailableEmbedder(EmbeddingError("x"))
    parsed = parse_query("Was ist Coopetition?", (), assistant.analyzer, assistant.prompts)
    query = build_query(parsed, broken, assistant.analyzer, assistant.regions, "Bayern")
    assert (query.vector, query.laender) == (None, {"Bayern"})
    assert "coopetition" in query.terms


def test_the_land_of_the_firm_counts_where_the_question_names_none(assistant: AppContext) -> None:
    for question, laender in (("Förderung in Sachsen", {"Sachsen"}), ("Förderung", {"Bayern"})):
        parsed = parse_query(question, (), assistant.analyzer, assistant.prompts)
        query = build_query(parsed, assistant.embedder, assistant.analyzer, assistant.regions, "Bayern")
        assert query.laender == laender


def test_a_query_takes_the_constants_along() -> None:
    names = dict.fromkeys("abc", 1.4)
    assert len(found(scored_corpus(names), replace(asked(), tuning=Tuning(retrieval_depth=2)))) == 2
