"""``make train`` in small: over a folder of a few cards, weights come out that the assistant loads and answers with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.pipeline import ask
from assistant.bootstrap import build_assistant
from assistant.core.settings import load_settings
from assistant.index.learned_weights import DECISION_FILE, QUESTION_ADAPTER_FILE, READER_FILE, read_arrays
from assistant.training.__main__ import main
from assistant.training.examples import Part, part_of

pytestmark = [pytest.mark.usefixtures("cache_dir"), pytest.mark.slow]
CARD = """---
id: {id}
kind: cooperation
area: contracts
title: "Was regelt der Vertrag {name}?"
---

Der Vertrag {name} regelt, wer eine gemeinsame Maschine bezahlt.

## Wie lange gilt der Vertrag {name}?

Der Vertrag {name} gilt {years} Jahre. Danach verlängert er sich um ein Jahr.

## Wer hilft beim Vertrag {name}?

Die Kammer in {name} prüft den Vertrag kostenlos.
"""


def names_of(part: Part, count: int) -> list[str]:
    return [name for name in (f"vertrag-{number}" for number in range(400)) if part_of(name) == part][:count]


def write_knowledge(folder: Path) -> Path:
    """Cards of both parts with two questions each that they answer and one that they do not."""
    rows = []
    for number, card in enumerate([*names_of("training", 8), *names_of("development", 6)]):
        name, years = f"Ort{number}", number + 3
        path = folder / "cooperation" / f"{card}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CARD.format(id=card, name=name, years=years), "utf-8")
        asked = {
            f"Wie lange sind wir an den Vertrag {name} gebunden?": [f"Der Vertrag {name} gilt {years} Jahre."],
            f"wer schaut über den {name} drüber": [f"Die Kammer in {name} prüft den Vertrag kostenlos."],
            f"Gilt der Vertrag {name} auch in Japan?": [],
        }
        for question, sentences in asked.items():
            answers = [{"section": "x", "sentence": sentence} for sentence in sentences]
            style = "lay" if answers else "near_miss"
            rows.append({"id": f"q{len(rows)}", "card": card, "question": question, "style": style, "answers": answers})
    (folder / "questions").mkdir()
    (folder / "questions" / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder


def test_a_small_run_ends_with_weights_a_card_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"KNOWLEDGE_DIR": write_knowledge(tmp_path / "knowledge"), "DATA_DIR": tmp_path / "data"}
    settings["SHIPPED_KNOWLEDGE"] = Path("false")
    for name, value in settings.items():
        monkeypatch.setenv(f"NETZLOTSE_{name}", str(value))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cache").symlink_to(cache_dir)
    out = tmp_path / "weights"
    arguments = ["--out", str(out), "--at-most", "30", "--adapter-passes", "1", "--reader-passes", "1"]
    main(arguments)

    card = (out / "MODEL_CARD.md").read_text("utf-8")
    assert "multilingual-e5-small (MIT)" in card
    assert "| near_miss |" in card
    assert "nachher" in card
    said = capsys.readouterr()
    assert "Frage-Adapter: " in said.err
    assert "Leser  auseinander: AUC" in said.out
    assert (out / QUESTION_ADAPTER_FILE).stat().st_size < 3e6
    assert (out / READER_FILE).stat().st_size < 25e6
    adapter = read_arrays(out / QUESTION_ADAPTER_FILE)

    monkeypatch.setenv("NETZLOTSE_WEIGHTS", str(out))
    assistant = build_assistant(load_settings())
    assert assistant.question_adapter
    assert assistant.reader
    assert assistant.decision
    answer = ask(assistant, "Wie lange gilt der Vertrag Ort1?")
    assert answer.status in ("answered", "no_source", "off_topic")
    assert "read" in answer.timings_ms

    main([*arguments, "--only", "adapter", "--fresh"])
    again = read_arrays(out / QUESTION_ADAPTER_FILE)
    assert all(np.array_equal(again[name], array) for name, array in adapter.items())
    assert (out / DECISION_FILE).exists()
