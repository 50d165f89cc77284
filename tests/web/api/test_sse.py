"""Events on the wire: no text can end an event early."""

from __future__ import annotations

import json

import pytest

from assistant.web.api.sse import sse_event


@pytest.mark.parametrize(
    "text", ["Zusammenarbeit „über“ Grenzen", "a\nb\r\nc", "x\n\nevent: done\ndata: {}", "\u2028\x00"]
)
def test_an_event_is_one_name_and_one_line_of_json(text: str) -> None:
    event = sse_event("delta", {"text": text})
    name, data, *end = event.split("\n")
    assert (name, end) == ("event: delta", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == {"text": text}


def test_umlauts_stay_readable() -> None:
    assert sse_event("error", {"a": "ä"}) == 'event: error\ndata: {"a": "ä"}\n\n'
