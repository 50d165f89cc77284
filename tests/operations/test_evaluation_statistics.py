"""Intervals and paired tests against published or counted values."""

from __future__ import annotations

import pytest

from assistant.operations.evaluation_statistics import (
    bootstrap_interval,
    mcnemar_exact,
    sign_flip_test,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_the_interval_of_a_rate_is_wilsons(hits: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_mean_holds_it_and_narrows_with_more_values() -> None:
    few, many = bootstrap_interval([0.0, 0.2, 0.9, 1.0]), bootstrap_interval([0.0, 0.2, 0.9, 1.0] * 25)
    assert few[0] < many[0] < 0.525 < many[1] < few[1]
    assert bootstrap_interval([0.3, 0.3]) == pytest.approx((0.3, 0.3))


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [(0, 0, 1.0), (1, 1, 1.0), (8, 1, 20 / 512), (1, 8, 20 / 512), (6, 0, 2 / 64), (5, 0, 2 / 32)],
)
def test_mcnemars_p_is_that_of_as_uneven_a_split(gained: int, lost: int, p: float) -> None:
    assert mcnemar_exact(gained, lost) == pytest.approx(p)


def test_mcnemar_counts_thousands() -> None:
    assert mcnemar_exact(1500, 1500) == 1.0
    assert 0 < mcnemar_exact(1500, 1300) < 0.001


def test_sign_flips_agree_with_the_count_of_all_of_them() -> None:
    assert sign_flip_test([0.5, 0.1, 0.2, 0.3, 0.4, 0.6]) == pytest.approx(2 / 64, abs=0.006)
    assert sign_flip_test([0.5, -0.5, 0.1, 0.0]) > 0.5
    assert sign_flip_test([0.0, 0.0]) == 1.0
    assert sign_flip_test([0.5, 0.1, 0.2, 0.3] * 5) == sign_flip_test([-0.5, -0.1, -0.2, -0.3] * 5) < 0.001
