"""A guide is read as sentences with references; only what is proven of it can be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.models import Document, Statement, StatementProof
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.guides import keep_proven, read_statements
from assistant.ingestion.knowledge_loader import load_card
from tests.conftest import write_files
from tests.support.guide_texts import ENGLISH, GUIDE, PROVEN, UNPROVEN


@pytest.fixture
def guide(tmp_path: Path) -> Document:
    write_files(tmp_path, {"werkstatt-teilen.md": GUIDE})
    return load_card(tmp_path / "werkstatt-teilen.md")


def test_each_sentence_has_its_references(guide: Document) -> None:
    assert [one.sentence for one in guide.statements] == [*PROVEN[:2], UNPROVEN, PROVEN[2], ENGLISH]
    assert [one.language for one in guide.statements] == ["de"] * 4 + ["en"]
    assert guide.statements[0].references == ("werkstattvertrag#ueberblick",)
    assert guide.statements[3].references == ("fraeshub", "werkstattvereinbarung")


@pytest.mark.parametrize(
    ("body", "statements"),
    [
        ("Eins. [[a]] Zwei.", [Statement("Eins.", "de", ("a",)), Statement("Zwei.", "de", ())]),
        ("Eins über\nzwei Zeilen. [[a#b]]\n[[c]]", [Statement("Eins über zwei Zeilen.", "de", ("a#b", "c"))]),
        ("## English\nOne. [[a]]", [Statement("One.", "en", ("a",))]),
        ("", []),
        ("Ein [Link] bleibt. [[a]]", [Statement("Ein [Link] bleibt.", "de", ("a",))]),
    ],
)
def test_text_without_a_reference_is_a_statement_without_proof(body: str, statements: list[Statement]) -> None:
    assert list(read_statements(body)) == statements


def test_before_anything_is_proven_only_its_questions_are_there(guide: Document) -> None:
    assert all(section.generated for section in guide.sections)
    german, english = guide.sections
    assert german.language == "de"
    assert german.text.splitlines()[0] == guide.source.title
    assert english.language == "en"
    assert english.text.count("\n") == 1


def test_what_is_not_proven_cannot_be_found(guide: Document) -> None:
    proofs = [StatementProof(text, "de", (("x#y", "z"),)) for text in PROVEN]
    passages = chunk_document(keep_proven(guide, [*proofs, StatementProof(ENGLISH, "en", (("x#y", "z"),))]))
    own = {passage.language: passage for passage in passages if not passage.generated}
    assert own["de"].sentences == PROVEN
    assert own["en"].sentences == (ENGLISH,)
    assert not any(UNPROVEN in passage.text for passage in passages)


def test_a_guide_without_any_proof_is_not_even_found_by_its_questions(guide: Document) -> None:
    assert chunk_document(keep_proven(guide, ())) == ()
