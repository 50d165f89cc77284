"""``assistant eval --on``: chosen sets of questions asked, their report printed as table, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from assistant.cli.output import print_json, progress_bar
from assistant.cli.startup import open_assistant


def print_evaluation(
    choices: Sequence[str],
    *,
    mode: str,
    changes: Mapping[str, Any],
    sample: int | None,
    seed: int,
    earlier: Path | None,
    markdown: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Everything that is read from files is read before the first question, since asking takes minutes."""
    from assistant.operations.evaluate import in_mode, with_constants
    from assistant.operations.evaluation_report import compare, load_report, show_comparison, show_report
    from assistant.operations.evaluation_runner import evaluate_sets
    from assistant.operations.evaluation_sets import draw_sample, load_judged, load_sets

    sets, judged, old = load_sets(choices), load_judged(), load_report(earlier) if earlier else None
    if sample:
        sets = [draw_sample(each, sample, seed) for each in sets]
    assistant = with_constants(in_mode(open_assistant(), mode), changes)
    with progress_bar() as progress:
        asked = evaluate_sets(assistant, sets, judged, verbose=verbose, progress=progress)
    report = {"mode": mode, "set": dict(changes), "sample": sample, "seed": seed, "sets": asked}
    compared = compare(old, report) if old else None
    if as_json:
        print_json(report | ({"compared": compared} if compared else {}), indent=None)
    elif compared:
        typer.echo(show_comparison(compared, markdown=markdown))
    else:
        typer.echo(show_report(report, markdown=markdown))
