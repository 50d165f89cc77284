"""Why writing to the data folder failed, in one German sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.core.errors import AssistantError, IndexWriteError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SEALED = (errno.EROFS, errno.EACCES, errno.EPERM)
_FULL_WORDS = ("disk is full", "no space left")
_SEALED_WORDS = ("readonly database", "read-only", "permission denied")


@contextmanager
def translate_disk_errors(folder: Path) -> Iterator[None]:
    """Turn a failure that comes from the disk into an ``IndexWriteError``; any other passes unchanged."""
    try:
        yield
    except AssistantError:
        raise
    except Exception as error:  # SQLite, Chroma and numpy each have errors of their own for a full disk
        fault = write_fault(error, folder)
        if fault is None:
            raise
        raise fault from error


def write_fault(error: BaseException, folder: Path) -> IndexWriteError | None:
    """What is wrong with the disk, or ``None`` when the error has another reason."""
    chain = list(_chain(error))
    numbers = {link.errno for link in chain if isinstance(link, OSError)}
    words = " ".join(str(link).lower() for link in chain)
    if numbers & {*_FULL} or any(word in words for word in _FULL_WORDS):
        return IndexWriteError(
            f"Der Datenträger mit {folder} ist voll; bitte schaffen Sie Platz und wiederholen Sie den Befehl.",
            "Der Datenträger ist voll.",
        )
    if numbers & {*_SEALED} or any(word in words for word in _SEALED_WORDS) or _is_sealed(folder, words):
        return IndexWriteError(
            f"In den Ordner {folder} lässt sich nicht schreiben; bitte prüfen Sie, ob der Datenträger "
            "schreibgeschützt ist oder Rechte fehlen.",
            "Der Datenträger ist schreibgeschützt.",
        )
    if errno.EIO in numbers or "disk i/o error" in words:
        return IndexWriteError(
            f"Beim Schreiben in {folder} meldet der Datenträger einen Fehler; bitte prüfen Sie ihn.",
            "Der Datenträger meldet Fehler.",
        )
    return None


def _is_sealed(folder: Path, words: str) -> bool:
    """SQLite says no more than that it cannot open its file."""
    return "unable to open database file" in words and folder.exists() and not os.access(folder, os.W_OK)


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(10):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__
