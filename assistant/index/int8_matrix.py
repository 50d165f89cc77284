"""Vectors kept as one byte per number, compared with a question in one exact product.

Every vector of an index has passed ``int8.quantise``, so bytes lose nothing. The
question is written in three digits of seven bits: the products of whole numbers are
exact, a quarter of the memory is read, and ``onnxruntime`` computes them with the
processor's 8-bit instructions while other Python threads go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.index.int8 import Bytes, Floats, lengths, quantise

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DIGITS = 3
BASE = 128  # digits of seven bits: sums of two products fit 16 bits, which processors without VNNI add them in
ZERO = BASE // 2
_LARGEST = sum((ZERO - 1) * BASE**digit for digit in range(DIGITS))
_ROWS = 1 << 15  # of one part: what a question needs beside the vectors stays small


class Int8Matrix:
    """Vectors ``(n, d)`` of length one, in bytes; behaves like an array of floats where one is expected."""

    def __init__(self, bytes_: Bytes) -> None:
        self._bytes = bytes_
        self._lengths = lengths(bytes_).astype(np.float32)
        self._products = [_product(bytes_[start : start + _ROWS]) for start in range(0, len(bytes_), _ROWS)]

    @classmethod
    def of(cls, vectors: Floats) -> Int8Matrix:
        """From floats, as ``int8.restore`` gives them."""
        return cls(quantise(vectors)[0])

    @property
    def bytes(self) -> Bytes:
        """The bytes ``(n, d)``, each row a multiple of its vector."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._bytes)

    def __getitem__(self, rows: slice) -> Floats:
        return np.asarray(self._bytes[rows] / self._lengths[rows, None], dtype=np.float32)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self[:].astype(dtype or np.float32, copy=False)

    def dot_rows(self, rows: NDArray[np.int64], questions: Floats) -> Floats:
        """Products of some rows with questions ``(d, k)``: shape ``(rows, k)``, the same to the last bit."""
        columns = questions.T
        digits, steps = _to_base128(columns)
        # Sums of 384 products of two bytes are whole numbers that a float32 holds exactly.
        sums = self._bytes[rows].astype(np.float32) @ (digits.astype(np.float32) - ZERO).T
        return _values(sums.T.astype(np.int32), steps, self._lengths[rows]).T

    def __matmul__(self, questions: Floats) -> Floats:
        """Products with one vector ``(d,)`` or several ``(d, k)``: shape ``(n,)`` or ``(n, k)``, error below 1e-6."""
        columns = questions.reshape(len(questions), -1).T
        digits, steps = _to_base128(columns)
        values = np.empty((len(columns), len(self)), dtype=np.float32)
        for part, product in enumerate(self._products):
            (sums,) = product.run(None, {"digits": digits})
            rows = slice(part * _ROWS, (part + 1) * _ROWS)
            values[:, rows] = _values(sums, steps, self._lengths[rows])
        return values.T.reshape(len(self), *questions.shape[1:])


def _values(sums: NDArray[np.int32], steps: Sequence[np.float32], row_lengths: Floats) -> Floats:
    """Cosines ``(k, n)`` from the products of the questions' digits ``(3 · k, n)``."""
    joined = (_joined(sums[number :: len(steps)]) / row_lengths * step for number, step in enumerate(steps))
    return np.asarray(list(joined), dtype=np.float32)


def _joined(sums: NDArray[np.int32]) -> Floats:
    """One number ``(n,)`` from the products of its digits, the highest first."""
    total = sums[0] * np.float32(BASE ** (DIGITS - 1))
    for digit in range(1, DIGITS):
        total += sums[digit] * np.float32(BASE ** (DIGITS - 1 - digit))
    return cast(Floats, total)


def _to_base128(columns: Floats) -> tuple[NDArray[np.uint8], list[np.float32]]:
    """Questions ``(k, d)`` as digits ``(3 · k, d)``, the highest digits of all first, and the worth of a lowest one."""
    steps = np.maximum(np.abs(columns).max(axis=1, keepdims=True), 1e-12).astype(np.float64) / _LARGEST
    rest = np.rint(columns / steps).astype(np.int64)
    digits = []
    for _ in range(DIGITS):
        digit = (rest + ZERO) % BASE
        digits.append(digit.astype(np.uint8))
        rest = (rest + ZERO - digit) // BASE
    return np.concatenate(digits[::-1]), [np.float32(step) for step in steps[:, 0]]


def _product(bytes_: Bytes) -> InferenceSession:
    """A session that multiplies digits ``(rows, d)`` with these bytes ``(n, d)``, laid out for the processor once."""
    import onnxruntime
    from onnx import TensorProto
    from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array

    constants = [from_array(np.ascontiguousarray(bytes_.T), "bytes"), from_array(np.array(ZERO, np.uint8), "zero")]
    digits = make_tensor_value_info("digits", TensorProto.UINT8, ["rows", bytes_.shape[1]])
    sums = make_tensor_value_info("sums", TensorProto.INT32, ["rows", len(bytes_)])
    node = make_node("MatMulInteger", ["digits", "bytes", "zero"], ["sums"])
    graph = make_graph([node], "product", [digits], [sums], constants)
    model = make_model(graph, opset_imports=[make_opsetid("", 21)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # requests share the cores, a single one does not need both
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
