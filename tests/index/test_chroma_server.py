"""Chroma as a server: the same answers, and none of them depends on the server being there."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import yaml

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.errors import IndexUnavailableError, SettingsError, VectorStoreUnavailableError
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings, load_settings, shipped_folder
from assistant.index.chroma_server import Address, ChromaServer, CircuitBreaker, collection_name
from assistant.index.snapshot import current_snapshot_id, load_snapshot
from tests.conftest import SMALL_KNOWLEDGE, write_files
from tests.support.faults import kill, run, service
from tests.support.paths import ROOT
from tests.support.serving import free_port
from tests.support.shared import take_cache

pytestmark = pytest.mark.served

QUESTION = "Was ist Coopetition?"
QUESTIONS = (QUESTION, "Wann endet ein Werkstattvertrag?", "What is coopetition?", "Wie alt werden Wellensittiche?")
WORDS_ONLY = Prompts(shipped_folder("prompts")).render("words_only", "de")
CHROMA = Path(sys.executable).with_name("chroma")


class Server:
    """A real ``chroma run`` on a port of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [str(CHROMA), "run", "--path", str(self._folder), "--port", str(self.port), "--host", "127.0.0.1"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/api/v2/heartbeat", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("chroma run does not answer")

    def kill(self) -> None:
        if self._process:
            kill(self._process)
            self._process = None

    def collections(self) -> set[str]:
        path = "/api/v2/tenants/default_tenant/databases/default_database/collections"
        return {one["name"] for one in httpx.get(self.url + path, timeout=10).json()}


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "chroma")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def data(cache_dir: Path, tmp_path: Path) -> Path:
    """An empty data folder with the encoder at hand."""
    take_cache(cache_dir, tmp_path / "data")
    return tmp_path / "data"


def settings_for(server: Server, knowledge: Path, data: Path) -> dict[str, object]:
    return {"chroma_url": server.url, "knowledge_dir": knowledge, "data_dir": data, "shipped_knowledge": "false"}


def loaded(**settings: object) -> Settings:
    return load_settings(**{**settings, "shipped_knowledge": False})


