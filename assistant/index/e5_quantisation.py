"""A network in floats to one that multiplies in 8 bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.index.e5_checkpoint import END, START, Checkpoint, Floats
from assistant.index.e5_graph import build_observed
from assistant.index.e5_network import Arrays
from assistant.index.onnx_session import open_session

OUTLIER_FACTOR = 3.0
EXAMPLES = (
    "▁que ry : ▁Welche ▁Förderung ▁gibt ▁es ▁20 26 ▁für ▁kleine ▁Betrieb e , ▁die ▁gemeinsam ▁Daten ▁ austausch en ?",
    "▁que ry : ▁how ▁do ▁small ▁manufacture rs ▁find ▁partners ▁for ▁Industrie ▁4.0 ▁projects ?",
    "▁passage : ▁Kooperation ▁› ▁Vertrauen . ▁Produktion s netz werk e ▁bestehen ▁aus ▁recht lich ▁se lb ständig en "
    "▁Unternehmen ; ▁sie ▁ teilen ▁sich ▁Auf träg e , ▁Maschinen ▁und ▁Wissen ▁( z . ▁B . ▁über ▁ EDI ). ▁Rund ▁48 ▁% "
    "▁nan nten ▁fehlen de ▁Fach kräfte , ▁12,5 ▁Mio . ▁€ ▁wurden ▁be willig t ▁– ▁Stand : ▁31.12. 2025 !",
    "▁passage : ▁# ▁Fund ing ▁- ▁up ▁to ▁50% ▁of ▁eligible ▁costs , ▁max . ▁EUR ▁200 , 000 ▁- ▁con sorti a ▁of ▁two",
)
"""Texts, cut into the vocabulary's pieces, that show which channels stand out."""


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


def example_feeds(checkpoint: Checkpoint) -> list[Arrays]:
    """What the graph of an encoder gets for the example texts."""
    numbers = {piece: number for number, piece in enumerate(checkpoint.pieces)}
    rows = [[START, *(numbers[piece] for piece in text.split()), END] for text in EXAMPLES]
    return [{"words": checkpoint.words.look_up(row)} for row in rows]


def find_peaks(checkpoint: Checkpoint, network: Arrays, feeds: Sequence[Arrays]) -> dict[str, Floats]:
    """Largest absolute activation per channel in front of each matrix, keyed ``l0.qkv``, ``l0.ao`` and so on."""
    model, entering = build_observed(checkpoint, network)
    content = model.SerializeToString()
    del model  # as large as all weights in floats
    session = open_session(content)
    del content
    peaks = {name: np.zeros(1, np.float32) for name in entering}
    for feed in feeds:
        for name, values in zip(entering, session.run(list(entering.values()), dict(feed)), strict=True):
            peaks[name] = np.maximum(peaks[name], np.abs(values[0]).max(axis=0))
    return peaks


def quantise_network(checkpoint: Checkpoint, network: Arrays, feeds: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
    """A float network in 8 bits: each matrix becomes ``weights`` (int8), ``scales`` and ``divisors``.

    ``feeds`` are inputs that show which channels stand out: ``words (1, n, hidden)``, for a reader ``segments (1, n)``
    as well. ``divisors`` divide what enters a matrix and are multiplied into its weights already; the result of a
    reader's network is what its file holds.
    """
    return {**network} | _quantise_matrices(network, find_peaks(checkpoint, network, feeds))


def _quantise_matrices(network: Arrays, peaks: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    quantised: dict[str, NDArray[Any]] = {}
    for name, peak in peaks.items():
        by = divisors(peak)
        integers, scales = quantise_columns(network[name + ".weights"] * by[:, None])
        quantised |= {name + ".weights": integers, name + ".scales": scales, name + ".divisors": by}
    return quantised
