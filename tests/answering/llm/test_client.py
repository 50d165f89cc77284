"""Whatever a provider does, there is text in time or a code; keys, prompts and upstream texts stay inside."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from assistant.answering.llm.client import LanguageModel, Limits, Message
from assistant.answering.llm.providers import load_language_model
from assistant.core.errors import ModelError
from assistant.core.settings import load_settings
from tests.support.faulty_model import SECRET, UPSTREAM, FaultyModel, closed_address, faulty_model

pytestmark = pytest.mark.served

PROMPT = "Frage nach dem Umsatz der Firma Vertraulich"
MESSAGES: list[Message] = [("system", "Antworten Sie kurz."), ("human", PROMPT)]
TEXT = "Größere Maschinen können sich mehrere Betriebe teilen [1]. Übermäßige Abhängigkeit vermeiden sie so [2]."
SHORT = Limits(first_token=1.5, gap=1.0, total=4.0)
# Where a reply begins and then stalls, a busy machine must not make its beginning late.
PATIENT_AT_FIRST = Limits(first_token=20, gap=1.0, total=30)

GOOD = [
    "good", "split inside characters", "all in one piece", "429 then good", "500 then good", "503 then good",
    "hangs up, then good",
]  # fmt: skip
CODES = {
    "400": "refused", "401": "denied", "403": "denied", "404": "unknown", "429": "busy", "429 short": "busy",
    "429 long": "busy", "429 with a date": "busy", "500": "unreachable", "503": "unreachable", "redirect": "refused",
    "HTML": "malformed", "no reply": "slow", "slow first token": "slow", "comments only": "slow", "stall": "stalled",
    "trickle": "slow", "cut": "cut", "no reason": "cut", "no reason at all": "cut", "malformed": "malformed",
    "odd shape": "malformed", "error in the stream": "failed", "latin-1": "malformed", "invalid UTF-8": "malformed",
    "length": "endless", "endless": "endless", "huge": "endless", "empty": "empty", "content_filter": "filtered",
}  # fmt: skip
REQUESTS = {
    "429 then good": 2, "500 then good": 2, "503 then good": 2, "hangs up, then good": 2, "429 short": 2, "500": 2,
    "503": 2, "no reason at all": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyModel]:
    with faulty_model() as model:
        yield model


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    assert readers_end(within=30)


def readers_end(within: float) -> bool:
    """Whether no thread reads from a model any more, waiting for that so many seconds."""
    end = time.monotonic() + within
    while (reading := is_read()) and time.monotonic() < end:
        time.sleep(0.05)
    return not reading


def is_read() -> bool:
    return any(thread.name == "language-model" for thread in threading.enumerate())


def connect(model: FaultyModel, limits: Limits = SHORT) -> LanguageModel:
    connected = load_language_model(load_settings(**model.settings()), limits)
    assert connected is not None
    return connected


def everything(error: BaseException) -> str:
    """All that an error and its causes would tell."""
    causes = [error, error.__cause__, error.__context__]
    return " ".join(f"{one!r} {one}" for one in causes if one)


@pytest.mark.parametrize("fault", GOOD)
def test_text_arrives(server: FaultyModel, fault: str) -> None:
    server.behave(fault, lambda _: TEXT)
    assert "".join(connect(server).stream(MESSAGES)) == TEXT
    assert len(server.requests) == REQUESTS.get(fault, 1)


@pytest.mark.parametrize("fault", CODES)
def test_a_fault_has_its_code_and_tells_nothing_else(
    server: FaultyModel, fault: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    server.behave(fault, lambda _: TEXT)
    limits = PATIENT_AT_FIRST if CODES[fault] == "stalled" else SHORT
    with pytest.raises(ModelError) as caught:
        list(connect(server, limits).stream(MESSAGES))
    assert caught.value.code == CODES[fault]
    assert len(server.requests) == REQUESTS.get(fault, 1)
    told = "".join((everything(caught.value), caplog.text, *capfd.readouterr()))
    assert CODES[fault] in told
    for secret in (SECRET, PROMPT, UPSTREAM, TEXT[:20]):
        assert secret not in told


def test_text_before_a_fault_is_delivered(server: FaultyModel) -> None:
    server.behave("stall", lambda _: TEXT)
    received: list[str] = []
    with pytest.raises(ModelError):
        received.extend(connect(server, PATIENT_AT_FIRST).stream(MESSAGES))
    assert TEXT.startswith("".join(received))
    assert len("".join(received)) > len(TEXT) // 2


def test_nothing_listens(caplog: pytest.LogCaptureFixture) -> None:
    model = load_language_model(load_settings(model_base_url=closed_address(), model="x", model_api_key=SECRET), SHORT)
    assert model is not None
    with pytest.raises(ModelError) as caught:
        list(model.stream(MESSAGES))
    assert caught.value.code == "unreachable"
    assert SECRET not in caplog.text + everything(caught.value)


def test_the_key_goes_into_its_header_only(server: FaultyModel) -> None:
    server.behave("good", lambda _: TEXT)
    list(connect(server).stream(MESSAGES))
    [request] = server.requests
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    rest = {name: value for name, value in request.headers.items() if name != "authorization"}
    assert SECRET not in str((request.path, rest, request.body))


def test_a_redirect_gets_neither_key_nor_prompt(server: FaultyModel) -> None:
    with faulty_model() as elsewhere:
        server.behave("redirect", lambda _: TEXT)
        with pytest.raises(ModelError):
            list(connect(server).stream(MESSAGES))
        assert elsewhere.requests == []


def test_more_answers_at_once_than_allowed_are_refused_at_once(server: FaultyModel) -> None:
    server.behave("stall", lambda _: TEXT)
    model = connect(server, Limits(first_token=5, gap=5, total=10, at_once=1))
    running = model.stream(MESSAGES)
    next(running)
    with pytest.raises(ModelError) as caught:
        next(model.stream(MESSAGES))
    assert caught.value.code == "busy"
    running.close()  # type: ignore[attr-defined]
    server.behave("good", lambda _: TEXT)
    assert "".join(model.stream(MESSAGES)) == TEXT


def test_whoever_hangs_up_frees_the_model(server: FaultyModel) -> None:
    """A visitor who leaves must not leave a thread and a connection that read on."""
    server.behave("trickle", lambda _: TEXT)
    unlimited = Limits(first_token=60, gap=60, total=600, characters=10**9)
    chunks = connect(server, unlimited).stream(MESSAGES)
    next(chunks)
    assert is_read()
    chunks.close()  # type: ignore[attr-defined]
    assert readers_end(within=10)


def test_the_only_model_of_a_server_needs_no_name(server: FaultyModel) -> None:
    server.behave("good", lambda _: TEXT)
    model = load_language_model(load_settings(model_base_url=server.base_url), SHORT)
    assert model is not None
    assert "".join(model.stream(MESSAGES)) == TEXT
    assert server.requests[0].body["model"] == "kleinmodell"
