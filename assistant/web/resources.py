"""Folders with the files of the web service, found wherever the package lies."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).with_name("static")
TEMPLATES = Path(__file__).with_name("templates")
PROFILES = Path(__file__).with_name("profiles")
