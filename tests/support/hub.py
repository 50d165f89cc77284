"""A hub's website for tests: a real server of its own, under host names of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.support.serving import free_port

VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
TEXT = "<main><h1>Hub</h1><p>Inhalt <a href='#unten'>Link</a></p><button id='own'>Knopf</button>" + "<p>Absatz</p>" * 40
PROXIED = "/lotse"
Reply = tuple[int, bytes, dict[str, str]]


class Hub:
    """Pages by path; what lies below ``/lotse`` is passed on to the assistant, with that prefix cut off."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.assistant = ""
        self._pages: dict[str, tuple[bytes, dict[str, str]]] = {}

    def origin(self, name: str = "hub") -> str:
        return f"http://{name}.localhost:{self.port}"

    def file(self, path: str, body: bytes, content_type: str) -> None:
        self._pages[path] = (body, {"content-type": content_type})

    def page(
        self, *scripts: str, head: str = VIEWPORT, policy: str = "", html: str = "lang='de'", body: str = ""
    ) -> str:
        """Publish a page and give its path; a script is its attributes."""
        tags = "".join(f"<script async {script}></script>" for script in scripts)
        text = f"<!doctype html><html {html}><head><meta charset='utf-8'><title>Hub</title>{head}{tags}</head>"
        path = f"/{len(self._pages)}"
        headers = {"content-type": "text/html; charset=utf-8"} | ({"content-security-policy": policy} if policy else {})
        self._pages[path] = (f"{text}<body>{TEXT}<div id='chat'></div>{body}</main></body></html>".encode(), headers)
        return path

    def reply(self, path: str) -> Reply:
        body, headers = self._pages.get(path, (b"", {}))
        return (200 if headers else 404), body, headers

    def pass_on(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        address = self.assistant + path.removeprefix(PROXIED)
        answer = httpx.request(method, address, headers=headers, content=body, timeout=20)
        kept = {name: value for name, value in answer.headers.items() if name in KEPT}
        return answer.status_code, answer.content, kept


KEPT = ("content-type", "content-security-policy", "cross-origin-resource-policy", "cross-origin-embedder-policy")
SENT = ("host", "accept", "content-type", "origin", "sec-fetch-site", "sec-fetch-dest")


@contextmanager
def hub_website() -> Iterator[Hub]:
    """The website, reachable while the context is open."""
    hub = Hub(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply("GET", b"")

        def do_POST(self) -> None:
            self._reply("POST", self.rfile.read(int(self.headers["content-length"])))

        def _reply(self, method: str, body: bytes) -> None:
            if self.path.startswith(f"{PROXIED}/"):
                headers = {name: self.headers[name] for name in SENT if name in self.headers}
                status, content, shown = hub.pass_on(method, self.path, headers, body)
            else:
                status, content, shown = hub.reply(self.path.partition("?")[0])
            self.send_response(status)
            for name, value in {**shown, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", hub.port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
