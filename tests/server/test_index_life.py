"""Whatever happens to the index, the service answers from the last good one and says what is wrong."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.answering.pipeline import ask
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.errors import AssistantError
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.index.snapshot import current_snapshot_id, load_snapshot, snapshot_folder
from assistant.operations.index_maintainer import start_degraded, try_refresh
from tests.conftest import SMALL_KNOWLEDGE, own_settings, write_files
from tests.support.faults import Service, damage, fill_up, kill, run, seal, service, small_disk, start
from tests.support.serving import free_port
from tests.support.shared import copy_data

QUESTION = "Was ist Coopetition?"
FOREIGN = "Wie alt werden Wellensittiche?"
WORDS_ONLY = Prompts(shipped_folder("prompts")).render("words_only", "de")
CHANGED = {"support/fraeshub.md": SMALL_KNOWLEDGE["support/fraeshub.md"].replace("Zerspaner", "Gießereien")}
CHROMA = "chroma/chroma.sqlite3"


class Place:
    """A knowledge folder and a data folder with an index of it."""

    def __init__(self, knowledge: Path, data: Path) -> None:
        self.knowledge, self.data = knowledge, data
        self.settings = {"data_dir": data, "knowledge_dir": knowledge, "shipped_knowledge": "false"}

    @property
    def current(self) -> str:
        return str(current_snapshot_id(self.data))

    def file(self, name: str, snapshot: str | None = None) -> Path:
        return snapshot_folder(self.data, snapshot or self.current) / name

    def change(self) -> None:
        write_files(self.knowledge, CHANGED)

    def index(self) -> tuple[int, str, str]:
        return run("index", **self.settings)

    def snapshots(self) -> set[str]:
        return {path.name for path in (self.data / "generations").iterdir()}


@pytest.fixture
def place(own_knowledge: Path, small_index: Path, tmp_path: Path) -> Place:
    return Place(own_knowledge, copy_data(small_index, tmp_path / "data"))


@pytest.fixture
def disk(own_knowledge: Path, small_index: Path, tmp_path: Path) -> Iterator[Place]:
    """The same on a disk of its own, with room for some snapshots."""
    with small_disk(tmp_path / "disk", 12) as mounted:
        yield Place(own_knowledge, copy_data(small_index, mounted / "data"))


def is_refused(code: int, errors: str, word: str = "") -> bool:
    """Exit code 1 and one sentence, beside the warnings of the log."""
    lines = [line for line in errors.splitlines() if line.strip() and not line.startswith("WARNING")]
    return code == 1 and len(lines) == 1 and lines[0].endswith(".") and word in lines[0]


def answers_fully(service: Service) -> bool:
    answer = service.ask(QUESTION)
    return answer["status"] == "answered" and WORDS_ONLY not in answer["text"]


def answers_by_words(service: Service) -> bool:
    answer = service.ask(QUESTION)
    quoted = "Coopetition bedeutet" in answer["citations"][0]["quote"]
    return quoted and answer["caution"] == "weak_evidence" and answer["text"].startswith(WORDS_ONLY)


def test_an_indexer_killed_at_any_moment_leaves_a_whole_index(place: Place) -> None:
    with service(**place.settings) as served:
        for number in range(8):
            write_files(place.knowledge, {"a.md": f"---\nid: a\nkind: literature\ntitle: Werk {number}\n---\n\nText."})
            indexer = start("index", **place.settings)
            time.sleep(0.35 * number)
            kill(indexer)
            assert load_snapshot(place.data).manifest.id == current_snapshot_id(place.data)
            assert answers_fully(served)
        assert place.index()[0] == 0
        served.wait_for(lambda one: one["generation"] == place.current and one["status"] == "ready")
        assert any("Werk 7" in passage.title for passage in load_snapshot(place.data).passages)
        assert len(place.snapshots()) <= 2, "what the killed ones left is cleared away"


def test_a_full_disk_is_one_sentence_and_the_last_index_stays_in_use(disk: Place) -> None:
    first = disk.current
    disk.change()
    with service(**disk.settings) as served:
        served.wait_for(lambda one: one["status"] == "ready")
        write_files(disk.knowledge, SMALL_KNOWLEDGE)
        filler = fill_up(disk.data.parent, leaving=200_000)
        before = disk.current
        code, _, errors = disk.index()
        assert is_refused(code, errors, "voll"), errors
        assert disk.current == before != first
        assert answers_fully(served)
    with service(**disk.settings) as restarted:
        assert answers_fully(restarted)
        condition = restarted.ready()
        assert condition["status"] == "degraded"
        assert "voll" in condition["reason"]
        assert str(disk.data) not in condition["reason"], "no path is told to visitors"
        filler.unlink()
        restarted.wait_for(lambda one: one["status"] == "ready" and one["generation"] != before)
        assert answers_fully(restarted)


def test_not_a_byte_left_still_serves_after_a_restart(disk: Place) -> None:
    fill_up(disk.data.parent)
    with service(**disk.settings) as served:
        assert answers_fully(served)


def test_a_read_only_disk_is_one_sentence_and_everything_is_still_answered(disk: Place) -> None:
    seal(disk.data.parent)
    code, _, errors = disk.index()
    assert is_refused(code, errors, "schreibgeschützt"), errors
    with service(**disk.settings) as served:
        assert answers_fully(served)
        condition = served.ready()
        assert condition["status"] == "degraded"
        assert "schreibgeschützt" in condition["reason"]
        assert served.ask(FOREIGN)["status"] in ("no_source", "off_topic"), "the index is whole, so this is known"


@pytest.mark.parametrize("name", [CHROMA, "sentences.npy"])
def test_a_damaged_generation_gives_way_to_the_one_before(disk: Place, name: str) -> None:
    before = disk.current
    disk.change()
    assert disk.index()[0] == 0
    damage(disk.file(name))
    seal(disk.data.parent)  # so that nothing can be built anew
    with service(**disk.settings) as served:
        condition = served.ready()
        assert (condition["status"], condition["generation"]) == ("degraded", before)
        assert answers_fully(served)


def test_without_vectors_words_answer(disk: Place) -> None:
    damage(disk.file(CHROMA))
    seal(disk.data.parent)
    with service(**disk.settings) as served:
        assert served.ready()["status"] == "degraded"
        assert answers_by_words(served)
        hits = httpx.get(f"{served.address}/api/search", params={"q": "Coopetition"}, timeout=20).json()["results"]
        assert [one["id"] for one in hits] == ["position-paper/kooperationen"] * len(hits) != []


@pytest.mark.parametrize("name", [CHROMA, "sentences.npy", "probe.npy"])
@pytest.mark.parametrize("how", ["damaged", "deleted"])
def test_without_vectors_nothing_is_called_missing(disk: Place, name: str, how: str) -> None:
    file = disk.file(name)
    damage(file) if how == "damaged" else file.unlink()
    seal(disk.data.parent)
    assistant = build_assistant(own_settings(disk.knowledge, disk.data))
    assert ask(assistant, QUESTION).text.startswith(WORDS_ONLY)
    assert assistant.live_index.health().status == "degraded"
    for question in (FOREIGN, "Wer bezahlt Schulungen?", "Which firms share machines?"):
        assert ask(assistant, question).status in ("answered", "unavailable")


@pytest.mark.parametrize("name", ["passages.jsonl", "documents.json", "lexical.npz", "manifest.json"])
def test_without_texts_the_answer_is_unavailable_with_the_reason(disk: Place, name: str) -> None:
    damage(disk.file(name))
    seal(disk.data.parent)
    assistant = build_assistant(own_settings(disk.knowledge, disk.data))
    assert ask(assistant, QUESTION).status == "unavailable"
    condition = assistant.live_index.health()
    assert condition.status == "unavailable"
    assert condition.reason.endswith(".")


def test_a_service_with_nothing_to_serve_says_why_and_ends(disk: Place) -> None:
    damage(disk.file("passages.jsonl"))
    seal(disk.data.parent)
    code, output, _ = run("ask", QUESTION, **disk.settings)
    assert (code, "nicht verfügbar" in output) == (1, True)
    code, _, errors = run("serve", "--port", str(free_port()), **disk.settings)
    assert is_refused(code, errors), errors


def lose(place: Place, loss: str) -> None:
    """Damage or delete what a running service has open."""
    if loss == "chroma damaged":
        damage(place.file(CHROMA))
        place.file("sentences.npy").unlink()
    elif loss == "chroma deleted":
        shutil.rmtree(place.file("chroma"))
    elif loss == "everything deleted":
        shutil.rmtree(place.data / "generations")
        (place.data / "current").unlink()
    else:
        (place.data / "current").unlink()


@pytest.mark.parametrize("loss", ["chroma damaged", "chroma deleted", "everything deleted", "pointer deleted"])
def test_what_is_held_answers_when_its_files_are_lost_and_a_refresh_mends_them(place: Place, loss: str) -> None:
    assistant = build_assistant(own_settings(place.knowledge, place.data))
    first, whole = place.current, ask(assistant, QUESTION)
    lose(place, loss)
    assert ask(assistant, QUESTION).text == whole.text
    assistant.live_index.reload_if_changed(wait=True, at_once=True)
    assert assistant.live_index.health().status == "degraded"
    assert ask(assistant, QUESTION).text == whole.text
    assert try_refresh(assistant) is None
    assert assistant.live_index.health().status == "ready"
    assert ask(assistant, QUESTION).text == whole.text
    assert load_snapshot(place.data).manifest.id == place.current != first


def test_a_running_service_survives_losing_its_files_and_mends_them(place: Place) -> None:
    with service(**place.settings) as served:
        served.wait_for(lambda one: one["status"] == "ready")
        first = place.current
        lose(place, "everything deleted")
        assert answers_fully(served)
        served.wait_for(lambda one: one["status"] == "degraded" or one["generation"] != first)
        assert answers_fully(served)
        served.wait_for(lambda one: one["status"] == "ready" and one["generation"] != first)
        assert answers_fully(served)
    assert load_snapshot(place.data).manifest.id == place.current != first


def test_a_half_written_generation_and_a_pointer_to_nowhere_are_passed_over(place: Place) -> None:
    whole = place.current
    half = place.data / "generations" / "20260101T000000000000.partial"
    shutil.copytree(place.file("."), half)
    (half / "manifest.json").unlink()
    (place.data / "current").write_text("20260101T000000000000")
    code, output, _ = run("ask", QUESTION, **place.settings)
    assert code == 0
    assert "Coopetition bedeutet" in output
    assert WORDS_ONLY not in output
    assert place.index()[0] == 0
    assert place.snapshots() == {place.current, whole}


def test_two_indexers_at_once_leave_one_whole_index(place: Place) -> None:
    place.change()
    both = [start("index", **place.settings) for _ in range(2)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in both]
    assert 0 in [code for *_, code in ended]
    for _, errors, code in ended:
        assert code == 0 or is_refused(code, errors, "anderer Prozess"), errors
    assert any("Gießereien" in passage.text for passage in load_snapshot(place.data).passages)


def test_a_file_that_is_being_written_is_indexed_whole_or_not_at_all(place: Place) -> None:
    path = place.knowledge / "support/fraeshub.md"
    whole = CHANGED["support/fraeshub.md"]
    stop = threading.Event()

    def write_slowly() -> None:
        while not stop.is_set():
            with open(path, "w", encoding="utf-8") as file:
                for start_ in range(0, len(whole), 16):
                    file.write(whole[start_ : start_ + 16])
                    file.flush()
                    stop.wait(0.002)
        path.write_text(whole, encoding="utf-8")

    writer = threading.Thread(target=write_slowly)
    writer.start()
    try:
        codes = [place.index() for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    for code, _, errors in codes:
        assert code == 0 or is_refused(code, errors), errors
    texts = [one.text for one in load_snapshot(place.data).passages if one.document_id == "fraeshub"]
    assert all(text.endswith(".") for text in texts), "no half file"
    assert place.index()[0] == 0
    assert any("Gießereien" in passage.text for passage in load_snapshot(place.data).passages)


def test_a_clock_that_was_ahead_does_not_cost_the_newest_generation(place: Place) -> None:
    """As if the index had been built while the clock stood in 2099 and was put right since."""
    for number, future in enumerate(("20990101T000000000000-aaaa", "20990102T000000000000-bbbb")):
        old = place.file(".").resolve()
        text = place.file("manifest.json").read_text().replace(place.current, future)
        shutil.copytree(old, old.with_name(future))
        (old.with_name(future) / "manifest.json").write_text(text)
        if number:
            shutil.rmtree(old)
        (place.data / "current").write_text(future)
    shutil.rmtree(place.file(".", next(one for one in place.snapshots() if not one.startswith("2099"))), True)
    place.change()
    assert place.index()[0] == 0
    assert not place.current.startswith("2099")
    assert place.snapshots() == {place.current, "20990102T000000000000-bbbb"}
    assert any("Gießereien" in passage.text for passage in load_snapshot(place.data).passages)


def test_the_good_generation_is_kept_rather_than_a_damaged_newer_one(place: Place) -> None:
    good = place.current
    place.change()
    assert place.index()[0] == 0
    bad = place.current
    place.file("sentences.npy").unlink()
    assert place.index()[0] == 0
    assert place.snapshots() == {place.current, good}
    assert bad not in place.snapshots()


def test_an_encoder_that_cannot_be_loaded_leaves_words(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra package is missing; loading it only to fail would cost seconds."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    settings = own_settings(place.knowledge, place.data).model_copy(update={"embedding_model": "kein/modell"})
    assistant = build_assistant(settings)
    with pytest.raises(AssistantError, match="Embedding-Modell") as error:
        refresh_index(settings, lambda *_: None, assistant=assistant)
    assert "Embedding-Modell" in start_degraded(assistant, error.value)
    answer = ask(assistant, QUESTION)
    assert answer.text.startswith(WORDS_ONLY)
    assert "Coopetition bedeutet" in answer.citations[0].quote
    assert assistant.live_index.health().status == "degraded"


def test_a_damaged_vector_cache_is_made_anew(place: Place) -> None:
    cache = place.data / "cache" / "vectors.sqlite"
    cache.write_bytes(os.urandom(20_000))
    place.change()
    assert place.index()[0] == 0
    assert any("Gießereien" in passage.text for passage in load_snapshot(place.data).passages)


def test_a_knowledge_file_broken_by_hand_does_not_stop_a_restart(place: Place) -> None:
    path = place.knowledge / "support/fraeshub.md"
    path.write_text("kein Kopf", encoding="utf-8")
    with service(**place.settings) as served:
        assert answers_fully(served)
        assert served.ready()["status"] == "degraded"
        write_files(place.knowledge, CHANGED)
        served.wait_for(lambda one: one["status"] == "ready")
        assert "Gießereien" in served.ask("Wen berät der Fräshub Mittelland kostenfrei?")["text"]
