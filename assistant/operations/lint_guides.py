"""What is wrong with guides: form, references, and sentences that their cards do not prove."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from assistant.core.models import Document, StatementProof, Unproven
from assistant.core.source_status import is_ended
from assistant.core.sources import Guide, SourceMetadata
from assistant.language.language_detection import detect_language
from assistant.language.sentence_splitter import split_sentences

LEAST_SENTENCES, MOST_SENTENCES = 5, 9
LEAST_QUESTIONS, MOST_QUESTIONS = 5, 10
ENGLISH_QUESTIONS = 2
Prove = Callable[[Sequence[Document]], Mapping[str, tuple[StatementProof | Unproven, ...]]]


def malformed(document: Document) -> Iterator[str]:
    """Too few or too many sentences or questions, several sentences before one reference."""
    source = document.source
    assert isinstance(source, Guide)
    if not source.title.endswith("?"):
        yield "title: der Titel ist eine Frage und endet mit '?'."
    if not LEAST_QUESTIONS <= len(source.questions) <= MOST_QUESTIONS:
        yield f"questions: {len(source.questions)} statt {LEAST_QUESTIONS} bis {MOST_QUESTIONS} Fragen."
    if sum(detect_language(question, "de") == "en" for question in source.questions) < ENGLISH_QUESTIONS:
        yield f"questions: es fehlen englische Fragen (mindestens {ENGLISH_QUESTIONS})."
    for language, part in (("de", "der deutsche Text"), ("en", "der Teil '## English'")):
        own = [statement for statement in document.statements if statement.language == language]
        if not LEAST_SENTENCES <= len(own) <= MOST_SENTENCES:
            yield f"{part} hat {len(own)} Sätze statt {LEAST_SENTENCES} bis {MOST_SENTENCES}."
        for statement in own:
            if len(split_sentences(statement.sentence)) > 1:
                yield f"mehrere Sätze vor einem Beleg: „{statement.sentence}“"


def unproven_statements(documents: Mapping[Path, Document], prove: Prove) -> Iterator[str]:
    """Each sentence that its cards do not prove, with the nearest sentence of theirs."""
    if not any(document.kind == "guide" for document in documents.values()):
        return
    paths = {document.source.id: path for path, document in documents.items()}
    for guide, outcome in prove(list(documents.values())).items():
        for one in outcome:
            if isinstance(one, Unproven):
                nearest = f"; der nächste Satz ist „{one.nearest}“" if one.nearest else ""
                yield f"{paths[guide]}: nicht belegt ({one.reason}): „{one.sentence}“{nearest}"


def ended_cards(documents: Mapping[Path, Document], today: date) -> Iterator[str]:
    """Guides that rest on programmes or offers that have ended."""
    sources: dict[str, SourceMetadata] = {
        name: document.source
        for document in documents.values()
        for name in (document.source.id, *document.source.aliases)
    }
    for path, document in documents.items():
        cards = dict.fromkeys(name.partition("#")[0] for one in document.statements for name in one.references)
        for card in cards:
            if card in sources and is_ended(sources[card], today):
                yield f"{path}: die Karte '{card}' ist beendet; bitte den Leitfaden ansehen."
