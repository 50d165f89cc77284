"""Checks for editors: what in the knowledge must be mended, and what should be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.advisory.self_check_questions import load_questionnaire, questionnaire_file, unproven
from assistant.core.errors import KnowledgeError
from assistant.core.models import Document, Section
from assistant.core.sources import Cooperation, Funding, Guide, Literature, SourceMetadata, SupportOffer
from assistant.ingestion.knowledge_loader import knowledge_files, load_card
from assistant.language.numbers import numbers_in
from assistant.language.sentence_splitter import split_sentences
from assistant.operations.lint_guides import Prove, ended_cards, malformed, unproven_statements
from assistant.operations.lint_heads import unproven_fields
from assistant.operations.lint_wording import process_talk
from assistant.operations.question_labels import strayed_labels

UNCHECKED_DAYS = 180
_DEPENDENT = re.compile(
    r"(?:Dies|Diese|Dieser|Dieses|Diesen|Diesem|Hier|Hierfür|Hierbei|Hierzu|Es|Sie|Er|Das ist|Das sind|Dabei|Dazu|"
    r"Dafür|Damit|Daher|Deshalb|Darüber|Außerdem|Zudem|Ebenso|Beide|Letztere|Letzterer|Dort|Danach|Davon|"
    r"This|These|It|They|Here)\b(?! (?:sollten|können|müssen|dürfen|brauchen|erhalten|finden|haben|reichen)\b)"
)
_COUNTED_OFF = re.compile(r"(?<!\d)\d{1,2}\.(?=\s)")
"""Steps and ordinals: "1. Bescheinigung, 2. Antrag"."""
_LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Findings:
    """Errors must be mended; notices depend on the day or on judgement."""

    errors: tuple[str, ...]
    notices: tuple[str, ...]


def check_knowledge(folders: Sequence[Path], today: date | None = None, prove: Prove | None = None) -> Findings:
    """Check all knowledge files of the folders; ``prove`` holds the sentences of guides to their cards."""
    errors: list[str] = []
    documents: dict[Path, Document] = {}
    errors += [f"{folder}: der Wissensordner existiert nicht." for folder in folders if not folder.is_dir()]
    for path in (path for folder in folders for path in knowledge_files(folder)):
        try:
            documents[path] = load_card(path)
        except KnowledgeError as error:
            errors.append(str(error))
    errors += _duplicates(documents)
    known = {name for document in documents.values() for name in (document.source.id, *document.source.aliases)}
    for path, document in documents.items():
        errors += [f"{path}: {problem}" for problem in (*_misnamed(path, document.source), *_problems(document, known))]
    if prove:
        errors += unproven_statements(documents, prove)
    errors += _self_check(folders, {document.source.id: document for document in documents.values()})
    notices = [
        f"{path}: {notice}"
        for path, document in documents.items()
        for notice in (
            *_notices(document.source, today or date.today()),
            *process_talk(document),
            *_loose_numbers(document),
        )
    ]
    notices += _lonely_families(documents)
    notices += ended_cards(documents, today or date.today())
    notices += strayed_labels(folders, documents.values())
    return Findings(tuple(errors), tuple(notices))


def _self_check(folders: Sequence[Path], documents: Mapping[str, Document]) -> Iterator[str]:
    """What is wrong with the questions of the self-check in force, and which sentences its sources do not hold."""
    try:
        questionnaire = load_questionnaire(folders)
    except KnowledgeError as error:
        yield str(error)
        return
    if questionnaire:
        yield from (f"{questionnaire_file(folders)}: {problem}" for problem in unproven(questionnaire, documents))


def _duplicates(documents: Mapping[Path, Document]) -> Iterator[str]:
    """Ids and aliases used twice in one folder tree; a hub's own folder may override a shipped id."""
    seen: dict[tuple[str, str], Path] = {}
    for path, document in documents.items():
        root = str(path.parents[1])
        for name in (document.source.id, *document.source.aliases):
            if (root, name) in seen:
                yield f"{path}: id oder alias '{name}' steht schon in {seen[root, name]}."
            seen[root, name] = path


def _misnamed(path: Path, source: SourceMetadata) -> Iterator[str]:
    """A card is found by its file name, so that must be its id."""
    if path.stem != source.id.rpartition("/")[2]:
        yield f"id: '{source.id}' und Dateiname '{path.name}' sind verschieden."


