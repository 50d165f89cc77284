"""The benchmark runs and its JSON holds what the README promises; no figure is judged here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.runtime import AppContext
from assistant.core.models import Passage
from assistant.core.settings import load_settings
from assistant.index.embedding_engines import E5Embeddings
from assistant.index.reader import Reader, load_reader
from assistant.language.lemmatizer import set_cache_dir
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.query_understanding import clean
from benchmarks.__main__ import report, unpacking
from benchmarks.load import Person, stages, summary
from benchmarks.measure import alternating, reword
from benchmarks.peers import ReaderCrossEncoder
from benchmarks.reading import AnswersInProcess, describe_learned, without_reading
from tests.support.learned import write_weights
from tests.support.paths import ROOT

WAYS = {"embed", "retrieve", "answer", "rest", "first_text"}
QUESTION = "Was regelt ein Werkstattvertrag?"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def reader(weights: Path, embedder: E5Embeddings, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    reader = load_reader(load_settings(weights=weights), tmp_path_factory.mktemp("cache"), embedder)
    assert reader is not None
    return reader


@pytest.mark.slow
@pytest.mark.served
@pytest.mark.parametrize("learned", [False, True])
def test_the_benchmark_prints_its_table_and_writes_its_figures(
    tmp_path: Path, weights: Path, cache_dir: Path, learned: bool
) -> None:
    output = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--cache", str(cache_dir), "--output", str(output)]
    environment = os.environ | {"NETZLOTSE_WEIGHTS": str(weights) if learned else "none"}
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert finished.returncode == 0, finished.stderr

    figures = json.loads(output.read_text("utf-8"))
    assert figures["machine"]["cores"] >= 1
    assert figures["unpack_encoder_s"] > 0 < figures["unpack_dictionaries_s"]
    assert all((figures[f"unpack_{name}_s"] is not None) == learned for name in ("question_adapter", "reader"))
    assert ("nothing was read" in finished.stdout) == ("nothing is read" in finished.stderr) == (not learned)
    size = figures["sizes"]["shipped"]
    assert size["passages"] > 1_000
    assert size["quality"]["recall_at_5"] > 0
    assert set(size["question"]) == WAYS | ({"read"} if learned else set())
    assert size["question"]["embed"]["ratio"] == 1
    assert all(way["p95_ms"] >= way["p50_ms"] > 0 for way in size["question"].values())
    if learned:
        assert size["question"]["read"]["pairs"] >= 6
    assert {"from_cached_vectors_s", "nothing_changed_s", "one_new_file_s", "embedding"} <= size["indexing"].keys()
    assert size["server"].keys() == {"ready_s", "resident_mb"}
    assert {"1", "8", "32", "embed_per_s"} <= size["parallel"].keys()

    rows = [line.split("|")[1].strip() for line in finished.stdout.splitlines() if line.startswith("|")]
    assert rows.count(f"{size['passages']:,}") == 2


@pytest.fixture
def unpacked(tmp_path: Path, cache_dir: Path) -> Iterator[Path]:
    """A cache of one's own with encoder and dictionaries only."""
    for name in ("encoder", "dictionaries"):
        (tmp_path / name).symlink_to((cache_dir / name).resolve())
    yield tmp_path
    set_cache_dir(cache_dir)


@pytest.mark.slow
def test_what_a_first_start_prepares_includes_what_was_learned(unpacked: Path, weights: Path) -> None:
    without = unpacking(unpacked, load_settings(weights="none"))
    assert without["unpack_encoder_s"] is not None
    assert without["unpack_reader_s"] is without["unpack_question_adapter_s"] is None
    learned = unpacking(unpacked, load_settings(weights=weights))
    assert all(isinstance(seconds, float) for seconds in learned.values())
    assert [*(unpacked / "reader").glob("*/model.onnx")]
    assert [*(unpacked / "question_adapter").glob("*/model.onnx")]


def test_another_wording_asks_the_same_and_was_never_asked() -> None:
    wordings = [reword(QUESTION) for _ in range(400)]
    analyzer = TermAnalyzer({})
    assert len({clean(wording) for wording in wordings}) == 400
    assert {tuple(analyzer.terms(wording, "de")) for wording in wordings} == {tuple(analyzer.terms(QUESTION, "de"))}


