"""Every field of a head that the match or the conversation reads is stated by a sentence of the card."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.settings import shipped_folder
from assistant.core.sources import Funding, SupportOffer
from assistant.ingestion.knowledge_loader import load_card, load_knowledge
from assistant.operations.lint_heads import unproven_fields
from tests.conftest import write_files

CARD = """---
id: topf
kind: funding
title: Ein Topf
level: eu
provider: Erfundene Kommission
type: grant
status: open
purpose: [develop]
excludes: [Hardware]
eligibility: {{large_with_sme: true, partners_abroad: true}}
contacts: [{{name: Topfstelle, phone: "0600 000000", mail: topf@beispiel.de}}]
---

{}
"""
SENTENCES = {
    "purpose": "Der Topf fördert die Entwicklung neuer Produkte.",
    "excludes": "Den Kauf von Hardware bezahlt der Topf nicht.",
    "large_with_sme": "Größere Unternehmen bekommen den Topf nur zusammen mit KMU.",
    "partners_abroad": "Der Topf verlangt einen Partner im Ausland.",
    "contacts.name": "Auskunft zum Topf gibt die Topfstelle.",
    "contacts.phone": "Am Telefon erreichen Sie den Topf unter 0600 000000.",
    "contacts.mail": "Schreiben können Sie an topf@beispiel.de.",
}


def unproven(folder: Path, sentences: list[str]) -> list[str]:
    write_files(folder, {"topf.md": CARD.format("\n\n".join(sentences))})
    return list(unproven_fields(load_card(folder / "topf.md")))


def test_a_card_whose_sentences_say_it_all_is_proven(tmp_path: Path) -> None:
    assert unproven(tmp_path, list(SENTENCES.values())) == []


@pytest.mark.parametrize("field", SENTENCES)
def test_without_its_sentence_a_field_is_unproven(tmp_path: Path, field: str) -> None:
    (problem,) = unproven(tmp_path, [text for name, text in SENTENCES.items() if name != field])
    assert field in problem


def test_a_thing_that_is_funded_is_no_exclusion(tmp_path: Path) -> None:
    sentences = SENTENCES | {"excludes": "Den Kauf von Hardware bezahlt der Topf."}
    (problem,) = unproven(tmp_path, list(sentences.values()))
    assert "Hardware" in problem


def test_every_shipped_programme_and_offer_says_what_it_is_for() -> None:
    offers = [
        one for one in load_knowledge([shipped_folder("knowledge")]) if isinstance(one.source, Funding | SupportOffer)
    ]
    without = [one.source.id for one in offers if not one.source.purpose and getattr(one.source, "type", "") != "rule"]
    assert without == []
    assert [problem for one in offers for problem in unproven_fields(one)] == []
