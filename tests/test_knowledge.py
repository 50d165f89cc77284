"""The shipped knowledge: complete, valid, in step with the shipped vectors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.grounding.guide_proof import SHIPPED, ProofCache
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_guide_prover
from assistant.core.models import Unproven
from assistant.core.settings import load_settings, shipped_folder
from assistant.core.sources import Funding, Land
from assistant.index.embeddings import Embedder
from assistant.ingestion.knowledge_loader import load_card, load_knowledge, parse_source
from assistant.operations.ship_embeddings import missing_texts

SECTIONS = """ueberblick beschreibung ursachen ziele geschaeftsmodelle digitale-kompetenzen kooperationen massnahmen
mindset technische-kompetenzen kooperationsbereitschaft transdisziplinaer weiterbildung standort begruendung
literatur""".split()
CLAIMS = [
    "Unintended Side Effects", "EDIFACT", "VDA", "Porter", "verlängerte", "Losgröße 1", "digitale Souveränität",
    "Ambidext", "Exploitation", "Exploration", "Coopetition", "Milieu", "Hospitation", "Beschaffung", "Reallabor",
    "Co-Creation", "SoRO 3.2", "ERP", "Prototypen", "Demonstratoren", "Puzzle", "Lehrpläne", "Cloud", "Know-how",
]  # fmt: skip


def test_every_section_of_the_position_paper_is_there() -> None:
    folder = shipped_folder("knowledge") / "position-paper"
    assert {path.stem for path in folder.glob("*.md")} == set(SECTIONS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_of_the_paper_is_findable(claim: str) -> None:
    folder = shipped_folder("knowledge") / "position-paper"
    assert any(claim in path.read_text(encoding="utf-8") for path in folder.glob("*.md"))


def test_all_files_load_and_the_named_kinds_are_well_stocked() -> None:
    documents = load_knowledge([shipped_folder("knowledge")])
    counts = {
        kind: sum(one.kind == kind for one in documents) for kind in ("funding", "support", "cooperation", "literature")
    }
    assert counts["funding"] >= 12
    assert counts["support"] >= 8
    assert counts["cooperation"] >= 8
    assert counts["literature"] >= 12


def test_every_head_survives_a_round_trip_through_the_schema() -> None:
    for document in load_knowledge([shipped_folder("knowledge")]):
        assert parse_source(document.source.model_dump(mode="json")) == document.source


def test_every_land_has_programmes_and_support() -> None:
    sources = [one.source for one in load_knowledge([shipped_folder("knowledge")])]
    for land in get_args(Land):
        assert any(getattr(one, "land", None) == land for one in sources), land
        assert any(land in getattr(one, "laender", ()) for one in sources), land


def test_file_names_are_ids() -> None:
    root = shipped_folder("knowledge")
    for path in root.rglob("*.md"):
        if path.name != "README.md":
            assert load_card(path).source.id.split("/")[-1] == path.stem


def test_successors_have_not_ended_themselves_without_saying_so() -> None:
    sources = {one.source.id: one.source for one in load_knowledge([shipped_folder("knowledge")])}
    for source in sources.values():
        if isinstance(source, Funding) and source.successor:
            assert source.successor in sources


@pytest.mark.slow
def test_the_shipped_vectors_are_in_step_with_the_knowledge(embedder: Embedder, tmp_path: Path) -> None:
    missing = missing_texts(load_settings(data_dir=tmp_path), embedder.model_id)
    assert not missing, f"{len(missing)} texts without a shipped vector; run 'make vectors'"


@pytest.mark.slow
def test_every_sentence_of_the_shipped_guides_is_proven(assistant: AppContext, tmp_path: Path) -> None:
    built = build_guide_prover(assistant)
    prover = replace(built, cache=ProofCache(tmp_path / "proofs.json", SHIPPED))
    outcomes = prover.outcomes(load_knowledge([shipped_folder("knowledge")]), lambda *_: None)
    assert len(outcomes) >= 40
    assert [one for outcome in outcomes.values() for one in outcome if isinstance(one, Unproven)] == []


@pytest.mark.slow
def test_the_shipped_proofs_are_in_step_with_the_guides(assistant: AppContext, tmp_path: Path) -> None:
    class Unasked(ClaimVerifier):
        def __init__(self) -> None:
            """Fails where a proof is missing; then 'make vectors' makes it."""

    prover = replace(build_guide_prover(assistant), verifier=lambda _: Unasked(), cache=ProofCache(tmp_path / "none"))
    assert prover.outcomes(load_knowledge([shipped_folder("knowledge")]), lambda *_: None)


def test_guides_do_not_share_sentences() -> None:
    guides = [one for one in load_knowledge([shipped_folder("knowledge")]) if one.kind == "guide"]
    sentences = [statement.sentence for guide in guides for statement in guide.statements]
    assert len(set(sentences)) >= 0.95 * len(sentences)
