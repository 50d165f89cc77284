"""A visitor of the chat page without a browser: speaks the queue protocol of the page over plain HTTP."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from gradio_client.utils import apply_diff


class Busy(Exception):
    """The server refused politely: for the number of questions or for load."""


@dataclass(slots=True)
class Visitor:
    """One open chat page; ``shown`` are the messages that a person would read now."""

    client: httpx.Client
    headers: dict[str, str] = field(default_factory=dict)
    session: str = field(default_factory=lambda: secrets.token_hex(6)[:11])
    shown: list[dict[str, Any]] = field(default_factory=list)
    _event: dict[str, Any] = field(default_factory=dict)

    def open(self) -> None:
        """Read the page's configuration, as the page does."""
        self.client.get("/", headers=self.headers).raise_for_status()
        self._event = asking_event(self.client.get("/config", headers=self.headers).json())

    def take_event_of(self, other: Visitor) -> None:
        """Ask as another page of the same server does, without loading it again."""
        self._event = other._event

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Hold the line that an open page holds."""
        path = f"/gradio_api/heartbeat/{self.session}"
        with self.client.stream("GET", path, headers=self.headers, timeout=None) as reply:
            if reply.status_code in (429, 503):
                raise Busy
            assert reply.status_code == 200, reply.status_code
            yield

    def ask(self, question: str) -> list[dict[str, Any]]:
        """Ask and wait until the answer is complete; returns all messages shown."""
        body = {"data": [question, None], "event_data": None, "session_hash": self.session, **self._event}
        joined = self.client.post("/gradio_api/queue/join", json=body, headers=self.headers)
        if joined.status_code in (429, 503):
            raise Busy
        assert joined.status_code == 200, f"{joined.status_code} {joined.text[:200]}"
        outputs: list[Any] = []
        for message in self._messages():
            if message["msg"] == "process_generating":
                assert message["success"], message
                outputs = _updated(outputs, message["output"]["data"])
                if isinstance(outputs[0], list):  # else an update that leaves the conversation as it is
                    self.shown = outputs[0]
            elif message["msg"] == "process_completed":
                assert message["success"], message
                break
        else:
            raise AssertionError("the stream ended before the answer")
        return self.shown

    def _messages(self) -> Iterator[dict[str, Any]]:
        parameters = {"session_hash": self.session}
        with self.client.stream("GET", "/gradio_api/queue/data", params=parameters, headers=self.headers) as reply:
            if reply.status_code in (429, 503):
                raise Busy
            assert reply.status_code == 200, reply.status_code
            for line in reply.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])


def asking_event(config: dict[str, Any]) -> dict[str, Any]:
    """Number of the event that sends the question box, and of what triggers it."""
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    event = next(one for one in config["dependencies"] if one["inputs"][:1] == [box])
    return {"fn_index": event["id"], "trigger_id": event["targets"][0][0]}


def text_of(message: dict[str, Any]) -> str:
    """The text of a shown message."""
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def plain(markdown: str) -> str:
    """What remains of a shown message without escapes and the targets of its references."""
    lines = [line for line in markdown.splitlines() if not re.match(r"\[\d+\]: /", line)]
    return " ".join(unescape(" ".join(lines).replace("\\", "")).split())


def _updated(before: list[Any], sent: list[Any]) -> list[Any]:
    """The first event brings whole outputs, each later one only what changed in them."""
    return [apply_diff(old, new) for old, new in zip(before, sent, strict=True)] if before else sent
