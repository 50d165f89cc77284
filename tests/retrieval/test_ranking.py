"""Ranking over the shipped knowledge: the right sources, each passage once, filters that hold for every source."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest

from assistant.answering.runtime import AppContext
from assistant.core.models import RetrievalResult
from assistant.core.settings import shipped_folder
from assistant.core.source_status import is_ended, source_laender
from assistant.core.sources import Funding, Land, SupportOffer
from assistant.index.scoring import VectorSpace, score, top
from assistant.operations.question_labels import read_rows
from assistant.retrieval.query_understanding import parse_query
from assistant.retrieval.retriever import build_query, diversify, retrieve, search

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
    first = diversify(evidence(assistant, question).ranked, assistant.tuning)[:5]
    assert max(Counter(one.passage.document_id for one in first).values()) <= 2


def test_a_query_holds_the_vector_and_the_terms_of_its_question(assistant: AppContext) -> None:
    parsed = parse_query("Was heißt Coopetition?", (), assistant.analyzer, assistant.prompts)
    query = build_query(parsed, assistant.embedder, assistant.analyzer, assistant.regions)
    assert query.vector is not None
    assert np.allclose(query.vector, assistant.embedder.encode_query("Was heißt Coopetition?"), atol=1e-5)
    assert query.terms == tuple(assistant.analyzer.terms("Was heißt Coopetition?", "de"))


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
    rows = read_rows(shipped_folder("knowledge") / "questions" / "questions.jsonl")
    english = [row for row in rows if row.get("style") == "english"]
    assert len(english) > 200
    full = cosine = 0
    for row in english:
        vector = assistant.embedder.encode_query(row["question"])
        scores = score(corpus.snapshot.space, vector, assistant.analyzer.terms(row["question"], "en"), "en")
        plain = corpus.snapshot.space.passage_vectors @ vector
        hits = [
            any(corpus.snapshot.passages[place].document_id == row["card"] for place in top(values, 5))
            for values in (scores.passages, plain)
        ]
        full, cosine = full + hits[0], cosine + hits[1]
    assert full >= cosine


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
