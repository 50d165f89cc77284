"""The score of a passage for a question, and the signal that decides whether to answer.

``s = cos(q, header + passage) + 0.5 · max cos(q, sentence) + 0.10 · BM25 / ideal``.
No rank fusion: a weighted sum keeps how sure each part is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import Language, Passage
from assistant.index.bm25 import BM25Index
from assistant.index.int8_matrix import Int8Matrix

# A change to any of these moves every score, so it needs a new calibration: ``assistant index --full``. How flat they
# lie was measured on the development half of the golden questions with such an index for each value; "one question"
# is one of the 105 that have an answer.

# The weight of a passage's best sentence beside the passage. Chosen coarsely on XQuAD-de and an authority's questions
# and answers. 0.25 finds one question more, 0 one less, 1 is flat but cites two expected sources less.
SENTENCE_WEIGHT = 0.5

# The weight of words. Chosen like the sentences' weight. Half of it puts two right sources less on top, none at all
# six; twice as much finds one question less and answers two more.
LEXICAL_WEIGHT = 0.10

# Bibliographical entries name every subject and explain none. Flat from 0 to 0.06: up to 19 answers quote other
# literature.
LITERATURE_PENALTY = 0.03

# Brings word matches into the range of the cosines that margins were set for, where vectors cannot be used. Half of
# it finds one question more there and cites three more expected sources, twice as much one and three less.
WITHOUT_VECTORS_SCALE = 0.4

# Of so many of the best passages the mean score is the signal that decides whether to answer: one alone may be near by
# accident. Flat from 1 to 3; 6 refuse two questions that have an answer.
SIGNAL_DEPTH = 3

# Questions that are compared in one product: more take memory and save little.
_AT_ONCE = 16

LARGE = 1 << 15
"""Number of passages from which on only the ``CANDIDATES`` nearest have their sentences read."""
CANDIDATES = 1024
UNREAD = np.float32(-10.0)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """Everything a question is compared with, in memory and in the order of the passages.

    ``passage_vectors`` ``(n, d)``, ``sentence_vectors`` ``(m, d)``, ``sentence_offsets``
    ``(n + 1,)``; ``german`` and ``offset`` ``(n,)``; ``shift`` ``(d,)`` moves an English
    question towards German texts.
    """

    passage_vectors: Int8Matrix
    sentence_vectors: Int8Matrix
    sentence_offsets: NDArray[np.int64]
    lexical: BM25Index
    german: NDArray[np.bool_]
    offset: Floats
    shift: Floats

    @property
    def has_vectors(self) -> bool:
        """Whether questions can be compared by meaning; without vectors only words are compared."""
        return len(self.passage_vectors) == len(self.german)


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of all passages ``(n,)``, cosines of all sentences ``(m,)`` and best of each passage ``(n,)``.

    Not ``whole``: passages whose sentences were not read score ``UNREAD``.
    """

    passages: Floats
    sentences: Floats
    best_sentence: Floats
    whole: bool = True


def passage_offsets(passages: Sequence[Passage]) -> Floats:
    """What a kind of source is held back by; ``(n,)``."""
    return np.array([-LITERATURE_PENALTY if p.kind == "literature" else 0.0 for p in passages], dtype=np.float32)


def score(
    space: VectorSpace,
    question: Floats | None,
    terms: Sequence[str],
    language: Language,
    *,
    lift: Floats | None = None,
    whole: bool = False,
    lexical_weight: float = LEXICAL_WEIGHT,
) -> Scores:
    """Score every passage for a question vector ``(d,)`` and the question's terms; by the terms alone without one.

    In a large space only the nearest passages are scored, with and without the ``lift`` ``(n,)`` that the caller
    is going to add to the scores, unless all are wanted (``whole``). ``lexical_weight`` is the weight of words.
    """
    if not len(space.german):
        empty = np.zeros(0, dtype=np.float32)
        return Scores(empty, empty, empty)
    same_language = space.german if language == "de" else ~space.german
    if question is None or not space.has_vectors:
        return _by_words(space, space.lexical.sentence_scores(terms), terms, same_language)
    if len(space.german) >= LARGE and not whole:
        return _score_candidates(space, question[:, None], terms, language, lift, lexical_weight)
    dense, sentences = _cosines(space, question[:, None], language)
    lexical = lexical_weight * space.lexical.scores(terms) * same_language
    return _by_meaning(space, dense[:, 0], sentences[:, 0], lexical)


def score_many(
    space: VectorSpace, questions: Floats | None, terms: Sequence[Sequence[str]], language: Language
) -> Iterator[Scores]:
    """``score`` of questions ``(k, d)`` in one language, some at a time: one product serves them all."""
    same_language = space.german if language == "de" else ~space.german
    if not len(space.german):
        yield from (score(space, None, asked, language) for asked in terms)
    elif questions is None or not space.has_vectors:
        for held, asked in zip(space.lexical.sentence_scores_of(terms), terms, strict=True):
            yield _by_words(space, held, asked, same_language)
    else:
        for start in range(0, len(terms), _AT_ONCE):
            dense, sentences = _cosines(space, questions[start : start + _AT_ONCE].T, language)
            for column, asked in enumerate(terms[start : start + _AT_ONCE]):
                lexical = LEXICAL_WEIGHT * space.lexical.scores(asked) * same_language
                yield _by_meaning(space, dense[:, column], sentences[:, column], lexical)


