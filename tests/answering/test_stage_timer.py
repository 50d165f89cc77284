"""Stages share the time between them, and the total is what has passed."""

from __future__ import annotations

import time

from assistant.answering.stage_timer import StageTimer

STAGES = ["understand", "retrieve", "read", "answer", "verify"]


def wait(milliseconds: float) -> None:
    end = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < end:
        pass


def test_every_stage_is_there_from_the_start() -> None:
    times = StageTimer().times()
    assert list(times) == [*STAGES, "total"]
    assert [times[stage] for stage in STAGES] == [0.0] * 5


def test_a_stage_has_the_time_since_the_last_one_ended() -> None:
    timer = StageTimer()
    wait(20)
    timer.stop("understand")
    wait(5)
    timer.stop("retrieve")
    times = timer.times()
    assert times["understand"] >= 20
    assert 5 <= times["retrieve"] < times["total"] - 19
    assert (times["answer"], times["verify"]) == (0.0, 0.0)


def test_a_stage_that_is_entered_again_adds_up() -> None:
    timer = StageTimer()
    for _ in range(2):
        wait(5)
        timer.stop("answer")
    assert timer.times()["answer"] >= 10


def test_the_stages_and_what_came_after_are_the_total() -> None:
    start = time.perf_counter()
    timer = StageTimer()
    wait(5)
    timer.stop("verify")
    wait(5)
    times = timer.times()
    assert times["total"] >= sum(times[stage] for stage in STAGES) + 4.9
    assert times["total"] <= (time.perf_counter() - start) * 1000 + 0.01
