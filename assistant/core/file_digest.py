"""What identifies the content of a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Literal

_BLOCK = 1 << 20


def file_digest(file: Path | IO[bytes], algorithm: Literal["sha256", "blake2b"] = "sha256") -> str:
    """Digest of a file, or of what is left to read in an open one, in hexadecimal; ``OSError`` if it is missing."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return file_digest(opened, algorithm)
    digest = hashlib.new(algorithm)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
