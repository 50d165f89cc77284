"""How graphs are run here: one text at a time, each on one core."""

from __future__ import annotations

from pathlib import Path

import onnxruntime
from onnxruntime import InferenceSession


def open_session(model: Path | bytes) -> InferenceSession:
    """A session, over a file or bytes, that several threads may use at once; none waits for another core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Texts differ in length; a plan kept for every length would only fill memory.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(
        model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
    )
