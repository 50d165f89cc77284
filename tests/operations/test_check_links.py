"""Link checks against a real local server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.core.models import Document
from assistant.core.sources import Literature
from assistant.operations.check_links import check_links, link_problem

PAGES = {
    "/": (200, "<title>Start</title>"),
    "/good": (200, "<title>Programm</title>"),
    "/gone": (404, "weg"),
    "/soft": (200, "<title>Seite nicht gefunden</title>"),
    "/broken": (500, ""),
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/")
            self.end_headers()
            return
        status, text = PAGES[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/good", ""),
        ("/", ""),
        ("/gone", "404"),
        ("/broken", "500"),
        ("/soft", "nicht gefunden"),
        ("/moved", "Startseite"),
    ],
)
def test_pages_that_fail_or_only_pretend_are_found(pages: str, path: str, problem: str) -> None:
    found = link_problem(pages + path)
    assert (problem in found) if problem else not found


def test_an_address_without_server_is_not_reachable() -> None:
    assert "nicht erreichbar" in link_problem("http://127.0.0.1:9/")


def test_each_address_is_asked_once_and_names_its_sources(pages: str) -> None:
    documents = [
        Document(
            Literature(kind="literature", id=one, title="Titel", url=f"{pages}/gone", evidence=(f"{pages}/good",)),
            "literature",
            (),
            "",
        )
        for one in ("a", "b")
    ]
    steps: list[tuple[int, int]] = []
    assert list(check_links(documents, lambda done, total: steps.append((done, total)))) == [
        ("a, b", f"{pages}/gone: antwortet mit 404")
    ]
    assert steps == [(1, 2), (2, 2)]
