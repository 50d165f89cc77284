"""Asks through the queue of the Gradio page, as the program in the browser does."""

from __future__ import annotations

import httpx


def ask_in_chat(server: str, text: str, session: str) -> str:
    """All that comes back until the answer is complete."""
    config = httpx.get(f"{server}/config").json()
    asked = next(one for one in config["dependencies"] if one["targets"] and one["targets"][0][1] == "click")
    data = [text] + [None] * (len(asked["inputs"]) - 1)
    event = {"data": data, "event_data": None, "fn_index": asked["id"], "session_hash": session}
    assert httpx.post(f"{server}/gradio_api/queue/join", json=event, timeout=20).status_code == 200
    received = ""
    with httpx.stream("GET", f"{server}/gradio_api/queue/data", params={"session_hash": session}, timeout=20) as reply:
        for line in reply.iter_lines():
            received += line + "\n"
            if "process_completed" in line:
                return received
    raise AssertionError(received)
