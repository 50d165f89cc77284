"""The best corpus there is answers; what failed is tried again when its time has come."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.core.errors import EmbeddingError, IndexUnavailableError, VectorStoreUnavailableError
from assistant.index.embeddings import EncoderEmbeddings, UnavailableEmbedder
from assistant.index.live_index import GONE, LOOK_EVERY_SECONDS, OTHER_MODEL, Condition, LiveIndex
from assistant.index.snapshot import current_snapshot_id, snapshot_folder
from assistant.index.vector_store import EmbeddedChroma
from assistant.language.term_analyzer import TermAnalyzer
from tests.conftest import SMALL_KNOWLEDGE, BuildIndex, write_files
from tests.support.shared import copy_data

pytestmark = pytest.mark.slow

CHANGED = {"support/fraeshub.md": SMALL_KNOWLEDGE["support/fraeshub.md"].replace("Zerspaner", "Gießereien")}


class SwitchableChroma(EmbeddedChroma):
    """Chroma in a folder that can be out of reach, as a server can."""

    away = False

    def is_there(self, snapshot: str, folder: Path) -> bool:
        if self.away:
            raise VectorStoreUnavailableError("Der Chroma-Server antwortet nicht.")
        return super().is_there(snapshot, folder)


class OtherModel(UnavailableEmbedder):
    """A model whose vectors are not those of the index."""

    @property
    def model_id(self) -> str:
        return "another"


@dataclass
class Watched:
    """A live index over a data folder, and the hands of its clock."""

    data: Path
    embedder: EncoderEmbeddings | UnavailableEmbedder
    seconds: float = 1000.0
    look_every: float = LOOK_EVERY_SECONDS
    store: SwitchableChroma = field(default_factory=SwitchableChroma)

    def __post_init__(self) -> None:
        self.index = LiveIndex(
            self.data, TermAnalyzer(), self.store, self.embedder, lambda: self.seconds, self.look_every
        )

    @property
    def held(self) -> str:
        return self.index.corpus().snapshot.manifest.id

    def file(self, name: str) -> Path:
        return snapshot_folder(self.data, str(current_snapshot_id(self.data))) / name

    def after(self, seconds: float) -> str:
        """Status after some time, when somebody has looked."""
        self.seconds += seconds
        self.index.reload_if_changed()
        return self.index.health().status


@pytest.fixture
def watched(small_index: Path, embedder: EncoderEmbeddings, tmp_path: Path) -> Watched:
    return Watched(copy_data(small_index, tmp_path / "data"), embedder)


@pytest.fixture
def changed(watched: Watched, own_knowledge: Path, build_index: BuildIndex) -> Watched:
    """A second snapshot after the first."""
    write_files(own_knowledge, CHANGED)
    build_index(own_knowledge, watched.data)
    return watched


def set_aside(path: Path) -> Path:
    """Take a file away so that it can be put back."""
    return path.rename(path.with_name(f"{path.name}.aside"))


def put_back(path: Path) -> None:
    path.rename(path.with_name(path.name.removesuffix(".aside")))


def test_a_whole_current_snapshot_is_ready(watched: Watched) -> None:
    assert watched.held == current_snapshot_id(watched.data)
    assert watched.index.health().status == "ready"


def test_without_an_index_it_is_unavailable_until_there_is_one(
    small_knowledge: Path, build_index: BuildIndex, embedder: EncoderEmbeddings, tmp_path: Path
) -> None:
    watched = Watched(tmp_path / "data", embedder)
    with pytest.raises(IndexUnavailableError, match="noch keinen Index"):
        watched.index.corpus()
    assert watched.index.health().status == "unavailable"
    build_index(small_knowledge, watched.data)
    assert watched.held
    assert watched.index.health().status == "ready"


@pytest.mark.parametrize("somebody_watches", [False, True])
def test_a_question_looks_for_a_newer_snapshot_after_a_while_unless_somebody_else_does(
    watched: Watched, own_knowledge: Path, build_index: BuildIndex, somebody_watches: bool
) -> None:
    first = watched.held
    if somebody_watches:
        watched.index.watch()
    write_files(own_knowledge, CHANGED)
    second = build_index(own_knowledge, watched.data).snapshot
    watched.seconds += LOOK_EVERY_SECONDS
    assert watched.held == first
    watched.seconds += 0.1
    assert watched.held == (first if somebody_watches else second)


def test_behind_a_damaged_snapshot_the_last_good_one_answers_whole(changed: Watched) -> None:
    changed.file("passages.jsonl").write_text("")
    corpus, health = changed.index.corpus(), changed.index.health()
    assert corpus.snapshot.space.has_vectors
    assert corpus.snapshot.manifest.id != current_snapshot_id(changed.data)
    assert (health.status, health.rebuild_helps) == ("degraded", True)
    assert "passages.jsonl" in health.reason


def test_a_damaged_snapshot_is_tried_again_after_a_minute_or_at_once_when_asked(changed: Watched) -> None:
    aside = set_aside(changed.file("passages.jsonl"))
    assert changed.after(0) == "degraded"
    put_back(aside)
    assert changed.after(59) == "degraded"
    assert changed.after(1) == "ready"


def test_who_has_mended_the_index_can_have_it_loaded_at_once(changed: Watched) -> None:
    aside = set_aside(changed.file("passages.jsonl"))
    assert changed.after(0) == "degraded"
    put_back(aside)
    changed.index.reload_if_changed(at_once=True)
    assert changed.index.health().status == "ready"


def test_while_nothing_is_whole_the_pauses_between_tries_grow_up_to_a_minute(watched: Watched) -> None:
    whole = watched.file("passages.jsonl").read_bytes()
    watched.file("passages.jsonl").write_text("")
    assert watched.after(0) == "unavailable"
    for pause in (5, 10, 20, 40, 60):
        assert watched.after(pause - 1) == "unavailable"
        watched.file("passages.jsonl").write_bytes(whole)
        assert watched.after(0) == "unavailable", f"not yet after {pause - 1} seconds"
        watched.file("passages.jsonl").write_text("")
        assert watched.after(1) == "unavailable"
    watched.file("passages.jsonl").write_bytes(whole)
    assert watched.after(60) == "ready"


def test_who_looks_more_often_sees_a_newer_snapshot_and_tries_again_sooner(
    small_index: Path, own_knowledge: Path, build_index: BuildIndex, embedder: EncoderEmbeddings, tmp_path: Path
) -> None:
    watched = Watched(copy_data(small_index, tmp_path / "data"), embedder, look_every=0.4)
    aside = set_aside(watched.file("passages.jsonl"))
    assert watched.after(0) == "unavailable"
    put_back(aside)
    assert watched.after(0.9) == "unavailable"
    assert watched.after(0.2) == "ready"
    write_files(own_knowledge, CHANGED)
    second = build_index(own_knowledge, watched.data).snapshot
    watched.seconds += 0.3
    assert watched.held != second
    watched.seconds += 0.2
    assert watched.held == second


def test_texts_without_vectors_answer_by_words_until_the_vectors_are_back(watched: Watched) -> None:
    aside = set_aside(watched.file("chroma"))
    snapshot = watched.index.corpus().snapshot
    assert not snapshot.space.has_vectors
    assert watched.index.health().reason == snapshot.fault == "Die Chroma-Datei des Index fehlt."
    put_back(aside)
    assert watched.after(5) == "ready"
    assert watched.index.corpus().snapshot.space.has_vectors


@pytest.mark.parametrize("name", ["passages.jsonl", "manifest.json", "chroma"])
def test_what_is_whole_in_memory_answers_on_when_its_files_are_gone_and_is_ready_when_they_are_back(
    watched: Watched, name: str
) -> None:
    assert watched.after(0) == "ready"
    aside = set_aside(watched.file(name))
    assert watched.after(2) == "degraded"
    assert watched.index.health().reason.endswith("es gilt der zuletzt geladene Stand.")
    assert watched.index.corpus().snapshot.space.has_vectors
    put_back(aside)
    assert watched.after(2) == "ready"


def test_what_is_in_memory_answers_on_when_the_whole_index_is_gone(watched: Watched) -> None:
    assert watched.after(0) == "ready"
    shutil.rmtree(watched.data)
    assert watched.after(2) == "degraded"
    assert watched.index.health().reason == GONE
    assert watched.index.corpus().snapshot.space.has_vectors


def test_building_anew_does_not_help_against_a_server_that_is_away(watched: Watched) -> None:
    assert watched.after(0) == "ready"
    watched.store.away = True
    assert watched.after(2) == "degraded"
    assert not watched.index.health().rebuild_helps
    watched.store.away = False
    assert watched.after(2) == "ready"


def test_without_a_model_words_answer(watched: Watched) -> None:
    without = Watched(watched.data, UnavailableEmbedder(EmbeddingError("Das Modell fehlt.")))
    assert not without.index.corpus().snapshot.space.has_vectors
    assert (without.index.health().status, without.index.health().reason) == ("degraded", "Das Modell fehlt.")


def test_the_vectors_of_another_model_are_not_used_and_building_anew_in_this_process_does_not_help(
    watched: Watched,
) -> None:
    other = Watched(watched.data, OtherModel(EmbeddingError("")))
    assert not other.index.corpus().snapshot.space.has_vectors
    assert other.index.health() == Condition("degraded", OTHER_MODEL, rebuild_helps=False)


def test_knowledge_that_could_not_be_brought_in_step_is_told_until_it_could(watched: Watched) -> None:
    assert watched.after(0) == "ready"
    watched.index.note_refresh("Der Datenträger ist voll.")
    assert (watched.index.health().status, watched.index.health().reason) == ("degraded", "Der Datenträger ist voll.")
    watched.index.note_refresh("")
    assert watched.index.health().status == "ready"
