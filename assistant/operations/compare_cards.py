"""Which numbers, dates and names two versions of the knowledge do not share, card by card.

``python -m assistant.operations.compare_cards BEFORE AFTER`` prints them, so that rewriting a text changes no fact by
accident: every line is either meant or a mistake.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from assistant.core.models import Document, Language
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.language.quantities import quantities_in

_NAME = re.compile(
    r"\b(?:[A-ZÄÖÜ]{2,}[\w+/-]*|[A-ZÄÖÜ][a-zäöüß]+[A-ZÄÖÜ][\wäöüß]*|[A-ZÄÖÜ][\wäöüß]+-[A-ZÄÖÜ]?[\wäöüß-]+)|§+\s?\d+(?:\s?[a-z]\b)?"
)
"""Abbreviations, capitals inside a word, hyphenated names and paragraphs: German nouns alone would be too many."""


def differences(before: Mapping[str, Document], after: Mapping[str, Document]) -> Iterator[str]:
    """One line for each card, language and kind of fact that is not the same."""
    for card in sorted(before.keys() | after.keys()):
        if card not in before or card not in after:
            yield f"{card}: {'neu' if card in after else 'entfallen'}"
            continue
        for language in ("de", "en"):
            old, new = (_text(versions[card], language) for versions in (before, after))
            yield from _lines(f"{card} [{language}] Zahlen", _numbers(old), _numbers(new))
            if language == "de":
                yield from _lines(f"{card} [de] Namen", _names(old, new), _names(new, old))


def _text(document: Document, language: Language) -> str:
    own = (section for section in document.sections if section.language == language and not section.generated)
    return "\n".join(section.text for section in own)


def _numbers(text: str) -> set[str]:
    units = {"label": "", "calendar-year": ""}
    return {f"{one.value} {units.get(one.unit, one.unit)}".strip() for one in quantities_in(text)}


def _names(text: str, other: str) -> set[str]:
    """Names of a text that the other one does not hold anywhere."""
    return {name for name in _NAME.findall(text) if name not in other}


def _lines(what: str, old: set[str], new: set[str]) -> Iterator[str]:
    for sign, values in (("–", old - new), ("+", new - old)):
        if values:
            yield f"{what} {sign} {', '.join(sorted(values))}"


def main(arguments: Sequence[str]) -> None:
    """Print the differences of two knowledge folders."""
    if len(arguments) != 2:
        raise SystemExit("usage: python -m assistant.operations.compare_cards BEFORE AFTER")
    before, after = ({one.source.id: one for one in load_knowledge([Path(folder)])} for folder in arguments)
    lines = list(differences(before, after))
    print("\n".join([*lines, f"{len(lines)} Unterschiede."]))


if __name__ == "__main__":
    main(sys.argv[1:])
