"""What a person takes along from the self-check: the result as a report, the answers as a profile file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from assistant.advisory.report import Block, Bullets, Paragraph, Part, Report, Statement, Subheading, Table
from assistant.advisory.self_check import (
    LEVEL_NAMES,
    NOTICE,
    DimensionResult,
    SelfCheckResult,
    check_answers,
    method,
)
from assistant.advisory.self_check_advice import Advice, NextStep
from assistant.advisory.self_check_questions import Questionnaire
from assistant.advisory.source_finder import Referral
from assistant.answering.citations import CitationIndex
from assistant.core.models import Claim
from assistant.core.source_status import short_name
from assistant.core.sources import Land
from assistant.language.dates import format_date

FILE_NAME = "netzlotse-selbstcheck.yaml"
NO_ANSWER = "keine Antwort"
_HEAD = """\
# Profildatei aus dem Selbstcheck des Netzlotsen, erstellt am {date}
# Darin stehen nur eigene Angaben; der Dienst hat sie nicht gespeichert.
# Eine Beraterin oder ein Berater kann die Datei im Netzlotsen laden, etwa für ein Briefing.
# Ergänzen, wer mag: name, employees (Beschäftigte), turnover_eur (Umsatz in Euro), sector (Branche), goals (Ziele).
"""


def percent(share: float | None) -> str:
    """A share in words."""
    return NO_ANSWER if share is None else f"{share * 100:.0f} %"


def chosen_text(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each question with the text of the chosen answer and its points, in order."""
    chosen = check_answers(questionnaire, answers)
    for question in questionnaire.questions:
        option = chosen.get(question.id)
        yield question.text, option.text if option else NO_ANSWER, str(option.points) if option else "–"


def to_report(advice: Advice, today: date | None = None) -> Report:
    """The result as a document; numbers are those of the advice."""
    result = advice.result
    parts = {
        "result": ("Ergebnis nach Bereichen", _result(advice)),
        "strengths": ("Stärken", _strengths(result)),
        "steps": ("Mögliche nächste Schritte", _steps(advice)),
        "answers": ("Ihre Antworten", _answers(result)),
        "method": ("So wird gerechnet", [Bullets(tuple(map(_plain, method())))]),
    }
    day = today or date.today()
    return Report(
        title="Selbstcheck: Position in Produktionsnetzwerken",
        subtitle=result.questionnaire.title,
        created=day,
        cover=(
            ("Datum", format_date(day.isoformat())),
            ("Beantwortet", f"{result.answered} von {len(result.questionnaire.questions)} Fragen"),
            ("Land", advice.land or "nicht angegeben"),
        ),
        parts=tuple(Part(id, heading, tuple(blocks)) for id, (heading, blocks) in parts.items()),
        citations=advice.citations,
        footer=NOTICE,
    )


def _plain(text: str, lead: str = "") -> Paragraph:
    return Paragraph((Statement(text),), lead)


def _result(advice: Advice) -> Iterator[Block]:
    head = ("Bereich", "Ergebnis", "Was das heißt", "Worauf der Bereich beruht")
    rows = tuple(_row(scored, advice) for scored in advice.result.dimensions)
    yield Table("Anteil der erreichten Punkte je Bereich", head, rows)


def _row(scored: DimensionResult, advice: Advice) -> tuple[Paragraph, ...]:
    level = f"{percent(scored.share)} ({LEVEL_NAMES[scored.level]})" if scored.level else NO_ANSWER
    basis = tuple(_statement(claim, advice.citation_index) for claim in advice.basis[scored.dimension.id][:1])
    return (
        _plain(scored.dimension.measures, f"{scored.dimension.title}."),
        _plain(f"{level}, {scored.answered} von {scored.asked} Fragen beantwortet"),
        _plain(scored.words),
        Paragraph(basis),
    )


def _strengths(result: SelfCheckResult) -> Iterator[Block]:
    if result.strengths:
        yield Bullets(tuple(_plain(strong.words, f"{strong.dimension.title}:") for strong in result.strengths))
    else:
        yield _plain("Kein Bereich liegt nach Ihren Antworten bei zwei Dritteln der Punkte oder darüber.")


def _steps(advice: Advice) -> Iterator[Block]:
    for step in advice.steps:
        yield Subheading(step.result.dimension.title)
        yield from _step(step, advice.citation_index)
    if not advice.steps:
        yield _plain("Aus den Antworten ergibt sich kein Bereich, bei dem ein nächster Schritt naheliegt.")


def _step(step: NextStep, citation_index: CitationIndex) -> Iterator[Block]:
    yield _plain(step.result.words)
    yield _plain(step.result.dimension.step, "Vorschlag:")
    if step.because:
        claims = tuple(_statement(claim, citation_index) for claim in step.because)
        yield Paragraph(claims, "Das sagt das Positionspapier:")
    for label, referrals in (("Anlaufstellen", step.offers), ("Programme", step.programmes)):
        if referrals:
            yield _plain("", f"{label}:")
            yield Bullets(tuple(_referral(referral, citation_index) for referral in referrals))


def _referral(referral: Referral, citation_index: CitationIndex) -> Paragraph:
    statement = _statement(referral.claim, citation_index, referral.note)
    return Paragraph((statement,), f"{short_name(referral.source)}:")


def _statement(claim: Claim, citation_index: CitationIndex, note: str = "") -> Statement:
    return Statement(claim.text, (citation_index.number(claim),), note)


def _answers(result: SelfCheckResult) -> Iterator[Block]:
    rows = chosen_text(result.questionnaire, result.answers)
    yield Table("Antworten und Punkte", ("Frage", "Antwort", "Punkte"), tuple(tuple(map(_plain, row)) for row in rows))


def to_profile(
    questionnaire: Questionnaire, answers: Mapping[str, str], land: Land | None = None, today: date | None = None
) -> str:
    """The answers as the text of a profile file (YAML) that ``load_profile`` reads, with comments for people."""
    lines = [_HEAD.format(date=format_date((today or date.today()).isoformat()))]
    if land:
        lines.append(f"land: {_value(land)}\n")
    for field, (value, answer) in _implied(questionnaire, answers).items():
        lines.append(f"# nach der Antwort „{answer}“\n{field}: {_value(value)}\n")
    if answers:
        lines += ["# Frage und Antwort des Selbstchecks\nself_check:\n", *_self_check(questionnaire, answers)]
    return "".join(lines)


def _implied(questionnaire: Questionnaire, answers: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """Fields of the profile that follow from answers, each with its answer; the first answer that sets one counts."""
    implied: dict[str, tuple[Any, str]] = {}
    for option in check_answers(questionnaire, answers).values():
        for field, value in option.profile.items():
            implied.setdefault(field, (value, _one_line([option.text])))
    return implied


def _self_check(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Iterator[str]:
    for question, (_, text, _) in zip(questionnaire.questions, chosen_text(questionnaire, answers), strict=True):
        if question.id in answers:
            yield f"  # {_one_line([question.text, text])}\n  {question.id}: {_value(answers[question.id])}\n"


def _value(value: Any) -> str:
    """JSON is YAML, too, and never ambiguous."""
    return json.dumps(value, ensure_ascii=False)


def _one_line(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())
