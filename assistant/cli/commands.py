"""The commands. Nothing heavy is imported before the command that needs it runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.arguments import DONE, PARTLY, WRONG_USE, parse_kinds, parse_language, stop
from assistant.cli.evaluation import print_evaluation
from assistant.cli.output import (
    print_answer,
    print_build,
    print_diagnosis,
    print_feedback,
    print_findings,
    print_gaps,
    print_json,
    print_matches,
    print_results,
    print_uploads,
    progress_bar,
)
from assistant.cli.startup import broken_links, guide_proofs, open_assistant, read_settings, refresh_with_bar
from assistant.core.errors import AssistantError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Netzlotse: belegte Antworten zu Kooperation, Kompetenzaufbau und Förderung für KMU.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt ausgeben.")]


def main() -> None:
    """Entry point: expected errors become one sentence on stderr."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except AssistantError as error:
        stop(str(error), error.exit_code)
    except KeyboardInterrupt:
        stop("Abgebrochen.", PARTLY)


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

    settings = read_settings()
    listener = listen(host, port)
    threading.Thread(target=import_module, args=("assistant.web.app",), daemon=True).start()  # takes seconds itself
    assistant = build_assistant(settings)
    try:
        refresh_with_bar(settings, assistant=assistant)
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
    done = refresh_with_bar(read_settings(), full=full)
    if as_json:
        print_json(asdict(done))
    else:
        print_build(done)


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Dateien oder Ordner: PDF, DOCX, HTML, Markdown, Text.")],
    kind: Annotated[str | None, typer.Option(help="Art der Quelle statt 'document'.")] = None,
    title: Annotated[str | None, typer.Option(help="Titel statt dessen, der im Dokument steht.")] = None,
    as_json: AsJson = False,
) -> None:
    """Eigene Dokumente aufnehmen; noch einmal aufgenommene werden ersetzt."""
    from assistant.ingestion.document_upload import MetadataOverrides
    from assistant.operations.manage_documents import add_documents

    if title is not None and (not title.strip() or len(paths) > 1 or paths[0].is_dir()):
        stop("--title gilt für genau eine Datei und darf nicht leer sein.", WRONG_USE)
    kinds = parse_kinds([kind] if kind else None)
    with progress_bar() as report:
        added, skipped = add_documents(
            read_settings(), paths, MetadataOverrides(kinds[0] if kinds else None, title), report
        )
    if as_json:
        print_json({"added": [asdict(result) for result in added], "skipped": [asdict(failure) for failure in skipped]})
    else:
        print_uploads(added, skipped)
    raise typer.Exit(PARTLY if skipped else DONE)


@app.command()
def remove(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="id des Dokuments, wie 'add' sie nennt.")],
) -> None:
    """Ein eigenes Dokument entfernen, samt Original und allem, was daraus entstand."""
    from assistant.core.errors import DocumentError
    from assistant.operations.manage_documents import remove as remove_from_collection

    try:
        with progress_bar() as report:
            remove_from_collection(read_settings(), document_id, report)
    except DocumentError as error:
        stop(str(error), WRONG_USE)
    typer.echo(f"entfernt: {document_id}")


@app.command()
def ask(
    question: str,
    lang: Annotated[str | None, typer.Option(help="Antwortsprache: de oder en.")] = None,
    profile: Annotated[Path | None, typer.Option(help="Profildatei des Unternehmens (YAML oder JSON).")] = None,
    as_json: AsJson = False,
) -> None:
    """Eine Frage mit Belegen beantworten."""
    from assistant.answering.answer_notes import answer_notes
    from assistant.answering.pipeline import ask as answer_question
    from assistant.core.company_profile import load_profile
    from assistant.retrieval.query_understanding import validate_question

    validate_question(question)
    firm = load_profile(profile) if profile else None
    assistant = open_assistant()
    answer = answer_question(assistant, question, lang=parse_language(lang), profile=firm)
    if as_json:
        print_json(answer.to_dict())
    else:
        print_answer(answer, *answer_notes(answer, assistant.prompts))
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
    results = search_passages(open_assistant(), query, k, parse_kinds(kind))
    if as_json:
        print_json({"query": query, "results": results})
    else:
        print_results(results)


