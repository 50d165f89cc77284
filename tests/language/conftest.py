"""Words are looked up in the tries of the run, not in dictionaries that every process would unpack into memory."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _tries(cache_dir: Path) -> None:
    """Where the tries are is said before the first word is looked up."""
