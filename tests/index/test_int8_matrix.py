"""Products over bytes agree with products over floats."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.index import int8_matrix
from assistant.index.int8 import quantise, restore
from assistant.index.int8_matrix import Int8Matrix

Floats = NDArray[np.float32]


def unit_vectors(count: int, dimension: int = 384, seed: int = 0) -> Floats:
    """Vectors of length one near a common direction, as those of E5 are, with one number that stands out."""
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((count, dimension)) + 2 * random.standard_normal(dimension)
    vectors[:, 7] *= 6
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("count", [1, 2, 257, 3000])
def test_a_product_is_that_of_the_floats(count: int) -> None:
    held, question = restore(quantise(unit_vectors(count))[0]), unit_vectors(1, seed=1)[0]
    expected = held.astype(np.float64) @ question.astype(np.float64)
    np.testing.assert_allclose(Int8Matrix.of(held) @ question, expected, atol=1e-6)


def test_several_questions_at_once_give_what_each_gives_alone() -> None:
    held, questions = Int8Matrix.of(restore(quantise(unit_vectors(500))[0])), unit_vectors(4, seed=1).T
    together = held @ questions
    assert together.shape == (500, 4)
    for column in range(4):
        np.testing.assert_array_equal(together[:, column], held @ questions[:, column])


def test_rows_beyond_one_block_are_in_order() -> None:
    vectors = restore(quantise(unit_vectors(int8_matrix._ROWS + 5, dimension=16))[0])
    question = unit_vectors(1, dimension=16, seed=1)[0]
    np.testing.assert_allclose(Int8Matrix.of(vectors) @ question, vectors @ question, atol=1e-6)


def test_bytes_lose_nothing_of_a_cached_vector() -> None:
    bytes_, _ = quantise(unit_vectors(200))
    held = restore(bytes_)
    np.testing.assert_array_equal(Int8Matrix.of(held).bytes, bytes_)
    np.testing.assert_allclose(np.asarray(Int8Matrix(bytes_)), held, atol=1e-7)
    np.testing.assert_allclose(Int8Matrix(bytes_)[3:5], held[3:5], atol=1e-7)


@pytest.mark.parametrize("question", [np.zeros(384), np.eye(384)[0], -np.eye(384)[5], np.full(384, 1e-9)])
def test_questions_at_the_edges(question: Floats) -> None:
    held = restore(quantise(unit_vectors(50))[0])
    question = question.astype(np.float32)
    np.testing.assert_allclose(Int8Matrix.of(held) @ question, held @ question, atol=1e-6)


def test_no_vectors_give_no_products() -> None:
    nothing = Int8Matrix(np.zeros((0, 384), np.int8))
    assert len(nothing) == 0
    assert (nothing @ unit_vectors(1)[0]).shape == (0,)
    assert (nothing @ unit_vectors(2).T).shape == (0, 2)
    assert len(Int8Matrix.of(np.zeros((0, 0), np.float32))) == 0


def test_a_vector_of_zeros_is_like_nothing() -> None:
    held = np.zeros((2, 384), np.int8)
    assert not (Int8Matrix(held) @ unit_vectors(1)[0]).any()


def test_some_rows_give_the_same_to_the_last_bit() -> None:
    held, questions = Int8Matrix.of(restore(quantise(unit_vectors(500))[0])), unit_vectors(3, seed=1).T
    rows = np.array([3, 4, 5, 99, 499])
    np.testing.assert_array_equal(held.dot_rows(rows, questions), (held @ questions)[rows])