def _by_meaning(space: VectorSpace, dense: Floats, sentences: Floats, lexical: Floats) -> Scores:
    best = np.maximum.reduceat(sentences, space.sentence_offsets[:-1])
    total = dense + SENTENCE_WEIGHT * best + lexical + space.offset
    return Scores(total.astype(np.float32), sentences, best)


def _by_words(space: VectorSpace, held: Floats, terms: Sequence[str], same_language: NDArray[np.bool_]) -> Scores:
    """BM25 over its ideal, and the share of the terms that a sentence holds in the place of its cosine."""
    per_sentence = np.repeat(same_language, np.diff(space.sentence_offsets))
    sentences = WITHOUT_VECTORS_SCALE * held * per_sentence
    best = np.maximum.reduceat(sentences, space.sentence_offsets[:-1])
    passages = WITHOUT_VECTORS_SCALE * space.lexical.scores(terms) * same_language
    total = passages + SENTENCE_WEIGHT * best + space.offset
    return Scores(total.astype(np.float32), sentences.astype(np.float32), best)


def _score_candidates(
    space: VectorSpace,
    question: Floats,
    terms: Sequence[str],
    language: Language,
    lift: Floats | None,
    lexical_weight: float,
) -> Scores:
    """Scores of the passages that come first when their own cosine stands for that of their best sentence."""
    same_language = space.german if language == "de" else ~space.german
    dense = _compared(space, space.german, question, language, space.passage_vectors.__matmul__)[:, 0]
    others = lexical_weight * space.lexical.scores(terms) * same_language + space.offset
    estimate = (1 + SENTENCE_WEIGHT) * dense + others
    passages = np.unique(np.concatenate([top(values, CANDIDATES) for values in _with_and_without(lift, estimate)]))
    starts, counts = space.sentence_offsets[passages], np.diff(space.sentence_offsets)[passages]
    firsts = np.cumsum(counts) - counts
    rows = np.arange(counts.sum()) + np.repeat(starts - firsts, counts)
    german = np.repeat(space.german[passages], counts)
    read = _compared(space, german, question, language, partial(space.sentence_vectors.dot_rows, rows))
    scores = Scores(
        np.full(len(dense), UNREAD),
        np.zeros(len(space.sentence_vectors), dtype=np.float32),
        np.full(len(dense), UNREAD),
        whole=False,
    )
    scores.sentences[rows] = read[:, 0]
    scores.best_sentence[passages] = best = np.maximum.reduceat(read[:, 0], firsts)
    scores.passages[passages] = dense[passages] + SENTENCE_WEIGHT * best + others[passages]
    return scores


def _with_and_without(lift: Floats | None, values: Floats) -> tuple[Floats, ...]:
    return (values,) if lift is None else (values, values + lift)


def _cosines(space: VectorSpace, questions: Floats, language: Language) -> tuple[Floats, Floats]:
    """Cosines of questions ``(d, k)`` to passages ``(n, k)`` and sentences ``(m, k)``."""
    per_sentence = np.repeat(space.german, np.diff(space.sentence_offsets)) if language == "en" else space.german
    return (
        _compared(space, space.german, questions, language, space.passage_vectors.__matmul__),
        _compared(space, per_sentence, questions, language, space.sentence_vectors.__matmul__),
    )


def _compared(
    space: VectorSpace,
    german: NDArray[np.bool_],
    questions: Floats,
    language: Language,
    product: Callable[[Floats], Floats],
) -> Floats:
    """Cosines ``(n, k)`` by a product with questions ``(d, k)``; English ones meet German texts shifted to them."""
    if language == "de" or not (space.shift.any() and space.german.any()):
        return product(questions)
    shifted = questions + space.shift[:, None]
    count = questions.shape[1]
    both = product(np.concatenate([questions, shifted / np.linalg.norm(shifted, axis=0)], axis=1))
    return np.where(german[:, None], both[:, count:], both[:, :count])


def top(values: Floats, count: int) -> NDArray[np.int64]:
    """Positions of the ``count`` largest values, largest first; only of those that were read if they are enough."""
    held = np.flatnonzero(values > UNREAD / 2)
    if count <= len(held) < len(values):
        return held[top(values[held], count)]
    count = min(count, len(values))
    largest = np.argpartition(-values, count - 1)[:count] if 0 < count < len(values) else np.arange(len(values))
    return largest[np.argsort(-values[largest], kind="stable")][:count]


def top_k_mean(scores: Scores) -> float:
    """How well the sources speak to the question: the mean score of the best passages."""
    return reached(scores)[0]


def reached(scores: Scores) -> tuple[float, float]:
    """The signal, and the best cosine of any sentence of the best passages."""
    best = top(scores.passages, SIGNAL_DEPTH)
    if not len(best):
        return 0.0, 0.0
    return float(scores.passages[best].mean()), float(scores.best_sentence[best].max())
