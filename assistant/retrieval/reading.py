"""The best passages are read: the reader says how well each answers, ranks them anew and decides whether any does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.core.models import ParsedQuery, Passage, RetrievalResult, ScoredPassage
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus
from assistant.index.reader import Reader
from assistant.retrieval.decision import FOREIGN_SIGNAL, Decision
from assistant.retrieval.question_parts import split_parts
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

    A few are read, more only where all of them are clearly no answer. Without a ``decision``, which fits one reader
    only, a reader ranks what was found and the verdict stays.
    """
    if evidence.lexical_only or not evidence.ranked:
        return evidence
    weight = decision.ranking if decision else query.tuning.foreign_reader_weight
    few, many = query.tuning.read_passages, query.tuning.read_passages_at_most
    rest = [scored for scored in evidence.ranked if not scored.passage.generated]
    generated = [scored for scored in evidence.ranked if scored.passage.generated]
    done = _read_some(rest[:few], parsed, reader, weight)
    if all(scored.reading and scored.reading.passage < query.tuning.clear_reading for scored in done):
        done += _read_some(rest[few:many], parsed, reader, weight)
    ranked = sorted(done, key=lambda scored: -scored.score)
    found = replace(evidence, ranked=(*ranked, *rest[len(done) :], *generated))
    if decision is None:
        return found
    if any(is_heading_of(scored.passage, parsed.question) for scored in ranked):
        return replace(found, sufficiency="enough")  # as a suggested question is
    return replace(found, sufficiency=_verdict(found, query, corpus, decision))


def read_parts(
    evidence: RetrievalResult,
    parsed: ParsedQuery,
    query: Query,
    corpus: SearchableCorpus,
    reader: Reader,
    decision: Decision,
) -> tuple[tuple[str, RetrievalResult], ...]:
    """Where a question asks several things: each of them with what was read, read again for that thing alone.

    ``evidence`` is what ``read`` made of the whole question, which each part is read after.
    """
    is_heading = any(is_heading_of(scored.passage, parsed.question) for scored in evidence.ranked)
    parts = () if is_heading else split_parts(parsed.question)
    best = [scored for scored in evidence.ranked if scored.reading][: query.tuning.read_passages_of_part]
    unread = [replace(s, score=s.score - decision.ranking * s.reading.passage, reading=None) for s in best if s.reading]
    some = replace(evidence, ranked=tuple(unread))
    asked = (replace(parsed, question=part, earlier=(parsed.question, *parsed.earlier)) for part in parts)
    return tuple((part.question, read(some, part, query, corpus, reader, decision)) for part in asked if best)


def is_heading_of(passage: Passage, question: str) -> bool:
    """Whether the question is the heading of the passage, as written there but for the case."""
    return bool(passage.headings) and passage.headings[-1].strip(" ?").casefold() == question.strip(" ?").casefold()


def _read_some(
    some: Sequence[ScoredPassage], parsed: ParsedQuery, reader: Reader, weight: float
) -> list[ScoredPassage]:
    if not some:
        return []
    readings = reader.read(parsed.question, parsed.earlier, [scored.passage for scored in some])
    return [
        replace(scored, reading=reading, score=scored.score + weight * reading.passage)
        for scored, reading in zip(some, readings, strict=True)
    ]


def relative_signal(evidence: RetrievalResult, thresholds: Thresholds) -> float:
    """The signal by what foreign questions reach: 0 at the limit of no evidence, 1 at that of a sure answer."""
    return (evidence.signal - thresholds.no_evidence) / max(thresholds.weak - thresholds.no_evidence, 1e-6)


def _verdict(evidence: RetrievalResult, query: Query, corpus: SearchableCorpus, decision: Decision) -> Verdict:
    """Answer, answer with caution, nothing that answers, or – where vectors find nothing near either – foreign."""
    thresholds = corpus.snapshot.thresholds[query.language]
    signal = relative_signal(evidence, thresholds)
    probability = decision.probability(evidence, signal)
    if evidence.ranked[0].passage.kind == "document" and signal >= 1:
        return "enough"  # the reader knows our cards; of what a hub added, nearness alone says that it is meant
    if probability >= (decision.sure if signal < FOREIGN_SIGNAL else decision.weak):
        return "enough" if probability >= decision.sure and signal >= FOREIGN_SIGNAL else "weak"
    return "off_topic" if evidence.signal < thresholds.off_topic else "none"
