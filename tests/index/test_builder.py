"""An index snapshot is whole or not there; what did not change costs nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.pipeline import ask
from assistant.bootstrap import build_assistant
from assistant.core.errors import IndexBusyError, IndexUnavailableError
from assistant.index.builder import BuildResult, refresh, write_lock
from assistant.index.calibration import FOLDER, load_calibration
from assistant.index.embedding_cache import CachingEmbedder, VectorCache, load_shipped
from assistant.index.embeddings import EncoderEmbeddings
from assistant.index.snapshot import current_snapshot_id, load_snapshot
from assistant.index.snapshot_builder import IndexInput, embedded_text
from assistant.index.vector_store import open_client
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.language.term_analyzer import TermAnalyzer
from tests.conftest import SMALL_KNOWLEDGE, BuildIndex, own_settings, write_files

pytestmark = pytest.mark.slow

Given = Callable[[Path], IndexInput]
COUNT = len(SMALL_KNOWLEDGE) - 1
CHANGED = {"support/fraeshub.md": SMALL_KNOWLEDGE["support/fraeshub.md"].replace("Zerspaner", "Gießereien")}
HOLD_LOCK = """
import sys
from pathlib import Path
from assistant.index.builder import write_lock
with write_lock(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""
INDEX_AND_WAIT = """
import sys
from pathlib import Path
from assistant.bootstrap import refresh_index
from assistant.core.settings import load_settings
def report(stage, done, total):
    if f"{stage} {done}" == sys.argv[3]:
        print("writing", flush=True)
        sys.stdin.read()
data_dir, knowledge_dir = map(Path, sys.argv[1:3])
refresh_index(load_settings(data_dir=data_dir, knowledge_dir=knowledge_dir, shipped_knowledge=False), report)
"""


@pytest.fixture(scope="session")
def given(embedder: EncoderEmbeddings, cache_dir: Path) -> Given:
    """What an index of a folder is built from, with the encoder and the cache of the session."""
    cached = CachingEmbedder(embedder, load_shipped(), VectorCache(cache_dir / "vectors.sqlite"))
    return lambda folder: IndexInput(load_knowledge([folder]), cached, TermAnalyzer(), load_calibration())


@pytest.fixture(scope="module")
def built(small_knowledge: Path, given: Given, tmp_path_factory: pytest.TempPathFactory) -> tuple[BuildResult, Path]:
    """An index of the small knowledge, and how it was built; read only."""
    folder = tmp_path_factory.mktemp("built")
    return refresh(folder, given(small_knowledge), silent), folder


@pytest.fixture
def first(built: tuple[BuildResult, Path], tmp_path: Path) -> BuildResult:
    """How the index was built of which the test's folder holds a copy."""
    done, folder = built
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return done


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


def stored_ids(data_dir: Path) -> set[str]:
    chroma = data_dir / "generations" / str(current_snapshot_id(data_dir)) / "chroma"
    with open_client(chroma) as client:
        return set(client.get_collection("passages", embedding_function=None).get(include=[])["ids"])


def snapshots(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "generations").iterdir())


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Run a script in a process of its own and wait for its first line."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip()
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_what_was_indexed_can_be_loaded_and_stands_in_chroma(
    small_knowledge: Path, given: Given, first: BuildResult, tmp_path: Path
) -> None:
    loaded = load_snapshot(tmp_path)
    assert (first.added, first.changed, first.removed, first.unchanged) == (COUNT, 0, 0, 0)
    assert first.snapshot == loaded.manifest.id == current_snapshot_id(tmp_path)
    assert set(loaded.sources) == {one.source.id for one in given(small_knowledge).documents}
    assert stored_ids(tmp_path) == {passage.id for passage in loaded.passages}
    assert len(loaded.passages) == first.passages == len(loaded.space.passage_vectors)
    assert loaded.space.sentence_offsets[-1] == len(loaded.space.sentence_vectors) == loaded.manifest.sentences


@pytest.mark.usefixtures("first")
def test_loaded_vectors_are_those_of_their_texts(small_knowledge: Path, given: Given, tmp_path: Path) -> None:
    loaded = load_snapshot(tmp_path)
    encode = given(small_knowledge).embedder.encode
    sentences = [sentence for passage in loaded.passages for sentence in passage.sentences]
    expected = encode([embedded_text(passage) for passage in loaded.passages])
    np.testing.assert_allclose(loaded.space.passage_vectors, expected, atol=1e-6)
    np.testing.assert_allclose(loaded.space.sentence_vectors, encode(sentences), atol=1e-6)


