"""Gradio, imported without its type stubs and its analytics; other modules take it from here.

On every import Gradio parses the sources of all its components and writes ``.pyi`` files beside them: more than a
second of work for editors of code, and a service should not write into its installation.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _no_stubs() -> Iterator[None]:
    """Gradio makes no stub for a component without a source file; for this moment none has one."""
    real = inspect.getfile

    def getfile(object: Any) -> str:
        if type(object).__name__ == "ComponentMeta":
            raise OSError("no stubs are wanted")
        return real(object)

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = real


os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

with _no_stubs():
    import gradio as gradio