@app.command("match")
def match_programmes(
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Profildatei des Unternehmens (YAML oder JSON).")],
    as_json: AsJson = False,
) -> None:
    """Förderprogramme mit dem Profil eines Unternehmens abgleichen: was passt, was nicht, was noch offen ist."""
    from assistant.advisory.funding_match import match_programmes, to_dict
    from assistant.core.company_profile import load_profile

    firm = load_profile(profile)
    assistant = open_assistant()
    found = to_dict(match_programmes(assistant, firm), assistant.live_index.corpus().snapshot.sources)
    if as_json:
        print_json(found)
    else:
        print_matches(found)


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
    from assistant.core.company_profile import load_profile

    format = output.suffix.lower().removeprefix(".")
    if format not in FORMATS:
        stop(f"Die Endung '{output.suffix}' kenne ich nicht; möglich sind {', '.join(FORMATS)}.", WRONG_USE)
    if not output.parent.is_dir():
        stop(f"Den Ordner '{output.parent}' gibt es nicht.", WRONG_USE)
    check_parts(omit or ())
    firm = load_profile(profile)
    assistant = open_assistant()
    with progress_bar() as report:
        written = write_brief(
            assistant, firm, notes=notes, omit=omit or (), progress=lambda _, done, total: report("Teile", done, total)
        )
        content = write(written, format)
    try:
        output.write_bytes(content)
    except OSError:
        stop(f"'{output}' lässt sich nicht schreiben.", PARTLY)
    typer.echo(f"{output}: {len(written.parts)} Teile, {len(written.citations)} Belege.")


