"""Freed memory goes back to the system: building or loading an index leaves some 200 MB behind in the allocator."""

from __future__ import annotations

import ctypes


def trim_heap() -> None:
    """Trim the heap where the C library can (glibc); elsewhere the allocator does so by itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
