"""A passage that holds more and rarer words of a question scores higher, on a scale that does not move."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.index.bm25 import BM25Index, build_lexical_index
from assistant.language.term_analyzer import TermAnalyzer

ANALYZER = TermAnalyzer()
TEXTS = [
    "Kleine Betriebe teilen Maschinen im Produktionsnetzwerk.",
    "Der Zuschuss bezahlt Maschinen und Weiterbildung.",
    "Ein Vertrag regelt Haftung, Kosten und Kündigung einer gemeinsamen Maschine. Die Maschine bleibt Eigentum.",
    "Weiterbildung für Beschäftigte bezahlt die Agentur.",
]


def index(texts: list[str]) -> BM25Index:
    return build_lexical_index([((), [ANALYZER.terms(text, "de")]) for text in texts])


@pytest.mark.parametrize(
    "question", ["Maschinen", "Maschine Maschine", "Haftung Kosten Kündigung", "Maschinen xyzzy", *TEXTS]
)
def test_scores_lie_between_zero_and_one(question: str) -> None:
    scores = index(TEXTS).scores(ANALYZER.terms(question, "de"))
    assert scores.shape == (len(TEXTS),)
    assert scores.min() >= 0
    assert 0 < scores.max() < 1


def test_the_passage_with_more_and_rarer_words_of_the_question_comes_first() -> None:
    scores = index(TEXTS).scores(ANALYZER.terms("Haftung und Kündigung bei Maschinen", "de"))
    assert int(scores.argmax()) == 2
    assert (scores[[0, 1]] > 0).all()
    assert scores[3] == 0


def test_repeating_a_word_in_the_question_changes_nothing() -> None:
    lexical = index(TEXTS)
    np.testing.assert_array_equal(lexical.scores(["maschin"] * 3), lexical.scores(["maschin"]))


def test_the_scale_hardly_moves_with_the_size_of_the_corpus() -> None:
    filler = [f"Ganz anderer Inhalt Nummer {number} ohne Bezug dazu" for number in range(400)]
    asked = ANALYZER.terms("Haftung und Kündigung im Vertrag", "de")
    small, large = index(TEXTS).scores(asked).max(), index([*TEXTS, *filler]).scores(asked).max()
    assert abs(small - large) < 0.2


def test_unknown_words_weigh_like_the_rarest_and_lower_the_score() -> None:
    lexical = index(TEXTS)
    assert lexical.idf_of("xyzzy") >= max(lexical.idf_of(term) for term in lexical.vocabulary)
    assert lexical.scores(["xyzzy"]).max() == 0
    (known,) = ANALYZER.terms("Haftung", "de")
    assert lexical.scores([known, "xyzzy"]).max() == pytest.approx(
        lexical.scores([known]).max() * lexical.idf_of(known) / (lexical.idf_of(known) + lexical.idf_of("xyzzy"))
    )


def test_coverage_is_the_share_of_the_questions_weight_that_a_passage_holds() -> None:
    lexical = index(TEXTS)
    held = ANALYZER.words("Haftung Kündigung")
    assert lexical.coverage(held, 2) == pytest.approx(1)
    assert lexical.coverage(held, 0) == 0
    assert 0 < lexical.coverage([*held, "xyzzy"], 2) < 1
    assert lexical.coverage([], 2) == 0


def test_terms_of_sentences_are_kept_apart() -> None:
    lexical = build_lexical_index([(["kopf"], [["a", "b", "a"], ["c"]]), ([], [["b"]])])
    held = [lexical.terms_of(sentence) for sentence in range(3)]
    assert held == [frozenset(lexical.term_ids(terms)) for terms in (["a", "b"], ["c"], ["b"])]
    assert set(lexical.term_ids(["a", "x", "y"])) - set(lexical.term_ids(["a"])) <= set(range(-3, 0))


def test_an_empty_index_scores_nothing() -> None:
    lexical = build_lexical_index([])
    assert lexical.scores(["a"]).shape == (0,)
    assert lexical.idf_of("a") == 0
