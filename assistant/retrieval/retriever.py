"""A question to ranked passages, and whether they are enough to answer from."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import KINDS, Kind, Language, ParsedQuery, RetrievalResult, ScoredPassage
from assistant.core.sources import Land
from assistant.core.tuning import DEFAULT_TUNING, Tuning
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus
from assistant.index.embeddings import Embedder
from assistant.index.question_adapter import QuestionAdapter
from assistant.index.scoring import UNREAD, Floats, Scores, score, top, top_k_mean
from assistant.index.snapshot import IndexSnapshot
from assistant.language.regions import RegionDetector
from assistant.language.term_analyzer import TermAnalyzer

logger = logging.getLogger(__name__)
Verdict = Literal["enough", "weak", "none", "off_topic"]


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be compared: vector ``(d,)``, terms, language, the Länder and the area it is about.

    The vector is missing when the encoder cannot be used; then words alone are compared. ``adapted`` ``(d,)`` lies near
    what answers the question, where there is a question adapter: it ranks, but cannot tell whether anything answers.
    ``asked_terms`` are those of the last question alone, where it leans on what was said before.
    ``english_only``: of documents that have an English part that part alone answers.
    ``tuning`` holds the constants that it is compared with; ``subjects`` are ids of documents that the talk is about.
    """

    vector: Floats | None
    terms: tuple[str, ...]
    language: Language
    laender: frozenset[Land]
    area: Kind | None = None
    tuning: Tuning = DEFAULT_TUNING
    adapted: Floats | None = None
    subjects: tuple[str, ...] = ()
    english_only: bool = False
    asked_terms: tuple[str, ...] | None = field(default=None, compare=False)


def build_query(
    parsed: ParsedQuery,
    embedder: Embedder,
    analyzer: TermAnalyzer,
    regions: RegionDetector,
    land: Land | None = None,
    tuning: Tuning = DEFAULT_TUNING,
    adapter: QuestionAdapter | None = None,
    *,
    told: bool = False,
) -> Query:
    """Embed the question; a follow-up together with the subject that it leans on.

    ``land`` is where the firm is at home; it counts where the question names no Land itself, before what was said
    earlier in the talk. Where ``told`` and no ``land``, the visitor does not want that to count. The
    ``adapter`` reads the question with all turns before it.
    """
    subject, context = parsed.subject, parsed.context
    text = f"{subject} {context} {parsed.question}" if subject else parsed.standalone
    terms = tuple(analyzer.terms(text, parsed.language))
    laender = _laender(parsed, regions, land, told=told)
    vector = _vector(embedder, text)
    adapted = None if adapter is None or vector is None else adapter.encode(parsed.question, parsed.earlier)
    return Query(
        vector,
        terms,
        parsed.language,
        laender,
        parsed.area,
        tuning,
        adapted,
        parsed.subjects,
        english_only=parsed.english_only,
        asked_terms=tuple(analyzer.terms(parsed.question, parsed.language)) if subject else None,
    )


def _laender(parsed: ParsedQuery, regions: RegionDetector, land: Land | None, *, told: bool) -> frozenset[Land]:
    """The Länder that the visitor named last: "Und in Bayern?" takes the place of what was asked about Hessen."""
    asked = (parsed.question, parsed.subject or parsed.standalone)
    home = (land,) if land else ()
    turns = (*asked, *home, *(() if told and not land else parsed.earlier))
    return next((found for turn in turns if (found := regions.detect(turn))), frozenset())


def _vector(embedder: Embedder, text: str) -> Floats | None:
    try:
        return embedder.encode_query(text)
    except Exception as error:  # engines fail in many ways; words can still be compared
        logger.debug("the encoder cannot be used, comparing words only: %s", type(error).__name__)
        return None


