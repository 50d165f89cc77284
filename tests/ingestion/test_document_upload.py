"""Documents that are added, asked, replaced and removed through the commands' own functions."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant
from assistant.cli import app
from assistant.core.errors import DocumentError
from assistant.core.settings import Settings
from assistant.ingestion.document_repository import load_added, without_clashes
from assistant.ingestion.document_upload import MetadataOverrides
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.operations.manage_documents import add_documents, remove
from tests.conftest import BuildIndex, own_settings
from tests.support.shared import copy_data
from tests.support.two_columns import NOTES, QUESTIONS, TITLE, write_paper

pytestmark = pytest.mark.slow

OTHER = "Der Birnenring besteht weiter und versammelt Brennereien, die gemeinsam Fässer kaufen."
NOTE = "Der Quittenring versammelt Pressereien, die gemeinsam Obst einlagern."


@pytest.fixture
def settings(small_knowledge: Path, small_index: Path, tmp_path: Path) -> Settings:
    """An index of the small knowledge to which documents are added."""
    return own_settings(small_knowledge, copy_data(small_index, tmp_path / "data"))


@pytest.fixture(scope="module")
def paper_assistant(build_index: BuildIndex, tmp_path_factory: pytest.TempPathFactory) -> AppContext:
    """An assistant that knows nothing but the paper."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "knowledge").mkdir()
    build_index(folder / "knowledge", folder / "data")
    settings = own_settings(folder / "knowledge", folder / "data")
    added, skipped = add_documents(settings, [write_paper(folder / "Paper.pdf")], MetadataOverrides(), lambda *_: None)
    assert ([(one.id, one.pages) for one in added], skipped) == ([("paper", 3)], [])
    return build_assistant(settings)


def add(settings: Settings, *paths: Path, overrides: MetadataOverrides | None = None) -> list[str]:
    added, skipped = add_documents(settings, paths, overrides or MetadataOverrides(), lambda *_: None)
    assert skipped == []
    return [one.id for one in added]


