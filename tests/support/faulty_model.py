"""A small server that speaks OpenAI's chat completions over real HTTP, and misbehaves as it is told.

What it says is scripted by the test as a function of the messages it received; each fault decides how that is sent.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.language.sentence_splitter import split_sentences

Messages = list[dict[str, str]]
Script = Callable[[Messages], str]
SECRET = "sk-geheim-und-nur-im-kopf"
UPSTREAM = "upstream-error-text"
NAME = "kleinmodell"
_PASSAGE = re.compile(r'<(?:auszug|passage|excerpt) [^>]*?"(\d+)"[^>]*>\n(.*?)\n</', re.DOTALL)
_NAP = 0.005


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """Everything that the model was told."""
        return "\n".join(message["content"] for message in self.body["messages"])


class FaultyModel:
    """The server's side: what it was asked, and what it does next."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.fault = "good"
        self.requests: list[Received] = []
        self.stopped = threading.Event()
        self.base_url = ""

    def settings(self) -> dict[str, str]:
        """What connects an assistant to it."""
        return {"model": NAME, "model_base_url": self.base_url, "model_api_key": SECRET}

    def behave(self, fault: str, script: Script | None = None) -> None:
        """Forget what was asked and behave otherwise from now on."""
        assert fault in FAULTS, fault
        self.fault = fault
        self.script = script or quoting
        self.requests.clear()


