"""The quiet line on date and state of what an answer cites."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answering.answer_notes import answer_notes, source_note
from assistant.core.models import Answer, Citation
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder

PROMPTS = Prompts(shipped_folder("prompts"))


def cite(number: int, as_of: str | None = None, status: str | None = None, verify: bool = False) -> Citation:
    return Citation(number, "a", "funding", "A", "", None, None, as_of, status, verify, "Satz.", "Satz.", 1.0)


@pytest.mark.parametrize(
    ("citations", "note"),
    [
        ([], None),
        ([cite(1)], None),
        ([cite(1, "2022")], "Stand: 2022"),
        ([cite(1, "2025-03-15"), cite(2, "2022"), cite(3, "2024-07")], "Stand: 2022 – 15.03.2025"),
        ([cite(1, verify=True)], "bitte an der Quelle prüfen"),
        (
            [cite(1, "2022", verify=True), cite(2, "2022"), cite(3, verify=True)],
            "Stand: 2022 · bitte an der Quelle prüfen [1], [3]",
        ),
        (
            [cite(number, verify=number > 1) for number in range(1, 8)],
            "bitte an der Quelle prüfen [2], [3], [4], [5] …",
        ),
        ([cite(1, status="ended"), cite(2, status="paused"), cite(3)], "beendet [1] · zurzeit keine Anträge [2]"),
        ([cite(1, "2025", "open")], "Stand: 2025"),
    ],
)
def test_the_note_says_what_the_heads_of_the_cited_sources_say(citations: list[Any], note: str | None) -> None:
    assert source_note(citations, "de", PROMPTS) == note


def test_it_speaks_english() -> None:
    note = source_note([cite(1, "2025-03-15", "paused", verify=True)], "en", PROMPTS)
    assert note == "As of: 15 March 2025 · no applications at present · please check at the source"


def test_all_lines_come_in_their_order() -> None:
    answer = Answer(
        "Frage",
        "Frage",
        "de",
        "answered",
        "Satz. [1]",
        (cite(1, "2022"),),
        missing=("Österreich",),
        note="Stand: 2022",
        considered={"land": "Sachsen", "employees": 40},
    )
    assert answer_notes(answer, PROMPTS) == (
        "Nicht in meinen Quellen: Österreich",
        "Berücksichtigt: Sachsen, 40 Beschäftigte",
        "Stand: 2022",
        "Wörtliche Zitate aus den Quellen",
    )


def test_an_answer_without_anything_to_note_has_no_lines() -> None:
    assert answer_notes(Answer("Frage", "Frage", "de", "off_topic", "Nein."), PROMPTS) == ()
