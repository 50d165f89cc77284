"""The best passages are read: the reader says how well each answers, ranks them anew and decides whether any does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.core.models import ParsedQuery, RetrievalResult, ScoredPassage
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus
from assistant.index.reader import Reader
from assistant.retrieval.decision import Decision, guide_nearness
from assistant.retrieval.retriever import Query, Verdict


def read(
    evidence: RetrievalResult,
    parsed: ParsedQuery,
    query: Query,
    corpus: SearchableCorpus,
    reader: Reader,
    decision: Decision | None,
) -> RetrievalResult:
    """The evidence with its best passages read, ranked by score and reader together, and the verdict that follows.

    A few are read; as many again only where none of them answers clearly. Without a ``decision``, which fits one
    reader only, a reader chooses among what was found and the verdict stays.
    """
    if evidence.lexical_only or not evidence.ranked:
        return evidence
    weight = decision.ranking if decision else query.tuning.foreign_reader_weight
    few, many = query.tuning.read_passages, query.tuning.read_passages_at_most
    rest = [scored for scored in evidence.ranked if not scored.passage.generated]
    generated = [scored for scored in evidence.ranked if scored.passage.generated]
    done = _read_some(rest[:few], parsed, reader, weight)
    if not any(scored.reading and scored.reading.passage > query.tuning.clear_reading for scored in done):
        done += _read_some(rest[few:many], parsed, reader, weight)
    ranked = sorted(done, key=lambda scored: -scored.score)
    guides = _read_guides(evidence.guides, parsed, query, reader)
    found = replace(evidence, ranked=(*ranked, *rest[len(done) :], *generated), guides=guides)
    return found if decision is None else replace(found, sufficiency=_verdict(found, query, corpus, decision))


def _read_some(
    some: Sequence[ScoredPassage], parsed: ParsedQuery, reader: Reader, weight: float
) -> list[ScoredPassage]:
    readings = reader.read(parsed.question, parsed.earlier, [scored.passage for scored in some])
    return [
        replace(scored, reading=reading, score=scored.score + weight * reading.passage)
        for scored, reading in zip(some, readings, strict=True)
    ]


def _read_guides(
    guides: Sequence[ScoredPassage], parsed: ParsedQuery, query: Query, reader: Reader
) -> tuple[ScoredPassage, ...]:
    """Guides with the texts of the nearest ones read, in the language of the question where they are in it."""
    nearest = list(guide_nearness(guides))[: query.tuning.read_guides]
    chosen: dict[str, ScoredPassage] = {}
    for scored in sorted(guides, key=lambda scored: scored.passage.language != query.language):
        if scored.passage.document_id in nearest and not scored.passage.generated:
            chosen.setdefault(scored.passage.document_id, scored)
    texts = list(chosen.values())
    readings = reader.read(parsed.question, parsed.earlier, [scored.passage for scored in texts])
    read = {scored.passage.id: reading for scored, reading in zip(texts, readings, strict=True)}
    return tuple(replace(scored, reading=read.get(scored.passage.id)) for scored in guides)


def relative_signal(evidence: RetrievalResult, thresholds: Thresholds) -> float:
    """The signal by what foreign questions reach: 0 at the limit of no evidence, 1 at that of a sure answer."""
    return (evidence.signal - thresholds.no_evidence) / max(thresholds.weak - thresholds.no_evidence, 1e-6)


def best_coverage(evidence: RetrievalResult, query: Query, corpus: SearchableCorpus) -> float:
    """The share of the question's words, weighed by rarity, that the best passage holds."""
    position = corpus.position(evidence.ranked[0].passage.id)
    return 0.0 if position is None else corpus.snapshot.space.lexical.coverage(query.terms, position)


def _verdict(evidence: RetrievalResult, query: Query, corpus: SearchableCorpus, decision: Decision) -> Verdict:
    """Answer, answer with caution, nothing that answers, or – where vectors find nothing near either – foreign."""
    thresholds = corpus.snapshot.thresholds[query.language]
    signal = relative_signal(evidence, thresholds)
    probability = decision.probability(evidence, signal, best_coverage(evidence, query, corpus))
    if probability >= decision.weak:
        return "enough" if probability >= decision.sure else "weak"
    return "off_topic" if evidence.signal < thresholds.off_topic else "none"