def test_each_way_gets_a_wording_of_its_own() -> None:
    asked: list[str] = []
    figures = alternating({"one": asked.append, "two": asked.append, "own": lambda _: 0.5}, [QUESTION, "Wer hilft?"], 2)
    assert len(asked) == len(set(asked)) == 3 * 2 * 2
    assert figures["own"]["p50_ms"] == 500


@pytest.mark.slow
def test_reading_is_counted_and_timed_apart_from_retrieval(small_assistant: AppContext, reader: Reader) -> None:
    answers = AnswersInProcess(replace(small_assistant, reader=reader))
    answers.answer(QUESTION)
    seconds, pairs = answers.seconds_read(), answers.pairs_per_question()
    assert seconds > 0
    assert pairs == int(pairs) >= 6
    answers.answer(reword(QUESTION))
    assert answers.pairs_per_question() >= 6
    assert describe_learned(replace(small_assistant, reader=reader))["reader"] == reader.model_id


@pytest.mark.slow
def test_without_a_reader_nothing_is_read(small_assistant: AppContext, reader: Reader) -> None:
    unread = without_reading(replace(small_assistant, reader=reader))
    answers = AnswersInProcess(unread)
    answers.answer(QUESTION)
    assert answers.pairs_per_question() == 0
    assert not any(describe_learned(replace(unread, question_adapter=None)).values())


def test_the_report_shows_figures_with_reading_and_from_before_it() -> None:
    published = json.loads((ROOT / "benchmarks" / "published.json").read_text("utf-8"))
    figures = {name: part for name, part in published.items() if not name.startswith("unpack_")}
    for size in figures["sizes"].values():
        size.pop("learned", None)
        size["question"].pop("read", None)
    before = report(figures)
    assert "nothing was read" in before
    assert f"| {figures['sizes']['shipped']['question']['retrieve']['ratio']} × | – | – | – |" in before

    for size in figures["sizes"].values():
        size["learned"] = {"reader": "reader-x"}
        size["question"]["read"] = {"p50_ms": 161.5, "ratio": 27.7, "pairs": 9.4}
    after = report(figures | {"unpack_question_adapter_s": 3.25, "unpack_reader_s": None})
    assert after.count("| 27.7 × | 161.5 ms | 9.4 |") == len(figures["sizes"])
    assert after.endswith("First start: question adapter 3.25 s.\nRead with reader-x.")
    widths = [line.count("|") for table in after.split("\n\n")[:2] for line in table.splitlines()]
    assert len(set(widths)) == 2


@pytest.mark.slow
def test_a_peer_gets_the_readers_own_logits(reader: Reader) -> None:
    texts = [
        "# Werkstattvertrag\n\n## Kosten\n\nEr regelt, wer bezahlt. Er endet im Mai.",
        "Ein Hub hilft.",
        "# Nur ein Titel",
    ]
    scores = ReaderCrossEncoder(reader).score([(QUESTION, text) for text in texts] + [("Wer hilft?", texts[1])])
    first = Passage(
        "", "", "cooperation", "Werkstattvertrag", "", ("Kosten",), "Er regelt, wer bezahlt. Er endet im Mai.",
        ("Er regelt, wer bezahlt.", "Er endet im Mai."),
    )  # fmt: skip
    second = Passage("", "", "support", "", "", (), "Ein Hub hilft.", ("Ein Hub hilft.",))
    assert scores[0] == reader.read(QUESTION, (), [first])[0].passage
    assert scores[1] == reader.read(QUESTION, (), [second])[0].passage
    assert scores[3] == reader.read("Wer hilft?", (), [second])[0].passage
    assert len(set(scores)) == 4


def test_load_shows_reading_beside_the_whole_answer() -> None:
    assert stages([]) == {}
    person = Person(
        1, "", [], seconds=[0.4, 0.6], timings=[{"read": 100.0, "total": 130}, {"read": 200.0, "total": 230}]
    )
    row = summary([person])
    assert (row["p50_s"], row["read_p50_ms"], row["total_p50_ms"]) == (0.5, 150, 180)
    assert 200 <= row["read_p95_ms"] < row["total_p95_ms"]


@pytest.mark.served
@pytest.mark.parametrize("name", ["benchmarks", "benchmarks.peers", "benchmarks/load.py"])
def test_every_benchmark_says_what_it_does(name: str) -> None:
    start = [name] if name.endswith(".py") else ["-m", name]
    finished = subprocess.run([sys.executable, *start, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    assert "--" in finished.stdout
