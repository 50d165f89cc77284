"""The commands as a user types them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.index.snapshot import current_snapshot_id
from tests.support.faults import run as run_command
from tests.support.serving import environment
from tests.support.shared import copy_data

pytestmark = pytest.mark.served


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, **settings: object) -> Done:
    return Done(*run_command(*arguments, **settings))


def test_help_names_every_command() -> None:
    shown = subprocess.run([sys.executable, "-m", "assistant", "--help"], capture_output=True, text=True).stdout
    for command in ("serve", "index", "ask", "search", "check", "eval"):
        assert command in shown


def test_ask_prints_an_answer_with_its_sources(shipped_data: Path) -> None:
    done = run("ask", "was heisst coopetition", data_dir=shipped_data)
    assert done.returncode == 0
    assert "[1]" in done.stdout
    assert "Quellen:" in done.stdout


def test_ask_json_prints_one_object(shipped_data: Path) -> None:
    command = [sys.executable, "-m", "assistant", "ask", "was heisst coopetition", "--json"]
    own = environment(data_dir=shipped_data)
    done = subprocess.run(command, env=own, capture_output=True, text=True, timeout=180, check=True)
    assert json.loads(done.stdout)["status"] == "answered"


def test_a_refusal_is_exit_code_one(shipped_data: Path) -> None:
    done = run("ask", "Rezept für Käsespätzle", "--json", data_dir=shipped_data)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (1, "off_topic")


def test_a_refusal_names_once_what_to_ask_instead(shipped_data: Path) -> None:
    text = run("ask", "Rezept für Käsespätzle", data_dir=shipped_data).stdout
    assert text.count("Wer unterstützt uns bei der Weiterbildung unserer Leute?") == 1


def test_an_english_answer_has_english_headings(shipped_data: Path) -> None:
    text = run("ask", "What is coopetition?", data_dir=shipped_data).stdout
    assert "Sources:" in text
    assert "Quellen:" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", ""),
        ("ask", "ä" * 2001),
        ("ask", "x", "--lang", "fr"),
        ("search", "x", "--kind", "y"),
        ("search", "x", "-k", "0"),
        ("nonsense",),
    ],
)
def test_wrong_use_is_exit_code_two_and_says_why(shipped_data: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, data_dir=shipped_data)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_search_json_lists_results(shipped_data: Path) -> None:
    found = json.loads(run("search", "ZIM", "-k", "2", "--json", data_dir=shipped_data).stdout)
    assert found["query"] == "ZIM"
    assert len(found["results"]) == 2


def test_a_misspelt_setting_ends_the_start_and_names_the_closest() -> None:
    done = run("ask", "x", chroma="x", contact_ulr="https://hub.example")
    assert done.returncode == 2
    assert "NETZLOTSE_CONTACT_URL" in done.stderr or "NETZLOTSE_CHROMA" in done.stderr


def test_an_unreadable_profile_is_one_sentence(shipped_data: Path, tmp_path: Path) -> None:
    profile = tmp_path / "p.yaml"
    profile.write_text("employes: 5")
    done = run("ask", "x", "--profile", str(profile), data_dir=shipped_data)
    assert done.returncode == 2
    assert "employes" in done.stderr


def test_indexing_an_empty_data_folder_happens_by_itself(small_knowledge: Path, tmp_path: Path) -> None:
    done = run(
        "search",
        "Kooperation",
        "--json",
        data_dir=tmp_path / "data",
        knowledge_dir=str(small_knowledge),
        shipped_knowledge="false",
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["results"]


@pytest.mark.parametrize("damage", ["earlier version", "half of it"])
def test_an_unusable_index_is_built_anew_by_itself(
    damage: str, small_knowledge: Path, small_index: Path, tmp_path: Path
) -> None:
    data = copy_data(small_index, tmp_path / "data")
    (snapshot,) = (data / "generations").iterdir()
    if damage == "earlier version":
        manifest = json.loads((snapshot / "manifest.json").read_text())
        kept = {name: manifest[name] for name in ("id", "created", "model_id", "passages", "documents")}
        (snapshot / "manifest.json").write_text(json.dumps(kept | {"format": 1, "calibration": "x"}))
    else:
        shutil.rmtree(snapshot / "chroma")
    small = {"knowledge_dir": str(small_knowledge), "shipped_knowledge": "false"}
    done = run("ask", "Was fördert der Netzbonus?", "--json", data_dir=data, **small)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "answered"), done.stderr
    assert current_snapshot_id(data) != snapshot.name


def test_a_busy_port_is_one_german_sentence(shipped_data: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        done = run("serve", "--port", str(busy.getsockname()[1]), data_dir=shipped_data)
    assert done.returncode == 1
    assert "läuft schon ein Dienst" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_finds_nothing_to_mend_in_the_shipped_knowledge() -> None:
    done = run("check", "--json")
    assert json.loads(done.stdout)["errors"] == []
    assert done.returncode == 0


def test_eval_measures_a_file_by_style_and_compares_with_an_earlier_report(
    small_knowledge: Path, small_index: Path, tmp_path: Path
) -> None:
    copy_data(small_index, tmp_path / "data")
    settings = {"data_dir": tmp_path / "data", "knowledge_dir": str(small_knowledge), "shipped_knowledge": "false"}
    ends = {"section": "", "sentence": "Ein Werkstattvertrag endet mit einer Kündigungsfrist von 6 Monaten."}
    row = {"id": "q1", "card": "werkstattvertrag", "style": "lay", "answers": [ends]}
    own, earlier = tmp_path / "own.jsonl", tmp_path / "earlier.json"
    own.write_text(json.dumps(row | {"question": "Wann endet ein Werkstattvertrag?"}))
    done = run("eval", "--on", str(own), "--json", **settings)
    assert done.returncode == 0, done.stderr
    earlier.write_text(done.stdout)
    measured = json.loads(done.stdout)["sets"][str(own)]["groups"]
    assert measured["lay"]["sentence_shown"]["value"] == 1.0
    worse = run("eval", "--on", str(own), "--compare", str(earlier), "--markdown", "--set", "max_words=1", **settings)
    assert "| sentence_shown | 1.00 → 1.00, +0.00 |" in worse.stdout
    assert "beantwortet" in run("eval", str(own), "--sample", "1", **settings).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--on", "question"), "'question' ist weder"),
        (("--on", "golden", "--compare", "none.json"), "'none.json' ist kein Bericht"),
        (("own.jsonl", "--on", "golden"), "entweder allein oder mit --on"),
    ],
)
def test_eval_says_what_is_wrong_before_it_asks_anything(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run("eval", *arguments, data_dir=tmp_path)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
