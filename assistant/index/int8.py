"""Vectors as bytes: one per dimension. Direction is all that is compared, so lengths are not kept.

Whatever was quantised once comes back as the same bytes after ``restore``, and so after any number of rounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.int8]
_ROWS = 1 << 15  # squares of so many rows at a time: they need four times the memory of the bytes


def quantise(vectors: Floats) -> tuple[Bytes, Floats]:
    """``(n, d)`` float vectors to bytes, the largest of each row 127, and the worth ``(n,)`` of one step."""
    scales = np.maximum(np.abs(vectors).max(axis=1, initial=0.0), 1e-12).astype(np.float32) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def restore(rows: Bytes) -> Floats:
    """Vectors ``(n, d)`` of length one from their bytes; a row of zeros stays one."""
    return np.asarray(rows / lengths(rows)[:, None], dtype=np.float32)


def lengths(rows: Bytes) -> NDArray[np.float64]:
    """Length of each row of bytes, ``(n,)``; a row of zeros counts as one."""
    parts = (rows[start : start + _ROWS].astype(np.int32) for start in range(0, len(rows), _ROWS))
    squares = [np.square(part).sum(axis=1) for part in parts]
    return np.asarray(np.sqrt(np.maximum(np.concatenate(squares or [np.zeros(0)]), 1)), dtype=np.float64)