@contextmanager
def faulty_model(fault: str = "good", script: Script | None = None) -> Iterator[FaultyModel]:
    """The server on a free port; it ends at once, whatever it is doing."""
    model = FaultyModel(script or quoting)
    model.behave(fault, script)

    class Handler(_Handler):
        faulty = model

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # closing waits for them: none may be left behind
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are part of the game
    model.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield model
    finally:
        model.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_address() -> str:
    """An address where nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def passages(messages: Messages) -> dict[int, str]:
    """The numbered passages that a prompt holds."""
    return {int(number): text for number, text in _PASSAGE.findall(messages[-1]["content"])}


def quoting(messages: Messages) -> str:
    """An honest model: the first sentence of each of the first two passages, cited."""
    found = passages(messages)
    if not found:  # asked for anything else, such as a test or a follow-up
        return "Bereit."
    return " ".join(f"{split_sentences(text)[0].rstrip('.')} [{number}]." for number, text in list(found.items())[:2])


class Reply:
    """One answer on its way out, in pieces or whole, as the request asked for."""

    def __init__(self, handler: _Handler, received: Received) -> None:
        self._handler = handler
        self._stream = bool(received.body.get("stream"))
        self._whole, self._reason = "", "stop"
        self.number = len(handler.faulty.requests)
        self.text = handler.faulty.script(received.body["messages"])
        self.prompt = received.text

    def refuse(self, status: int, **headers: str) -> None:
        """An error as OpenAI words it, with a secret that must not get out."""
        error = {"error": {"message": f"{UPSTREAM} {SECRET} {self.prompt[:200]}", "type": "x", "code": str(status)}}
        self.plain(status, json.dumps(error).encode(), content_type="application/json", **headers)

    def plain(self, status: int, body: bytes, **headers: str) -> None:
        """Any other reply."""
        self._handler.send_response(status)
        for name, value in {**headers, "content-length": str(len(body)), "connection": "close"}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def begin(self) -> None:
        """The head of a stream and its first, empty piece."""
        if self._stream:
            self._handler.send_response(200)
            for name, value in (("content-type", "text/event-stream"), ("transfer-encoding", "chunked")):
                self._handler.send_header(name, value)
            self._handler.send_header("connection", "close")
            self._handler.end_headers()
            self._delta({"role": "assistant", "content": ""})

    def say(self, text: str, size: int = 12) -> None:
        """Text in small pieces."""
        for start in range(0, len(text), size):
            self._delta({"content": text[start : start + size]})

    def finish(self, reason: str = "stop") -> None:
        """Why the model stopped, then the end of the stream."""
        self._reason = reason
        if self._stream:
            self._delta({}, reason)
            self.done()
        else:
            message = {"role": "assistant", "content": self._whole}
            choice = {"index": 0, "message": message, "finish_reason": self._reason}
            whole = {"id": "1", "object": "chat.completion", "created": 1, "model": NAME, "choices": [choice]}
            self.plain(200, json.dumps(whole).encode(), content_type="application/json")

    def done(self) -> None:
        """The last line, and the end of the body."""
        self.raw(b"data: [DONE]\n\n")
        self._handler.wfile.write(b"0\r\n\r\n")

    def raw(self, data: bytes) -> None:
        """Bytes as they are, in one chunk of HTTP."""
        if self._stream and data:
            self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self._handler.wfile.flush()

    def event(self, text: str, encoding: str = "utf-8") -> bytes:
        """One piece of text as it goes over the wire."""
        return f"data: {json.dumps(_piece({'content': text}), ensure_ascii=False)}\n\n".encode(encoding)

    def until_the_end(self) -> None:
        """Do nothing until the test is over."""
        self._handler.faulty.stopped.wait(120)

    def go_on(self) -> bool:
        """A short nap; whether the test still runs."""
        return not self._handler.faulty.stopped.wait(_NAP)

    def _delta(self, delta: dict[str, str], reason: str | None = None) -> None:
        self._whole += delta.get("content", "")
        self.raw(f"data: {json.dumps(_piece(delta, reason))}\n\n".encode())


def _piece(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": NAME, "choices": [choice]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faulty: FaultyModel

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": NAME, "object": "model"}]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body)
        self.faulty.requests.append(received)
        self.close_connection = True
        FAULTS[self.faulty.fault](Reply(self, received))

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def _told(reply: Reply, text: str, reason: str = "stop") -> None:
    reply.begin()
    reply.say(text)
    reply.finish(reason)


def _good(reply: Reply) -> None:
    _told(reply, reply.text)


def _at_second_try(status: int, **headers: str) -> Callable[[Reply], None]:
    return lambda reply: reply.refuse(status, **headers) if reply.number == 1 else _good(reply)


def _comments(reply: Reply) -> None:
    reply.begin()
    while reply.go_on():
        reply.raw(b": still thinking\n\n")


def _slow(reply: Reply) -> None:
    reply.begin()
    reply.until_the_end()


def _mute(reply: Reply) -> None:
    reply.until_the_end()


def _stall(reply: Reply) -> None:
    reply.begin()
    reply.say(reply.text[: len(reply.text) * 2 // 3])
    reply.until_the_end()


def _trickle(reply: Reply) -> None:
    reply.begin()
    while reply.go_on():
        reply.say("Und ")


def _cut(reply: Reply) -> None:
    """The connection ends in the middle of the stream."""
    reply.begin()
    reply.say(reply.text)


def _cut_at_once(reply: Reply) -> None:
    if reply.number == 1:
        return  # the connection is closed without a reply
    _good(reply)


def _no_reason(reply: Reply) -> None:
    """A proxy ended the stream in good order although the model had not finished."""
    reply.begin()
    reply.say(reply.text[: len(reply.text) * 2 // 3])
    reply.done()


def _no_reason_at_all(reply: Reply) -> None:
    reply.begin()
    reply.done()


def _malformed(reply: Reply) -> None:
    reply.begin()
    reply.say(reply.text[: len(reply.text) // 2])
    reply.raw(f'data: {{"choices": [{{"delta": {{"content": "{UPSTREAM} {SECRET}\n\n'.encode())
    reply.finish()


def _odd_shape(reply: Reply) -> None:
    reply.begin()
    reply.raw(f'data: ["{UPSTREAM}", 1]\n\n'.encode())
    reply.finish()


def _error_in_stream(reply: Reply) -> None:
    reply.begin()
    reply.say(reply.text[: len(reply.text) // 2])
    reply.raw(f"data: {json.dumps({'error': {'message': f'{UPSTREAM} {SECRET}'}})}\n\n".encode())
    reply.done()


def _endless(reply: Reply) -> None:
    reply.begin()
    while reply.go_on():
        reply.say("Kooperation ist wichtig und Kooperation ist gut. " * 4, 60)


def _latin(reply: Reply) -> None:
    reply.begin()
    reply.raw(reply.event("Für Hersteller zählen Verträge über Qualität [1]. ", "latin-1"))
    reply.finish()


def _invalid(reply: Reply) -> None:
    reply.begin()
    reply.raw(reply.event("Hersteller ## kooperieren [1]. ").replace(b"##", b"\xff\xfe"))
    reply.finish()


def _split_character(reply: Reply) -> None:
    """Every byte of the stream comes alone, so also the two halves of an umlaut."""
    reply.begin()
    for byte in reply.event(reply.text):
        reply.raw(bytes([byte]))
    reply.finish()


def _in_one(reply: Reply) -> None:
    reply.begin()
    reply.raw(reply.event(reply.text))
    reply.finish()


def _huge(reply: Reply) -> None:
    reply.begin()
    reply.raw(reply.event(f"{reply.text} " * 2000))
    reply.finish()


def _thinking(reply: Reply) -> None:
    _told(reply, f"<think>Die Frage zielt auf 95 Prozent [1]. Also weiter.\n\nHm.</think>\n\n{reply.text}")


def _refusing(status: int, **headers: str) -> Callable[[Reply], None]:
    return lambda reply: reply.refuse(status, **headers)


def _saying(text: str) -> Callable[[Reply], None]:
    return lambda reply: _told(reply, text)


def _html(reply: Reply) -> None:
    reply.plain(200, f"<html><body>{UPSTREAM} {SECRET}</body></html>".encode(), content_type="text/html")


FAULTS: dict[str, Callable[[Reply], None]] = {
    # The model behaves, or its server does at the second try.
    "good": _good,
    "split inside characters": _split_character,
    "all in one piece": _in_one,
    "thinking aloud": _thinking,
    "429 then good": _at_second_try(429, retry_after="0.1"),
    "500 then good": _at_second_try(500),
    "503 then good": _at_second_try(503),
    "hangs up, then good": _cut_at_once,
    # The server misbehaves.
    "400": _refusing(400),
    "401": _refusing(401),
    "403": _refusing(403),
    "404": _refusing(404),
    "429": _refusing(429),
    "429 short": _refusing(429, retry_after="0.1"),
    "429 long": _refusing(429, retry_after="3600"),
    "429 with a date": _refusing(429, retry_after="Mon, 23 Nov 2026 08:00:00 GMT"),
    "500": _refusing(500),
    "503": _refusing(503),
    "redirect": _refusing(307, location="http://127.0.0.1:1/elsewhere"),
    "HTML": _html,
    "no reply": _mute,
    "slow first token": _slow,
    "comments only": _comments,
    "stall": _stall,
    "trickle": _trickle,
    "cut": _cut,
    "no reason": _no_reason,
    "no reason at all": _no_reason_at_all,
    "malformed": _malformed,
    "odd shape": _odd_shape,
    "error in the stream": _error_in_stream,
    "latin-1": _latin,
    "invalid UTF-8": _invalid,
    "endless": _endless,
    "huge": _huge,
    "empty": _saying(""),
    "blank": _saying(" \n\n "),
    "length": lambda reply: _told(reply, reply.text[: len(reply.text) * 2 // 3], "length"),
    "content_filter": lambda reply: _told(reply, reply.text[: len(reply.text) * 2 // 3], "content_filter"),
    # The model itself misbehaves.
    "refuses": _saying("Als KI kann ich diese Frage leider nicht beantworten. Bitte fragen Sie einen Menschen."),
    "another language": _saying("Les petites entreprises peuvent coopérer avec leurs concurrents [1]."),
    "cites 9 of 4": lambda reply: _told(reply, re.sub(r"\[\d\]", "[9]", reply.text)),
    "no citations": lambda reply: _told(reply, re.sub(r" \[\d\]", "", reply.text)),
    "wrong numbers": _saying("Die Förderung beträgt 95 Prozent [1]. Anträge sind bis 31.12.2031 möglich [2]."),
    "JSON": _saying('{"antwort": "Kooperation lohnt sich immer", "quellen": [1, 2]}'),
    "table": _saying("| Programm | Quote |\n|---|---|\n| ZIM | 95 % [1] |\n| INNO | 80 % [2] |"),
    "code": _saying("```python\nprint('Kooperation lohnt sich immer')  # [1]\n```"),
    "headings": _saying("# Antwort\n\n## Kooperation [1]\n\n## Förderung [2]"),
    "links": _saying("Mehr steht auf https://evil.example/zim [1]. [Hier](https://evil.example) klicken [2]."),
    "markup": _saying("<img src=x onerror=alert(1)> <script>alert(1)</script> Kooperation [1]."),
    "repeats the prompt": lambda reply: _told(reply, reply.prompt),
}
"""By name: how a scripted text is sent, or what comes in its place."""
