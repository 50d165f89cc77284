"""A real server process for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(
    data_dir: Path, *, host: str = "127.0.0.1", stderr: Path = Path(os.devnull), **settings: str
) -> Iterator[str]:
    """``assistant serve`` in a process of its own; gives its address on this machine once it is ready."""
    with running(data_dir, host=host, stderr=stderr, **settings) as (_, address):
        yield address


@contextmanager
def running(
    data_dir: Path, *, host: str = "127.0.0.1", stderr: Path = Path(os.devnull), **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The same with the process; what it writes to stderr goes to the file ``stderr``."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    environment |= {"NETZLOTSE_DATA_DIR": str(data_dir), "NETZLOTSE_RATE_LIMIT_PER_MINUTE": "0"}
    environment |= {f"NETZLOTSE_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "assistant", "serve", "--host", host, "--port", str(port)]
    with open(stderr, "w") as errors:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(process, address)
        yield process, address
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()


def wait_until_ready(process: subprocess.Popen[str], address: str) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        assert process.poll() is None, "the server stopped"
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the server did not become ready")
