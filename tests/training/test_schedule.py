"""Training runs: the same by the same seed, able to go on where they were stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from assistant.training.schedule import Plan, batches_by_length, restore, run

STEPS = 6


class Stopped(Exception):
    """What ends a run in the middle."""


def network() -> nn.Linear:
    torch.manual_seed(1)
    return nn.Linear(3, 1)


def train(folder: Path, stop_at: int | None = None, seed: int = 5) -> nn.Linear:
    """A network after a run that is stopped before a step, if any."""
    trained, seen = network(), Counter[str]()

    def batches_of(number: int) -> Sequence[object]:
        return [number * 3 + place for place in range(3)]

    def loss_of(batch: object) -> Tensor:
        assert isinstance(batch, int)
        seen["steps"] += 1
        if batch == stop_at:
            raise Stopped
        noise = torch.randn(4, 3)  # as dropout would draw it
        return (trained(noise + batch) - 1).square().mean()

    plan = Plan(folder / "state.safetensors", passes=2, rate=0.05, seed=seed, seconds_between_checkpoints=0)
    with suppress(Stopped):
        run(trained, plan, batches_of, loss_of, "Probe")
    return trained


def state(trained: nn.Linear) -> list[float]:
    return [*trained.weight.detach().flatten().tolist(), *trained.bias.detach().tolist()]


def test_a_stopped_run_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = state(train(tmp_path / "whole"))
    stopped = state(train(tmp_path / "parts", stop_at=4))
    assert stopped != whole
    assert state(train(tmp_path / "parts")) == whole


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path) -> None:
    whole = state(train(tmp_path))
    assert state(train(tmp_path, stop_at=0)) == whole


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    assert state(train(tmp_path / "a")) != state(train(tmp_path / "b", seed=6))


def test_training_changes_the_network_and_its_checkpoint_holds_it(tmp_path: Path) -> None:
    trained, fresh = train(tmp_path), network()
    assert state(trained) != state(fresh)
    restore(fresh, tmp_path / "state.safetensors")
    assert state(fresh) == state(trained)


def test_what_is_not_learned_stays(tmp_path: Path) -> None:
    trained = network()
    trained.bias.requires_grad_(False)
    before = trained.bias.tolist()
    plan = Plan(tmp_path / "x.safetensors", 1, 0.1, 0)
    run(trained, plan, lambda _: [0], lambda _: trained(torch.ones(3)).sum(), "Probe")
    assert trained.bias.tolist() == before


def test_progress_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(tmp_path)
    said = capsys.readouterr().err
    assert f"Probe: {STEPS}/{STEPS} (100 %)" in said
    assert "noch 0.0 min" in said


def test_batches_hold_everything_once_and_like_lengths_together() -> None:
    lengths = [(7 * number) % 50 for number in range(200)]
    batches = batches_by_length(lengths, 8, "a")
    assert sorted(position for batch in batches for position in batch) == list(range(200))
    spread = [max(lengths[p] for p in batch) - min(lengths[p] for p in batch) for batch in batches]
    assert sum(spread) / len(spread) < 10
    assert batches == batches_by_length(lengths, 8, "a")
    assert batches != batches_by_length(lengths, 8, "b")