@contextmanager
def listener(reply: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where every connection is accepted and handed to ``reply``; gives the port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        held: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    held.append(connection)
                    threading.Thread(target=reply, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for connection in held:
            connection.close()


def say_nothing(connection: socket.socket) -> None:
    """Accept and never answer."""


def drip(connection: socket.socket) -> None:
    """A reply that never ends, one byte at a time."""
    with suppress(OSError):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)


def test_the_server_gives_the_same_answers_as_the_folder(
    chroma: Server, small_knowledge: Path, small_assistant: AppContext, data: Path
) -> None:
    served = build_assistant(loaded(**settings_for(chroma, small_knowledge, data)))
    refresh_index(served.settings, lambda *_: None, assistant=served)
    assert not list((data / "generations").rglob("chroma*")), "no vectors of passages in the folder"
    for question in QUESTIONS:
        one, other = ask(small_assistant, question), ask(served, question)
        assert (one.status, one.text) == (other.status, other.text)
        assert [citation.quote for citation in one.citations] == [citation.quote for citation in other.citations]


def test_a_collection_per_snapshot_and_only_the_last_two(chroma: Server, own_knowledge: Path, data: Path) -> None:
    assistant = build_assistant(loaded(**settings_for(chroma, own_knowledge, data)))
    made = []
    for number in range(3):
        write_files(own_knowledge, {"a.md": f"---\nid: a\nkind: literature\ntitle: Werk {number}\n---\n\nText."})
        made.append(refresh_index(assistant.settings, lambda *_: None, assistant=assistant).snapshot)
    assert chroma.collections() == {collection_name(one) for one in made[-2:]}


def test_another_installation_on_the_same_server_is_left_alone(
    chroma: Server, own_knowledge: Path, data: Path, cache_dir: Path, tmp_path: Path
) -> None:
    take_cache(cache_dir, tmp_path / "other")
    other = loaded(**settings_for(chroma, own_knowledge, tmp_path / "other"))
    kept = refresh_index(other, lambda *_: None).snapshot
    for _ in range(3):
        refresh_index(loaded(**settings_for(chroma, own_knowledge, data)), lambda *_: None, full=True)
    assert collection_name(kept) in chroma.collections()
    assert ask(build_assistant(other), QUESTION).caution is None


def test_what_an_indexer_left_on_the_server_is_removed_by_the_next(
    chroma: Server, own_knowledge: Path, data: Path
) -> None:
    settings = loaded(**settings_for(chroma, own_knowledge, data))
    (data / "generations" / "20260101T000000000000-dead.partial").mkdir(parents=True)
    path = f"{chroma.url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    httpx.post(path, json={"name": collection_name("20260101T000000000000-dead")}, timeout=10).raise_for_status()
    done = refresh_index(settings, lambda *_: None)
    assert chroma.collections() == {collection_name(done.snapshot)}


def test_two_replicas_survive_the_server_and_follow_it_when_it_is_back(
    chroma: Server, own_knowledge: Path, data: Path
) -> None:
    settings = settings_for(chroma, own_knowledge, data)
    with service(**settings) as first, service(**settings) as second:
        both = (first, second)
        answers = [one.ask(QUESTION) for one in both]
        assert answers[0]["text"] == answers[1]["text"]
        assert answers[0]["caution"] is None
        chroma.kill()
        for one in both:
            condition = one.wait_for(lambda now: now["status"] == "degraded")
            assert "Chroma-Server" in condition["reason"]
            assert chroma.url not in condition["reason"]
            assert one.ask(QUESTION)["text"] == answers[0]["text"], "vectors that were loaded need no server"
        with service(**settings) as late:
            answer = late.ask(QUESTION)
            assert answer["text"].startswith(WORDS_ONLY)
            assert answer["citations"]
            assert late.ask("Wie alt werden Wellensittiche?")["status"] == "unavailable"
            chroma.start()
            for one in (*both, late):
                one.wait_for(lambda now: now["status"] == "ready")
                assert one.ask(QUESTION)["text"] == answers[0]["text"]
        write_files(own_knowledge, {"a.md": SMALL_KNOWLEDGE["literature/fiktiv-2020.md"].replace("2020", "2021")})
        assert run("index", **settings)[0] == 0
        for one in both:
            one.wait_for(lambda now: now["generation"] == current_snapshot_id(data) and now["status"] == "ready")


def test_a_server_that_lost_everything_is_filled_again(chroma: Server, own_knowledge: Path, data: Path) -> None:
    settings = settings_for(chroma, own_knowledge, data)
    with service(**settings) as served:
        first = served.ready()["generation"]
        for name in chroma.collections():
            path = f"/api/v2/tenants/default_tenant/databases/default_database/collections/{name}"
            httpx.delete(chroma.url + path, timeout=10).raise_for_status()
        served.wait_for(lambda one: one["status"] == "ready" and one["generation"] != first)
        assert served.ask(QUESTION)["caution"] is None


@pytest.mark.parametrize("reply", [say_nothing, drip])
def test_a_hanging_server_costs_a_start_seconds_and_answers_come_by_words(
    reply: Callable[[socket.socket], None], chroma: Server, own_knowledge: Path, data: Path
) -> None:
    settings = settings_for(chroma, own_knowledge, data)
    assert run("index", **settings)[0] == 0
    with listener(reply) as port:
        hanging = {**settings, "chroma_url": f"http://127.0.0.1:{port}"}
        with service(**hanging) as served:
            answer = served.ask(QUESTION)
            assert answer["text"].startswith(WORDS_ONLY)
            assert answer["citations"]
            assert served.ready()["status"] == "degraded"
        code, _, errors = run("index", **hanging)
        assert code == 1
        assert "Chroma-Server antwortet nicht" in errors
        assert "Traceback" not in errors


def test_a_service_without_index_and_server_waits_for_the_server(
    own_knowledge: Path, data: Path, tmp_path: Path
) -> None:
    server = Server(tmp_path / "chroma")
    with service(**settings_for(server, own_knowledge, data)) as served:
        assert served.ask(QUESTION)["status"] == "unavailable"
        assert "Chroma-Server" in served.ready()["reason"]
        try:
            server.start()
            served.wait_for(lambda one: one["status"] == "ready")
            assert served.ask(QUESTION)["status"] == "answered"
        finally:
            server.kill()


def test_going_back_to_the_folder_needs_no_server(chroma: Server, own_knowledge: Path, data: Path) -> None:
    settings = settings_for(chroma, own_knowledge, data)
    assert run("index", **settings)[0] == 0
    chroma.kill()
    del settings["chroma_url"]
    assert run("index", **settings)[0] == 0
    assert len(load_snapshot(data).space.passage_vectors)


def test_the_circuit_opens_after_a_failure_and_lets_one_try_at_a_time() -> None:
    now = 0.0
    breaker = CircuitBreaker(pause=10, clock=lambda: now)
    breaker.enter()
    breaker.failed()
    now = 9.9
    with pytest.raises(VectorStoreUnavailableError):
        breaker.enter()
    now = 10.0
    breaker.enter()
    with pytest.raises(VectorStoreUnavailableError):
        breaker.enter()
    breaker.worked()
    breaker.enter()


@pytest.mark.parametrize(
    ("url", "token", "plain", "header"),
    [
        ("http://127.0.0.1:8000", None, "http://127.0.0.1:8000", None),
        ("https://anna:ge%3Aheim@chroma.example/db/", None, "https://chroma.example/db", "Basic YW5uYTpnZTpoZWlt"),
        ("https://chroma.example", "abc", "https://chroma.example", "Bearer abc"),
        ("http://[::1]:8000", None, "http://[::1]:8000", None),
    ],
)
def test_names_and_passwords_leave_the_address(url: str, token: str | None, plain: str, header: str | None) -> None:
    address = Address.parse(url, token)
    assert (address.url, dict(address.headers).get("Authorization")) == (plain, header)
    assert header is None or header.split()[1] not in repr(address)


def test_login_is_sent_and_a_refusal_is_said(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def refuse(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with listener(refuse) as port:
        store = ChromaServer(Address.parse(f"http://anna:geheim@127.0.0.1:{port}"))
        with pytest.raises(VectorStoreUnavailableError, match="Anmeldung") as caught:
            store.read("x", tmp_path, ["a"])
    assert f"Basic {base64.b64encode(b'anna:geheim').decode()}".encode() in asked[0]
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("url", ["chroma:8000", "ftp://x", "http:///pfad", "http://x:99999", "http://x?geheim=1"])
def test_a_wrong_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError, match="NETZLOTSE_CHROMA_URL") as caught:
        load_settings(chroma_url=url)
    assert url not in str(caught.value)


def test_the_settings_never_show_the_login() -> None:
    settings = load_settings(chroma_url="http://anna:geheim@x:1", chroma_token="schluessel")
    assert not any(secret in f"{settings!r}{settings}" for secret in ("geheim", "schluessel", "anna"))


def test_a_collection_that_does_not_exist_is_not_an_unreachable_server(chroma: Server, tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError):
        ChromaServer(Address.parse(chroma.url)).read("nowhere", tmp_path, ["a"])


def test_the_compose_file_for_replicas_is_sound() -> None:
    services = yaml.safe_load((ROOT / "compose.scale.yaml").read_text(encoding="utf-8"))["services"]
    apps = [one for name, one in services.items() if name.startswith("app")]
    assert len(apps) == 2
    assert {"chroma", "balancer"} <= services.keys()
    assert all(one["environment"]["NETZLOTSE_CHROMA_URL"] == "http://chroma:8000" for one in apps)
    assert all("ports" not in one for name, one in services.items() if name != "balancer"), "only the balancer is open"
    assert all("healthcheck" in one for one in services.values())
    for one in services.values():
        assert set(one.get("depends_on", {})) <= services.keys()
        assert {volume.split(":")[0] for volume in one.get("volumes", []) if not volume.startswith(".")} <= set(
            yaml.safe_load((ROOT / "compose.scale.yaml").read_text(encoding="utf-8"))["volumes"]
        )
    known = {f"NETZLOTSE_{name.upper()}" for name in Settings.model_fields}
    assert all(set(one["environment"]) <= known for one in apps)
