"""Whether what was read answers, and which sentences: logistic combinations that ``make train`` fitted.

The reader alone ranks no better than vectors and knows nothing of what is foreign; vectors alone cannot tell a
near-miss from an answer. Each number below is a weight of one sign of an answer; the thresholds part the outcome.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.core.errors import EmbeddingError
from assistant.core.models import RetrievalResult, ScoredPassage

ANSWER_SIGNS = ("passage", "second", "signal")
"""Logits of the best and the second best passage, and how far the signal lies below what foreign questions reach;
above that it says nothing, since near-misses reach as far as answers."""
SENTENCE_SIGNS = ("sentence", "passage", "cosine", "lead")
"""Logits of the sentence and its passage, its cosine, and by how much its passage scores below the best one."""
GUIDE_SIGNS = ("nearest", "ahead", "behind", "signal")
"""How near the nearest of a guide's questions is, by how much the guide is nearer than any card and farther than the
nearest guide, and how far the signal lies below what foreign questions reach."""
_SIGNAL_CEILING = -1.0
_GUIDE_SIGNAL_CEILING = 0.0
_GUIDES_WEIGHED = 3
FOREIGN_SIGNAL = -1.5
"""Below this signal a question must be answered surely: of 20 plainly foreign golden questions one passed otherwise."""
GUIDE_SIGNAL = -1.0
"""Below it no guide is shown: one for a situation in seven is lost, none for a question about the weather is shown."""
FAR = -8.0
"""Stands for a logit where nothing was read."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights of named signs and a bias."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, signs: Mapping[str, float]) -> float:
        """In 0…1; every sign that has a weight must be there."""
        total = self.bias + sum(weight * signs[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Decision:
    """What parts questions and sentences.

    From ``sure`` on a question is answered, from ``weak`` on with a caution; below that no source answers it.
    ``ranking`` is what a reader's logit adds to the score of a passage; a first sentence is always quoted, a further
    one from ``further`` on, one next to a chosen one from ``beside`` on. From
    ``shown_guide`` on a guide is what was asked for.
    """

    answer: Logistic
    sentence: Logistic
    guide: Logistic
    ranking: float
    sure: float
    weak: float
    further: float
    beside: float
    shown_guide: float

    def probability(self, evidence: RetrievalResult, signal: float) -> float:
        """How likely it is that the best of what was read answers."""
        return self.answer.probability(answer_signs(evidence.ranked, signal))


def answer_signs(ranked: Sequence[ScoredPassage], signal: float) -> dict[str, float]:
    """The signs of an answer among read passages, by name; ``signal`` as ``reading.relative_signal`` gives it."""
    logits = sorted((scored.reading.passage for scored in ranked if scored.reading is not None), reverse=True)
    best, second = [*logits, FAR, FAR][:2]
    return dict(zip(ANSWER_SIGNS, (best, second, min(signal, _SIGNAL_CEILING)), strict=True))


def sentence_signs(scored: ScoredPassage, place: int, best: float) -> dict[str, float] | None:
    """The signs of a sentence that answers, by name; ``None`` for a sentence that was not read."""
    reading = scored.reading
    logit = reading.sentences[place] if reading else None
    if reading is None or logit is None:
        return None
    found = (logit, reading.passage, scored.sentence_scores[place], scored.score - best)
    return dict(zip(SENTENCE_SIGNS, found, strict=True))


def guide_signs(evidence: RetrievalResult, signal: float, ranking: float) -> dict[str, dict[str, float]]:
    """The signs of the nearest guides, by id, the nearest one first.

    ``signal`` as ``reading.relative_signal`` gives it; ``ranking`` is the weight that the reader's logit has in the
    scores of cards; it does not count here.
    """
    near = guide_nearness(evidence.guides)
    nearest = max(near.values(), default=0.0)
    unread = (s.score - (ranking * s.reading.passage if s.reading else 0.0) for s in evidence.ranked)
    cards = max(unread, default=0.0)
    below = min(signal, _GUIDE_SIGNAL_CEILING)
    found = {}
    for guide in list(near)[:_GUIDES_WEIGHED]:
        own = [scored for scored in evidence.guides if scored.passage.document_id == guide]
        asked = max((max(s.sentence_scores, default=0.0) for s in own if s.passage.generated), default=0.0)
        ahead = max(scored.score for scored in own) - cards
        found[guide] = dict(zip(GUIDE_SIGNS, (asked, ahead, nearest - near[guide], below), strict=True))
    return found


def guide_nearness(guides: Sequence[ScoredPassage]) -> dict[str, float]:
    """Score of the best passage of each guide's text and of its questions together, the nearest guide first."""
    best: dict[str, dict[bool, float]] = {}
    for scored in guides:
        part = best.setdefault(scored.passage.document_id, {})
        part[scored.passage.generated] = max(scored.score, part.get(scored.passage.generated, 0.0))
    total = {guide: sum(parts.values()) for guide, parts in best.items()}
    return dict(sorted(total.items(), key=lambda item: -item[1]))


def load_decision(path: Path) -> Decision:
    """Read ``decision.json``; ``EmbeddingError`` when it is damaged."""
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        answer, sentence, guide = (_logistic(content[name]) for name in ("answer", "sentence", "guide"))
        numbers = [float(content[name]) for name in ("ranking", "sure", "weak", "further", "beside", "shown_guide")]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EmbeddingError(f"Die Entscheidungswerte {path} sind beschädigt.") from error
    return Decision(answer, sentence, guide, *numbers)


def _logistic(content: Mapping[str, Any]) -> Logistic:
    weights = {str(name): float(weight) for name, weight in content["weights"].items()}
    return Logistic(weights, float(content["bias"]))
