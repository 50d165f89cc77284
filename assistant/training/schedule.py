"""What every training run shares: batches in a fixed order, warm-up and decay, checkpoints to go on from, progress."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from assistant.training.network import trim_memory

_WARM_UP = 0.06
_BATCHES_SORTED = 12
_STEPS_BETWEEN_TRIMS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes: a file to go on from, passes over the examples, learning rate and seed."""

    checkpoint: Path
    passes: int
    rate: float
    seed: int
    decay: float = 0.01
    seconds_between_checkpoints: float = 120.0


def run(
    network: nn.Module,
    plan: Plan,
    batches_of: Callable[[int], Sequence[object]],
    loss_of: Callable[[object], Tensor],
    label: str,
) -> None:
    """Train in place. ``batches_of(pass)`` must give the same batches whenever asked, so that a run can go on."""
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=plan.rate, weight_decay=plan.decay)
    done = _resume(network, optimiser, plan.checkpoint)
    plans = [batches_of(number) for number in range(plan.passes)]
    steps, step, shown = sum(map(len, plans)), 0, Progress(label)
    saved, mean = time.monotonic(), 0.0
    for batch in (batch for batches in plans for batch in batches):
        step += 1
        if step <= done:
            continue
        torch.manual_seed(plan.seed + step)
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * _factor(step / steps)
        loss = loss_of(batch)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        mean = loss.item() if not mean else 0.98 * mean + 0.02 * loss.item()
        if step % _STEPS_BETWEEN_TRIMS == 0:
            trim_memory()
        shown.update(step, steps, f"loss {mean:.3f}")
        if time.monotonic() - saved > plan.seconds_between_checkpoints or step == steps:
            _save(network, optimiser, plan.checkpoint, step)
            saved = time.monotonic()


def batches_by_length(lengths: Sequence[int], size: int, seed: str) -> list[list[int]]:
    """Positions in batches of ``size``, drawn anew for each seed; like lengths together, so that little is padded."""
    order = list(range(len(lengths)))
    chance = random.Random(seed)
    chance.shuffle(order)
    window = size * _BATCHES_SORTED
    windows = (sorted(order[start : start + window], key=lengths.__getitem__) for start in range(0, len(order), window))
    batches = [some[start : start + size] for some in windows for start in range(0, len(some), size)]
    chance.shuffle(batches)
    return batches


def _factor(share: float) -> float:
    return min(share / _WARM_UP, max(0.02, (1 - share) / (1 - _WARM_UP)))


def _save(network: nn.Module, optimiser: torch.optim.Optimizer, file: Path, step: int) -> None:
    """Parameters and moments; written aside and put in place in one step."""
    tensors = {name: tensor.detach().contiguous() for name, tensor in _learned(network)}
    state = optimiser.state_dict()["state"]
    for number, moments in state.items():
        tensors |= {f"adam.{number}.{name}": moments[name].contiguous() for name in ("exp_avg", "exp_avg_sq", "step")}
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    save_file(tensors, str(fresh), metadata={"step": json.dumps(step)})
    fresh.replace(file)


def _learned(network: nn.Module) -> Iterator[tuple[str, Tensor]]:
    return ((name, parameter) for name, parameter in network.named_parameters() if parameter.requires_grad)


def restore(network: nn.Module, file: Path) -> dict[str, Tensor]:
    """Take the learned parameters from a checkpoint, all of whose tensors are given back."""
    tensors = load_file(str(file))
    for name, parameter in _learned(network):
        parameter.data.copy_(tensors[name])
    return tensors


def _resume(network: nn.Module, optimiser: torch.optim.Optimizer, file: Path) -> int:
    """How many steps were done already."""
    if not file.exists():
        return 0
    tensors = restore(network, file)
    state = optimiser.state_dict()
    numbers = {name.split(".")[1] for name in tensors if name.startswith("adam.")}
    state["state"] = {
        int(number): {name: tensors[f"adam.{number}.{name}"] for name in ("exp_avg", "exp_avg_sq", "step")}
        for number in numbers
    }
    optimiser.load_state_dict(state)
    return _step_of(file)


def _step_of(file: Path) -> int:
    from safetensors import safe_open

    with safe_open(str(file), "pt") as opened:
        return int(json.loads(opened.metadata()["step"]))


class Progress:
    """One line that says how far it is and how long it takes; in a log a line from time to time."""

    def __init__(self, label: str) -> None:
        self._label, self._start, self._last, self._first = label, time.monotonic(), 0.0, 0

    def update(self, done: int, total: int, note: str = "") -> None:
        """Show ``done`` of ``total``."""
        self._first = self._first or done
        now = time.monotonic()
        every = 0.5 if sys.stderr.isatty() else 20
        if now - self._last < every and done < total:
            return
        self._last = now
        rate = (now - self._start) / max(1, done - self._first + 1)
        left = rate * (total - done) / 60
        line = f"{self._label}: {done}/{total} ({100 * done // total} %), {note}, noch {left:.1f} min"
        end = "\r" if sys.stderr.isatty() and done < total else "\n"
        print(f"{line:<100}", end=end, file=sys.stderr, flush=True)
