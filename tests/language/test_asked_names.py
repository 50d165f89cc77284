"""Names that decide what is asked are found by their form; what visitors say of themselves is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.models import Language
from assistant.language.asked_names import MOST, find_asked_names


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Wie hoch ist der Fördersatz im Programm Cedernhof?", [("Cedernhof", "marked")]),
        ("wie viel zahlt das programm cedernhof", [("cedernhof", "marked")]),
        ("Wer zahlt im Wettbewerb Kupferkopf?", [("Kupferkopf", "marked")]),
        ("Was kostet „Flinke Hände“?", [("Flinke Hände", "quoted")]),
        ("Was regelt § 12 YZG?", [("§ 12 YZG", "numbered")]),
        ("Was verlangt ISO 45001?", [("ISO 45001", "numbered")]),
        ("Gilt die Verordnung (EU) 2023/1066 noch?", [("(EU) 2023/1066", "numbered")]),
        ("Was schreibt das Hinweisgeberschutzgesetz vor?", [("Hinweisgeberschutzgesetz", "law")]),
        ("Was verlangt die Quastenheim GmbH?", [("Quastenheim GmbH", "firm")]),
        ("Was zahlt das AMS?", [("AMS", "spelt")]),
        ("Welche Quote gilt beim Pathfinder?", [("Pathfinder", "word")]),
        ("Haftet Siemens nach dem Gesetz?", [("Siemens", "subject")]),
    ],
)
def test_a_name_is_found_by_its_form(question: str, found: list[tuple[str, str]], cache_dir: Path) -> None:
    names = find_asked_names(question, "de")
    assert [(name.text, name.form) for name in names] == found
    assert all(question[name.start : name.end] == name.text for name in names)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Unsere Firma Huber GmbH sucht Hilfe. Wer berät uns?", "de"),
        ("Wir, die Huber GmbH, suchen Hilfe. Wer berät uns?", "de"),
        ("Wer hilft bei uns in Unterhaching mit Robotern?", "de"),
        ("Wer berät zwischen Saarbrücken und Neunkirchen?", "de"),
        ("Wir arbeiten mit NovaSoft. Wer hilft beim Umstieg?", "de"),
        ("Können wir mit NovaSoft weiterarbeiten?", "de"),
        ("Gibt es für Bilderkennungsmodelle und Spürbarkeitsschwellen Regeln?", "de"),
        ("Einkaufsgemeinschaft Vertrieb bündeln", "de"),
        ("Wann wird das Ausführungsgesetz wirksam?", "de"),
        ("Wie können wir mit dem Wettbewerber Quarkblumenthal zusammenarbeiten?", "de"),
        ("Der Großkunde Quastenheim GmbH will alle Maschinendaten, was tun?", "de"),
        ("Was mache ich, wenn der Zulieferer Quastenfeld ausfällt?", "de"),
        ("What if the customer Quastenfeld wants all our data?", "en"),
        ("Do courts and Brussels have to accept that?", "en"),
        ("Is there help for a toolmaker near Koblenz?", "en"),
        ("Our company Huber Tools needs help. Who can help?", "en"),
    ],
)
def test_what_is_said_of_oneself_a_place_a_tool_or_a_common_noun_is_no_name(
    question: str, language: Language, cache_dir: Path
) -> None:
    assert find_asked_names(question, language) == ()


def test_a_list_of_names_is_cut(cache_dir: Path) -> None:
    question = " ".join(f"Programm Qx{letter}{letter}rt," for letter in "abcdefghijklmnop")
    assert len(find_asked_names(question, "de")) == MOST