@app.command()
def check(
    links: Annotated[bool, typer.Option("--links", help="Auch jede Internetadresse aufrufen (braucht Netz).")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Auch die Hinweise zeigen, nicht nur ihre Zahl.")] = False,
    as_json: AsJson = False,
) -> None:
    """Wissensdateien prüfen: was muss berichtigt, was sollte angesehen werden."""
    from assistant.operations.lint_knowledge import check_knowledge

    settings = read_settings()
    folders = settings.knowledge_dirs
    findings = check_knowledge(folders, prove=guide_proofs(settings))
    notices = [*findings.notices, *(broken_links(folders) if links else ())]
    if as_json:
        print_json({"errors": list(findings.errors), "notices": notices})
    else:
        print_findings(findings.errors, notices, show_all or links)
    raise typer.Exit(PARTLY if findings.errors else DONE)


@app.command()
def feedback(
    purge: Annotated[bool, typer.Option("--purge", help="Alles Aufbewahrte sofort löschen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bewertungen von Besuchern zeigen oder löschen (auch die Wörter unbeantworteter Fragen)."""
    from assistant.feedback.store import FeedbackStore

    settings = read_settings()
    store = FeedbackStore(settings.data_dir, settings.feedback_days)
    if purge:
        count = store.purge()
        print_json({"purged": count}) if as_json else typer.echo(f"{count} Einträge gelöscht.")
        return
    kept = store.feedback()
    if as_json:
        unanswered = [asdict(entry) for entry in store.unanswered()]
        print_json({"feedback": [asdict(rating) for rating in kept], "unanswered": unanswered})
    else:
        print_feedback(kept)


@app.command()
def gaps(as_json: AsJson = False) -> None:
    """Wonach gefragt wurde, ohne dass das Wissen eine gute Antwort hatte."""
    from assistant.feedback.gap_report import find_gaps
    from assistant.feedback.store import FeedbackStore

    settings = read_settings()
    found = find_gaps(FeedbackStore(settings.data_dir, settings.feedback_days).unanswered())
    if as_json:
        print_json({"gaps": [asdict(gap) for gap in found]})
    else:
        print_gaps(found)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Zieldatei, etwa netzlotse.tar.gz.")],
    force: Annotated[bool, typer.Option("--force", help="Eine vorhandene Datei ersetzen.")] = False,
) -> None:
    """Eigene Dokumente und Index in eine Datei sichern, auch bei laufendem Dienst; Rückmeldungen bleiben draußen."""
    from assistant.operations.backup import back_up

    done = back_up(read_settings().data_dir, file, force=force)
    typer.echo(f"{file}: {done.documents} eigene Dokumente, Indexgeneration {done.generation or '–'}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Eine Datei von 'assistant backup'.")],
    force: Annotated[bool, typer.Option("--force", help="Vorhandene Dokumente und den Index ersetzen.")] = False,
) -> None:
    """Eine Sicherung zurückholen; ein laufender Dienst übernimmt sie von selbst."""
    from assistant.operations.backup import restore as bring_back

    done = bring_back(read_settings().data_dir, file, force=force)
    typer.echo(f"Zurückgeholt: {done.documents} eigene Dokumente, Stand {done.created}.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Prüfen, ob alles läuft: Datenordner, Wissen, Embeddings, Index, Sprachmodell – und was zu tun ist."""
    from assistant.operations.doctor import diagnose

    findings = []
    for finding in diagnose(read_settings()):
        findings.append(finding)
        if not as_json:
            print_diagnosis(finding)
    works = all(finding.works for finding in findings)
    if as_json:
        print_json({"works": works, "findings": [asdict(finding) for finding in findings]})
    raise typer.Exit(DONE if works else PARTLY)


@app.command("eval")
def evaluate(
    file: Annotated[Path | None, typer.Argument(help="Fragen als JSON-Zeilen; ohne Angabe die mitgelieferten.")] = None,
    mode: Annotated[
        str, typer.Option(help="extractive (Zitate) oder model (mit dem eingestellten Sprachmodell).")
    ] = "",
    constants: Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE einer Konstante; mehrfach.")] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(help="Nach Menge und Stil: golden, questions, test, conversations, all oder DATEI; mehrfach."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Nur so viele Fragen je Menge, jeder Stil anteilig.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Eine andere Stichprobe ziehen.")] = 0,
    earlier: Annotated[
        Path | None, typer.Option("--compare", help="Ein früherer Bericht (--json): Unterschiede, Frage für Frage.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tabellen in Markdown ausgeben.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Auch jede einzelne Frage ausgeben.")] = False,
    as_json: AsJson = False,
) -> None:
    """Güte messen: Treffer, Absagen, Belege und Zahlen über Fragen, mit --on je Menge und Stil."""
    from assistant.core.tuning import parse_changes

    changes, mode = parse_changes(constants or ()), mode or "extractive"
    if not (on or sample or earlier or markdown):
        return _evaluate_file(file, mode, changes, verbose, as_json)
    if file and on:
        stop("Eine Datei nennen Sie entweder allein oder mit --on.", WRONG_USE)
    print_evaluation(
        on or [str(file or "golden")],
        mode=mode,
        changes=changes,
        sample=sample,
        seed=seed,
        earlier=earlier,
        markdown=markdown,
        verbose=verbose,
        as_json=as_json,
    )


def _evaluate_file(file: Path | None, mode: str, changes: Mapping[str, float], verbose: bool, as_json: bool) -> None:
    from assistant.operations.evaluate import evaluate_file, in_mode, summary_table

    assistant = in_mode(open_assistant(), mode)
    with progress_bar() as report:
        figures = evaluate_file(assistant, file, changes=changes, verbose=verbose, progress=partial(report, "Fragen"))
    if as_json:
        print_json(figures)
    else:
        typer.echo(summary_table(figures))
