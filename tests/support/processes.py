"""``assistant …`` in processes of their own, forked from one that has all imports behind it.

A fresh interpreter spends 2.5 s of processor time on importing Chroma, LangChain and Gradio before it runs its first
own line, and the tests start some hundred commands and servers. So one process imports what they all need and then
only forks: each child gets its own arguments, environment, folder and output, runs ``assistant.cli.main`` as the
console script does, and ends as any interpreter ends. ``test_cli`` starts real interpreters.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

from assistant.cli import main
from tests.support.paths import ROOT

_LONGEST = 1 << 18


class Process:
    """A command that runs; what tests use of ``subprocess.Popen`` with ``text=True``."""

    def __init__(self, pid: int, stdout: IO[str], stderr: IO[str] | None, status: int) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None
        self._status = status

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, negative for a signal; ``subprocess.TimeoutExpired`` if it runs on."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("assistant", timeout or 0.0)
            self.returncode = int(os.read(self._status, 16) or b"-9")
            os.close(self._status)
        return self.returncode

    def poll(self) -> int | None:
        """The exit code, ``None`` while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Everything it still writes, once it has ended."""
        end = None if timeout is None else time.monotonic() + timeout
        texts = {stream: b"" for stream in (self.stdout, self.stderr) if stream}
        left = set(texts)
        while left:
            seconds = None if end is None else max(0.0, end - time.monotonic())
            ready = select.select(list(left), [], [], seconds)[0]
            if not ready:
                raise subprocess.TimeoutExpired("assistant", timeout or 0.0)
            for stream in ready:
                read = os.read(stream.fileno(), 65536)
                texts[stream] += read
                left -= set() if read else {stream}
        self.wait(None if end is None else max(1.0, end - time.monotonic()))
        self.close()
        return tuple(texts.get(stream, b"").decode() if stream else "" for stream in (self.stdout, self.stderr))  # type: ignore[return-value]

    def send_signal(self, number: int) -> None:
        """Signal it unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close what is read from it."""
        for stream in (self.stdout, self.stderr):
            if stream:
                stream.close()


def start(
    *arguments: str, environment: Mapping[str, str], stderr: IO[str] | None = None, cwd: Path | None = None
) -> Process:
    """Run ``assistant …`` with exactly this environment; without a file for ``stderr`` it can be read as well."""
    (out, to_out), (status, to_status) = os.pipe(), os.pipe()
    error, to_error = os.pipe() if stderr is None else (None, os.dup(stderr.fileno()))
    request = {"arguments": arguments, "environment": dict(environment), "cwd": str(cwd or Path.cwd())}
    control = _importer()
    socket.send_fds(control, [json.dumps(request).encode()], [to_out, to_error, to_status])
    for descriptor in (to_out, to_error, to_status):
        os.close(descriptor)
    pid = int(control.recv(16))
    return Process(pid, os.fdopen(out), None if error is None else os.fdopen(error), status)


@cache
def _importer() -> socket.socket:
    """The line to the process that forks, started once for each test process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "tests.support.processes", str(theirs.fileno())]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=[theirs.fileno()])
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait(20)

    atexit.register(end)
    return ours


def _fork_on_demand(control: socket.socket) -> list[str]:
    """Fork a child for each request and report how it ended; returns in children only, with their arguments."""
    awake, wake = os.pipe2(os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    status_of: dict[int, int] = {}
    while True:
        ready = select.select([control, awake], [], [])[0]
        if awake in ready:
            os.read(awake, 4096)
            _report_ended(status_of)
        if control not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, _LONGEST, 3)
        if not message:
            sys.exit()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (awake, wake, control.detach(), descriptors[2], *status_of.values()):
                os.close(descriptor)
            return _become(json.loads(message), descriptors)
        status_of[pid] = descriptors[2]
        os.close(descriptors[0])
        os.close(descriptors[1])
        control.send(str(pid).encode())


def _report_ended(status_of: dict[int, int]) -> None:
    while status_of:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        descriptor = status_of.pop(pid)
        os.write(descriptor, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(descriptor)


def _become(request: dict[str, object], descriptors: list[int]) -> list[str]:
    """Take over output, environment and folder of a request; gives its arguments."""
    for descriptor, number in zip(descriptors, (1, 2), strict=False):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    os.chdir(str(request["cwd"]))
    return list(request["arguments"])  # type: ignore[call-overload]


def _run(arguments: list[str]) -> NoReturn:
    """What the console script does, then what the interpreter does at its end.

    The C library's exit handlers are left out: onnxruntime's wait for a thread that a fork does not have.
    """
    code: object = None
    try:
        sys.argv = ["assistant", *arguments]
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # ends the workers of pools, as the interpreter does
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _import_all() -> None:
    import langchain_chroma  # noqa: F401

    import assistant.operations.index_maintainer
    import assistant.web.app
    import assistant.web.server  # noqa: F401

    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    _import_all()
    _run(_fork_on_demand(socket.socket(fileno=int(sys.argv[1]))))
