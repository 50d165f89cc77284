"""Golden questions to figures: does the right source come first, is it answered or refused, is it proven?"""

from __future__ import annotations

import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median
from typing import Any, cast

from assistant.answering.pipeline import retrieve_passages, stream
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile
from assistant.core.errors import AssistantError
from assistant.core.models import Answer, ChatMessage
from assistant.core.sources import SourceMetadata
from assistant.language.numbers import unsupported_numbers

DEPTH = 10
_MARK = re.compile(r"\[(\d+)\]")
_KIND = "kind:"
_MAIN = ("count", "recall_at_5", "answered_in_scope", "refused_out_of_scope")
_REQUIRED = {"id", "question"}


@dataclass(frozen=True, slots=True)
class Question:
    """One golden question: which sources answer it, or that none does."""

    id: str
    question: str
    language: str = "de"
    history: tuple[Mapping[str, str], ...] = ()
    profile: Mapping[str, Any] | None = None
    answerable: bool = True
    expected: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def turns(self) -> list[ChatMessage]:
        """The conversation before the question."""
        return [ChatMessage(turn["role"], turn["content"]) for turn in self.history]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one question; ``ranks``: where expected sources stand among the found ones, from 1."""

    question: Question
    answer: Answer
    found: tuple[str, ...]
    ranks: tuple[int, ...]
    first_ms: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether an answer was given rather than a refusal."""
        return self.answer.status == "answered"


def in_mode(assistant: AppContext, mode: str) -> AppContext:
    """The assistant as it answers in this mode; ``model`` needs one that is set."""
    if mode == "extractive":
        return replace(assistant, model=None)
    if mode != "model":
        raise AssistantError(f"Den Modus '{mode}' gibt es nicht; möglich sind extractive und model.")
    if assistant.model is None:
        raise AssistantError("Für --mode model fehlt ein Sprachmodell: NETZLOTSE_MODEL setzen, etwa ollama:qwen3.")
    return assistant


def with_constants(assistant: AppContext, changes: Mapping[str, Any]) -> AppContext:
    """The assistant with other values of these constants."""
    return replace(assistant, tuning=replace(assistant.tuning, **changes))


def evaluate_file(
    assistant: AppContext,
    file: Path | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
    verbose: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """All figures over a questions file; the shipped one by default. With ``changes`` to constants they say so."""
    rows = answer_all(with_constants(assistant, changes or {}), load_questions(file or default_file()), progress)
    figures = {**summarise(rows), "by_kind": by_kind(rows), **({"set": dict(changes)} if changes else {})}
    if verbose:
        figures["questions"] = [_describe(row) for row in rows]
    return figures


def answer_all(
    assistant: AppContext,
    questions: Sequence[Question],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Row]:
    """What comes of each question."""
    rows = []
    for number, question in enumerate(questions, start=1):
        rows.append(_run(assistant, question))
        progress(number, len(questions))
    return rows


def default_file() -> Path:
    """The questions that come with the project."""
    return Path(__file__).with_name("golden_questions.jsonl")


def load_questions(file: Path) -> list[Question]:
    """Read a JSON lines file; an error names the line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AssistantError(f"Die Fragendatei {file} ist nicht lesbar.") from error
    return [_parse(line, number, file) for number, line in enumerate(lines, start=1) if line.strip()]


def _parse(line: str, number: int, file: Path) -> Question:
    try:
        return parse_question(json.loads(line))
    except (ValueError, TypeError) as error:
        raise AssistantError(f"{file}, Zeile {number}: keine gültige Frage.") from error


def parse_question(record: Any) -> Question:
    """A row as it was read; ``ValueError`` or ``TypeError`` when it is none."""
    if not isinstance(record, dict) or not record.keys() >= _REQUIRED:
        raise ValueError
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in record.items()}
    return Question(**fields)


def _run(assistant: AppContext, question: Question) -> Row:
    profile = CompanyProfile.model_validate(question.profile) if question.profile else None
    answer, first_ms = _timed(assistant, question, profile)
    ranked = retrieve_passages(assistant, question.question, question.turns, profile=profile)
    found = tuple(scored.passage.document_id for scored in ranked)
    sources = assistant.live_index.corpus().snapshot.sources
    expected = {resolve_source(name, sources) for name in question.expected}
    ranks = tuple(rank for rank, document in enumerate(found, start=1) if document in expected)
    return Row(question, answer, found, ranks, first_ms)


def _timed(assistant: AppContext, question: Question, profile: CompanyProfile | None) -> tuple[Answer, float]:
    """The answer, and the milliseconds until its first text could be shown."""
    start = time.perf_counter()
    outcomes = stream(assistant, question.question, question.turns, profile=profile)
    first = next(outcomes)
    first_ms = (time.perf_counter() - start) * 1000
    *_, answer = first, *outcomes
    return cast(Answer, answer), first_ms


def resolve_source(name: str, sources: Mapping[str, SourceMetadata]) -> str:
    """The id of the source that is called so, by its id or an alias."""
    if name in sources:
        return name
    return next((source.id for source in sources.values() if name in source.aliases), name)


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """Figures as shares of one; a figure without questions is ``None``."""
    inside = [row for row in rows if row.question.answerable]
    outside = [row for row in rows if not row.question.answerable]
    ranked = [row for row in inside if row.question.expected]
    answers = [row.answer for row in rows if row.answered]
    return {
        "count": len(rows),
        **{f"recall_at_{k}": _mean(bool(row.ranks and row.ranks[0] <= k) for row in ranked) for k in (1, 3, 5)},
        "mrr_at_10": _mean(1 / row.ranks[0] if row.ranks and row.ranks[0] <= DEPTH else 0.0 for row in ranked),
        "ndcg_at_10": _mean(_ndcg(row) for row in ranked),
        "answered_in_scope": _mean(row.answered for row in inside),
        "refused_out_of_scope": _mean(not row.answered for row in outside),
        "cites_expected": _mean(_cites_expected(row) for row in ranked if row.answered),
        "citation_precision": _mean(citations_right(answer) for answer in answers),
        "number_faithfulness": _mean(numbers_right(answer) for answer in answers),
        "caution": _mean(answer.caution is not None for answer in answers),
        **_model_figures(answers),
        "first_text_ms_p50": round(median(row.first_ms for row in rows), 2) if rows else None,
        "total_ms_p50": round(median(row.answer.timings_ms["total"] for row in rows), 2) if rows else None,
    }


def _model_figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """How a language model fared: worded answers, those that fell back to quotes, the fate of its sentences."""
    stats = [answer.stats for answer in answers if answer.stats]
    if not stats:
        return {}
    shown, replaced, dropped = (sum(getattr(each, name) for each in stats) for name in ("shown", "replaced", "dropped"))
    written = shown + replaced + dropped
    return {
        "worded_by_model": _mean(answer.ai_generated for answer in answers),
        "fell_back": _mean(not answer.ai_generated for answer in answers),
        "sentences_written": written,
        "sentences_replaced": _mean([replaced / written]) if written else None,
        "sentences_dropped": _mean([dropped / written]) if written else None,
        "model_failures": dict(Counter(each.failure for each in stats if each.failure)),
    }


def by_kind(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The main figures for each ``kind:`` tag of the questions."""
    kinds = sorted({tag for row in rows for tag in row.question.tags if tag.startswith(_KIND)})
    figures = {kind: summarise([row for row in rows if kind in row.question.tags]) for kind in kinds}
    return {
        kind.removeprefix(_KIND): {name: all_figures[name] for name in _MAIN} for kind, all_figures in figures.items()
    }


def _mean(values: Iterable[float]) -> float | None:
    kept = [float(value) for value in values]
    return round(fmean(kept), 4) if kept else None


def _ndcg(row: Row) -> float:
    """Binary nDCG over the first ten passages, each source counted once."""
    documents = list(dict.fromkeys(row.found))[:DEPTH]
    expected = {row.found[rank - 1] for rank in row.ranks}
    gain = sum(1 / math.log2(rank + 1) for rank, document in enumerate(documents, start=1) if document in expected)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(row.question.expected), DEPTH) + 1))
    return min(1.0, gain / ideal) if ideal else 0.0


