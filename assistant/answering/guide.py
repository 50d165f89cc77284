"""Guides that answer a question: shown whole, in their own order, each sentence with the cards that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.citations import escape
from assistant.core.models import Claim, Language, Passage, RetrievalResult, StatementProof
from assistant.core.tuning import Tuning
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.decision import GUIDE_SIGNAL, Decision, guide_signs


def leading_guide(
    evidence: RetrievalResult, tuning: Tuning, decision: Decision | None = None, signal: float = 0.0
) -> str | None:
    """The guide that answers the question better than any card, if it is clearly the one that is meant.

    ``signal`` as ``reading.relative_signal`` gives it.
    """
    if decision is not None and not evidence.lexical_only:
        if signal < GUIDE_SIGNAL:
            return None
        likely = {
            name: decision.guide.probability(signs)
            for name, signs in guide_signs(evidence, signal, decision.ranking).items()
        }
        best = max(likely, key=likely.__getitem__, default=None)
        return best if best is not None and likely[best] >= decision.shown_guide else None
    if evidence.sufficiency not in ("enough", "weak") or not evidence.guides or evidence.lexical_only:
        return None
    score, name = evidence.guides[0].score, evidence.guides[0].passage.document_id
    own = (scored for scored in evidence.guides if scored.passage.document_id == name)
    nearest = max((cosine for scored in own for cosine in scored.sentence_scores), default=0.0)
    rivals = (scored.score for scored in evidence.guides if scored.passage.document_id != name)
    is_first = score >= max((scored.score for scored in evidence.ranked), default=0.0)
    is_ahead = score - max(rivals, default=0.0) >= tuning.guide_lead
    return name if is_first and is_ahead and nearest >= tuning.guide_cosine else None


def guide_claims(guide: str, language: Language, corpus: SearchableCorpus) -> tuple[Claim, ...]:
    """The proven sentences of a guide in a language, in German where it has none in it.

    A sentence that rests on two quotes is followed by a claim without text, which only cites.
    """
    proofs = corpus.snapshot.proofs.get(guide, ())
    spoken = [proof for proof in proofs if proof.language == language]
    return tuple(claim for proof in spoken or proofs for claim in _claims(proof, corpus))


def first_sentences(claims: Sequence[Claim], count: int = 2) -> list[Claim]:
    """The claims of the first sentences: what answers, and the first step."""
    starts = [position for position, claim in enumerate(claims) if claim.text]
    return list(claims[: starts[count] if len(starts) > count else len(claims)])


def was_shown(guide: str, said: str, corpus: SearchableCorpus) -> bool:
    """Whether a sentence of a guide stands in what was said so far."""
    sentences = (proof.sentence for proof in corpus.snapshot.proofs.get(guide, ()))
    return any(sentence in said or escape(sentence) in said for sentence in sentences)


def _claims(proof: StatementProof, corpus: SearchableCorpus) -> Iterator[Claim]:
    """Nothing where a quote does not stand in its passage any more."""
    held = [(corpus.passage(name), quote) for name, quote in proof.quotes]
    if not held or any(passage is None or quote not in passage.text for passage, quote in held):
        return
    for number, (passage, quote) in enumerate(held):
        assert isinstance(passage, Passage)
        yield Claim("" if number else proof.sentence, quote, passage, 0.0)
