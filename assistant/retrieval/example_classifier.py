"""Kernel ridge regression over example texts: which group a text is of, by its nearness to all examples.

Each example says which group it is of; in between they weigh by nearness. So a word that groups share says nothing,
and a text far from all examples is of no group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from assistant.index.scoring import Floats

# How fast an example's say fades with distance, and how far examples may contradict each other. At 3 every tenth
# question that should be caught is lost, at 1.5 twice as many others are caught; 0.03 to 0.3 are alike.
_SHARPNESS = 2.0
_RIDGE = 0.1


@dataclass(frozen=True, slots=True)
class ExampleClassifier:
    """Vectors of the examples, ``(n, d)``, around their ``centre`` ``(d,)``, and weights ``(n, groups)``.

    E5 vectors share one strong direction; only around the centre do their differences show.
    """

    centre: Floats
    examples: Floats
    weights: Floats

    def reach(self, vector: Floats) -> Floats:
        """How much a text with this vector belongs to each group, ``(groups,)``: near 0 not at all, near 1 fully."""
        reached: Floats = _nearness(self.examples @ _unit(vector - self.centre)) @ self.weights
        return reached


def fit_examples(
    groups: Sequence[Sequence[str]], encode: Callable[[Sequence[str]], Floats]
) -> ExampleClassifier | None:
    """A classifier for the groups in their order; ``None`` where one of them is empty."""
    if not all(groups):
        return None
    vectors = encode(list(chain.from_iterable(groups)))
    centre = vectors.mean(axis=0)
    around = _unit(vectors - centre)
    return ExampleClassifier(centre, around, _fit_weights(around, [len(group) for group in groups]))


def _fit_weights(vectors: Floats, counts: Sequence[int]) -> Floats:
    """With them each example reaches nearly 1 in its own column and 0 in all others."""
    columns = np.repeat(np.eye(len(counts)), counts, axis=0)
    kernel = _nearness(vectors @ vectors.T).astype(np.float64)
    return np.asarray(np.linalg.solve(kernel + _RIDGE * np.eye(len(kernel)), columns), dtype=np.float32)


def _nearness(cosines: Floats) -> Floats:
    """From near 0 to 1, the same text; also called radial basis function."""
    return np.asarray(np.exp(_SHARPNESS * (cosines - 1)), dtype=np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
