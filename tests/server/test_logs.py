"""Log lines, figures and request ids of a real server say what happened and nothing of what was said."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path

import httpx
import pytest

from assistant.core.errors import SettingsError
from assistant.core.log_format import LineFormatter, content_free_logs
from assistant.core.settings import load_settings
from tests.support.serving import running
from tests.support.visitor import Visitor

SECRET = "Geheimwort4711"
TOKEN = "ein-langes-kennwort-fuer-prometheus"


def fail() -> None:
    raise ValueError(SECRET)


def test_errors_are_named_by_type_and_place_whoever_logs_or_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    with content_free_logs("json"):
        for name in ("assistant.web", "uvicorn.error", "gradio"):
            try:
                fail()
            except ValueError:
                logging.getLogger(name).exception("failed")
        try:
            fail()
        except ValueError:
            traceback.print_exc()
        logging.getLogger("chromadb").warning(f"cannot find {SECRET}")
        logging.getLogger("chromadb").warning("cannot find %s", SECRET)
        print(SECRET, file=sys.stderr)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line.get("error") for line in lines] == ["ValueError"] * 4 + [None, None]
    assert all("test_logs.py" in line["at"] and "fail" in line["at"] for line in lines[:4])
    assert lines[-1]["message"] == "cannot find %s"
    assert SECRET not in json.dumps(lines)


def test_afterwards_everything_is_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    before = (sys.stderr, sys.excepthook, logging.getLogger().handlers[:])
    with content_free_logs("off"):
        logging.getLogger("assistant.requests").info("request")
    assert (sys.stderr, sys.excepthook, logging.getLogger().handlers[:]) == before
    assert capsys.readouterr().err == ""


def test_for_people_a_line_is_no_json() -> None:
    record = logging.LogRecord("assistant.requests", logging.INFO, "", 1, "request", (), None)
    record.fields = {"route": "/api/chat", "status": 200, "answer": None}
    assert (
        LineFormatter("plain")
        .format(record)
        .endswith("info assistant.requests message=request route=/api/chat status=200")
    )


def test_log_and_figures_of_a_server_hold_no_content(shipped_data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    question = f"Was heißt Coopetition? {SECRET}"
    headers = {
        "User-Agent": SECRET,
        "X-Request-ID": SECRET,
        "Referer": f"http://{SECRET}/",
        "X-Forwarded-For": "10.1.2.3",
    }
    with (
        running(shipped_data, stderr=log, log="json", metrics=TOKEN) as (_, server),
        httpx.Client(base_url=server, headers=headers) as client,
    ):
        replied = client.post("/api/chat", json={"question": question})
        client.post("/api/chat", json={"question": question}, headers={"Accept": "text/event-stream"})
        client.post("/api/chat", json={"question": SECRET})
        client.post("/api/chat", content=f"{{{SECRET}")
        client.get("/api/search", params={"q": SECRET})
        client.get(f"/{SECRET}")
        client.get(f"/quelle/{SECRET.lower()}")
        visitor = Visitor(client)
        visitor.open()
        visitor.ask(question)
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN[:-1]}"}).status_code == 404
        figures = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    for content in (SECRET, SECRET.lower(), "Coopetition", "10.1.2.3", "127.0.0.1", visitor.session):
        assert content not in text
        assert content not in figures
    asked = [line for line in lines if line.get("route") == "/api/chat"]
    assert [(line["status"], line.get("answer"), line.get("mode")) for line in asked][:2] == [
        (200, "answered", "extractive")
    ] * 2
    assert asked[0]["request_id"] == replied.headers["x-request-id"]
    assert {"/api/search", "/quelle/{id}", "-"} <= {line.get("route") for line in lines}
    assert any(line["message"] == "answer" and line["answer"] == "answered" for line in lines)
    assert 'netzlotse_answers_total{channel="api",mode="extractive",status="answered"} 2.0' in figures
    assert 'netzlotse_answers_total{channel="chat",mode="extractive",status="answered"} 1.0' in figures
    for name in ("netzlotse_index_passages", "netzlotse_index_age_seconds", "process_resident_memory_bytes"):
        assert f"\n{name} " in figures


def test_figures_are_off_unless_asked_for_and_local_means_this_machine(server: str, shipped_data: Path) -> None:
    assert httpx.get(f"{server}/metrics").status_code == 404
    with running(shipped_data, metrics="local") as (_, address):
        assert httpx.get(f"{address}/metrics").text.startswith("# HELP")
        assert httpx.post(f"{address}/metrics").status_code in (404, 405)
        for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            assert httpx.get(f"{address}/metrics", headers={name: "10.0.0.1"}).status_code == 404
        assert httpx.get(f"{address}/metrics", headers={"Host": "lotse.hub.example"}).status_code == 404


@pytest.mark.parametrize("value", ["on", "true", "zu-kurz"])
def test_a_token_that_could_be_guessed_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match=r"NETZLOTSE_METRICS.*local"):
        load_settings(metrics=value)
