"""The networks in plain PyTorch floats, to hold the graphs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

from assistant.index.e5_checkpoint import Checkpoint

Arrays = Mapping[str, NDArray[Any]]


class ReferenceNetwork:
    """Tensors as training names them, computed as BERT's paper says."""

    def __init__(self, checkpoint: Checkpoint, tensors: Arrays) -> None:
        self._checkpoint = checkpoint
        self._tensors = {name: torch.tensor(np.array(tensor, np.float32)) for name, tensor in tensors.items()}

    def states(self, words: NDArray[np.float32], segments: NDArray[np.int64] | None = None) -> Tensor:
        """Last states ``(n, hidden)`` of one row ``(1, n, hidden)``."""
        values = torch.tensor(words[0]) + torch.tensor(self._checkpoint.positions[: words.shape[1]])
        values = self._normalise(values, "ln")
        if segments is not None:
            values = values + self._tensors["seg"][torch.tensor(segments[0])]
        layer = 0
        while f"layers.{layer}.q.w" in self._tensors:
            values = self._layer(values, f"layers.{layer}.")
            layer += 1
        return values

    def vector(self, words: NDArray[np.float32]) -> NDArray[np.float32]:
        """The mean of the states, length one."""
        mean = self.states(words).mean(dim=0)
        return np.asarray(mean / mean.norm())

    def logits(
        self, feed: Mapping[str, NDArray[Any]], spans: Sequence[tuple[int, int]]
    ) -> tuple[float, NDArray[np.float32]]:
        """The reader's logit of the passage and those of the sentences."""
        states = self.states(feed["words"], feed["segments"])
        means = torch.stack([states[start:end].mean(dim=0) for start, end in spans])
        return float(self._head("passage", states.mean(dim=0))), np.asarray(self._head("sentence", means)[:, 0])

    def _layer(self, values: Tensor, layer: str) -> Tensor:
        q, k, v = (
            self._linear(values, layer + part).view(len(values), self._checkpoint.heads, -1).transpose(0, 1)
            for part in "qkv"
        )
        mixed = scaled_dot_product_attention(q, k, v).transpose(0, 1).reshape(values.shape)
        values = self._normalise(values + self._linear(mixed, layer + "ao"), layer + "aln")
        narrow = self._linear(gelu(self._linear(values, layer + "fi")), layer + "fo")
        return self._normalise(values + narrow, layer + "oln")

    def _linear(self, values: Tensor, name: str) -> Tensor:
        return linear(values, self._tensors[name + ".w"], self._tensors[name + ".bias"])

    def _normalise(self, values: Tensor, name: str) -> Tensor:
        weight, bias = self._tensors[name + ".weight"], self._tensors[name + ".bias"]
        return layer_norm(values, values.shape[-1:], weight, bias, self._checkpoint.epsilon)

    def _head(self, name: str, pooled: Tensor) -> Tensor:
        wide = gelu(linear(pooled, self._tensors[name + ".0.weight"], self._tensors[name + ".0.bias"]))
        return linear(wide, self._tensors[name + ".2.weight"], self._tensors[name + ".2.bias"])
