"""A GGUF file behind an OpenAI-compatible address on this machine, for people without a provider.

llama.cpp (package ``xllamacpp``) runs in a process of its own: when native code crashes or needs too much memory, the
service goes on and quotes until the model is back. The process ends with this one, however this one ends.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from assistant.core.errors import ModelError, SettingsError

logger = logging.getLogger(__name__)
SLOTS = 2  # answers at once; more would only make all of them late on the machines that this is for
CONTEXT = 4096  # tokens per answer: the longest prompt in German and TOKENS of an answer
_MAGIC = b"GGUF"
_PATIENCE = 120.0  # seconds that whoever starts the model waits for it
_STARTS = 2  # that never got ready: the file cannot be used
_STEADY = 60.0  # seconds after which a crash counts as the first one
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
_ROOT = Path(__file__).resolve().parents[3]
_RUN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from assistant.answering.llm.llama_cpp_server import main; main()"
)


class LocalModel:
    """A model file that is served from the first use on, until ``close``; safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        check_model_file(path)
        self.name = path.stem
        self.key = secrets.token_urlsafe(24)  # other programs and web pages on this machine do not have it
        self._path = path.resolve()
        self._port, self._reservation = _reserve_port()
        self._lock = threading.Lock()
        self._ready, self._settled, self._closed = threading.Event(), threading.Event(), threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        self._failed = False

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible address; it stays the same when the process is started again."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def process_id(self) -> int | None:
        """The process that holds the model, while there is one."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def __enter__(self) -> LocalModel:
        try:
            self.ensure_running()
        except ModelError:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ensure_running(self) -> None:
        """Make sure that the model runs: who starts it waits for it, others get a ``ModelError`` meanwhile."""
        if self._start():
            self._settled.wait(_PATIENCE)
        if self._failed:
            raise ModelError("broken")
        if not self._ready.is_set():
            raise ModelError("unreachable")

    def close(self) -> None:
        """End the process; nothing is left behind."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed.set()
            _end(self._process)
        if self._keeper:
            self._keeper.join()
        self._ready.clear()
        self._reservation.close()

    def _start(self) -> bool:
        """Start to keep the process running; whether this call was the first."""
        with self._lock:
            if self._keeper or self._closed.is_set():
                return False
            self._keeper = threading.Thread(target=self._keep_running, daemon=True, name="local-model")
            self._keeper.start()
        atexit.register(self.close)
        return True

    def _keep_running(self) -> None:
        """Start the process again whenever it dies, after growing pauses; give up on a file that never loads."""
        pause, failures = _PAUSE, 0
        while (process := self._spawn()) is not None:
            began = time.monotonic()
            if _says_ready(process):
                self._ready.set()
                self._settled.set()
            else:
                failures += 1
            status = process.wait()
            self._ready.clear()
            _close_pipes(process)
            if self._closed.is_set():
                break
            logger.warning("local model: its process ended (%d)", status)
            if failures == _STARTS and not self._settled.is_set():
                self._failed = True
                logger.error("local model: %s cannot be loaded", self.name)
                break
            pause = _PAUSE if time.monotonic() - began > _STEADY else pause
            self._closed.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._settled.set()

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        """A new process with its orders; they hold the key and so are not on its command line."""
        config = {"path": str(self._path), "name": self.name, "port": self._port, "key": self.key}
        with self._lock:
            if self._closed.is_set():
                return None
            self._process = process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", _RUN, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
                start_new_session=True,  # Ctrl-C is for the service, which then ends the model
            )
        with suppress(OSError):  # it died at once
            _pipe(process.stdin).write(json.dumps(config).encode() + b"\n")
            _pipe(process.stdin).flush()
        return process


def check_model_file(path: Path) -> None:
    """Raise ``SettingsError`` with the way out when package or file are missing or the file holds no model."""
    if find_spec("xllamacpp") is None:
        raise SettingsError('Für NETZLOTSE_MODEL=local:… fehlt ein Paket: pip install "netzlotse[local]"')
    try:
        with open(path, "rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        reason = "gibt es nicht" if isinstance(error, FileNotFoundError) else "ist nicht lesbar"
        raise SettingsError(
            f"Die Modelldatei {path} {reason}; NETZLOTSE_MODEL=local:/pfad/zum/modell.gguf nennt eine GGUF-Datei."
        ) from error
    if magic != _MAGIC:
        raise SettingsError(f"{path} ist keine GGUF-Datei; laden Sie das Modell im Format GGUF (für llama.cpp).")


def thread_count(cores: int) -> int:
    """Threads for the model: all cores but one, which is for the service.

    Threads wait for each other at every step, so one core shared with anything busy stops them all: on two busy
    cores one thread reads 67 tokens a second, two read fewer than 15.
    """
    return max(1, cores - 1)


def usable_cores() -> int:
    """Cores that this process may use; threads beyond a container's share would wait for each other at every step."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return min(cores, max(1, int(quota) // int(period)))
    except (OSError, ValueError):  # no such limit
        return cores


def _reserve_port() -> tuple[int, socket.socket]:
    """A free port, and the socket that keeps it for processes of this user while the model starts again."""
    reservation = socket.socket()
    if hasattr(socket, "SO_REUSEPORT"):
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reservation.bind(("127.0.0.1", 0))
    port = int(reservation.getsockname()[1])
    if not hasattr(socket, "SO_REUSEPORT"):
        reservation.close()
    return port, reservation


def _says_ready(process: subprocess.Popen[bytes]) -> bool:
    return _pipe(process.stdout).readline() == b"ready\n"


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """Close the pipe that the process lives on, and kill it where it does not listen."""
    if process is None or process.poll() is not None:
        return
    with suppress(OSError):
        _pipe(process.stdin).close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            _pipe(pipe).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def main() -> None:
    """The process of the model: orders from stdin, ``ready`` on stdout, then serve until stdin ends."""
    orders = json.loads(sys.stdin.buffer.readline())
    report = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # native code writes where it likes
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(5)  # pages and quotes come first
    server = _serve(orders)
    report.write(b"ready\n")
    report.close()
    threading.Event().wait()
    del server


def _end_with_parent() -> None:
    """Wait for the end of stdin, which comes even when the parent is killed."""
    while os.read(0, 1024):
        pass
    os._exit(0)


def _serve(orders: dict[str, Any]) -> Any:
    """llama.cpp's server; only who knows the key may use it, and it logs nothing."""
    import xllamacpp

    options = xllamacpp.CommonParams()
    options.model.path = orders["path"]
    options.model_alias = {orders["name"]}
    options.hostnames, options.port, options.reuse_port = ["127.0.0.1"], orders["port"], True
    options.api_keys, options.cors_origins = [orders["key"]], ""
    options.ui = options.endpoint_slots = False
    options.offline = True
    options.verbosity = -1
    options.n_parallel, options.n_ctx = SLOTS, SLOTS * CONTEXT
    options.cache_ram_mib = 0  # the beginning of a prompt is kept in its slot anyway
    options.enable_reasoning = 0  # thoughts that nobody sees would use up the time
    for part in (options.cpuparams, options.cpuparams_batch):
        part.n_threads = thread_count(usable_cores())
        part.poll = 0  # waiting threads sleep instead of taking the service's share
    return xllamacpp.Server(options)
