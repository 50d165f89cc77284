"""Sets of questions asked one after the other, to a report that can be stored, shown and compared.

A report is plain data: ``{"mode", "sample", "seed", "sets": {name: {"count", "groups", "columns", "outcomes"}}}``.
``groups`` are figures with their intervals, over all and by style; ``outcomes`` hold for each id its style and values
in the order of ``columns``, ``null`` where a figure says nothing. No question stands in it unless ``verbose`` asks for
the ones that went wrong, and never one of a set that is held out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.answering.pipeline import ask, retrieve_passages
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile
from assistant.core.models import Answer, ChatMessage
from assistant.core.progress import Report
from assistant.operations.evaluate import resolve_source
from assistant.operations.evaluation_figures import FIGURES, Outcome, by_group, measure
from assistant.operations.evaluation_sets import Case, CaseSet

COLUMNS = ("style", *(figure.name for figure in FIGURES))
_VERDICTS = ("answered", "near_misses_right", "foreign_refused")
"""The figures that say whether a question went well, one for each kind."""


def evaluate_sets(
    assistant: AppContext,
    sets: Sequence[CaseSet],
    judged: Mapping[str, Sequence[str]] | None = None,
    *,
    verbose: bool = False,
    progress: Report = lambda stage, done, total: None,
) -> dict[str, dict[str, Any]]:
    """The part ``sets`` of a report: what comes of every case of every set."""
    for case in [case for each in sets for case in each.cases][:1]:
        run_case(assistant, case)  # the first question of a process waits for what is loaded late: not timed
    return {each.name: _evaluate_set(assistant, each, judged or {}, verbose, progress) for each in sets}


def _evaluate_set(
    assistant: AppContext,
    cases: CaseSet,
    judged: Mapping[str, Sequence[str]],
    verbose: bool,
    progress: Report,
) -> dict[str, Any]:
    outcomes = []
    for number, case in enumerate(cases.cases, start=1):
        outcomes.append(run_case(assistant, case, judged.get(case.id, ())))
        progress(cases.name, number, len(cases.cases))
    rows = [measure(outcome) for outcome in outcomes]
    styles = [case.style for case in cases.cases]
    report: dict[str, Any] = {
        "count": len(rows),
        "groups": by_group(styles, rows),
        "columns": list(COLUMNS),
        "outcomes": {
            case.id: [case.style, *(row.get(name) for name in COLUMNS[1:])]
            for case, row in zip(cases.cases, rows, strict=True)
        },
    }
    if verbose and not cases.held_out:
        wrong = [outcome for outcome, row in zip(outcomes, rows, strict=True) if not all(_verdicts(row))]
        report["wrong"] = [_describe(outcome) for outcome in wrong]
    return report


def _verdicts(row: Mapping[str, float]) -> list[float]:
    return [row[name] for name in _VERDICTS if name in row]


def _describe(outcome: Outcome) -> dict[str, Any]:
    case = outcome.case
    return {
        "id": case.id,
        "style": case.style,
        "kind": case.kind,
        "question": " / ".join([*case.earlier, case.question]),
        "status": outcome.answer.status,
        "missing": list(outcome.missing),
        "cards": sorted(outcome.cards),
        "cited": outcome.cited,
    }


def run_case(assistant: AppContext, case: Case, useful: Sequence[str] = ()) -> Outcome:
    """Ask a case, after its earlier turns; ``useful`` are sentences judged so beside its labels."""
    history = hold_talk(assistant, case)
    start = time.perf_counter()
    profile = CompanyProfile(land=case.land) if case.land else None
    answer = ask(assistant, case.question, history, profile=profile)
    milliseconds = (time.perf_counter() - start) * 1000
    ranked = retrieve_passages(assistant, case.question, history, profile=profile)
    sources = assistant.live_index.corpus().snapshot.sources
    cards = frozenset(resolve_source(card, sources) for card in case.cards)
    found = tuple(scored.passage.document_id for scored in ranked)
    return Outcome(case, answer, found, cards, tuple(useful), milliseconds)


def hold_talk(assistant: AppContext, case: Case) -> list[ChatMessage]:
    """The conversation before the question: earlier turns are asked for real, so the system lives with its answers."""
    history = list(case.history)
    profile = CompanyProfile(land=case.land) if case.land else None
    for turn in case.earlier:
        answer: Answer = ask(assistant, turn, history, profile=profile)
        history += [ChatMessage("user", turn), ChatMessage("assistant", answer.text, answer.sources)]
    return history
