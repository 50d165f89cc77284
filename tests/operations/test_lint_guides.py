"""Editors are told what is wrong with a guide: its form, its references, its proofs, ended cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.core.models import Document, StatementProof, Unproven
from assistant.operations.lint_knowledge import Findings, check_knowledge
from tests.conftest import SMALL_KNOWLEDGE, write_files
from tests.support.guide_texts import GUIDE, PROVEN

TODAY = date(2026, 6, 1)
SENTENCES = "\n".join(
    f"Satz {number} sagt etwas. [[werkstattvertrag]]" for number in ("eins", "zwei", "drei", "vier", "fünf")
)
WHOLE = f"{GUIDE.split('Regeln Sie')[0]}{SENTENCES}\n\n## English\n\n{SENTENCES}\n"


def findings(folder: Path, guide: str, prove: object = None) -> Findings:
    write_files(folder, SMALL_KNOWLEDGE | {"guides/werkstatt-teilen.md": guide})
    found = check_knowledge([folder], TODAY, prove)  # type: ignore[arg-type]
    own = [tuple(one for one in some if "werkstatt-teilen" in one) for some in (found.errors, found.notices)]
    return Findings(*own)


def test_a_whole_guide_gives_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, WHOLE) == Findings((), ())


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("Satz fünf sagt etwas. [[werkstattvertrag]]\n\n##", "\n##", "der deutsche Text hat 4 Sätze"),
        ("Satz eins sagt etwas.", "Satz eins. Und noch einer.", "mehrere Sätze vor einem Beleg: „Satz eins. Und"),
        ('  - "Zwei Betriebe, eine Maschine: Wer zahlt?"\n', "", "questions: 4 statt 5 bis 10"),
        ("Who pays when we share a machine?", "Und wer zahlt?", "es fehlen englische Fragen"),
        ("Was tun?", "Was tun.", "der Titel ist eine Frage"),
        ("questions:", "fragen:", "questions"),
    ],
)
def test_an_error_names_the_guide_and_what_is_wrong(tmp_path: Path, old: str, new: str, hint: str) -> None:
    assert old in WHOLE
    assert any(hint in error for error in findings(tmp_path, WHOLE.replace(old, new, 1)).errors)


def test_a_sentence_that_its_cards_do_not_prove_is_an_error_with_the_nearest_one(tmp_path: Path) -> None:
    def prove(documents: Sequence[Document]) -> Mapping[str, tuple[StatementProof | Unproven, ...]]:
        assert any(document.source.id == "werkstattvertrag" for document in documents)
        proven = StatementProof(PROVEN[0], "de", (("werkstattvertrag#x", "Zitat"),))
        return {"werkstatt-teilen": (proven, Unproven("Falsch.", "number", "Richtig."))}

    (error,) = findings(tmp_path, WHOLE, prove).errors
    assert error.endswith("werkstatt-teilen.md: nicht belegt (number): „Falsch.“; der nächste Satz ist „Richtig.“")


def test_without_guides_nothing_is_proven(tmp_path: Path) -> None:
    def never(_: Sequence[Document]) -> Mapping[str, tuple[StatementProof | Unproven, ...]]:
        raise AssertionError("there is nothing to prove")

    write_files(tmp_path, SMALL_KNOWLEDGE)
    assert check_knowledge([tmp_path], TODAY, never)


def test_a_guide_that_rests_on_an_ended_programme_is_a_notice(tmp_path: Path) -> None:
    (notice,) = findings(tmp_path, WHOLE.replace("[[werkstattvertrag]]", "[[netzbonus-alt]]", 1)).notices
    assert "die Karte 'netzbonus-alt' ist beendet" in notice
