"""The benchmark runs and its JSON holds what the README promises; no figure is judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.served
WAYS = ("embed", "retrieve", "answer", "rest", "first_text")


@pytest.mark.slow
def test_the_benchmark_prints_its_table_and_writes_its_figures(tmp_path: Path, cache_dir: Path) -> None:
    output = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--cache", str(cache_dir), "--output", str(output)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert finished.returncode == 0, finished.stderr

    figures = json.loads(output.read_text("utf-8"))
    assert figures["machine"]["cores"] >= 1
    assert {"unpack_encoder_s", "unpack_dictionaries_s"} <= figures.keys()
    size = figures["sizes"]["shipped"]
    assert size["passages"] > 1_000
    assert size["quality"]["recall_at_5"] > 0
    assert set(size["question"]) == set(WAYS)
    assert size["question"]["embed"]["ratio"] == 1
    assert all(size["question"][way]["p95_ms"] >= size["question"][way]["p50_ms"] > 0 for way in WAYS)
    assert {"from_cached_vectors_s", "nothing_changed_s", "one_new_file_s", "embedding"} <= size["indexing"].keys()
    assert size["server"].keys() == {"ready_s", "resident_mb"}
    assert {"1", "8", "32", "embed_per_s"} <= size["parallel"].keys()

    rows = [line.split("|")[1].strip() for line in finished.stdout.splitlines() if line.startswith("|")]
    assert rows.count(f"{size['passages']:,}") == 2


@pytest.mark.parametrize("name", ["benchmarks", "benchmarks.peers", "benchmarks/load.py"])
def test_every_benchmark_says_what_it_does(name: str) -> None:
    start = [name] if name.endswith(".py") else ["-m", name]
    finished = subprocess.run([sys.executable, *start, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    assert "--" in finished.stdout
