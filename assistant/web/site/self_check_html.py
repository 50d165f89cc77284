"""The pages of the self-check as HTML that needs no script: the questions, the result, a wrong request."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from assistant.advisory.referrals import Referral
from assistant.advisory.self_check import (
    LEVEL_NAMES,
    NOTICE,
    Advice,
    DimensionResult,
    NextStep,
    SelfCheckResult,
    method,
)
from assistant.advisory.self_check_questions import UNKNOWN, Question, Questionnaire
from assistant.advisory.self_check_report import percent
from assistant.answering.citations import CitationIndex
from assistant.core.models import Citation, Claim
from assistant.core.source_status import short_name
from assistant.core.sources import Land
from assistant.language.dates import format_date
from assistant.web.site.radar_chart import Axis, radar

PREFIX = "frage-"
"""What form fields of questions start with."""
_PRIVACY = (
    "Ihre Antworten werden nicht gespeichert: keine Anmeldung, keine Cookies. Sie gehen nur für die Auswertung an "
    "diesen Server."
)


def question_page(
    questionnaire: Questionnaire, answers: Mapping[str, str], land: Land | None, problem: str = ""
) -> str:
    """All questions as a form, with answers given before."""
    dimensions = {one.id: one.title for one in questionnaire.dimensions}
    body = [
        f"<h1>{_text(questionnaire.title)}</h1>",
        f"<p>{len(questionnaire.questions)} Fragen. {_text(questionnaire.intro)}</p>",
        f'<p class="notice">{_text(NOTICE)}</p><p class="meta">{_text(_PRIVACY)}</p>',
        f'<p class="error" role="alert">{_text(problem)}</p>' if problem else "",
        '<form method="post" action="/selbstcheck">',
    ]
    shown = ""
    for number, question in enumerate(questionnaire.questions, start=1):
        if question.dimension != shown:
            shown = question.dimension
            body.append(f"<h2>{_text(dimensions[shown])}</h2>")
        body.extend(_fieldset(number, question, answers.get(question.id, "")))
    body += ["<h2>Ort</h2>", *_land(land), '<p><button class="main">Auswerten</button></p></form>']
    return _page(questionnaire.title, "\n".join(body))


def _fieldset(number: int, question: Question, chosen: str) -> Iterator[str]:
    yield f"<fieldset><legend>{number}. {_text(question.text)}</legend>"
    for value, text in [*((one.id, one.text) for one in question.answers), (UNKNOWN, "weiß nicht")]:
        mark = " checked" if value == chosen else ""
        name = f"{PREFIX}{question.id}"
        yield f'<label class="answer"><input type="radio" name="{name}" value="{value}"{mark}> {_text(text)}</label>'
    yield "</fieldset>"


def _land(chosen: Land | None) -> Iterator[str]:
    yield '<p><label for="land">In welchem Land liegt der Betrieb? (freiwillig, für Angebote vor Ort)</label></p>'
    yield '<p><select id="land" name="land"><option value="">keine Angabe</option>'
    for land in get_args(Land):
        mark = " selected" if land == chosen else ""
        yield f'<option value="{land}"{mark}>{land}</option>'
    yield "</select></p>"


def result_page(advice: Advice) -> str:
    """Chart, words, next steps, sources, method, and the way to take it along."""
    result = advice.result
    questionnaire = result.questionnaire
    body = [
        "<h1>Ihr Ergebnis</h1>",
        f'<p class="meta">{_text(questionnaire.title)} – {result.answered} von {len(questionnaire.questions)} Fragen '
        f"beantwortet{_text(f', {advice.land}' if advice.land else '')}</p>",
        f'<p class="notice">{_text(NOTICE)}</p>',
        *_values(result),
        "<h2>Was das heißt</h2>",
        *_meaning(advice),
        "<h2>Mögliche nächste Schritte</h2>",
        *_steps(advice),
        *_take_along(advice),
        "<h2>So wird gerechnet</h2>",
        *_method(result),
        *_sources(advice.citations),
    ]
    return _page("Ihr Ergebnis", "\n".join(body))


def _values(result: SelfCheckResult) -> Iterator[str]:
    axes = [Axis(one.dimension.label, one.dimension.title, one.share) for one in result.dimensions]
    yield radar(axes, "Anteil der erreichten Punkte je Bereich")
    yield "<table><caption>Anteil der erreichten Punkte je Bereich</caption>"
    yield '<thead><tr><th scope="col">Bereich</th><th scope="col" class="number">Ergebnis</th></tr></thead><tbody>'
    for one in result.dimensions:
        yield (
            f'<tr><th scope="row">{_text(one.dimension.title)}</th><td class="number">{_shown(one)}'
            f'<br><span class="meta">{one.answered} von {one.asked} Fragen</span></td></tr>'
        )
    yield "</tbody></table>"


def _meaning(advice: Advice) -> Iterator[str]:
    if strengths := ", ".join(one.dimension.title for one in advice.result.strengths):
        yield f"<p>Nach Ihren Antworten am stärksten: {_text(strengths)}.</p>"
    yield "<dl>"
    for one in advice.result.dimensions:
        yield f"<dt>{_text(one.dimension.title)}</dt><dd>{_text(one.words)}</dd>"
        for claim in advice.basis[one.dimension.id][:1]:
            yield f'<dd class="meta">Grundlage: Positionspapier, {_section(claim, advice.citation_index)}</dd>'
    yield "</dl>"


def _steps(advice: Advice) -> Iterator[str]:
    for step in advice.steps:
        yield from _step(step, advice.citation_index)
    if not advice.steps:
        yield "<p>Aus Ihren Antworten ergibt sich kein Bereich, bei dem ein nächster Schritt naheliegt.</p>"


def _step(step: NextStep, citation_index: CitationIndex) -> Iterator[str]:
    yield f'<section class="step"><h3>{_text(step.result.dimension.title)} ({_shown(step.result)})</h3>'
    yield f'<p class="suggestion">Vorschlag: {_text(step.result.dimension.step)}</p>'
    for claim in step.because:
        yield f'<p>{_text(claim.text)} <span class="meta">{_section(claim, citation_index)}</span></p>'
    for label, pointers in (("Anlaufstellen", step.offers), ("Programme", step.programmes)):
        if pointers:
            items = "".join(f"<li>{_pointer(one, citation_index)}</li>" for one in pointers)
            yield f"<p>{label}:</p><ul>{items}</ul>"
    yield "</section>"


def _shown(result: DimensionResult) -> str:
    return f"{percent(result.share)}, {LEVEL_NAMES[result.level]}" if result.level else percent(None)


def _pointer(one: Referral, citation_index: CitationIndex) -> str:
    name = f'<a href="/quelle/{one.source.id}">{_text(short_name(one.source))}</a>'
    return f"{name}: {_cited(one.claim, citation_index)} {_text(one.note)}".rstrip()


def _cited(claim: Claim, citation_index: CitationIndex) -> str:
    return f"{_text(claim.text)} {_link(citation_index.number(claim))}"


def _section(claim: Claim, citation_index: CitationIndex) -> str:
    """The section of the paper, with the number of the citation."""
    number = citation_index.number(claim)
    return f"{_text(citation_index.citations[number - 1].section)} {_link(number)}"


def _link(number: int) -> str:
    return f'<a class="citation" href="#beleg-{number}" aria-label="Beleg {number}">{number}</a>'


def _take_along(advice: Advice) -> Iterator[str]:
    """Answers as hidden fields of a form that downloads the file or leads back to the questions."""
    fields = {f"{PREFIX}{question}": answer for question, answer in advice.result.answers.items()}
    yield '<h2 class="screen">Mitnehmen</h2><form method="post" action="/selbstcheck/profil">'
    yield "<p>Die Profildatei enthält Ihre Antworten; Sie können sie ansehen, ändern und Ihrer Beratung geben.</p>"
    for name, value in (fields | {"land": advice.land or ""}).items():
        yield f'<input type="hidden" name="{_text(name)}" value="{_text(value)}">'
    yield '<button class="main">Ergebnis als Profildatei herunterladen</button>'
    yield '<button formaction="/selbstcheck/fragen">Antworten ändern</button></form>'


def _sources(citations: Iterable[Citation]) -> Iterator[str]:
    yield '<h2>Quellen</h2><ol class="sources">'
    for one in citations:
        links = f'<a href="/quelle/{one.id}">Ganzer Text</a>'
        if one.url:
            links = f'<a href="{_text(one.url)}" rel="noopener noreferrer">Quelle öffnen</a> · {links}'
        yield f'<li id="beleg-{one.number}"><p><strong>[{one.number}] {_text(one.title)}</strong></p>'
        yield f'<p class="meta">{_text(_place(one))}</p><blockquote>{_text(one.quote)}</blockquote><p>{links}</p></li>'
    yield "</ol>"


def _place(one: Citation) -> str:
    dated = f"Stand {format_date(one.as_of)}" if one.as_of else "ohne Datum"
    check = "bitte Status prüfen" if one.verify else ""
    return " · ".join(part for part in (one.section, dated, check) if part)


def _method(result: SelfCheckResult) -> Iterator[str]:
    yield "<ul>" + "".join(f"<li>{_text(one)}</li>" for one in method()) + "</ul>"
    yield "<details><summary>Welche Antwort wie viel zählt</summary>"
    titles = {one.id: one.title for one in result.questionnaire.dimensions}
    for question in result.questionnaire.questions:
        chosen = result.answers.get(question.id)
        yield f"<table><caption>{_text(question.text)} ({_text(titles[question.dimension])})</caption><tbody>"
        for one in question.answers:
            mark = " – Ihre Antwort" if one.id == chosen else ""
            yield f'<tr><th scope="row">{_text(one.text)}{mark}</th><td class="number">{one.points} Punkte</td></tr>'
        yield "</tbody></table>"
    yield "</details>"


def problem_page(problem: str) -> str:
    """A request that the form cannot have sent, in one sentence."""
    back = '<p><a href="/selbstcheck">Zu den Fragen</a></p>'
    return _page("Das hat nicht geklappt", f"<h1>Das hat nicht geklappt</h1><p>{_text(problem)}</p>{back}")


def _page(title: str, body: str) -> str:
    # The origin must be sent with the form, as the front door refuses posts from other sites.
    return (
        f'<!doctype html>\n<html lang="de"><head><meta charset="utf-8"><title>{_text(title)} – Netzlotse</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="same-origin">'
        '<link rel="stylesheet" href="/static/source.css"><link rel="stylesheet" href="/static/self-check.css">'
        '<link rel="stylesheet" href="/static/radar.css"></head>'
        f'<body><main>{body}<nav><p><a href="/">Zum Netzlotsen</a></p></nav></main></body></html>'
    )


def _text(text: str) -> str:
    return html.escape(text, quote=True)
