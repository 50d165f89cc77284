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
from typing import IO

import httpx


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(
    data_dir: Path, *, host: str = "127.0.0.1", errors: IO[str] | int = subprocess.DEVNULL, **settings: str
) -> Iterator[str]:
    """``assistant serve`` in a process of its own; gives its address on this machine once it is ready."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    environment |= {"NETZLOTSE_DATA_DIR": str(data_dir), "NETZLOTSE_RATE_LIMIT_PER_MINUTE": "0"}
    environment |= {f"NETZLOTSE_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "assistant", "serve", "--host", host, "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(process, address)
        yield address
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
