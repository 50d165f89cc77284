"""The files that training made, in one folder, each held to its checksum; their format stands in its README."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import EmbeddingError
from assistant.core.file_digest import file_digest

SHIPPED_WEIGHTS = Path(__file__).with_name("weights")
QUESTION_ADAPTER_FILE, READER_FILE, DECISION_FILE = "question_adapter.npz", "reader.npz", "decision.json"
CHECKSUMS_FILE = "checksums.json"


def find_weights(setting: Path | Literal["none"] | None, name: str) -> Path | None:
    """A file of the folder in the settings (``None``: the shipped one, ``"none"``: nothing is used).

    ``None`` where there is no such file; ``EmbeddingError`` when it is not the one that the checksums speak of.
    """
    if setting == "none":
        return None
    if setting is not None and not setting.is_dir():
        raise EmbeddingError(f"Den Ordner {setting} aus NETZLOTSE_WEIGHTS gibt es nicht.")
    path = (setting or SHIPPED_WEIGHTS) / name
    if not path.is_file():
        return None
    if _checksums(path.parent).get(name) != file_digest(path):
        raise EmbeddingError(f"Die Prüfsumme der Gewichte {path} stimmt nicht mit {CHECKSUMS_FILE} überein.")
    return path


def _checksums(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / CHECKSUMS_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EmbeddingError(f"Die Prüfsummen {folder / CHECKSUMS_FILE} fehlen oder sind nicht lesbar.") from error
    return content if isinstance(content, dict) else {}


def write_checksums(folder: Path) -> None:
    """Note the checksums of all weights in a folder, so that they are accepted from now on."""
    names = sorted(path.name for path in folder.iterdir() if path.suffix in (".npz", ".json"))
    sums = {name: file_digest(folder / name) for name in names if name != CHECKSUMS_FILE}
    (folder / CHECKSUMS_FILE).write_text(json.dumps(sums, indent=2) + "\n", "utf-8")


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays in an ``npz`` file; ``EmbeddingError`` when it is damaged."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return dict(file)
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise EmbeddingError(f"Die Gewichte {path} sind beschädigt.") from error
