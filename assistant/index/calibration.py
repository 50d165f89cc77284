"""Null calibration: how strong the signal of plainly foreign questions is on this index.

E5 cosines lie in a narrow band that moves with model and corpus, so no fixed
threshold transfers. Questions that no source can answer are run through every new
index; what they reach is what a real question must exceed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import Language
from assistant.index.embedding_cache import CachingEmbedder
from assistant.index.scoring import UNREAD, Floats, Scores, VectorSpace, reached, score_many
from assistant.language.term_analyzer import TermAnalyzer

FOLDER = Path(__file__).with_name("calibration")
# Of what foreign questions reach, found on the development half of the golden questions (105 that have an answer).
# Below the first a question gets the reply for foreign ones; it decides between two ways to refuse. Flat from 0.3 to
# 0.7: half a dozen refusals change.
OFF_TOPIC_QUANTILE = 0.50
# Below it a question is refused. 0.90 answers two more, 0.96 one less; foreign ones are refused alike.
NO_EVIDENCE_QUANTILE = 0.93
# Below it an answer begins with a caution: 12 % of the answers; 1 % with 0.96, 16 % with 0.99.
WEAK_QUANTILE = 0.98
# What the best sentence of a foreign question reaches, a further sentence must reach. 0.5 is flat, 0.9 cites one
# expected source less.
SENTENCE_QUANTILE = 0.70


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Signals that part questions: foreign, without a source, answered with caution, answered.

    The three limits between them are ``off_topic``, ``no_evidence`` and ``weak``; ``sentence`` is the cosine that
    a sentence must reach to stand beside a better one.
    """

    off_topic: float
    no_evidence: float
    weak: float
    sentence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Foreign questions and German–English question pairs, all our own wording."""

    nulls: tuple[tuple[Language, str], ...]
    pairs: tuple[tuple[str, str], ...]
    fingerprint: str


def load_calibration(folder: Path = FOLDER) -> Calibration:
    """Read ``null_questions.tsv`` (language, question) and ``question_pairs.tsv`` (German, English)."""
    nulls = _read_table(folder / "null_questions.tsv")
    pairs = _read_table(folder / "question_pairs.tsv")
    digest = hashlib.blake2b(repr((nulls, pairs)).encode(), digest_size=8).hexdigest()
    return Calibration(tuple(nulls), tuple(pairs), digest)  # type: ignore[arg-type]


def _read_table(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return [(first.strip(), second.strip()) for first, second in cells]


def language_shift(embedder: CachingEmbedder, calibration: Calibration) -> Floats:
    """Mean German minus mean English question vector over the pairs; ``(d,)``."""
    german = embedder.encode([pair[0] for pair in calibration.pairs], "query")
    english = embedder.encode([pair[1] for pair in calibration.pairs], "query")
    return np.asarray(german.mean(axis=0) - english.mean(axis=0), dtype=np.float32)


def calibrate(
    space: VectorSpace,
    embedder: CachingEmbedder,
    analyzer: TermAnalyzer,
    calibration: Calibration,
    left_out: NDArray[np.bool_] | None = None,
) -> dict[Language, Thresholds]:
    """Quantiles of the signal that the foreign questions of each language reach on this index.

    ``left_out`` ``(n,)`` marks passages that say nothing about what the sources hold, such as those of guides.
    """
    vectors = embedder.encode([question for _, question in calibration.nulls], "query")
    return _quantiles(space, vectors, analyzer, calibration, left_out)


def calibrate_words(
    space: VectorSpace, analyzer: TermAnalyzer, calibration: Calibration, left_out: NDArray[np.bool_] | None = None
) -> dict[Language, Thresholds]:
    """The same for questions that are compared by their words alone."""
    return _quantiles(space, None, analyzer, calibration, left_out)


def _quantiles(
    space: VectorSpace,
    vectors: Floats | None,
    analyzer: TermAnalyzer,
    calibration: Calibration,
    left_out: NDArray[np.bool_] | None,
) -> dict[Language, Thresholds]:
    thresholds: dict[Language, Thresholds] = {}
    for language in get_args(Language):
        rows = [row for row, (asked_in, _) in enumerate(calibration.nulls) if asked_in == language]
        terms = [analyzer.terms(calibration.nulls[row][1], language) for row in rows]
        chosen = None if vectors is None else vectors[rows]
        scores = (_without(one, left_out) for one in score_many(space, chosen, terms, language))
        thresholds[language] = _thresholds([reached(one) for one in scores])
    return thresholds


def _without(scores: Scores, left_out: NDArray[np.bool_] | None) -> Scores:
    return scores if left_out is None else replace(scores, passages=np.where(left_out, UNREAD, scores.passages))


def _thresholds(reached: list[tuple[float, float]]) -> Thresholds:
    signals, sentences = zip(*reached or [(0.0, 0.0)], strict=True)
    quantiles = np.quantile(signals, [OFF_TOPIC_QUANTILE, NO_EVIDENCE_QUANTILE, WEAK_QUANTILE])
    sentence = np.quantile(sentences, SENTENCE_QUANTILE)
    return Thresholds(*(round(float(value), 6) for value in (*quantiles, sentence)))
