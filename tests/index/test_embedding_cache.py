"""A vector is the same whether it was shipped, cached or new."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.index.embedding_cache import (
    CachingEmbedder,
    Role,
    VectorCache,
    load_shipped,
    save_shipped,
    vector_key,
)
from assistant.index.embeddings import EncoderEmbeddings
from assistant.index.int8 import quantise, restore

TEXTS = ["Betriebe teilen Maschinen.", "Der Zuschuss beträgt 45 Prozent.", "", "Öl 😀 \u0000 Ende"]
ROLES: list[Role] = ["passage", "query"]


def cached(embedder: EncoderEmbeddings, folder: Path, name: str = "vectors") -> CachingEmbedder:
    return CachingEmbedder(embedder, load_shipped(folder / f"{name}.npz"), VectorCache(folder / f"{name}.sqlite"))


@pytest.mark.parametrize("role", ROLES)
def test_shipped_cached_and_new_vectors_are_identical(embedder: EncoderEmbeddings, tmp_path: Path, role: Role) -> None:
    new = cached(embedder, tmp_path).encode(TEXTS, role)
    again = cached(embedder, tmp_path).encode(TEXTS, role)
    plain = embedder.encode_documents(TEXTS) if role == "passage" else np.stack([*map(embedder.encode_query, TEXTS)])
    save_shipped(embedder, [(role, text) for text in TEXTS], plain, tmp_path / "shipped.npz")
    shipped = cached(embedder, tmp_path, "shipped")
    np.testing.assert_array_equal(new, again)
    np.testing.assert_array_equal(new, shipped.encode(TEXTS, role))
    assert shipped.cache.get([vector_key(embedder.model_id, role, text) for text in TEXTS]) == {}


def test_cached_vectors_have_length_one_and_stay_close_to_the_encoders(
    embedder: EncoderEmbeddings, tmp_path: Path
) -> None:
    vectors = cached(embedder, tmp_path).encode(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert ((vectors * embedder.encode_documents(TEXTS)).sum(axis=1) > 0.9995).all()


def test_vectors_of_mixed_origin_come_in_the_order_of_the_texts(embedder: EncoderEmbeddings, tmp_path: Path) -> None:
    save_shipped(embedder, [("passage", TEXTS[1])], embedder.encode_documents([TEXTS[1]]), tmp_path / "mixed.npz")
    mixed = cached(embedder, tmp_path, "mixed")
    mixed.encode([TEXTS[3]])
    np.testing.assert_array_equal(mixed.encode(TEXTS), cached(embedder, tmp_path, "new").encode(TEXTS))


def test_repeated_texts_are_embedded_once_and_filled_in_everywhere(embedder: EncoderEmbeddings, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    vectors = cached(embedder, tmp_path).encode(
        [TEXTS[0], TEXTS[1], TEXTS[0], TEXTS[0]], progress=lambda *now: told.append(now)
    )
    assert told[-1] == (2, 2)
    np.testing.assert_array_equal(vectors[[0, 0]], vectors[[2, 3]])
    assert not np.array_equal(vectors[0], vectors[1])


def test_progress_counts_what_is_embedded_and_is_silent_when_all_is_known(
    embedder: EncoderEmbeddings, tmp_path: Path
) -> None:
    texts = [f"Nr. {number}" for number in range(300)]
    told: list[tuple[int, int]] = []
    cached(embedder, tmp_path).encode(texts, progress=lambda *now: told.append(now))
    assert [total for _, total in told] == [300] * len(told)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (300, 300)
    told.clear()
    cached(embedder, tmp_path).encode(texts, progress=lambda *now: told.append(now))
    assert told == []


def test_no_texts_give_no_vectors(embedder: EncoderEmbeddings, tmp_path: Path) -> None:
    assert cached(embedder, tmp_path).encode([]).shape == (0, 384)


def test_forgotten_vectors_are_gone_and_the_others_stay(embedder: EncoderEmbeddings, tmp_path: Path) -> None:
    both = cached(embedder, tmp_path)
    both.encode(TEXTS[:2])
    first, second = (vector_key(embedder.model_id, "passage", text) for text in TEXTS[:2])
    both.cache.forget([first])
    assert list(VectorCache(tmp_path / "vectors.sqlite").get([first, second])) == [second]


def test_more_keys_than_one_query_takes_are_found(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    keys = [number.to_bytes(16, "big") for number in range(1201)]
    vectors = np.random.default_rng(7).normal(size=(len(keys), 8)).astype(np.float32)
    cache.put(keys, vectors)
    found = cache.get(keys)
    assert set(found) == set(keys)
    np.testing.assert_array_equal(found[keys[-1]], restore(quantise(vectors[-1:])[0])[0])


def test_model_role_and_text_each_make_another_key() -> None:
    keys = {vector_key("a", "query", "x"), vector_key("b", "query", "x"), vector_key("a", "query", "y")}
    assert len({*keys, vector_key("a", "passage", "x")}) == 4
    assert {len(key) for key in keys} == {16}


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_restored_vectors_point_where_they_did(rows: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(rows, 384)).astype(np.float32)
    bytes_, _ = quantise(vectors)
    restored = restore(bytes_)
    assert (bytes_.dtype, restored.shape) == (np.int8, (rows, 384))
    norms = np.linalg.norm(vectors, axis=1)
    assert ((vectors * restored).sum(axis=1) / norms > 0.9995).all()


def test_a_vector_of_zeros_stays_zero() -> None:
    assert not restore(quantise(np.zeros((1, 4), np.float32))[0]).any()


def test_without_a_shipped_file_nothing_is_shipped(tmp_path: Path) -> None:
    assert load_shipped(tmp_path / "none.npz").rows == {}
