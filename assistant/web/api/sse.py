"""Server-sent events: one name and one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MEDIA_TYPE = "text/event-stream"


def sse_event(name: str, data: Mapping[str, Any]) -> str:
    """One event as it goes over the wire."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def accepts_events(accept: str) -> bool:
    """Whether a client that sends this ``Accept`` header wants events instead of one reply."""
    return MEDIA_TYPE in accept
