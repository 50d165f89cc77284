"""In a large space the nearest passages get the scores that all would get, and those that matter are among them."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.core.models import Language
from assistant.index.bm25 import build_lexical_index
from assistant.index.int8 import quantise, restore
from assistant.index.int8_matrix import Int8Matrix
from assistant.index.scoring import CANDIDATES, LARGE, UNREAD, VectorSpace, score, top
from tests.index.test_int8_matrix import Floats, unit_vectors

WORDS = ("fräsen", "drehen", "bohren", "schleifen", "härten")
DIMENSION = 32


@pytest.fixture(scope="module")
def space() -> VectorSpace:
    """Passages of one to three sentences that lie near their passage, every fifth in English."""
    random = np.random.default_rng(0)
    passages = unit_vectors(LARGE + 100, dimension=DIMENSION)
    counts = random.integers(1, 4, len(passages))
    near = np.repeat(passages, counts, axis=0) + 0.08 * random.standard_normal((counts.sum(), DIMENSION))
    sentences = np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), dtype=np.float32)
    terms = [([WORDS[row % 5]], [[WORDS[row % 3]]] * count) for row, count in enumerate(counts)]
    return VectorSpace(
        Int8Matrix.of(restore(quantise(passages)[0])),
        Int8Matrix.of(restore(quantise(sentences)[0])),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        build_lexical_index(terms),
        np.arange(len(passages)) % 5 > 0,
        np.where(np.arange(len(passages)) % 7 == 0, np.float32(-0.03), np.float32(0)),
        np.asarray(0.05 * random.standard_normal(DIMENSION), dtype=np.float32),
    )


def question(seed: int) -> Floats:
    return unit_vectors(1, dimension=DIMENSION, seed=seed)[0]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_read_scores_as_in_a_whole_comparison(space: VectorSpace, seed: int, language: Language) -> None:
    whole = score(space, question(seed), ["fräsen"], language, whole=True)
    nearest = score(space, question(seed), ["fräsen"], language)
    assert (whole.whole, nearest.whole) == (True, False)
    read = np.flatnonzero(nearest.passages > UNREAD)
    assert len(read) == CANDIDATES
    np.testing.assert_allclose(nearest.passages[read], whole.passages[read], atol=1e-6)
    np.testing.assert_array_equal(nearest.best_sentence[read], whole.best_sentence[read])
    for passage in read[:50]:
        rows = slice(*space.sentence_offsets[passage : passage + 2])
        np.testing.assert_array_equal(nearest.sentences[rows], whole.sentences[rows])
    assert set(top(whole.passages, 20)) == set(top(nearest.passages, 20))


def test_what_the_caller_lifts_is_among_the_nearest(space: VectorSpace) -> None:
    wanted = np.arange(len(space.german)) % 1000 == 0
    lift = np.where(wanted, np.float32(0), UNREAD)
    whole = score(space, question(1), [], "de", whole=True).passages + lift
    nearest = score(space, question(1), [], "de", lift=lift).passages + lift
    assert list(top(whole, 10)) == list(top(nearest, 10))
    assert wanted[top(nearest, 10)].all()


def test_words_alone_compare_every_passage(space: VectorSpace) -> None:
    scores = score(space, None, ["fräsen"], "de")
    assert scores.whole
    assert (scores.passages > UNREAD).all()
