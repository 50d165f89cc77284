"""Where tests find files of the project and data of their own."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
DATA = TESTS / "data"
EVALUATION = DATA / "evaluation"
SCRIPTS = Path(__file__).parent
