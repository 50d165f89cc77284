"""Guides are held to their cards by the check of sentences, once for each text they rest on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.grounding.guide_proof import GuideProver, ProofCache
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_guide_prover
from assistant.core.models import Document, Unproven
from assistant.ingestion.knowledge_loader import load_knowledge
from tests.conftest import SMALL_KNOWLEDGE, write_files
from tests.support.guide_texts import ENGLISH, GUIDE, PROVEN, UNPROVEN


def documents(folder: Path, **changed: str) -> tuple[Document, ...]:
    write_files(folder, SMALL_KNOWLEDGE | {"guides/werkstatt-teilen.md": GUIDE} | changed)
    return load_knowledge([folder])


def silent(*_: object) -> None:
    """No progress to show."""


@pytest.fixture
def prover(assistant: AppContext, tmp_path: Path) -> GuideProver:
    built = build_guide_prover(assistant)
    return GuideProver(built.verifier, built.encode, ProofCache(tmp_path / "proofs.json", tmp_path / "none.json"))


def test_proven_sentences_come_with_literal_quotes_in_reading_order(prover: GuideProver, tmp_path: Path) -> None:
    cards = documents(tmp_path / "k")
    proofs = prover.prove(cards, silent)["werkstatt-teilen"]
    assert [one.sentence for one in proofs] == [*PROVEN, ENGLISH]
    texts = {card.source.id: " ".join(section.text for section in card.sections) for card in cards}
    for proof in proofs:
        assert proof.quotes
        assert all(quote in texts[name.partition("#")[0]] for name, quote in proof.quotes)


def test_what_is_not_proven_says_why(prover: GuideProver, tmp_path: Path) -> None:
    outcome = prover.outcomes(documents(tmp_path / "k"), silent)["werkstatt-teilen"]
    (refused,) = (one for one in outcome if isinstance(one, Unproven))
    assert (refused.sentence, refused.reason) == (UNPROVEN, "number")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[[fraeshub]] [[werkstattvereinbarung]]", "", "kein Beleg"),
        ("[[fraeshub]] [[werkstattvereinbarung]]", "[[gibt-es-nicht]]", "'gibt-es-nicht' gibt es nicht"),
        ("[[werkstattvertrag#ueberblick]]", "[[werkstattvertrag#falsch]]", "'werkstattvertrag#falsch' gibt es nicht"),
        ("kostenfrei.", "nicht kostenfrei.", "negation"),
    ],
)
def test_a_reference_must_exist_and_hold(prover: GuideProver, tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in GUIDE
    changed = {"guides/werkstatt-teilen.md": GUIDE.replace(old, new)}
    outcome = prover.outcomes(documents(tmp_path / "k", **changed), silent)["werkstatt-teilen"]
    assert any(isinstance(one, Unproven) and one.reason.startswith(reason) for one in outcome)


def test_a_changed_card_makes_a_proof_stale(prover: GuideProver, tmp_path: Path) -> None:
    prover.prove(documents(tmp_path / "k"), silent)
    card = SMALL_KNOWLEDGE["cooperation/werkstattvertrag.md"].replace("6 Monaten", "3 Monaten")
    proofs = prover.prove(documents(tmp_path / "k", **{"cooperation/werkstattvertrag.md": card}), silent)
    assert [one.sentence for one in proofs["werkstatt-teilen"]] == [PROVEN[0], PROVEN[2], ENGLISH]


def test_a_verdict_is_found_again_and_nothing_is_checked_twice(
    prover: GuideProver, assistant: AppContext, tmp_path: Path
) -> None:
    cards = documents(tmp_path / "k")
    first = prover.outcomes(cards, silent)

    class NeverAsked(ClaimVerifier):
        def __init__(self) -> None:
            """Without anything that could check."""

    again = GuideProver(lambda _: NeverAsked(), prover.encode, ProofCache(tmp_path / "proofs.json", tmp_path / "none"))
    assert again.outcomes(cards, silent) == first


def test_the_cache_keeps_only_what_is_used_and_survives_damage(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "proofs.json"
    cache = ProofCache(path, tmp_path / "none")
    cache.put("a", [["card#x", "Zitat"]])
    cache.put("b", {"reason": "number", "nearest": ""})
    cache.save()
    later = ProofCache(path, tmp_path / "none")
    assert later.get("a") == [["card#x", "Zitat"]]
    later.save()
    assert json.loads(path.read_text("utf-8")).keys() == {"a"}
    path.write_text("{", "utf-8")
    assert ProofCache(path, tmp_path / "none").get("a") is None


def test_without_a_folder_to_write_proofs_are_made_all_the_same(assistant: AppContext, tmp_path: Path) -> None:
    built = build_guide_prover(assistant)
    (tmp_path / "file").write_text("")
    sealed = GuideProver(built.verifier, built.encode, ProofCache(tmp_path / "file" / "proofs.json", tmp_path / "none"))
    assert sealed.prove(documents(tmp_path / "k"), silent)["werkstatt-teilen"]


def test_knowledge_without_guides_costs_nothing(prover: GuideProver) -> None:
    def never(_: Sequence[Document]) -> ClaimVerifier:
        raise AssertionError("nobody needs a verifier")

    assert GuideProver(never, prover.encode, prover.cache).prove((), silent) == {}
