"""One file to clean text: the entry point of the child process that reads foreign documents.

The file comes in on standard input, the result leaves as JSON on standard output. The
process gives up its own rights to memory, time and writing before it reads a byte.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NoReturn

from assistant.core.errors import DocumentError
from assistant.ingestion.parsers.readers import read

MEMORY_STATUS = 77


def main() -> NoReturn:
    """Read standard input under limits: ``suffix seconds memory_bytes maximum_pages``."""
    suffix, seconds, memory, pages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    logging.disable(logging.CRITICAL)
    _limit(seconds, memory)
    try:
        result: dict[str, Any] = {"document": asdict(read(sys.stdin.buffer.read(), suffix.lower(), pages))}
    except DocumentError as error:
        result = {"code": error.code, "reason": str(error)}
    except MemoryError:
        os._exit(MEMORY_STATUS)
    except (Exception, RecursionError):  # a broken file can fail in any way; the parent must get an answer
        result = {"code": "unreadable", "reason": "Die Datei ist beschädigt; bitte öffnen und neu speichern."}
    sys.stdout.buffer.write(json.dumps(result).encode())
    sys.stdout.flush()
    os._exit(0)


def _limit(seconds: int, memory: int) -> None:
    """No more memory, time, files to write or core dumps than reading one document needs."""
    limits = {resource.RLIMIT_CPU: seconds + 1, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    if sys.platform == "linux":
        limits[resource.RLIMIT_AS] = memory
    for which, value in limits.items():
        with suppress(OSError, ValueError):  # a stricter limit may be in force already
            resource.setrlimit(which, (value, value))
    if sys.platform != "linux":  # there the limit above is enforced, and the peak counts what the parent held
        threading.Thread(target=_watch_memory, args=(memory,), daemon=True).start()


def _watch_memory(memory: int) -> None:
    """End the process when it holds too much; macOS does not enforce a limit of the address space."""
    unit = 1 if sys.platform == "darwin" else 1024
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit < memory:
        time.sleep(0.1)
    os._exit(MEMORY_STATUS)


if __name__ == "__main__":
    main()
