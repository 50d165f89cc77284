"""How sure a figure is, and whether two runs over the same questions differ: intervals and paired tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Z95 = 1.959964
"""Standard normal quantile of a two-sided interval of 95 %."""
_RESAMPLES = 1000
_FLIPS = 10_000
_SEED = 20261128


def wilson_interval(hits: float, count: int) -> tuple[float, float]:
    """95 % interval of a rate (Wilson 1927), bounds in 0…1; ``count`` is at least 1."""
    rate, square = hits / count, Z95**2
    centre = (rate + square / (2 * count)) / (1 + square / count)
    half = Z95 * math.sqrt(rate * (1 - rate) / count + square / (4 * count**2)) / (1 + square / count)
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of a mean by percentiles of 1,000 resamples with a fixed seed, in the unit of the values."""
    given, rng = np.asarray(values, float), np.random.default_rng(_SEED)
    means = [given[rng.integers(given.size, size=given.size)].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def mcnemar_exact(gained: int, lost: int) -> float:
    """Two-sided p of as uneven a split, were gain and loss equally likely; 1.0 where nothing changed."""
    changed, fewer = gained + lost, min(gained, lost)
    return min(1.0, 2 * sum(math.comb(changed, count) for count in range(fewer + 1)) / (1 << changed))


def sign_flip_test(differences: Sequence[float]) -> float:
    """Two-sided p of a mean difference this far from 0, were the sign of each pair's difference a coin's toss.

    10,000 tosses with a fixed seed, so p is 0.0001 at the least.
    """
    changed, rng = np.asarray([each for each in differences if each], float), np.random.default_rng(_SEED)
    if not changed.size:
        return 1.0
    limit = abs(changed.sum()) * (1 - 1e-12)
    tosses = (np.where(rng.random(changed.size) < 0.5, changed, -changed).sum() for _ in range(_FLIPS))
    return float(1 + sum(abs(toss) >= limit for toss in tosses)) / (1 + _FLIPS)
