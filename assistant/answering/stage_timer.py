"""Milliseconds per stage of an answer."""

from __future__ import annotations

import time


class StageTimer:
    """Milliseconds per stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps = dict.fromkeys(("understand", "retrieve", "read", "answer", "verify"), 0.0)

    def stop(self, stage: str) -> None:
        """End a stage."""
        now = time.perf_counter()
        self._laps[stage] += (now - self._last) * 1000
        self._last = now

    def times(self) -> dict[str, float]:
        """All stages and the total so far."""
        total = (time.perf_counter() - self._start) * 1000
        return {stage: round(value, 2) for stage, value in (self._laps | {"total": total}).items()}