def _problems(document: Document, known: set[str]) -> Iterator[str]:
    source = document.source
    yield from _dangling(source, known)
    yield from _missing_numbers(document)
    yield from _missing_condition(document)
    yield from unproven_fields(document)
    if isinstance(source, Guide):
        yield from malformed(document)
        return
    own = [section for section in document.sections if not section.generated]
    if not any(section.language == "en" for section in own):
        yield "der Teil '## English' fehlt."
    for section in own:
        yield from _dependent_sentences(section)
        for target in _LINK.findall(section.text):
            if not target.startswith(("http://", "https://", "mailto:")) and target not in known:
                yield f"Verweis auf '{target}': diese Quelle gibt es nicht."


def _dangling(source: SourceMetadata, known: set[str]) -> Iterator[str]:
    references = {"related": source.related, "successor": (getattr(source, "successor", None),)}
    if isinstance(source, Literature):
        references["used_in"] = source.used_in
    for field, targets in references.items():
        for target in targets:
            if target and target not in known:
                yield f"{field}: '{target}' gibt es nicht."


def _missing_numbers(document: Document) -> Iterator[str]:
    """Numbers of the fields that the text does not hold, so that nothing shown would prove them."""
    if not isinstance(document.source, Funding):
        return
    held = frozenset().union(*(numbers_in(section.text) for section in document.sections))
    for field, value in _field_numbers(document.source):
        if field.endswith("employees_below") and f"{value - 1:g}" in held:
            continue  # "bis 100 Beschäftigte" is a limit of below 101
        if f"{value:g}" not in held and str(int(value)) not in held:
            yield f"{field}: {value:.15g} steht nicht im Text."


def _missing_condition(document: Document) -> Iterator[str]:
    """Words of ``eligibility.condition`` must stand in the text, so that the sentence can be quoted."""
    condition = document.source.eligibility.condition if isinstance(document.source, Funding) else None
    if condition and not any(condition in section.text for section in document.sections):
        yield f"eligibility.condition: „{condition}“ steht nicht im Text."


def _loose_numbers(document: Document) -> Iterator[str]:
    """Numbers in free texts of the head that the text does not hold; notes on doubt may tell of other ones."""
    source = document.source
    if not isinstance(source, Funding | SupportOffer):
        return
    texts = {"title": source.title, "short_title": source.short_title}
    if isinstance(source, Funding):
        texts |= {f"{part}.note": getattr(source, part).note for part in ("eligibility", "amount", "application")}
    else:
        texts |= {"cost": source.cost, "region": source.region}
    held = frozenset().union(*(numbers_in(section.text) for section in document.sections))
    for field, text in texts.items():
        for number in sorted(numbers_in(_COUNTED_OFF.sub(" ", text or "")) - held):
            if not any(date.startswith(f"{number}-") for date in held):
                yield f"{field}: die Zahl {number} steht nicht im Text."


def _lonely_families(documents: Mapping[Path, Document]) -> Iterator[str]:
    """A family of one offers no choice; mostly its name is misspelt."""
    families: dict[str, list[Path]] = {}
    for path, document in documents.items():
        if isinstance(document.source, Funding | SupportOffer) and document.source.family:
            families.setdefault(document.source.family, []).append(path)
    for family, paths in families.items():
        if len(paths) == 1:
            yield f"{paths[0]}: family: zu „{family}“ gehört sonst nichts."


def _field_numbers(source: Funding) -> Iterator[tuple[str, float]]:
    for index, rate in enumerate(source.amount.rates):
        for name, value in (("percent_min", rate.percent_min), ("percent_max", rate.percent_max)):
            if value is not None:
                yield f"amount.rates.{index}.{name}", value
    for name, sums in (("caps", source.amount.caps), ("floors", source.amount.floors)):
        yield from ((f"amount.{name}.{index}.eur", limit.eur) for index, limit in enumerate(sums))
    limits = source.eligibility
    for name in (
        "employees_min",
        "employees_below",
        "conditional_from_employees",
        "turnover_max_eur",
        "balance_sheet_max_eur",
    ):
        if getattr(limits, name) is not None:
            yield f"eligibility.{name}", getattr(limits, name)


def _dependent_sentences(section: Section) -> Iterator[str]:
    for sentence in split_sentences(section.text):
        if _DEPENDENT.match(sentence):
            yield f"der Satz steht nicht für sich allein: „{sentence}“"


def _notices(source: SourceMetadata, today: date) -> Iterator[str]:
    until = source.valid_until if isinstance(source, Funding | SupportOffer) and source.status != "ended" else None
    if until and until < today:
        yield f"valid_until: {until} ist vorbei; die Antworten behandeln den Eintrag als beendet."
    if source.checked and (today - source.checked).days > UNCHECKED_DAYS:
        yield f"checked: seit {(today - source.checked).days} Tagen nicht verglichen."
    if source.checked is None and isinstance(source, Funding | SupportOffer | Cooperation):
        yield "checked: noch nie mit einer Quelle verglichen."