def retrieve(query: Query, corpus: SearchableCorpus, today: date) -> RetrievalResult:
    """The best passages for a question and a verdict whether they are enough."""
    snapshot = corpus.snapshot
    plain, allowed = _allowed_scores(query, corpus, today)
    ranking = _ranking_scores(query, corpus, plain)
    depth = query.tuning.retrieval_depth
    guides = _ranked(snapshot, _masked(ranking, ranking.passages, allowed & corpus.of_guides), depth)
    allowed = allowed & ~corpus.of_guides
    reached = top_k_mean(_masked(plain, plain.passages, allowed))
    by_words = is_by_words(query, corpus) and bool(snapshot.passages)
    if by_words:
        allowed = allowed & (plain.passages > 0)
    scores = _masked(ranking, ranking.passages + _lift(query, corpus), allowed)
    thresholds = (snapshot.word_thresholds if by_words else snapshot.thresholds)[query.language]
    verdict = _verdict(reached, thresholds, bool(snapshot.passages))
    ranked = tuple(_ranked(snapshot, scores, depth))
    if by_words:
        verdict = "weak" if verdict in ("enough", "weak") and _is_covered(query, scores, corpus) else "none"
    return RetrievalResult(ranked, verdict, reached, thresholds.sentence, by_words, tuple(guides))


def _ranking_scores(query: Query, corpus: SearchableCorpus, plain: Scores) -> Scores:
    """Scores that passages are ranked by: those of the adapted question mixed with the plain one, if it is adapted."""
    space, tuning = corpus.snapshot.space, query.tuning
    if query.adapted is None or query.vector is None or not space.has_vectors:
        return plain
    mixed = (query.adapted + tuning.plain_share * query.vector) / (1 + tuning.plain_share)
    unshifted = replace(space, shift=np.zeros_like(space.shift))  # the adapter knows both languages
    return score(
        unshifted,
        mixed.astype(np.float32),
        query.terms,
        query.language,
        lift=_lift(query, corpus),
        whole=plain.whole,
        lexical_weight=tuning.adapted_lexical_weight,
    )


def _allowed_scores(query: Query, corpus: SearchableCorpus, today: date) -> tuple[Scores, NDArray[np.bool_]]:
    """Scores, and which passages may answer; in a large space all are scored if too few of the nearest may."""
    space = corpus.snapshot.space
    plain = score(space, query.vector, query.terms, query.language, lift=_lift(query, corpus))
    allowed = _filter_mask(corpus, query, plain, today)
    if not plain.whole and np.count_nonzero(allowed & (plain.passages > UNREAD)) < query.tuning.retrieval_depth:
        plain = score(space, query.vector, query.terms, query.language, whole=True)
        allowed = _filter_mask(corpus, query, plain, today)
    return plain, allowed


def _is_covered(query: Query, scores: Scores, corpus: SearchableCorpus) -> bool:
    """Whether the best passage holds what the question is about; without vectors one shared word says little."""
    best = int(np.argmax(scores.passages))
    return corpus.snapshot.space.lexical.coverage(query.terms, best) >= query.tuning.least_coverage


def matches_heading(query: Query, evidence: RetrievalResult, corpus: SearchableCorpus) -> bool:
    """Whether a section of a document that was found holds every word of the question, so that it is meant."""
    lexical = corpus.snapshot.space.lexical
    documents = dict.fromkeys(scored.passage.document_id for scored in evidence.ranked)
    positions = (position for document in documents for position in corpus.positions_of[document])
    return any(lexical.holds_all(query.terms, position) for position in positions)


def is_by_words(query: Query, corpus: SearchableCorpus) -> bool:
    """Whether only words can be compared, because the vectors or the encoder cannot be used."""
    return query.vector is None or not corpus.snapshot.space.has_vectors


def search(
    query: Query, corpus: SearchableCorpus, count: int, kinds: Collection[Kind] = ()
) -> tuple[ScoredPassage, ...]:
    """Plain search without refusal: the ``count`` best passages, of some kinds only if given."""
    wanted = (
        np.isin(corpus.kinds, [KINDS.index(kind) for kind in kinds])
        if kinds
        else np.ones(len(corpus.kinds), dtype=np.bool_)
    )
    lift = _lift(query, corpus)
    plain = score(corpus.snapshot.space, query.vector, query.terms, query.language, lift=np.where(wanted, lift, UNREAD))
    plain = _ranking_scores(query, corpus, plain)
    if is_by_words(query, corpus):
        wanted = wanted & (plain.passages > 0)
    return tuple(_ranked(corpus.snapshot, _masked(plain, plain.passages + lift, wanted), count))


