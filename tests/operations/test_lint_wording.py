"""A card speaks of its subject, not of the research behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.models import Document, Section
from assistant.ingestion.knowledge_loader import load_card
from assistant.operations.lint_wording import process_talk
from tests.conftest import write_files

HEAD = "---\nid: werk\nkind: cooperation\narea: contracts\ntitle: Ein Werk\nas_of: 2025\n---\n\n"


def card(folder: Path, text: str) -> Document:
    write_files(folder, {"werk.md": f"{HEAD}{text}\n"})
    return load_card(folder / "werk.md")


@pytest.mark.parametrize(
    "text",
    [
        "Das Werk gilt nach allgemeinem Fachwissen, nicht an einer Quelle geprüft, als neu.",
        "Die Höhe ist nicht bestätigt.",
        "Der Betrag ist für 2026 nicht belegt.",
        "Netzlotse rät zu einem Anwalt.",
        "Das Werk endet bald (Stand 2025).",
        "Das Programm läuft, bitte Antragslage prüfen.",
        "Laut einer Quelle zahlt das Werk mehr.",
        "Die Zentren waren nicht auffindbar.",
        "Das Programm ist vermutlich beendet.",
        "The status is not confirmed; please check.",
        "According to general expert knowledge this holds.",
    ],
)
def test_talk_about_research_is_found(tmp_path: Path, text: str) -> None:
    assert list(process_talk(card(tmp_path, text)))


@pytest.mark.parametrize(
    "text",
    [
        "Prüfen Sie vor der Unterschrift die Haftung.",
        "Ob das Programm derzeit Anträge annimmt, sagt Ihnen die NBank.",
        "Das Merkblatt nennt den Stand der Technik.",
        "Allgemeines Wissen über Maschinen genügt.",
        "Die Fachkraft bringt Fachwissen mit.",
    ],
)
def test_advice_is_no_talk_about_research(tmp_path: Path, text: str) -> None:
    assert list(process_talk(card(tmp_path, text))) == []


def test_what_the_head_says_by_itself_is_left_alone(tmp_path: Path) -> None:
    document = card(tmp_path, "Ein Werk beschreibt einen Vertrag.")
    assert any("haben den Stand" in section.text for section in document.sections)
    assert isinstance(document.sections[0], Section)
    assert list(process_talk(document)) == []
