"""A GGUF file in one setting: its process starts on demand, answers only us, comes back, and never outlives us."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from assistant.answering.llm.client import LanguageModel, Limits
from assistant.answering.llm.llama_cpp_server import SLOTS, LocalModel, thread_count
from assistant.answering.llm.providers import load_language_model
from assistant.bootstrap import build_assistant
from assistant.core.errors import ModelError, SettingsError
from assistant.core.settings import load_settings
from tests.support.paths import ROOT
from tests.support.small_model import small_model_file

QUESTION = [("system", "Answer in one word."), ("human", "What is the capital of France?")]
pytestmark = pytest.mark.served
UNHURRIED = Limits(first_token=60, gap=60, total=120)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_running(process_id: int) -> bool:
    """Whether a process is there and no mere entry of one that ended."""
    try:
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False


@contextmanager
def loaded(path: Path) -> Iterator[LanguageModel]:
    """The model as one setting gives it."""
    with closing(load_language_model(load_settings(model=f"local:{path}"), UNHURRIED)) as model:
        assert model is not None
        yield model


@pytest.fixture(scope="module")
def chat(local_model: LocalModel) -> Callable[..., httpx.Response]:
    def post(key: str, **more: object) -> httpx.Response:
        body = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4, **more}
        headers = {"authorization": f"Bearer {key}", "origin": "http://evil.example"}
        return httpx.post(f"{local_model.base_url}/chat/completions", json=body, headers=headers, timeout=60)

    return post


def test_it_speaks_the_protocol_on_this_machine_only(
    local_model: LocalModel, chat: Callable[..., httpx.Response]
) -> None:
    assert local_model.base_url.startswith("http://127.0.0.1:")
    reply = chat(local_model.key)
    assert reply.status_code == 200
    assert reply.json()["choices"][0]["message"]["content"]
    assert "data: [DONE]" in chat(local_model.key, stream=True).text


def test_it_is_called_like_its_file_and_tells_no_path(local_model: LocalModel) -> None:
    assert local_model.name == small_model_file().stem
    models = httpx.get(f"{local_model.base_url}/models", headers={"authorization": f"Bearer {local_model.key}"}).text
    assert local_model.name in models
    assert str(small_model_file().parent) not in models


def test_other_programs_and_web_pages_cannot_use_it(
    local_model: LocalModel, chat: Callable[..., httpx.Response]
) -> None:
    for key in ("none", local_model.key[:-1]):
        assert chat(key).status_code == 401
    assert chat(local_model.key).headers.get("access-control-allow-origin", "") == ""
    command = Path(f"/proc/{local_model.process_id}/cmdline").read_bytes()
    environment = Path(f"/proc/{local_model.process_id}/environ").read_bytes()
    assert local_model.key.encode() not in command + environment


def test_it_gives_way_to_the_service(local_model: LocalModel) -> None:
    assert local_model.process_id
    assert os.getpriority(os.PRIO_PROCESS, local_model.process_id) > os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 2), (8, 7)])
def test_threads_leave_a_core_for_the_service(cores: int, threads: int) -> None:
    assert thread_count(cores) == threads


def test_one_setting_is_enough() -> None:
    with loaded(small_model_file()) as model:
        assert model.name == small_model_file().stem
        assert "Paris" in "".join(model.stream(QUESTION))


def test_who_comes_while_all_slots_are_taken_is_told_at_once() -> None:
    with loaded(small_model_file()) as model:
        running = [model.stream([("human", "Tell me a very long story.")]) for _ in range(SLOTS)]
        assert all(next(chunks) for chunks in running)
        with pytest.raises(ModelError) as error:
            next(model.stream(QUESTION))
        assert error.value.code == "busy"
        running.clear()


def test_nothing_runs_before_it_is_needed_nor_after_it_was_closed() -> None:
    before = {thread for thread in threading.enumerate() if thread.name == "local-model"}
    model = LocalModel(small_model_file())
    assert model.process_id is None
    with model:
        process_id = model.process_id
        assert process_id
    assert not is_running(process_id)
    assert {thread for thread in threading.enumerate() if thread.name == "local-model"} == before
    with pytest.raises(ModelError):
        model.ensure_running()


def test_who_comes_while_it_starts_does_not_wait() -> None:
    model = LocalModel(small_model_file())
    first = threading.Thread(target=model.ensure_running)
    first.start()
    wait_for(lambda: model.process_id is not None)
    with pytest.raises(ModelError) as error:
        model.ensure_running()
    assert error.value.code == "unreachable"
    first.join()
    model.ensure_running()
    model.close()


def test_it_comes_back_at_the_same_address_after_a_crash() -> None:
    with LocalModel(small_model_file()) as model:
        address, crashed = model.base_url, model.process_id
        assert crashed
        os.kill(crashed, signal.SIGSEGV)
        wait_for(lambda: not is_running(crashed))
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{address}/health")
        # a process whose threads still end is a zombie already, and not yet reaped
        wait_for(lambda: is_awake(model) and model.process_id != crashed)
        assert model.base_url == address
        assert httpx.get(f"{address}/health").json() == {"status": "ok"}


def is_awake(model: LocalModel) -> bool:
    try:
        model.ensure_running()
    except ModelError:
        return False
    return True


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, None])
def test_it_ends_with_the_service_and_nothing_is_printed(end: signal.Signals | None) -> None:
    code = f"""
