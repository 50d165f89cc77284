"""Guides: sentences with references to the cards that prove them, and the questions that they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.core.models import Document, Language, Section, Statement, StatementProof
from assistant.core.sources import Guide
from assistant.language.language_detection import detect_language

_ENGLISH = re.compile(r"^## English\s*$", re.M)
_REFERENCE = re.compile(r"\[\[([^\[\]]+)\]\]")
_PROVEN_TEXT = re.compile(rf"(?P<text>(?:(?!\[\[).)+)(?P<marks>(?:\s*{_REFERENCE.pattern})*)", re.S)
QUESTIONS: dict[Language, tuple[str, ...]] = {"de": ("Fragen",), "en": ("English", "Questions")}
"""Headings of the generated sections that let a guide be found by its questions."""


def read_statements(body: str) -> Iterator[Statement]:
    """The texts before each group of references, in both languages; what has none is a statement without proof."""
    german, *english = _ENGLISH.split(body, maxsplit=1)
    parts: tuple[tuple[Language, str], ...] = (("de", german), ("en", english[0] if english else ""))
    for language, part in parts:
        for match in _PROVEN_TEXT.finditer(part):
            if text := " ".join(match["text"].split()):
                yield Statement(text, language, tuple(_REFERENCE.findall(match["marks"])))


def question_sections(source: Guide) -> Iterator[Section]:
    """The title and the questions of a guide by language, as sections that are found and never quoted."""
    by_language: dict[Language, list[str]] = {"de": [source.title], "en": []}
    for question in source.questions:
        by_language[detect_language(question, "de")].append(question)
    for language, questions in by_language.items():
        if questions:
            yield Section(QUESTIONS[language], "\n".join(questions), language, generated=True)


def keep_proven(document: Document, proofs: Iterable[StatementProof]) -> Document:
    """The guide with its proven sentences only, so that nothing else of it can be found or shown."""
    held = tuple(proofs)
    sections = [section for section in document.sections if section.generated]
    if not held:
        return replace(document, sections=())
    headings: dict[Language, tuple[str, ...]] = {"de": (), "en": ("English",)}
    for language, heading in headings.items():
        if text := " ".join(proof.sentence for proof in held if proof.language == language):
            sections.append(Section(heading, text, language))
    return replace(document, sections=tuple(sections))