def _lift(query: Query, corpus: SearchableCorpus) -> Floats:
    """What the asked-for area is brought forward by and, where no Land is named, regional sources are held back by."""
    lift = np.zeros(len(corpus.kinds), dtype=np.float32)
    if query.area:
        lift += np.float32(query.tuning.passage_area_bonus) * (corpus.kinds == KINDS.index(query.area))
    if not query.laender:
        lift -= np.float32(query.tuning.regional_penalty) * corpus.regional
    lift -= np.float32(query.tuning.paused_penalty) * corpus.paused
    if query.adapted is not None:  # only then a reader or the adapter looks at the whole conversation
        for name in query.subjects:
            lift[corpus.positions_of.get(name, [])] += np.float32(query.tuning.subject_bonus)
    return lift


def _masked(scores: Scores, passages: Floats, allowed: NDArray[np.bool_]) -> Scores:
    return replace(scores, passages=np.where(allowed, passages, UNREAD))


def _verdict(reached: float, thresholds: Thresholds, any_passage: bool) -> Verdict:
    if not any_passage:
        return "none"
    if reached < thresholds.off_topic:
        return "off_topic"
    if reached < thresholds.no_evidence:
        return "none"
    return "weak" if reached < thresholds.weak else "enough"


def _filter_mask(corpus: SearchableCorpus, query: Query, scores: Scores, today: date) -> NDArray[np.bool_]:
    """Passages that may answer: no ended programme unless it is meant, no other Land than the one asked for."""
    restrictions = corpus.restrictions
    outside = restrictions.outside(query.laender)
    shut = outside | restrictions.ended(today)
    shut[restrictions.named(frozenset(query.terms))] = False
    if query.asked_terms is not None:  # "und in Thüringen?" does not ask for what was named before
        named = np.zeros_like(outside)
        named[restrictions.named(frozenset(query.asked_terms))] = True
        shut |= outside & ~named
    best = scores.passages[~shut[corpus.document_of]].max(initial=-np.inf)
    meant = corpus.document_of[scores.passages > best + query.tuning.meant_margin]
    shut[meant[~outside[meant]]] = False
    allowed = ~shut[corpus.document_of]
    if query.language == "de":
        return allowed & ~corpus.doubled
    if query.english_only:
        in_english = np.unique(corpus.document_of[corpus.doubled])
        return allowed & (corpus.doubled | ~np.isin(corpus.document_of, in_english))
    return allowed


def _ranked(snapshot: IndexSnapshot, scores: Scores, count: int) -> list[ScoredPassage]:
    offsets = snapshot.space.sentence_offsets
    return [
        ScoredPassage(
            snapshot.passages[position],
            float(scores.passages[position]),
            int(offsets[position]),
            tuple(float(value) for value in scores.sentences[offsets[position] : offsets[position + 1]]),
        )
        for position in top(scores.passages, count)
        if scores.passages[position] > UNREAD / 2
    ]


def diversify(ranked: Sequence[ScoredPassage], tuning: Tuning) -> list[ScoredPassage]:
    """At most a few passages of one document at the top, as long as others are there."""
    size = tuning.diverse_places
    first: list[ScoredPassage] = []
    held: list[ScoredPassage] = []
    for scored in ranked:
        same = sum(other.passage.document_id == scored.passage.document_id for other in first)
        (held if len(first) < size and same >= tuning.passages_per_document else first).append(scored)
    return sorted(first[:size], key=_by_score) + sorted(first[size:] + held, key=_by_score)


def _by_score(scored: ScoredPassage) -> float:
    return -scored.score