def test_unchanged_knowledge_costs_nothing_and_keeps_the_snapshot(
    small_knowledge: Path, given: Given, first: BuildResult, tmp_path: Path
) -> None:
    told: list[str] = []
    again = refresh(tmp_path, given(small_knowledge), lambda stage, *_: told.append(stage))
    assert (again.snapshot, again.unchanged, again.added, again.changed, again.removed) == (
        first.snapshot,
        COUNT,
        0,
        0,
        0,
    )
    assert told == []
    assert snapshots(tmp_path) == [first.snapshot]


def test_changed_new_and_removed_files_are_followed_also_in_chroma(
    own_knowledge: Path, given: Given, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    refresh(data, given(own_knowledge), silent)
    new = SMALL_KNOWLEDGE["literature/fiktiv-2020.md"].replace("fiktiv-2020", "fiktiv-2021")
    write_files(own_knowledge, {**CHANGED, "literature/fiktiv-2021.md": new})
    (own_knowledge / "funding/sachsen-lernscheck.md").unlink()
    read: list[int] = []
    done = refresh(data, given(own_knowledge), lambda stage, *now: read.append(now[0]) if stage == "Lesen" else None)
    assert (done.added, done.changed, done.removed, done.unchanged) == (1, 1, 1, COUNT - 2)
    assert len(read) == 2
    passages = load_snapshot(data).passages
    assert any("Fräshub Mittelland berät Gießereien" in one.text for one in passages)
    assert not any("Zerspaner" in one.text or "lernscheck" in one.id for one in passages)
    assert any(one.document_id == "fiktiv-2021" for one in passages)
    assert stored_ids(data) == {one.id for one in passages}


def test_an_incremental_index_equals_one_built_anew(own_knowledge: Path, given: Given, tmp_path: Path) -> None:
    refresh(tmp_path / "data", given(own_knowledge), silent)
    write_files(own_knowledge, CHANGED)
    refresh(tmp_path / "data", given(own_knowledge), silent)
    refresh(tmp_path / "anew", given(own_knowledge), silent)
    grown, anew = load_snapshot(tmp_path / "data"), load_snapshot(tmp_path / "anew")
    assert (grown.passages, grown.thresholds) == (anew.passages, anew.thresholds)
    np.testing.assert_allclose(grown.space.passage_vectors, anew.space.passage_vectors, atol=1e-6)
    np.testing.assert_array_equal(grown.space.lexical.weights, anew.space.lexical.weights)


def test_each_change_gets_a_snapshot_of_its_own_and_only_two_are_kept(
    own_knowledge: Path, given: Given, tmp_path: Path
) -> None:
    made = []
    for number in range(4):
        write_files(own_knowledge, {"a.md": f"---\nid: a\nkind: literature\ntitle: Werk {number}\n---\n\nText."})
        made.append(refresh(tmp_path / "data", given(own_knowledge), silent).snapshot)
    assert len(set(made)) == 4
    assert snapshots(tmp_path / "data") == made[-2:]


def test_a_full_refresh_builds_anew_although_nothing_changed(
    small_knowledge: Path, given: Given, first: BuildResult, tmp_path: Path
) -> None:
    again = refresh(tmp_path, given(small_knowledge), silent, full=True)
    assert (again.snapshot != first.snapshot, again.added) == (True, COUNT)


@pytest.mark.parametrize("change", ["abbreviations", "calibration"])
def test_what_every_row_depends_on_rebuilds_all(
    small_knowledge: Path, given: Given, first: BuildResult, tmp_path: Path, change: str
) -> None:
    tables = shutil.copytree(FOLDER, tmp_path / "tables")
    with open(tables / "null_questions.tsv", "a", encoding="utf-8") as table:
        table.write("\nde\tWie alt wird ein Wellensittich im Käfig?\n")
    others = {
        "abbreviations": replace(given(small_knowledge), analyzer=TermAnalyzer({"FH": ["Fräshub"]})),
        "calibration": replace(given(small_knowledge), calibration=load_calibration(tables)),
    }
    again = refresh(tmp_path, others[change], silent)
    assert (again.snapshot != first.snapshot, again.added) == (True, COUNT)
    assert ("fh" in load_snapshot(tmp_path).space.lexical.vocabulary) == (change == "abbreviations")


@pytest.mark.parametrize("damage", ["missing", "cut"])
@pytest.mark.parametrize(
    "name",
    ["manifest.json", "passages.jsonl", "documents.json", "sentences.npy", "lexical.npz", "chroma/chroma.sqlite3"],
)
def test_a_damaged_snapshot_is_not_used_and_the_next_refresh_rebuilds_it(
    small_knowledge: Path, given: Given, first: BuildResult, tmp_path: Path, name: str, damage: str
) -> None:
    file = tmp_path / "generations" / first.snapshot / name
    content = file.read_bytes()
    file.unlink()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    with pytest.raises(IndexUnavailableError):
        load_snapshot(tmp_path)
    again = refresh(tmp_path, given(small_knowledge), silent)
    assert again.snapshot != first.snapshot
    assert len(load_snapshot(tmp_path).passages) == first.passages


def test_without_an_index_loading_says_what_to_do(tmp_path: Path) -> None:
    assert current_snapshot_id(tmp_path) is None
    with pytest.raises(IndexUnavailableError, match="assistant index"):
        load_snapshot(tmp_path)


def test_a_second_writer_stops_at_once_while_another_process_writes(
    small_knowledge: Path, given: Given, tmp_path: Path
) -> None:
    other = start(HOLD_LOCK, tmp_path)
    try:
        with pytest.raises(IndexBusyError, match=str(tmp_path)):
            refresh(tmp_path, given(small_knowledge), silent)
    finally:
        stop(other)
    assert refresh(tmp_path, given(small_knowledge), silent).added == COUNT


def test_a_second_writer_of_the_same_process_stops_as_well(small_knowledge: Path, given: Given, tmp_path: Path) -> None:
    with write_lock(tmp_path), pytest.raises(IndexBusyError):
        refresh(tmp_path, given(small_knowledge), silent)


@pytest.mark.parametrize("moment", ["Speichern 0", "Abschluss 0", "Abschluss 1"])
def test_a_killed_indexer_leaves_the_last_snapshot_in_use(
    own_knowledge: Path, build_index: BuildIndex, tmp_path: Path, moment: str
) -> None:
    data = tmp_path / "data"
    first = build_index(own_knowledge, data)
    write_files(own_knowledge, CHANGED)
    stop(start(INDEX_AND_WAIT, data, own_knowledge, moment))
    loaded = load_snapshot(data)
    assert loaded.manifest.id == first.snapshot
    assert any("Zerspaner" in passage.text for passage in loaded.passages)
    again = build_index(own_knowledge, data)
    assert again.changed == 1
    assert any("Gießereien" in passage.text for passage in load_snapshot(data).passages)
    assert snapshots(data) == [first.snapshot, again.snapshot], "the killed one's folder is cleared away"


def test_an_error_while_indexing_leaves_nothing_behind(own_knowledge: Path, given: Given, tmp_path: Path) -> None:
    def fail(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    data = tmp_path / "data"
    first = refresh(data, given(own_knowledge), silent)
    write_files(own_knowledge, CHANGED)
    with pytest.raises(KeyboardInterrupt):
        refresh(data, given(own_knowledge), fail)
    assert snapshots(data) == [first.snapshot]
    assert load_snapshot(data).manifest.id == first.snapshot


def test_an_empty_folder_is_valid_and_answers_nothing(build_index: BuildIndex, tmp_path: Path) -> None:
    folder, data = write_files(tmp_path / "empty", {}), tmp_path / "data"
    assert build_index(folder, data).passages == 0
    assert load_snapshot(data).passages == ()
    assert ask(build_assistant(own_settings(folder, data)), "Was ist Coopetition?").status == "no_source"


def test_knowledge_can_be_emptied_and_filled_again(own_knowledge: Path, given: Given, tmp_path: Path) -> None:
    data, empty = tmp_path / "data", write_files(tmp_path / "empty", {})
    passages = refresh(data, given(own_knowledge), silent).passages
    assert refresh(data, given(empty), silent).removed == COUNT
    assert stored_ids(data) == set()
    assert refresh(data, given(own_knowledge), silent).passages == passages == len(stored_ids(data))
