"""Server-sent events: one name and one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

MEDIA_TYPE = "text/event-stream"


def sse_event(name: str, data: Mapping[str, Any]) -> str:
    """One event as it goes over the wire."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def accepts_events(request: Request) -> bool:
    """Whether a client wants events instead of one reply."""
    return MEDIA_TYPE in request.headers.get("accept", "")