from pathlib import Path
from assistant.answering.llm.llama_cpp_server import LocalModel
model = LocalModel(Path({str(small_model_file())!r}))
model.ensure_running()
print(model.process_id, flush=True)
{"input()" if end else ""}
"""
    service = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert service.stdout
    process_id = int(service.stdout.readline())
    if end:
        assert is_running(process_id)
        service.send_signal(end)
    rest, errors = service.communicate(timeout=60)
    wait_for(lambda: not is_running(process_id))
    assert rest == ""
    assert errors == "" or end is signal.SIGINT


def test_what_is_no_model_is_one_sentence_with_the_way_out(tmp_path: Path) -> None:
    missing, other, folder = tmp_path / "fehlt.gguf", tmp_path / "anders.gguf", tmp_path / "ordner.gguf"
    other.write_bytes(b"PK\x03\x04 kein Modell")
    folder.mkdir()
    for path, problem in ((missing, "gibt es nicht"), (other, "keine GGUF-Datei"), (folder, "nicht lesbar")):
        with pytest.raises(SettingsError) as error:
            build_assistant(load_settings(data_dir=tmp_path, model=f"local:{path}"))
        assert re.fullmatch(rf"[^\n]*{path}[^\n]*{problem}[^\n]*GGUF[^\n]*\.", str(error.value))


def test_a_missing_package_names_what_to_install() -> None:
    code = f"""
import sys
from pathlib import Path
sys.path = [one for one in sys.path if "site-packages" not in one]
from assistant.answering.llm.llama_cpp_server import LocalModel
LocalModel(Path({str(small_model_file())!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert 'pip install "netzlotse[local]"' in done.stderr.splitlines()[-1]


def test_a_file_and_an_address_exclude_each_other() -> None:
    settings = load_settings(model=f"local:{small_model_file()}", model_base_url="http://127.0.0.1:1/v1")
    with pytest.raises(SettingsError, match="NETZLOTSE_MODEL_BASE_URL"):
        load_language_model(settings)


def test_a_damaged_file_is_given_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    damaged = tmp_path / "halb.gguf"
    with open(small_model_file(), "rb") as file:
        damaged.write_bytes(file.read(1_000_000))
    with loaded(damaged) as model, pytest.raises(ModelError) as error:
        list(model.stream(QUESTION))
    assert error.value.code == "broken"
    assert "halb cannot be loaded" in caplog.text
    assert str(tmp_path) not in caplog.text
