"""Rewriting a card changes no number, date or name without being seen."""

from __future__ import annotations

from pathlib import Path

from assistant.core.models import Document
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.operations.compare_cards import differences
from tests.conftest import write_files

CARD = """---
id: werk
kind: cooperation
area: contracts
title: Ein Werk
---

Das BMWE zahlt dem Werk nach § 82 SGB III 300.000 Euro bis zum 31.12.2026.

## English

The ministry pays EUR 300,000.
"""


def documents(folder: Path, **cards: str) -> dict[str, Document]:
    write_files(folder, {f"{name}.md": text for name, text in cards.items()})
    return {one.source.id: one for one in load_knowledge([folder])}


def test_other_words_for_the_same_facts_are_no_difference(tmp_path: Path) -> None:
    reworded = CARD.replace("300.000 Euro", "höchstens dreihunderttausend Euro").replace(
        "zahlt dem Werk", "gibt Werken"
    )
    assert list(differences(documents(tmp_path / "a", werk=CARD), documents(tmp_path / "b", werk=reworded))) == []


def test_changed_facts_are_named_by_card_and_language(tmp_path: Path) -> None:
    changed = (
        CARD.replace("300.000", "30.000")
        .replace("BMWE", "BMBF")
        .replace("§ 82 ", "§ 82a ")
        .replace("EUR 300", "EUR 200")
    )
    found = list(differences(documents(tmp_path / "a", werk=CARD), documents(tmp_path / "b", werk=changed)))
    assert found == [
        "werk [de] Zahlen – 300000 euro, 82 paragraph",
        "werk [de] Zahlen + 30000 euro, 82a paragraph",
        "werk [de] Namen – BMWE",
        "werk [de] Namen + BMBF, § 82a",
        "werk [en] Zahlen – 300000 euro",
        "werk [en] Zahlen + 200000 euro",
    ]


def test_cards_that_came_and_went_are_named(tmp_path: Path) -> None:
    other = CARD.replace("id: werk", "id: neu")
    found = list(differences(documents(tmp_path / "a", werk=CARD), documents(tmp_path / "b", neu=other)))
    assert found == ["neu: neu", "werk: entfallen"]
