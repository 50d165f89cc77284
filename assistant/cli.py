"""The commands. Nothing heavy is imported before the command that needs it runs."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from assistant.core.errors import AssistantError

if TYPE_CHECKING:
    from assistant.answering.runtime import AppContext
    from assistant.core.models import Answer, Kind, Language
    from assistant.core.settings import Settings
    from assistant.index.builder import BuildResult

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Netzlotse: belegte Antworten zu Kooperation, Kompetenzaufbau und Förderung für KMU.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt ausgeben.")]
DONE, PARTLY, WRONG_USE = 0, 1, 2


def main() -> None:
    """Entry point: expected errors become one sentence on stderr."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except AssistantError as error:
        _stop(str(error), error.exit_code)
    except KeyboardInterrupt:
        _stop("Abgebrochen.", PARTLY)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Adresse, auf der gelauscht wird.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 7860,
) -> None:
    """Chatseite und Schnittstelle bereitstellen; bringt vorher den Index auf Stand."""
    from assistant.bootstrap import build_assistant
    from assistant.core.errors import IndexBusyError
    from assistant.operations.index_maintainer import start_degraded
    from assistant.web.server import listen, run

    settings = _settings()
    listener = listen(host, port)
    threading.Thread(target=import_module, args=("assistant.web.app",), daemon=True).start()  # takes seconds itself
    assistant = build_assistant(settings)
    try:
        _refresh(settings, assistant=assistant)
    except IndexBusyError:
        typer.echo("Ein anderer Prozess pflegt den Index; es gilt der aktuelle Stand.", err=True)
    except Exception as error:
        typer.echo(start_degraded(assistant, error), err=True)
    run(assistant, listener)


@app.command()
def index(
    full: Annotated[bool, typer.Option("--full", help="Alles neu aufbauen statt nur Änderungen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Wissen und eigene Dokumente in den Index bringen; Unverändertes kostet nichts."""
    from dataclasses import asdict

    done = _refresh(_settings(), full=full)
    if as_json:
        _print_json(asdict(done))
        return
    typer.echo(
        f"{done.passages} Passagen im Index: {done.added} Quellen neu, {done.changed} geändert, "
        f"{done.removed} entfernt, {done.unchanged} unverändert ({done.seconds:.1f} s)."
    )


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Dateien oder Ordner: PDF, DOCX, HTML, Markdown, Text.")],
    kind: Annotated[str | None, typer.Option(help="Art der Quelle statt 'document'.")] = None,
    title: Annotated[str | None, typer.Option(help="Titel statt dessen, der im Dokument steht.")] = None,
    as_json: AsJson = False,
) -> None:
    """Eigene Dokumente aufnehmen; noch einmal aufgenommene werden ersetzt."""
    from dataclasses import asdict

    from assistant.ingestion.uploaded_documents import MetadataOverrides, summary
    from assistant.operations.manage_documents import add_documents

    if title is not None and (not title.strip() or len(paths) > 1 or paths[0].is_dir()):
        _stop("--title gilt für genau eine Datei und darf nicht leer sein.", WRONG_USE)
    kinds = _kinds([kind] if kind else None)
    with _progress() as report:
        added, skipped = add_documents(
            _settings(), paths, MetadataOverrides(kinds[0] if kinds else None, title), report
        )
    if as_json:
        _print_json({"added": [asdict(one) for one in added], "skipped": [asdict(one) for one in skipped]})
    else:
        for line in (*map(summary, added), *(f"ausgelassen: {one.path}: {one.reason}" for one in skipped)):
            typer.echo(line)
    raise typer.Exit(PARTLY if skipped else DONE)


@app.command()
def remove(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="id des Dokuments, wie 'add' sie nennt.")],
) -> None:
    """Ein eigenes Dokument entfernen, samt Original und allem, was daraus entstand."""
    from assistant.core.errors import DocumentError
    from assistant.operations.manage_documents import remove as remove_from_collection

    try:
        with _progress() as report:
            remove_from_collection(_settings(), document_id, report)
    except DocumentError as error:
        _stop(str(error), WRONG_USE)
    typer.echo(f"entfernt: {document_id}")


