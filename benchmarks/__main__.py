"""Measure everything in one run:  python -m benchmarks [--sizes 0,1000,10000,100000] [--quick]  (0: as shipped)

Prints a table, writes JSON. Times are wall time on this machine as it is; what to watch
are the ratios to embedding the question alone, because both sides of a ratio see the same
machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from assistant.answering.pipeline import ask, retrieve_passages
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.models import Language
from assistant.core.settings import Settings, load_settings
from assistant.index.e5_onnx_export import prepare_encoder, prepare_question_encoder, prepare_reader
from assistant.index.embedding_cache import CachingEmbedder, VectorCache, load_shipped
from assistant.index.embedding_engines import load_embeddings
from assistant.index.learned_weights import QUESTION_ADAPTER_FILE, READER_FILE, find_weights
from assistant.index.snapshot_builder import embedded_text
from assistant.language.lemmatizer import lemma, set_cache_dir
from assistant.operations.evaluate import answer_all, default_file, load_questions, summarise
from benchmarks.corpus import Sentences, shipped_passages, shipped_sentences, write_added, write_part
from benchmarks.measure import Client, Figures, alternating, command_seconds, rate, resident, say, server
from benchmarks.reading import AnswersInProcess, describe_learned, without_reading

RESULTS = Path(__file__).with_name("results")
QUICK_COUNT, QUICK_STEP = 5, 10
QUALITY = ("recall_at_1", "recall_at_5", "mrr_at_10", "answered_in_scope", "refused_out_of_scope")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="0,1000,10000,100000", help="passages, 0 for the shipped knowledge")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="shipped size only, one round, few questions and seconds")
    parser.add_argument("--cache", type=Path, help="a cache folder where encoder and dictionaries are unpacked already")
    parser.add_argument("--output", type=Path, default=RESULTS / "latest.json")
    options = parser.parse_args()
    sizes = [0] if options.quick else [int(size) for size in options.sizes.split(",")]
    rounds = 1 if options.quick else options.rounds
    figures: dict[str, Any] = {"machine": machine(), "sizes": {}}
    with tempfile.TemporaryDirectory(prefix="netzlotse-bench-") as folder:
        work = Path(folder)
        if options.cache:
            shutil.copytree(options.cache, work / "cache", ignore=shutil.ignore_patterns("vectors*", "proofs*"))
        say("Netze und Wörterbücher werden vorbereitet …")
        figures |= unpacking(work / "cache", load_settings(data_dir=work))
        for size in sizes:
            say(f"== {size or 'shipped'} passages")
            figures["sizes"][str(size or "shipped")] = one_size(work, size, rounds, options.quick)
            options.output.parent.mkdir(exist_ok=True)
            options.output.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    print(report(figures))
    say(f"JSON: {options.output}")


def machine() -> Figures:
    packages = ("onnxruntime", "chromadb", "numpy", "langchain-core", "gradio")
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def unpacking(cache_dir: Path, settings: Settings) -> Figures:
    """What a first start does once: dictionaries as tries, the networks as graphs; ``None`` for one that is not there.

    ``EmbeddingError`` when the learned weights of the settings are not what their checksums say.
    """
    set_cache_dir(cache_dir)
    changes = find_weights(settings.weights, QUESTION_ADAPTER_FILE)
    reader = None if settings.reader_model else find_weights(settings.weights, READER_FILE)
    return {
        "unpack_encoder_s": _seconds(lambda: prepare_encoder(cache_dir)),
        "unpack_dictionaries_s": _seconds(lambda: [lemma("Haus", language) for language in get_args(Language)]),
        "unpack_question_adapter_s": _seconds(lambda: prepare_question_encoder(cache_dir, changes))
        if changes
        else None,
        "unpack_reader_s": _seconds(lambda: prepare_reader(cache_dir, reader)) if reader else None,
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round(time.perf_counter() - started, 2)


def one_size(work: Path, size: int, rounds: int, quick: bool) -> dict[str, Any]:
    """All figures at one size."""
    data = work / f"data-{size}"
    shutil.copytree(work / "cache", data / "cache")
    settings = _settings(work, data, size)
    figures: dict[str, Any] = {"indexing": indexing(settings, size, quick)}
    assistant = build_assistant(settings)
    corpus = assistant.live_index.corpus()
    figures["passages"] = len(corpus.snapshot.passages)
    figures["sentences"] = corpus.snapshot.manifest.sentences
    figures["learned"] = describe_learned(assistant)
    if assistant.reader is None:
        say("   no learned weights for a reader: nothing is read")
    say("   quality")
    asked = load_questions(default_file())
    quality = summarise(answer_all(assistant, asked[::QUICK_STEP] if quick else asked))
    figures["quality"] = {name: quality[name] for name in QUALITY}
    figures |= questions(assistant, settings, rounds, quick)
    shutil.rmtree(data)
    return figures


def _settings(work: Path, data: Path, size: int) -> Settings:
    """Settings for a size: shipped knowledge alone, a part of it, or it and what is added around it."""
    if not size:
        (work / "own").mkdir(exist_ok=True)
        return load_settings(data_dir=data, knowledge_dir=work / "own")
    folder = work / f"knowledge-{size}"
    shipped = len(shipped_passages())
    if size <= shipped:
        write_part(folder, size)
        return load_settings(data_dir=data, knowledge_dir=folder, shipped_knowledge=False)
    say("   writing what is added")
    settings = load_settings(data_dir=data, knowledge_dir=folder)
    cached = _cached(settings)
    write_added(folder, size - shipped, _sentences(cached), cached.embedder.model_id, cached.cache)
    return settings


def _cached(settings: Settings) -> CachingEmbedder:
    cache = settings.data_dir / "cache"
    return CachingEmbedder(load_embeddings(None, cache), load_shipped(), VectorCache(cache / "vectors.sqlite"))


def _sentences(cached: CachingEmbedder) -> Sentences:
    return shipped_sentences(cached)


def indexing(settings: Settings, size: int, quick: bool) -> dict[str, Any]:
    """Cold embedding of a sample, the whole index from cached vectors, one changed file, nothing changed."""
    figures: dict[str, Any] = {}
    say("   indexing")
    clock = _Progress()
    figures["from_cached_vectors_s"] = _refresh_seconds(settings, clock)
    figures["stored_per_s_first_and_last_tenth"] = clock.rates()
    figures["nothing_changed_s"] = _refresh_seconds(settings, clock)
    assert settings.knowledge_dir is not None
    changed = settings.knowledge_dir / "geaendert.md"
    changed.write_text(
        "---\nid: geaendert\nkind: literature\ntitle: Ein neues Werk\n---\n\nHier steht ein neuer Satz.\n",
        encoding="utf-8",
    )
    figures["one_new_file_s"] = _refresh_seconds(settings, clock)
    changed.unlink()
    _refresh_seconds(settings, clock)
    if not size:
        figures["embedding"] = embedding(settings, 20 if quick else 150)
    return figures


class _Progress:
    """Remembers when how many passages were stored."""

    def __init__(self) -> None:
        self._stored: list[tuple[float, int]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == "Speichern":
            self._stored.append((time.perf_counter(), done))

    def rates(self) -> list[float] | None:
        """Passages per second in the first and in the last tenth."""
        tenth = len(self._stored) // 10
        if tenth < 2:
            return None
        ends = [(self._stored[place - tenth], self._stored[place]) for place in (tenth, len(self._stored) - 1)]
        return [round((after - before) / max(end - start, 1e-9), 1) for (start, before), (end, after) in ends]


def _refresh_seconds(settings: Settings, clock: _Progress) -> float:
    assistant = build_assistant(settings)
    started = time.perf_counter()
    refresh_index(settings, clock, assistant=assistant)
    return round(time.perf_counter() - started, 2)


def embedding(settings: Settings, count: int) -> Figures:
    """Passages and sentences per second that the encoder makes anew."""
    embedder = _cached(settings).embedder
    passages = shipped_passages()[:: max(1, len(shipped_passages()) // count)][:count]
    figures: Figures = {}
    for name, texts in (
        ("passages_per_s", [embedded_text(one) for one in passages]),
        ("sentences_per_s", [text for one in passages for text in one.sentences][:count]),
    ):
        started = time.perf_counter()
        embedder.encode_documents(texts)
        figures[name] = round(len(texts) / (time.perf_counter() - started), 1)
    return figures


def questions(assistant: AppContext, settings: Settings, rounds: int, quick: bool) -> dict[str, Any]:
    """What a question costs in this process and over REST, start and memory of a server, questions in parallel."""
    asked = [one.question for one in load_questions(default_file()) if not one.history and one.answerable]
    asked = asked[:QUICK_COUNT] if quick else asked
    environment = _environment(settings)
    floor: dict[str, Callable[[str], float | None]] = {
        "embed": lambda question: assistant.embedder.encode_query(question) is None or None
    }
    unread, answers = without_reading(assistant), AnswersInProcess(assistant)
    own: dict[str, Callable[[str], float | None]] = {
        "retrieve": lambda question: retrieve_passages(unread, question) is None or None,
        "answer": answers.answer,
    }
    if assistant.reader is not None:
        own["read"] = answers.seconds_read
    say("   questions")
    # Apart from the server: each process would push the other's vectors out of the processor's cache.
    figures: dict[str, Any] = {"question": alternating(floor | own, asked, rounds)}
    if assistant.reader is not None:
        figures["question"]["read"]["pairs"] = answers.pairs_per_question()
    if not quick:
        with server(environment) as (address, _, _):
            pass  # the second start finds everything on disk in memory, as a restart does
    with server(environment) as (address, ready, pid):
        client = Client(address)
        served = alternating(floor | {"rest": client.ask, "first_text": client.first_text}, asked, rounds)
        figures["question"] |= {name: served[name] for name in ("rest", "first_text")}
        say("   in parallel")
        figures["parallel"] = parallel(assistant, client, asked, 0.3 if quick else 8.0)
        figures["server"] = {"ready_s": ready, "resident_mb": resident(pid)}
    say("   command line")
    figures["command_line_ask_s"] = command_seconds(["ask", asked[0]], environment)
    return figures


def _environment(settings: Settings) -> dict[str, str]:
    """What a server or a command is told, so that it answers as this process does."""
    told: dict[str, object] = {
        "DATA_DIR": settings.data_dir,
        "KNOWLEDGE_DIR": settings.knowledge_dir,
        "SHIPPED_KNOWLEDGE": str(settings.shipped_knowledge).lower(),
        "WEIGHTS": settings.weights,
        "READER_MODEL": settings.reader_model,
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def parallel(assistant: AppContext, client: Client, asked: Sequence[str], seconds: float) -> Figures:
    """Questions per second, and what both cores could embed meanwhile."""
    embedded = rate(assistant.embedder.encode_query, asked, os.cpu_count() or 1, seconds)
    figures: Figures = {"embed_per_s": embedded}
    for count in (1, 8, 32):
        answered = rate(client.ask, asked, count, seconds)
        figures[str(count)] = {"answers_per_s": answered, "share_of_embedding": round(answered / embedded, 2)}
    figures["32_in_process"] = rate(lambda question: ask(assistant, question), asked, 32, seconds)
    return figures


def report(figures: dict[str, Any]) -> str:
    """The figures as tables in Markdown; of a run without a reader, too, or from before there was one."""
    head = ["passages", "embed p50", "retrieve", "read", "read p50", "pairs", "answer", "REST", "first text"]
    head += ["answer p95/p50", "recall@5", "MRR@10"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for one in figures["sizes"].values():
        rows, quality = one["question"], one["quality"]
        cells = [f"{one['passages']:,}", f"{rows['embed']['p50_ms']} ms", f"{rows['retrieve']['ratio']} ×"]
        cells += _reading_cells(rows.get("read"))
        cells += [f"{rows[name]['ratio']} ×" for name in ("answer", "rest", "first_text")]
        cells += [rows["answer"]["p95_over_p50"], quality["recall_at_5"], quality["mrr_at_10"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += [
        "",
        "| passages | index s | nothing changed s | one file s | server ready s | MB | CLI s | 1 / 8 / 32 parallel |",
    ]
    lines.append("|" + "---|" * 8)
    for one in figures["sizes"].values():
        index, shares = one["indexing"], one["parallel"]
        cells = [
            f"{one['passages']:,}",
            index["from_cached_vectors_s"],
            index["nothing_changed_s"],
            index["one_new_file_s"],
        ]
        cells += [one["server"]["ready_s"], one["server"]["resident_mb"], one["command_line_ask_s"]]
        cells.append(" / ".join(f"{shares[count]['share_of_embedding']}" for count in ("1", "8", "32")))
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join([*lines, "", *_first_start(figures)])


def _reading_cells(read: dict[str, Any] | None) -> list[str]:
    return ["–"] * 3 if read is None else [f"{read['ratio']} ×", f"{read['p50_ms']} ms", str(read["pairs"])]


def _first_start(figures: dict[str, Any]) -> list[str]:
    """What a first start prepares, and what was read with."""
    prepared = [
        f"{name.removeprefix('unpack_').removesuffix('_s').replace('_', ' ')} {seconds} s"
        for name, seconds in figures.items()
        if name.startswith("unpack_") and seconds is not None
    ]
    learned = next(iter(figures["sizes"].values())).get("learned") or {}
    reader = f"Read with {learned['reader']}." if learned.get("reader") else "No learned weights: nothing was read."
    return [*([f"First start: {', '.join(prepared)}."] if prepared else []), reader]


if __name__ == "__main__":
    main()
