"""The shipped encoder as a PyTorch network: whole, or with low-rank changes of its matrices (LoRA, Hu et al. 2021)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from assistant.index.e5_checkpoint import Checkpoint

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _KEPT = -1, -3, 1 << 27
_FUSED = [SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
_LENGTHS = 16
MATRICES = ("q", "k", "v", "ao", "fi", "fo")


def device() -> torch.device:
    """A GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def use_bfloat16() -> bool:
    """Whether products in bfloat16 are faster here: on GPUs, and on processors with AMX or AVX-512 BF16."""
    if torch.cuda.is_available():
        return True
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def keep_memory() -> None:
    """Let glibc keep freed memory: giving it back and fetching it anew takes a third of the time of a step."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            libc.mallopt(option, _KEPT)


def trim_memory() -> None:
    """Give back what is free: kept pieces of ever other sizes fill the memory in an hour."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


class Linear(nn.Module):
    """A matrix ``(outputs, inputs)`` with a bias; with a ``rank`` only a product of two thin matrices is learned."""

    def __init__(self, weight: NDArray[np.float32], bias: NDArray[np.float32], rank: int | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight), requires_grad=rank is None)
        self.bias = nn.Parameter(torch.tensor(bias))
        outputs, inputs = weight.shape
        if rank is not None:
            self.a = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
            self.b = nn.Parameter(torch.zeros(outputs, rank))
        self.rank = rank

    def effective(self) -> Tensor:
        """The weight as it counts now."""
        return self.weight if self.rank is None else self.weight + self.b @ self.a

    def forward(self, values: Tensor) -> Tensor:
        """``values (…, inputs)`` to ``(…, outputs)``."""
        return functional.linear(values, self.effective(), self.bias)


class Layer(nn.Module):
    """One layer of BERT: attention and a feed-forward network, each added to its input and normalised."""

    def __init__(self, checkpoint: Checkpoint, index: int, rank: int | None) -> None:
        super().__init__()
        hidden, wide = checkpoint.hidden, checkpoint.feed_forward
        for name in MATRICES:
            weight = checkpoint.matrix(f"l{index}.{name}.w", wide if name == "fo" else hidden).T.copy()
            self.add_module(name, Linear(weight, checkpoint.vector(f"l{index}.{name}.b").copy(), rank))
        self.aln = _norm(checkpoint, f"l{index}.aln")
        self.oln = _norm(checkpoint, f"l{index}.oln")
        self.heads = checkpoint.heads

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """``values (batch, tokens, hidden)``; ``mask (batch, 1, 1, tokens)`` is true for tokens that count."""
        batch, tokens, hidden = values.shape
        q, k, v = (
            getattr(self, name)(values).view(batch, tokens, self.heads, -1).transpose(1, 2) for name in ("q", "k", "v")
        )
        with sdpa_kernel([SDPBackend.MATH] if values.device.type == "cpu" else _FUSED):  # the fused one is slower there
            mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        values = self.aln(values + self.get_submodule("ao")(mixed.transpose(1, 2).reshape(batch, tokens, hidden)))
        wide = functional.gelu(self.get_submodule("fi")(values))
        result: Tensor = self.oln(values + self.get_submodule("fo")(wide))
        return result


def _norm(checkpoint: Checkpoint, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(checkpoint.hidden, eps=checkpoint.epsilon)
    norm.weight.data = torch.tensor(checkpoint.vector(f"{name}.w").copy())
    norm.bias.data = torch.tensor(checkpoint.vector(f"{name}.b").copy())
    return norm


class Encoder(nn.Module):
    """multilingual-e5-small; the vectors of words and positions are never learned."""

    def __init__(self, checkpoint: Checkpoint, rank: int | None = None) -> None:
        super().__init__()
        words = checkpoint.matrix("emb.word", checkpoint.hidden).T
        self.register_buffer("words", torch.tensor(words.copy()), persistent=False)
        self.register_buffer("positions", torch.tensor(checkpoint.positions), persistent=False)
        self.ln = _norm(checkpoint, "emb.ln")
        self.layers = nn.ModuleList(Layer(checkpoint, index, rank) for index in range(checkpoint.layers))

    def forward(self, tokens: Tensor, mask: Tensor, added: Tensor | None = None) -> Tensor:
        """States ``(batch, tokens, hidden)`` of token numbers ``(batch, tokens)``; ``added`` after the embedding."""
        words, positions = self.get_buffer("words"), self.get_buffer("positions")
        values: Tensor = self.ln(words[tokens] + positions[: tokens.shape[1]])
        if added is not None:
            values = values + added
        for layer in self.layers:
            values = layer(values, mask[:, None, None, :])
        return values


def pad(rows: Sequence[Sequence[int]], fill: int = 0) -> tuple[Tensor, Tensor]:
    """Rows as one table ``(rows, longest)`` and where they hold something.

    The longest row is rounded up, so that few sizes occur and memory that was freed fits again.
    """
    longest = -(-max(map(len, rows)) // _LENGTHS) * _LENGTHS
    table = torch.full((len(rows), longest), fill, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.bool)
    for number, row in enumerate(rows):
        table[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row)] = True
    return table, mask


def mean_of(states: Tensor, mask: Tensor) -> Tensor:
    """Mean state ``(batch, hidden)`` over the tokens that count, in float32."""
    weights = mask.float()[..., None]
    return (states.float() * weights).sum(1) / weights.sum(1)


def to_array(tensor: Tensor, kind: Any = np.float32) -> NDArray[Any]:
    """A tensor of any device as an array."""
    return tensor.detach().cpu().float().numpy().astype(kind)
