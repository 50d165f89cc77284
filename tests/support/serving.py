"""A real server process for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.processes import Process, start

_LOOK_EVERY_SECONDS = 0.05


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(**settings: object) -> dict[str, str]:
    """The environment of the tests with these settings and no others."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    return plain | {f"NETZLOTSE_{name.upper()}": str(value) for name, value in settings.items()}


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
) -> Iterator[tuple[Process, str]]:
    """The same with the process; what it writes to stderr goes to the file ``stderr``."""
    port = free_port()
    own = environment(**{"data_dir": data_dir, "rate_limit_per_minute": "0", **settings})
    with open(stderr, "w") as errors:
        process = start("serve", "--host", host, "--port", str(port), environment=own, stderr=errors)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(process, address)
        yield process, address
    finally:
        process.terminate()
        process.wait(20)
        process.close()


def wait_until_ready(process: Process | subprocess.Popen[str], address: str) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        assert process.poll() is None, "the server stopped"
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(_LOOK_EVERY_SECONDS)
    raise AssertionError("the server did not become ready")
