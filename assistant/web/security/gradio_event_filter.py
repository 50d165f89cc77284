"""Events of Gradio's chat page: text only, nothing that could name a file or an address on this server."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from assistant.web.errors import HTTPRefusal

_KEYS = {"data", "event_data", "fn_index", "session_hash", "trigger_id"}
_SESSION = re.compile(r"[a-z0-9]{1,40}", re.ASCII)
_NUMBER = range(10_000)


def filter_event(body: bytes) -> bytes:
    """The event written anew from the fields that were checked, so that no other parser reads something else in it."""
    try:
        event = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise HTTPRefusal(400, "invalid_request", "Die Anfrage ist kein gültiges JSON.") from error
    if not isinstance(event, dict) or not set(event) <= _KEYS or not _has_plain_numbers(event):
        raise HTTPRefusal(422, "invalid_request", "Die Anfrage enthält unerwartete Felder.")
    if not isinstance(event.get("data"), list) or not all(one is None or isinstance(one, str) for one in event["data"]):
        raise HTTPRefusal(422, "invalid_request", "Angenommen wird nur Text.")
    if not _is_harmless(event.get("event_data")):
        raise HTTPRefusal(422, "invalid_request", "Angenommen wird nur Text.")
    return json.dumps(event).encode()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _has_plain_numbers(event: dict[str, Any]) -> bool:
    session, number, trigger = (event.get(name) for name in ("session_hash", "fn_index", "trigger_id"))
    return (
        (session is None or (isinstance(session, str) and bool(_SESSION.fullmatch(session))))
        and (trigger is None or _is_number(trigger))
        and _is_number(number)
    )


def _is_number(value: Any) -> bool:
    return type(value) is int and value in _NUMBER


def _is_harmless(data: Any) -> bool:
    """Gradio sends nothing, or for a thumb its index, the shown text and the direction."""
    if data is None:
        return True
    if not isinstance(data, dict) or not set(data) <= {"index", "value", "liked"}:
        return False
    index, value, liked = (data.get(name) for name in ("index", "value", "liked"))
    indexes = index if isinstance(index, list) else [index]
    texts = value if isinstance(value, list) else [value]
    return (
        all(one is None or _is_number(one) for one in indexes)
        and all(one is None or isinstance(one, str) for one in texts)
        and (liked is None or isinstance(liked, bool | str))
    )
