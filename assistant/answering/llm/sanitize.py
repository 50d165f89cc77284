"""Text for and from a language model without what could lead it or a reader elsewhere."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"\b(?:https?://|www\.|mailto:)\S+", re.IGNORECASE)


def sanitize(text: str) -> str:
    """Text that cannot close a tag or hold an address: it is data for the model, nothing else."""
    return _ADDRESS.sub("[Link]", text).replace("<", "‹").replace(">", "›")
