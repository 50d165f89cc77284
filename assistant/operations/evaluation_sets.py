"""Sets of questions for ``assistant eval --on``: golden ones, those as people type them, conversations, own files.

Rows of ``knowledge/questions/`` name one card and the sentences that answer; golden questions name cards only. Both
become a :class:`Case`. Sets that only test are ``held_out``: figures speak of them, no output shows their rows.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assistant.core.errors import AssistantError
from assistant.core.models import ChatMessage
from assistant.core.settings import shipped_folder
from assistant.core.sources import Land
from assistant.operations.evaluate import Question, default_file, parse_question
from assistant.operations.question_labels import FOLDER, JUDGED

Kind = Literal["answerable", "near_miss", "foreign"]
GOLDEN = "golden"
CHOICES: Mapping[str, tuple[str, ...]] = {
    GOLDEN: (GOLDEN,),
    "questions": ("questions",),
    "conversations": ("conversations",),
    "test": ("questions-test", "conversations-test"),
    "all": (GOLDEN, "questions", "conversations", "questions-test", "conversations-test"),
}
"""What ``--on`` may name, besides files, and the sets that it stands for."""
_STYLE, _NEAR_MISS = "style:", "kind:nearmiss"


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is known about it: the cards that answer it and, of labelled ones, the sentences.

    ``earlier`` are questions asked before it, to be answered by the system itself; ``history`` is a talk as it was.
    """

    id: str
    question: str
    style: str
    kind: Kind = "answerable"
    cards: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    history: tuple[ChatMessage, ...] = ()
    land: Land | None = None


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of one file, in its order."""

    name: str
    cases: tuple[Case, ...]
    held_out: bool = False


def load_sets(choices: Iterable[str], folder: Path | None = None) -> list[CaseSet]:
    """The sets that are chosen by name or as files, each once; ``folder`` holds those of ``knowledge/questions/``."""
    named = dict.fromkeys(name for choice in choices for name in CHOICES.get(choice, (choice,)))
    return [load_set(name, folder or shipped_folder("knowledge") / FOLDER) for name in named]


def load_set(name: str, folder: Path) -> CaseSet:
    """One set by its name or the path of its file; a missing file or a broken row is an ``AssistantError``."""
    is_known = name in CHOICES["all"]
    file = default_file() if name == GOLDEN else folder / f"{name}.jsonl" if is_known else Path(name)
    if not is_known and not file.is_file():
        raise AssistantError(f"'{name}' ist weder eine Datei noch eine der Mengen {', '.join(CHOICES)}.")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AssistantError(
            f"Die Fragen '{name}' fehlen oder sind nicht lesbar ({file}). Sie liegen im Quelltext des Projekts unter "
            f"knowledge/{FOLDER}/; mit --on DATEI.jsonl messen Sie auch über eine eigene Datei."
        ) from error
    cases = tuple(_parse(line, number, file) for number, line in enumerate(lines, start=1) if line.strip())
    return CaseSet(name, cases, held_out=file.stem.endswith("-test") or file.stem == "holdout")


def load_judged(folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Sentences that readers judged useful though no label names them, by the id of the question; none is no error."""
    file = (folder or shipped_folder("knowledge") / FOLDER) / JUDGED
    if not file.is_file():
        return {}
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {row["id"]: tuple(row["useful"]) for row in rows}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AssistantError(f'{file} ist nicht lesbar; je Zeile steht dort {{"id": …, "useful": […]}}.') from error


def draw_sample(cases: CaseSet, size: int, seed: int = 0) -> CaseSet:
    """So many cases, of each style as large a share as it has; the same seed draws the same from the same file.

    A case is drawn by the hash of its id, so that rows added later change little.
    """
    styles: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(cases.cases, key=lambda case: hashlib.sha256(f"{seed}:{case.id}".encode()).digest()):
        styles[case.style].append(case)
    quotas = _shares({style: len(members) for style, members in styles.items()}, size)
    drawn = {case.id for style, members in styles.items() for case in members[: quotas[style]]}
    return replace(cases, cases=tuple(case for case in cases.cases if case.id in drawn))


def _shares(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """``size`` dealt out in proportion to the counts, by largest remainder."""
    total = sum(counts.values())
    exact = {name: min(size, total) * count / total for name, count in counts.items()}
    shares = {name: int(share) for name, share in exact.items()}
    rest = min(size, total) - sum(shares.values())
    for name in sorted(exact, key=lambda name: (shares[name] - exact[name], name))[:rest]:
        shares[name] += 1
    return shares


def _parse(line: str, number: int, file: Path) -> Case:
    try:
        row: Any = json.loads(line)
        return _labelled(row) if "card" in row else _golden(parse_question(row))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise AssistantError(f"{file}, Zeile {number}: keine gültige Frage.") from error


def _labelled(row: Mapping[str, Any]) -> Case:
    """A row of ``knowledge/questions/``; the labels of a conversation are those of its last turn."""
    turns: Sequence[str] = row["turns"] if "turns" in row else [row["question"]]
    sentences = tuple(answer["sentence"] for answer in row["answers"])
    kind: Kind = "answerable" if sentences else "near_miss"
    style = row["kind"] if "turns" in row else row["style"]
    return Case(row["id"], turns[-1], style, kind, (row["card"],), sentences, earlier=tuple(turns[:-1]))


def _golden(question: Question) -> Case:
    kind: Kind = "near_miss" if _NEAR_MISS in question.tags else "foreign"
    return Case(
        question.id,
        question.question,
        next((tag.removeprefix(_STYLE) for tag in question.tags if tag.startswith(_STYLE)), "other"),
        "answerable" if question.answerable else kind,
        question.expected,
        history=tuple(question.turns),
        land=(question.profile or {}).get("land"),
    )