@app.command()
def ask(
    question: str,
    lang: Annotated[str | None, typer.Option(help="Antwortsprache: de oder en.")] = None,
    profile: Annotated[Path | None, typer.Option(help="Profildatei des Unternehmens (YAML oder JSON).")] = None,
    as_json: AsJson = False,
) -> None:
    """Eine Frage mit Belegen beantworten."""
    from assistant.answering.pipeline import ask as answer_question
    from assistant.answering.response import mode_note
    from assistant.retrieval.query_understanding import validate_question

    validate_question(question)
    land = _load_profile(profile).land if profile else None
    assistant = _assistant()
    answer = answer_question(assistant, question, lang=_language(lang), land=land)
    if as_json:
        _print_json(answer.to_dict())
    else:
        _print_answer(answer, mode_note(answer, assistant.prompts))
    raise typer.Exit(DONE if answer.status == "answered" else PARTLY)


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Zahl der Treffer.")] = 5,
    kind: Annotated[list[str] | None, typer.Option(help="Nur diese Art von Quelle; mehrfach möglich.")] = None,
    as_json: AsJson = False,
) -> None:
    """Die passendsten Passagen zeigen, ohne zu antworten."""
    from assistant.answering.pipeline import search_passages
    from assistant.retrieval.query_understanding import validate_question

    validate_question(query)
    results = search_passages(_assistant(), query, k, _kinds(kind))
    if as_json:
        _print_json({"query": query, "results": results})
        return
    for number, one in enumerate(results, start=1):
        typer.echo(
            f"{number}. {one['title']} › {one['section']}  ({one['id']}, {one['score']:.3f})\n   {one['text']}\n"
        )
    if not results:
        typer.echo("Kein Treffer.")


@app.command("match")
def match_programmes(
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Profildatei des Unternehmens (YAML oder JSON).")],
    as_json: AsJson = False,
) -> None:
    """Förderprogramme mit dem Profil eines Unternehmens abgleichen: was passt, was nicht, was noch offen ist."""
    from assistant.advisory.funding_match import match_programmes, to_dict

    firm = _load_profile(profile)
    assistant = _assistant()
    found = to_dict(match_programmes(assistant, firm), assistant.live_index.corpus().snapshot.sources)
    if as_json:
        _print_json(found)
    else:
        _print_matches(found)


@app.command()
def brief(
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Profildatei des Unternehmens (YAML oder JSON).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Zieldatei; die Endung .docx, .pdf oder .md zählt.")],
    omit: Annotated[list[str] | None, typer.Option(help="Teil weglassen; mehrfach möglich.")] = None,
    notes: Annotated[str, typer.Option(help="Eigene Notizen; sie stehen als solche im Dokument.")] = "",
) -> None:
    """Ein Briefing mit Belegen schreiben: DOCX, PDF oder Markdown."""
    from assistant.advisory.briefing import brief as write_brief
    from assistant.advisory.briefing import check_parts
    from assistant.advisory.export import FORMATS, write

    format = output.suffix.lower().removeprefix(".")
    if format not in FORMATS:
        _stop(f"Die Endung '{output.suffix}' kenne ich nicht; möglich sind {', '.join(FORMATS)}.", WRONG_USE)
    if not output.parent.is_dir():
        _stop(f"Den Ordner '{output.parent}' gibt es nicht.", WRONG_USE)
    check_parts(omit or ())
    firm = _load_profile(profile)
    assistant = _assistant()
    with _progress() as report:
        written = write_brief(
            assistant, firm, notes=notes, omit=omit or (), progress=lambda _, done, total: report("Teile", done, total)
        )
        content = write(written, format)
    try:
        output.write_bytes(content)
    except OSError:
        _stop(f"'{output}' lässt sich nicht schreiben.", PARTLY)
    typer.echo(f"{output}: {len(written.parts)} Teile, {len(written.citations)} Belege.")


@app.command()
def check(
    links: Annotated[bool, typer.Option("--links", help="Auch jede Internetadresse aufrufen (braucht Netz).")] = False,
    as_json: AsJson = False,
) -> None:
    """Wissensdateien prüfen: was muss berichtigt, was sollte angesehen werden."""
    from assistant.operations.lint_knowledge import check_knowledge

    folders = _settings().knowledge_dirs
    findings = check_knowledge(folders)
    notices = [*findings.notices, *(_broken_links(folders) if links else ())]
    if as_json:
        _print_json({"errors": list(findings.errors), "notices": notices})
    else:
        _print_findings(findings.errors, notices)
    raise typer.Exit(PARTLY if findings.errors else DONE)