def write(path: Path, text: str = NOTE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_with_the_papers_own_words_and_page(paper_assistant: AppContext, question: str) -> None:
    answer = ask(paper_assistant, question)
    assert answer.status == "answered"
    wanted = next(one for one in answer.citations if QUESTIONS[question] in one.quote)
    pages = {one.page for one in load_added(paper_assistant.settings.data_dir)[0].sections if wanted.quote in one.text}
    assert pages == {wanted.page}
    assert (wanted.id, wanted.kind, wanted.title) == ("paper", "document", TITLE)


def test_the_page_of_a_quote_is_the_printed_one(paper_assistant: AppContext) -> None:
    sections = load_added(paper_assistant.settings.data_dir)[0].sections
    assert [one.page for one in sections if NOTES[2] in one.text] == [3]
    assert [one.page for one in sections if "Ein Werkzeugring ist" in one.text] == [1]


def test_ids_follow_the_file_name_and_never_clash(settings: Settings, tmp_path: Path) -> None:
    names = [
        "Größe & Maß.txt",
        "ab/Werkstattvertrag.txt",
        "ab/werkstattvereinbarung.txt",
        "ab/größe-maß.md",
        "ab/…….txt",
    ]
    paths = [write(tmp_path / name) for name in names]
    assert add(settings, *paths) == [
        "groesse-mass",
        "werkstattvertrag-2",
        "werkstattvereinbarung-2",
        "groesse-mass-2",
        "dokument",
    ]


def test_the_same_file_replaces_and_keeps_what_was_wished(settings: Settings, tmp_path: Path) -> None:
    path = write(tmp_path / "quitten.txt")
    assert add(settings, path, overrides=MetadataOverrides("literature", "Von Quitten")) == ["quitten"]
    write(path, "Der Quittenring wurde aufgelöst.")
    assert add(settings, path) == ["quitten"]
    (document,) = load_added(settings.data_dir)
    assert (document.kind, document.source.title) == ("literature", "Von Quitten")
    assert [one.text for one in document.sections] == ["Der Quittenring wurde aufgelöst."]
    original = settings.data_dir / "documents" / "quitten" / "original.txt"
    assert original.read_text(encoding="utf-8") == "Der Quittenring wurde aufgelöst."


def test_added_documents_stand_next_to_the_knowledge(settings: Settings, tmp_path: Path) -> None:
    add(settings, write(tmp_path / "quitten.txt"))
    assistant = build_assistant(settings)
    assert [one.id for one in ask(assistant, "Was ist der Quittenring?").citations][:1] == ["quitten"]
    assert ask(assistant, "Was bedeutet Coopetition?").citations[0].id == "position-paper/kooperationen"


def test_nothing_of_a_removed_document_stays(settings: Settings, tmp_path: Path) -> None:
    add(settings, write(tmp_path / "quitten.txt"), write(tmp_path / "anderes.txt", OTHER))
    # In a process of its own, as a user does: Chroma writes unused memory of its process into its files.
    environment = os.environ | {
        "NETZLOTSE_DATA_DIR": str(settings.data_dir),
        "NETZLOTSE_KNOWLEDGE_DIR": str(settings.knowledge_dir),
        "NETZLOTSE_SHIPPED_KNOWLEDGE": "false",
    }
    subprocess.run([sys.executable, "-m", "assistant", "remove", "quitten"], env=environment, check=True)
    assert [one.source.id for one in load_added(settings.data_dir)] == ["anderes"]
    left = [path for path in settings.data_dir.rglob("*") if path.is_file() and b"uittenring" in path.read_bytes()]
    assert left == []
    assert len(list((settings.data_dir / "generations").iterdir())) == 1
    assert ask(build_assistant(settings), "Wen versammelt der Birnenring?").citations[0].id == "anderes"


def test_an_unknown_id_cannot_be_removed(settings: Settings) -> None:
    with pytest.raises(DocumentError, match="„fehlt“ gibt es nicht"):
        remove(settings, "fehlt", lambda *_: None)
    with pytest.raises(DocumentError):
        remove(settings, "../documents", lambda *_: None)


@pytest.mark.parametrize("name", ["meta.json", "text.json"])
def test_a_damaged_document_is_left_out_with_a_warning(
    settings: Settings, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    add(settings, write(tmp_path / "quitten.txt"), write(tmp_path / "birnen.txt"))
    (settings.data_dir / "documents" / "quitten" / name).write_text('{"id": "quitten"}', encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert [one.source.id for one in load_added(settings.data_dir)] == ["birnen"]
    assert "quitten" in caplog.text


def test_a_knowledge_file_that_takes_the_id_later_wins(
    settings: Settings, small_knowledge: Path, tmp_path: Path
) -> None:
    add(settings, write(tmp_path / "quitten.txt"))
    added = load_added(settings.data_dir)
    knowledge = load_knowledge([small_knowledge])
    assert without_clashes(added, knowledge) == added
    assert without_clashes(added, added) == ()


def test_sections_know_their_language(settings: Settings, tmp_path: Path) -> None:
    english = "The quince ring is a group of presses that store their fruit together and share the cost of the hall."
    add(settings, write(tmp_path / "zwei.md", f"# Deutsch\n\n{NOTE} {NOTE}\n\n# English\n\n{english}\n"))
    assert [one.language for one in load_added(settings.data_dir)[0].sections] == ["de", "en"]


def test_the_commands_report_each_file(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETZLOTSE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("NETZLOTSE_KNOWLEDGE_DIR", str(settings.knowledge_dir))
    monkeypatch.setenv("NETZLOTSE_SHIPPED_KNOWLEDGE", "false")
    good, bad = write(tmp_path / "ordner" / "quitten.txt"), write(tmp_path / "ordner" / "leer.txt", "")
    run = CliRunner().invoke
    done = run(app, ["add", str(tmp_path / "ordner"), "--kind", "literature", "--json"])
    assert done.exit_code == 1
    result = json.loads(done.stdout)
    assert result["added"] == [{"path": str(good), "id": "quitten", "pages": None, "passages": 1, "notes": []}]
    assert [(one["path"], one["code"]) for one in result["skipped"]] == [(str(bad), "empty")]
    again = run(app, ["add", str(good), "--title", "Neuer Titel"])
    assert (again.exit_code, again.stdout) == (0, f"gelesen: {good} → quitten (1 Passage)\n")
    assert run(app, ["add", str(good), "--kind", "roman"]).exit_code == 2
    assert run(app, ["add", str(good), str(bad), "--title", "Zwei"]).exit_code == 2
    assert run(app, ["remove", "quitten"]).exit_code == 0
    assert run(app, ["remove", "quitten"]).exit_code == 2