def _cites_expected(row: Row) -> bool:
    expected = {row.found[rank - 1] for rank in row.ranks}
    return any(citation.id in expected for citation in row.answer.citations)


def citations_right(answer: Answer) -> float:
    """Every mark resolves, every citation is used, numbers run 1…k, quotes are literal."""
    marks = [int(mark) for mark in _MARK.findall(answer.text)]
    numbers = [citation.number for citation in answer.citations]
    in_order = list(dict.fromkeys(marks)) == numbers == list(range(1, len(numbers) + 1))
    return float(in_order and all(each.quote and each.quote in each.passage for each in answer.citations))


def numbers_right(answer: Answer) -> float:
    """Each sentence's numbers stand in the passages that it cites."""
    passages = {citation.number: citation.passage for citation in answer.citations}
    return float(
        all(not unsupported_numbers(text, [passages.get(n, "") for n in marks]) for text, marks in claims(answer.text))
    )


def claims(text: str) -> Iterator[tuple[str, list[int]]]:
    """Sentences of an answer with the marks that follow them."""
    for line in text.splitlines():
        parts = re.split(r"((?:\s*\[\d+\])+)", line)
        for sentence, marks in zip(parts[::2], parts[1::2], strict=False):
            yield sentence.strip(" -*"), [int(mark) for mark in _MARK.findall(marks)]


def _describe(row: Row) -> dict[str, Any]:
    return {
        "id": row.question.id,
        "question": row.question.question,
        "answerable": row.question.answerable,
        "status": row.answer.status,
        "caution": row.answer.caution,
        "expected": list(row.question.expected),
        "found": list(dict.fromkeys(row.found))[:5],
        "cited": list(dict.fromkeys(citation.id for citation in row.answer.citations)),
        "first_rank": row.ranks[0] if row.ranks else None,
    }


def summary_table(figures: Mapping[str, Any]) -> str:
    """The figures as aligned lines, then the questions that went wrong."""
    width = max(len(name) for name in figures)
    nested = ("questions", "by_kind", "set")
    lines = [f"{name:<{width}}  {value}" for name, value in figures.items() if name not in nested]
    lines += [f"{'set':<{width}}  {name}={value}" for name, value in figures.get("set", {}).items()]
    for kind, row in figures.get("by_kind", {}).items():
        lines.append(f"{kind:<{width}}  " + "  ".join(f"{name} {value}" for name, value in row.items()))
    for row in figures.get("questions", ()):
        wrong = (row["status"] == "answered") != row["answerable"] or (
            row["expected"] and (row["first_rank"] or 99) > 5
        )
        mark = "!" if wrong else " "
        lines.append(f"{mark} {row['id']} {row['status']:<10} {row['question'][:70]}")
    return "\n".join(lines)
