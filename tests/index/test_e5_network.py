"""The graphs compute what plain PyTorch computes from the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.core.errors import EmbeddingError
from assistant.index.e5_checkpoint import END, START, Checkpoint, WordTable, read_checkpoint, weights_file
from assistant.index.e5_graph import build_question_encoder, build_reader
from assistant.index.e5_network import adapt_tensors, check_reader, join_network, wheel_tensors
from assistant.index.e5_quantisation import example_feeds, quantise_network
from assistant.index.onnx_session import open_session
from tests.support.learned import Tensors, adapter_changes, example_rows, read_wheel, reader_tensors
from tests.support.reference_network import ReferenceNetwork

pytestmark = pytest.mark.slow
SPANS = [(25, 40), (41, 42), (43, 59)]


@pytest.fixture(scope="module")
def wheel() -> Checkpoint:
    return read_wheel()


@pytest.fixture(scope="module")
def tensors(wheel: Checkpoint) -> Tensors:
    return reader_tensors(wheel)


@pytest.fixture(scope="module")
def quantised(wheel: Checkpoint, tensors: Tensors) -> Tensors:
    return quantise_network(wheel, join_network(tensors), example_rows(wheel))


def span_matrix() -> NDArray[np.float32]:
    matrix = np.zeros((len(SPANS), 60), np.float32)
    for number, (start, end) in enumerate(SPANS):
        matrix[number, start:end] = 1 / (end - start)
    return matrix


def read_rows(wheel: Checkpoint, network: Tensors, rows: list[Tensors]) -> NDArray[np.float32]:
    """Logits ``(rows, 1 + sentences)`` of the graph."""
    session = open_session(build_reader(wheel, network).SerializeToString())
    found = [session.run(["passage", "sentence"], {**row, "spans": span_matrix()}) for row in rows]
    return np.array([[*passage[0], *sentences[:, 0]] for passage, sentences in found])


def expected_rows(wheel: Checkpoint, tensors: Tensors, rows: list[Tensors]) -> NDArray[np.float32]:
    reference = ReferenceNetwork(wheel, tensors)
    found = [reference.logits(row, SPANS) for row in rows]
    return np.array([[passage, *sentences] for passage, sentences in found])


def test_the_reader_in_floats_is_the_reference(wheel: Checkpoint, tensors: Tensors) -> None:
    rows = example_rows(wheel, seed=7)
    found = read_rows(wheel, join_network(tensors), rows)
    assert found == pytest.approx(expected_rows(wheel, tensors, rows), abs=1e-3)


@pytest.mark.parametrize("layers", [2, 12])
def test_the_reader_in_eight_bits_is_close_to_the_reference(wheel: Checkpoint, layers: int) -> None:
    tensors = reader_tensors(wheel, seed=3, layers=layers)
    rows = example_rows(wheel, seed=7)
    network = quantise_network(wheel, join_network(tensors), example_rows(wheel))
    found, expected = read_rows(wheel, network, rows), expected_rows(wheel, tensors, rows)
    assert np.sqrt(np.mean((found - expected) ** 2)) < 0.1 * expected.std()


def test_segments_and_sentences_count(wheel: Checkpoint, quantised: Tensors) -> None:
    row = example_rows(wheel)[0]
    swapped = {**row, "segments": (row["segments"] + 1) % 4}
    first, second = read_rows(wheel, quantised, [row, swapped])
    assert np.abs(first - second).min() > 1e-3
    assert len({*first.tolist()}) == len(first)


def test_a_row_without_sentences_has_a_logit(wheel: Checkpoint, quantised: Tensors) -> None:
    session = open_session(build_reader(wheel, quantised).SerializeToString())
    row = example_rows(wheel)[0]
    passage, sentences = session.run(["passage", "sentence"], {**row, "spans": np.zeros((0, 60), np.float32)})
    assert passage.shape == (1, 1)
    assert sentences.shape == (0, 1)


def test_the_files_layout(wheel: Checkpoint, quantised: Tensors) -> None:
    check_reader(quantised, wheel)
    assert quantised["l1.fo.weights"].dtype == np.int8
    assert quantised["l1.fo.weights"].shape == (wheel.feed_forward, wheel.hidden)
    assert {array.dtype for name, array in quantised.items() if not name.endswith("weights")} == {np.dtype(np.float32)}


def test_divided_and_scaled_weights_are_the_floats(tensors: Tensors, quantised: Tensors) -> None:
    restored = quantised["l0.fi.weights"] * quantised["l0.fi.scales"] / quantised["l0.fi.divisors"][:, None]
    step = quantised["l0.fi.scales"] * 0.501
    assert (np.abs(restored - tensors["layers.0.fi.w"].T) <= step / quantised["l0.fi.divisors"][:, None]).all()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("seg", np.zeros((3, 384), np.float32)),
        ("l1.aln.w", None),
        ("l0.qkv.weights", np.zeros((384, 1152), np.float32)),
        ("l0.fi.divisors", np.zeros(1536, np.float32)),
        ("passage.0.weight", np.zeros((8, 384), np.float32)),
        ("sentence.2.bias", None),
    ],
)
def test_what_does_not_fit_is_named(
    name: str, array: NDArray[Any] | None, wheel: Checkpoint, quantised: Tensors
) -> None:
    network = {key: value for key, value in quantised.items() if key != name}
    with pytest.raises(EmbeddingError, match=name):
        check_reader(network if array is None else {**network, name: array}, wheel)


def test_an_empty_file_is_no_reader(wheel: Checkpoint) -> None:
    with pytest.raises(EmbeddingError, match="Leser"):
        check_reader({}, wheel)


def test_the_adapted_encoder_in_eight_bits_is_close_to_the_reference(wheel: Checkpoint) -> None:
    adapted = adapt_tensors(wheel_tensors(wheel), adapter_changes(wheel))
    network = quantise_network(wheel, join_network(adapted), example_feeds(wheel))
    session = open_session(build_question_encoder(wheel, network).SerializeToString())
    reference, before = ReferenceNetwork(wheel, adapted), ReferenceNetwork(wheel, wheel_tensors(wheel))
    for feed in example_feeds(wheel):
        vector = session.run(["vector"], dict(feed))[0][0]
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert float(vector @ reference.vector(feed["words"])) > 0.995
        assert float(vector @ reference.vector(feed["words"])) > float(vector @ before.vector(feed["words"])) + 0.005


def test_an_adapter_changes_weights_by_its_product_and_replaces_the_rest(wheel: Checkpoint) -> None:
    tensors, changes = wheel_tensors(wheel), adapter_changes(wheel)
    adapted = adapt_tensors(tensors, changes)
    a, b = (changes[f"layers.1.fo.{part}"].astype(np.float32) for part in "ab")
    assert np.allclose(adapted["layers.1.fo.w"] - tensors["layers.1.fo.w"], b @ a, atol=1e-6)
    assert np.array_equal(adapted["layers.0.fi.bias"], changes["layers.0.fi.bias"].astype(np.float32))
    assert np.array_equal(adapted["layers.0.fo.bias"], tensors["layers.0.fo.bias"])
    assert np.array_equal(adapted["layers.2.q.w"], tensors["layers.2.q.w"])
    assert adapted.keys() == tensors.keys()


@pytest.mark.parametrize(
    "changes",
    [
        {"layers.0.x.bias": np.zeros(384, np.float16)},
        {"layers.12.q.a": np.zeros((16, 384), np.float16), "layers.12.q.b": np.zeros((384, 16), np.float16)},
        {"layers.0.q.a": np.zeros((16, 384), np.float16)},
        {"layers.0.q.b": np.zeros((384, 16), np.float16)},
        {"layers.0.q.a": np.zeros((16, 384), np.float16), "layers.0.q.b": np.zeros((384, 8), np.float16)},
        {"layers.0.q.a": np.zeros((16, 768), np.float16), "layers.0.q.b": np.zeros((384, 16), np.float16)},
        {"ln.weight": np.zeros(768, np.float16)},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_an_adapter_of_another_encoder_is_refused(changes: Tensors, wheel: Checkpoint) -> None:
    with pytest.raises(EmbeddingError, match="Frage-Adapter passt nicht"):
        adapt_tensors(wheel_tensors(wheel), changes)


def test_words_are_looked_up_in_the_file_as_in_its_bytes(wheel: Checkpoint) -> None:
    tokens = [START, 17, 4321, 250_001, END]
    whole = read_checkpoint(weights_file().read_bytes())
    found = WordTable.open(weights_file()).look_up(tokens)
    assert found.shape == (1, 5, wheel.hidden)
    assert np.array_equal(found[0], whole.matrix("emb.word", wheel.hidden)[:, tokens].T)
