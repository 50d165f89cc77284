"""Guides that answer a question: shown whole, in their own order, each sentence with the cards that prove it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.core.models import Claim, Language, Passage, RetrievalResult, StatementProof
from assistant.index.corpus import SearchableCorpus


def leading_guide(evidence: RetrievalResult) -> str | None:
    """The guide that ranks first, if enough was found to answer at all."""
    best = evidence.ranked[0].passage if evidence.ranked else None
    return best.document_id if best and best.kind == "guide" and evidence.sufficiency == "enough" else None


def without_guides(evidence: RetrievalResult) -> RetrievalResult:
    """The passages of cards only: a guide is shown whole or not at all."""
    return replace(evidence, ranked=tuple(scored for scored in evidence.ranked if scored.passage.kind != "guide"))


def guide_claims(guide: str, language: Language, corpus: SearchableCorpus) -> tuple[Claim, ...]:
    """The proven sentences of a guide in a language, in German where it has none in it.

    A sentence that rests on two quotes is followed by a claim without text, which only cites.
    """
    proofs = corpus.snapshot.proofs.get(guide, ())
    spoken = [proof for proof in proofs if proof.language == language]
    return tuple(claim for proof in spoken or proofs for claim in _claims(proof, corpus))


def _claims(proof: StatementProof, corpus: SearchableCorpus) -> Iterator[Claim]:
    """Nothing where a quote does not stand in its passage any more."""
    held = [(corpus.passage(name), quote) for name, quote in proof.quotes]
    if not held or any(passage is None or quote not in passage.text for passage, quote in held):
        return
    for number, (passage, quote) in enumerate(held):
        assert isinstance(passage, Passage)
        yield Claim("" if number else proof.sentence, quote, passage, 0.0)
