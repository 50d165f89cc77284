"""What the commands print: answers, tables and lists for people, JSON for tools, a progress bar while they wait."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from assistant.core.models import Answer
    from assistant.feedback.gap_report import Gap
    from assistant.feedback.store import Feedback
    from assistant.index.builder import BuildResult
    from assistant.ingestion.document_upload import UploadFailure, UploadResult
    from assistant.operations.doctor import Finding


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr that appears only once there is something to wait for."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    tasks: dict[str, TaskID] = {}
    console = Console(stderr=True)
    quiet = not console.is_terminal  # a log shall not hold the empty lines that a bar leaves behind
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=quiet) as progress:

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield report


def print_json(data: Any, *, indent: int | None = 2) -> None:
    """One JSON value with its letters unescaped; ``None`` puts it on one line."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=indent))


def print_build(done: BuildResult) -> None:
    """What indexing did, in one sentence."""
    typer.echo(
        f"{done.passages} Passagen im Index: {done.added} Quellen neu, {done.changed} geändert, "
        f"{done.removed} entfernt, {done.unchanged} unverändert ({done.seconds:.1f} s)."
    )


def print_uploads(added: Sequence[UploadResult], skipped: Sequence[UploadFailure]) -> None:
    """One line for each document that was read and for each file that was not."""
    from assistant.ingestion.document_upload import summary

    for line in (*map(summary, added), *(f"ausgelassen: {failure.path}: {failure.reason}" for failure in skipped)):
        typer.echo(line)


def print_answer(answer: Answer, *notes: str) -> None:
    """An answer with its sources and what to ask next."""
    english = answer.language == "en"
    typer.echo(answer.text + "".join(f"\n\n({note})" for note in notes if note))
    if not answer.citations:  # a refusal names in its text what to ask instead
        return
    typer.echo("\nSources:" if english else "\nQuellen:")
    for citation in answer.citations:
        page = f"{'p.' if english else 'S.'} {citation.page}" if citation.page else ""
        where = ", ".join(part for part in (citation.section, page, citation.url or "") if part)
        typer.echo(f"[{citation.number}] {citation.title} – {where}")
    if answer.suggestions:
        typer.echo("\nAsk on:" if english else "\nWeiterfragen:")
        typer.echo("\n".join(f"- {suggestion}" for suggestion in answer.suggestions))


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Passages that a search found, the best first."""
    for number, found in enumerate(results, start=1):
        typer.echo(
            f"{number}. {found['title']} › {found['section']}  ({found['id']}, {found['score']:.3f})\n"
            f"   {found['text']}\n"
        )
    if not results:
        typer.echo("Kein Treffer.")


def print_matches(found: Mapping[str, Any]) -> None:
    """Programmes by verdict with their reasons; then what is still to find out."""
    from assistant.advisory.funding_match import VERDICTS

    for verdict in VERDICTS:
        chosen = [programme for programme in found["programmes"] if programme["verdict"] == verdict]
        typer.echo(f"\n{verdict} ({len(chosen)})")
        for programme in chosen:
            _print_programme(programme)
    typer.echo(f"\nbeendet ({len(found['ended'])})")
    for programme in found["ended"]:
        successor = f" → {programme['successor']['name']}" if programme["successor"] else ""
        typer.echo(f"- {programme['name']}{successor}")
    if found["questions"]:
        typer.echo("\nNoch zu klären:")
    for question in found["questions"]:
        typer.echo(f"- {question['question']} (entscheidet bei {question['decides']})")
    typer.echo("\nQuellen:")
    for citation in found["citations"]:
        typer.echo(f"[{citation['number']}] {citation['title']} – {citation['section']}: „{citation['quote']}“")


def _print_programme(programme: Mapping[str, Any]) -> None:
    """A programme with the criteria that decided; of one that fits, all of them."""
    typer.echo(f"- {programme['name']} ({programme['land'] or programme['level'].upper()}, {programme['id']})")
    for criterion in programme["criteria"]:
        if programme["verdict"] == "passt" or criterion["result"] != "erfüllt":
            number = f" [{criterion['citation']}]" if criterion["citation"] else ""
            typer.echo(f"    {criterion['name']}: {criterion['result']} – {criterion['why']}{number}")


def print_findings(errors: Sequence[str], notices: Sequence[str], show_notices: bool) -> None:
    """What is wrong with the knowledge, file by file and word by word; what must be mended stands last."""
    for label, lines in (("Hinweise", notices if show_notices else ()), ("Fehler", errors)):
        if lines:
            typer.echo(f"{label}:")
        by_file: dict[str, list[str]] = {}
        for line in lines:
            file, _, problem = line.partition(": ")
            by_file.setdefault(file.rsplit("/knowledge/", 1)[-1], []).append(problem)
        for file, problems in by_file.items():
            typer.echo(f"  {file}")
            for problem in problems:
                typer.echo(f"    {problem}")
    hidden = " (anzeigen mit --all)" if notices and not show_notices else ""
    typer.echo(f"{len(errors)} Fehler, {len(notices)} Hinweise{hidden}.")


def print_feedback(kept: Sequence[Feedback]) -> None:
    """One line for each rating that is kept."""
    for rating in kept:
        typer.echo(
            f"{rating.day}  {rating.thumb:<4}  {rating.reason or '–':<14}  {', '.join(rating.sources) or '–'}  "
            f"{rating.comment}"
        )
    if not kept:
        typer.echo("Keine Bewertungen aufbewahrt (NETZLOTSE_FEEDBACK=feedback oder all schaltet sie ein).")


def print_gaps(gaps: Sequence[Gap]) -> None:
    """One line for each group of questions that the knowledge had no good answer to."""
    for gap in gaps:
        near = f"; am nächsten: {', '.join(gap.nearest)}" if gap.nearest else ""
        how = ", ".join(f"{count}× {status}" for status, count in gap.statuses.items())
        typer.echo(f"{gap.count:>4}×  {' '.join(gap.words)}  ({how}; zuletzt {gap.last}{near})")
    if not gaps:
        typer.echo("Nichts aufbewahrt (NETZLOTSE_FEEDBACK=unanswered oder all schaltet es ein).")


def print_diagnosis(finding: Finding) -> None:
    """One thing that was tried, and what to do when it does not work."""
    typer.echo(f"{'in Ordnung' if finding.works else 'FEHLER':<10}  {finding.name:<12}  {finding.message}")
    if finding.remedy:
        typer.echo(f"{'':<26}→ {finding.remedy}")
