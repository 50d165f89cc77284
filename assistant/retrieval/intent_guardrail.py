"""Questions with a fixed reply – advice on a single case, discrimination, cheating – recognised by their meaning.

``knowledge/fixed-replies.yaml`` holds examples of such questions and, under ``answered``,
legitimate questions close to them. A question gets the fixed reply of a group when it is
nearer to that group than to everything that is answered, by more than a margin. The margin
is found by leaving each answered example out once, so it follows the examples and the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assistant.core.errors import KnowledgeError
from assistant.index.scoring import Floats

FILE = "fixed-replies.yaml"
GROUPS = ("legal", "tax", "medical", "discrimination", "cheating")
ANSWERED = "answered"
_NEAREST = 3  # examples of a group that a question is compared with: one alone may be near by accident
_QUANTILE = 0.95  # of what answered examples reach without themselves; they were chosen to be hard
Examples = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class IntentGuardrail:
    """Vectors of the examples, ``(n, d)``, around their ``centre`` ``(d,)``.

    Group after group as in ``GROUPS``, each from its row in ``starts``, what is answered last.
    E5 vectors share one strong direction; only around the centre do their differences show.
    """

    centre: Floats
    examples: Floats
    starts: tuple[int, ...]
    margin: float

    def classify(self, vector: Floats) -> str | None:
        """The prompt of the fixed reply to a question with this vector; ``None``: it is answered from sources."""
        reached, group = self._nearest_group(self.examples @ _unit(vector - self.centre))
        return f"reply_{GROUPS[group]}" if reached > self.margin else None

    def _nearest_group(self, cosines: Floats) -> tuple[float, int]:
        """By how much a question with these cosines is nearer to a group than to what is answered, and which group."""
        groups = [_nearness(cosines[start:end]) for start, end in pairwise(self.starts)]
        nearest = groups.index(max(groups))
        return groups[nearest] - _nearness(cosines[self.starts[-1] :]), nearest

    def reached_by_answered(self) -> list[float]:
        """The same for each answered example without itself."""
        cosines = self.examples @ self.examples[self.starts[-1] :].T
        cosines[np.arange(self.starts[-1], len(cosines)), np.arange(cosines.shape[1])] = -1
        return [self._nearest_group(column)[0] for column in cosines.T]


def load_examples(folders: Sequence[Path]) -> Examples:
    """The examples of all folders together, so that an operator's file adds to the shipped one."""
    examples: dict[str, list[str]] = {name: [] for name in (*GROUPS, ANSWERED)}
    for path in (folder / FILE for folder in folders if (folder / FILE).is_file()):
        for name, questions in _read(path).items():
            examples[name] += questions
    return {name: tuple(dict.fromkeys(questions)) for name, questions in examples.items()}


def _read(path: Path) -> dict[str, list[str]]:
    try:
        table: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{path}: Die Datei ist kein gültiges YAML.") from error
    known = (*GROUPS, ANSWERED)
    if not isinstance(table, dict) or not set(table) <= set(known):
        raise KnowledgeError(f"{path}: Erlaubt sind nur die Gruppen {', '.join(known)}.")
    if not all(_is_list_of_questions(questions) for questions in table.values()):
        raise KnowledgeError(f"{path}: Jede Gruppe ist eine Liste von Fragen.")
    return table


def _is_list_of_questions(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(question, str) and question for question in value)


def build_guardrail(
    examples: Examples, more_answered: Sequence[str], encode: Callable[[Sequence[str]], Floats]
) -> IntentGuardrail | None:
    """Vectors and margin for the examples; without any example of a group nothing is ever caught."""
    answered = tuple(dict.fromkeys((*examples[ANSWERED], *more_answered)))
    if not all(examples[name] for name in GROUPS) or len(answered) <= _NEAREST:
        return None
    groups = [examples[name] for name in GROUPS]
    starts = (0, *accumulate(map(len, groups)))
    vectors = encode([*chain.from_iterable(groups), *answered])
    centre = vectors.mean(axis=0)
    drafted = IntentGuardrail(centre, _unit(vectors - centre), starts, 0.0)
    margin = max(0.0, float(np.quantile(drafted.reached_by_answered(), _QUANTILE)))
    return replace(drafted, margin=margin)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _nearness(cosines: Floats) -> float:
    """Mean cosine of the nearest examples."""
    return float(np.sort(cosines)[-_NEAREST:].sum()) / min(_NEAREST, len(cosines))