@app.command()
def feedback(
    purge: Annotated[bool, typer.Option("--purge", help="Alles Aufbewahrte sofort löschen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bewertungen von Besuchern zeigen oder löschen (auch die Wörter unbeantworteter Fragen)."""
    from dataclasses import asdict

    from assistant.feedback.store import FeedbackStore

    settings = _settings()
    store = FeedbackStore(settings.data_dir, settings.feedback_days)
    if purge:
        count = store.purge()
        _print_json({"purged": count}) if as_json else typer.echo(f"{count} Einträge gelöscht.")
        return
    kept = store.feedback()
    if as_json:
        _print_json({name: [asdict(one) for one in getattr(store, name)()] for name in ("feedback", "unanswered")})
        return
    for one in kept:
        typer.echo(
            f"{one.day}  {one.thumb:<4}  {one.reason or '–':<14}  {', '.join(one.sources) or '–'}  {one.comment}"
        )
    if not kept:
        typer.echo("Keine Bewertungen aufbewahrt (NETZLOTSE_FEEDBACK=feedback oder all schaltet sie ein).")


@app.command()
def gaps(as_json: AsJson = False) -> None:
    """Wonach gefragt wurde, ohne dass das Wissen eine gute Antwort hatte."""
    from dataclasses import asdict

    from assistant.feedback.gap_report import find_gaps
    from assistant.feedback.store import FeedbackStore

    settings = _settings()
    found = find_gaps(FeedbackStore(settings.data_dir, settings.feedback_days).unanswered())
    if as_json:
        _print_json({"gaps": [asdict(gap) for gap in found]})
        return
    for gap in found:
        near = f"; am nächsten: {', '.join(gap.nearest)}" if gap.nearest else ""
        how = ", ".join(f"{count}× {status}" for status, count in gap.statuses.items())
        typer.echo(f"{gap.count:>4}×  {' '.join(gap.words)}  ({how}; zuletzt {gap.last}{near})")
    if not found:
        typer.echo("Nichts aufbewahrt (NETZLOTSE_FEEDBACK=unanswered oder all schaltet es ein).")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Zieldatei, etwa netzlotse.tar.gz.")],
    force: Annotated[bool, typer.Option("--force", help="Eine vorhandene Datei ersetzen.")] = False,
) -> None:
    """Eigene Dokumente und Index in eine Datei sichern, auch bei laufendem Dienst; Rückmeldungen bleiben draußen."""
    from assistant.operations.backup import back_up

    done = back_up(_settings().data_dir, file, force=force)
    typer.echo(f"{file}: {done.documents} eigene Dokumente, Indexgeneration {done.generation or '–'}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Eine Datei von 'assistant backup'.")],
    force: Annotated[bool, typer.Option("--force", help="Vorhandene Dokumente und den Index ersetzen.")] = False,
) -> None:
    """Eine Sicherung zurückholen; ein laufender Dienst übernimmt sie von selbst."""
    from assistant.operations.backup import restore as bring_back

    done = bring_back(_settings().data_dir, file, force=force)
    typer.echo(f"Zurückgeholt: {done.documents} eigene Dokumente, Stand {done.created}.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Prüfen, ob alles läuft: Datenordner, Wissen, Embeddings, Index, Sprachmodell – und was zu tun ist."""
    from dataclasses import asdict

    from assistant.operations.doctor import diagnose

    findings = []
    for finding in diagnose(_settings()):
        findings.append(finding)
        if not as_json:
            typer.echo(f"{'in Ordnung' if finding.works else 'FEHLER':<10}  {finding.name:<12}  {finding.message}")
            if finding.remedy:
                typer.echo(f"{'':<26}→ {finding.remedy}")
    works = all(finding.works for finding in findings)
    if as_json:
        _print_json({"works": works, "findings": [asdict(finding) for finding in findings]})
    raise typer.Exit(DONE if works else PARTLY)


@app.command("eval")
def evaluate(
    file: Annotated[Path | None, typer.Argument(help="Fragen als JSON-Zeilen; ohne Angabe die mitgelieferten.")] = None,
    mode: Annotated[
        str, typer.Option(help="extractive (Zitate) oder model (mit dem eingestellten Sprachmodell).")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Auch jede einzelne Frage ausgeben.")] = False,
    as_json: AsJson = False,
) -> None:
    """Güte messen: Treffer, Absagen, Belege und Zahlen über eine Fragenliste."""
    from assistant.operations.evaluate import evaluate_file, in_mode, summary_table

    assistant = in_mode(_assistant(), mode or "extractive")
    with _progress() as report:
        figures = evaluate_file(
            assistant, file, verbose=verbose, progress=lambda done, total: report("Fragen", done, total)
        )
    if as_json:
        _print_json(figures)
    else:
        typer.echo(summary_table(figures))


def _settings() -> Settings:
    from assistant.core.settings import load_settings

    return load_settings()


def _assistant() -> AppContext:
    """The assistant over an index; one that is missing, damaged or of another version is built first."""
    from assistant.bootstrap import build_assistant
    from assistant.index.snapshot import current_snapshot_id

    settings = _settings()
    assistant = build_assistant(settings)
    if current_snapshot_id(settings.data_dir) is None:
        _refresh(settings, assistant=assistant)
    assistant.live_index.reload_if_changed(wait=True)
    condition = assistant.live_index.health()
    if condition.status != "ready" and condition.mendable:
        try:
            _refresh(settings, assistant=assistant)
            assistant.live_index.reload_if_changed(wait=True, at_once=True)
        except AssistantError as error:  # what is still there may answer; each answer says so
            typer.echo(str(error), err=True)
    return assistant


def _refresh(settings: Settings, *, full: bool = False, assistant: AppContext | None = None) -> BuildResult:
    from assistant.bootstrap import refresh_index

    with _progress() as report:
        return refresh_index(settings, report, full=full, assistant=assistant)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
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


def _broken_links(folders: Sequence[Path]) -> list[str]:
    from assistant.ingestion.knowledge_loader import load_knowledge
    from assistant.operations.check_links import check_links

    with _progress() as report:
        found = check_links(load_knowledge(folders), lambda done, total: report("Adressen", done, total))
        return [f"{sources}: {problem}" for sources, problem in found]


def _print_findings(errors: Sequence[str], notices: Sequence[str]) -> None:
    """A table with what must be mended first."""
    from rich.console import Console
    from rich.table import Table

    table = Table("Art", "Datei", "Befund", show_lines=False)
    for label, lines in (("Fehler", errors), ("Hinweis", notices)):
        for line in lines:
            place, _, problem = line.partition(": ")
            table.add_row(label, place.rsplit("/knowledge/", 1)[-1], problem)
    if table.row_count:
        Console().print(table)
    typer.echo(f"{len(errors)} Fehler, {len(notices)} Hinweise.")


def _language(lang: str | None) -> Language | None:
    if lang not in (None, "de", "en"):
        _stop("Die Sprache muss 'de' oder 'en' sein.", WRONG_USE)
    return lang  # type: ignore[return-value]


def _kinds(kinds: list[str] | None) -> tuple[Kind, ...]:
    from assistant.core.models import KINDS

    for kind in kinds or ():
        if kind not in KINDS:
            _stop(f"Die Art '{kind}' gibt es nicht; möglich sind {', '.join(KINDS)}.", WRONG_USE)
    return tuple(kinds or ())  # type: ignore[arg-type]


def _load_profile(path: Path) -> Any:
    from assistant.core.company_profile import load_profile

    return load_profile(path)


def _print_answer(answer: Answer, note: str = "") -> None:
    english = answer.language == "en"
    typer.echo(answer.text + (f"\n\n({note})" if note else ""))
    if not answer.citations:  # a refusal names in its text what to ask instead
        return
    typer.echo("\nSources:" if english else "\nQuellen:")
    for one in answer.citations:
        page = f"{'p.' if english else 'S.'} {one.page}" if one.page else ""
        place = ", ".join(part for part in (one.section, page, one.url or "") if part)
        typer.echo(f"[{one.number}] {one.title} – {place}")
    if answer.suggestions:
        typer.echo("\nAsk on:" if english else "\nWeiterfragen:")
        typer.echo("\n".join(f"- {suggestion}" for suggestion in answer.suggestions))


def _print_matches(found: dict[str, Any]) -> None:
    """Programmes by verdict with their reasons; then what is still to find out."""
    from assistant.advisory.funding_match import VERDICTS

    for verdict in VERDICTS:
        chosen = [one for one in found["programmes"] if one["verdict"] == verdict]
        typer.echo(f"\n{verdict} ({len(chosen)})")
        for one in chosen:
            typer.echo(f"- {one['name']} ({one['land'] or one['level'].upper()}, {one['id']})")
            for rule in one["criteria"]:
                if verdict == "passt" or rule["result"] != "erfüllt":
                    number = f" [{rule['citation']}]" if rule["citation"] else ""
                    typer.echo(f"    {rule['name']}: {rule['result']} – {rule['why']}{number}")
    typer.echo(f"\nbeendet ({len(found['ended'])})")
    for one in found["ended"]:
        successor = f" → {one['successor']['name']}" if one["successor"] else ""
        typer.echo(f"- {one['name']}{successor}")
    if found["questions"]:
        typer.echo("\nNoch zu klären:")
    for question in found["questions"]:
        typer.echo(f"- {question['question']} (entscheidet bei {question['decides']})")
    typer.echo("\nQuellen:")
    for one in found["citations"]:
        typer.echo(f"[{one['number']}] {one['title']} – {one['section']}: „{one['quote']}“")


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)
