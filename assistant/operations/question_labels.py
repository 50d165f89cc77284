"""The questions of ``knowledge/questions/`` and the sentences of cards that answer them, their labels.

They train and measure what finds and reads; pages never show them. A row is ``{"id", "card", "question" or "turns",
"style" or "kind", "answers": [{"section", "sentence"}], "why"}``; one without answers is a near-miss. Rows of the
cards that :func:`is_for_testing` picks lie in files named ``…-test.jsonl``, which nobody reads and nothing trains on.

``python -m assistant.operations.question_labels MOVES.json`` moves labels after sentences of cards were reworded:
``{"card id": {"old sentence": ["new sentence", …]}}``, an empty list where the fact is gone.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.core.models import Document
from assistant.core.settings import shipped_folder
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.language.sentence_splitter import split_sentences

FOLDER = "questions"
JUDGED = "judged.jsonl"
"""Sentences that readers found useful though no label names them, ``{"id", "useful", "useless"}``; no questions."""
_TEST_SHARE = 5  # one card in five
_OVERVIEW, _ENGLISH = "Überblick", "English"
Row = dict[str, Any]
Moves = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many labels stayed, went along with a sentence or were lost, and rows that no sentence answers any more."""

    kept: int = 0
    moved: int = 0
    lost: int = 0
    near_misses: int = 0


def is_for_testing(card: str) -> bool:
    """Whether the questions of a card only test: one card in five, by the hash of its id."""
    return int(hashlib.sha256(card.encode()).hexdigest(), 16) % _TEST_SHARE == 0


def question_files(folders: Iterable[Path]) -> list[Path]:
    """All files of questions of the knowledge folders; judgements of answers are none."""
    found = (path for folder in folders for path in (folder / FOLDER).glob("*.jsonl"))
    return sorted(path for path in found if path.name != JUDGED)


def read_rows(path: Path) -> list[Row]:
    """The rows of one file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a file of rows whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    unfinished.replace(path)


def sections_of(document: Document) -> dict[str, str]:
    """Where each sentence of a card stands: its heading, "English", or the name of what comes before the first."""
    overview = getattr(document.source, "section", _OVERVIEW)
    places: dict[str, str] = {}
    for section in document.sections:
        if not section.generated:
            heading = _ENGLISH if section.language == "en" else " › ".join(section.headings) or overview
            places |= {sentence: heading for sentence in split_sentences(section.text) if sentence not in places}
    return places


def strayed_labels(folders: Sequence[Path], documents: Iterable[Document]) -> Iterator[str]:
    """Labels that no sentence of their card holds; of test files only how many, since nobody may read them."""
    places = {document.source.id: sections_of(document) for document in documents}
    for path in question_files(folders):
        strayed = [
            (row, answer["sentence"])
            for row in read_rows(path)
            for answer in row["answers"]
            if answer["sentence"] not in places.get(row["card"], {})
        ]
        if strayed and path.stem.endswith("-test"):
            yield f"{path}: {len(strayed)} Sätze stehen nicht mehr in ihrer Karte."
            continue
        for row, sentence in strayed:
            yield f"{path}: {row['id']}: steht nicht in '{row['card']}': „{sentence}“"


def move_labels(rows: Iterable[Row], moves: Moves, documents: Mapping[str, Document]) -> tuple[list[Row], Moved]:
    """Rows with their labels where the sentences are now; without any left a row becomes a near-miss."""
    places = {name: sections_of(document) for name, document in documents.items()}
    kept = moved = lost = near_misses = 0
    result = []
    for row in rows:
        own, answers = places.get(row["card"], {}), dict[str, str]()
        for answer in row["answers"]:
            old = answer["sentence"]
            found = [old] if old in own else [new for new in moves.get(row["card"], {}).get(old, ()) if new in own]
            kept += old in own
            moved += old not in own and bool(found)
            lost += not found
            answers |= {sentence: own[sentence] for sentence in found}
        if row["answers"] and not answers:
            near_misses += 1
            row = row | {"kind" if "turns" in row else "style": "near_miss", "why": "aspect"}
        result.append(row | {"answers": [{"section": place, "sentence": text} for text, place in answers.items()]})
    return result, Moved(kept, moved, lost, near_misses)


def main(arguments: Sequence[str]) -> None:
    """Move the labels of the shipped questions; what a test file holds is never printed."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m assistant.operations.question_labels MOVES.json")
    moves = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    knowledge = shipped_folder("knowledge")
    documents = {document.source.id: document for document in load_knowledge([knowledge])}
    for path in question_files([knowledge]):
        rows, figures = move_labels(read_rows(path), moves, documents)
        write_rows(path, rows)
        print(
            f"{path.name}: {figures.kept} Sätze unverändert, {figures.moved} umgezogen, {figures.lost} entfallen; "
            f"{figures.near_misses} Fragen sind jetzt ohne Antwort."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
