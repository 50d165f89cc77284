"""The vectors of an index as tensors: what questions are trained against, never changed itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistant.index.corpus import SearchableCorpus
from assistant.index.scoring import SENTENCE_WEIGHT

FAR = -10.0


@dataclass(frozen=True, slots=True)
class CorpusVectors:
    """Passages ``(n, d)``, sentences ``(m, d)``; ``sentences_of (n, longest)`` holds rows of sentences, padded ``m``.

    ``doubled (n,)`` marks English parts that a German question does not need, ``offset (n,)`` what a kind of source
    is held back by.
    """

    passages: Tensor
    sentences: Tensor
    sentences_of: Tensor
    doubled: Tensor
    guides: Tensor
    offset: Tensor

    def cosines(self, questions: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of passages ``(batch, n)`` and cosines of sentences ``(batch, m)`` for questions ``(batch, d)``."""
        single = questions @ self.sentences.T
        padded = torch.cat([single, single.new_full((len(single), 1), FAR)], dim=1)
        best = padded[:, self.sentences_of].amax(dim=2)
        return questions @ self.passages.T + SENTENCE_WEIGHT * best + self.offset, single


def corpus_vectors(corpus: SearchableCorpus, where: torch.device) -> CorpusVectors:
    """From a loaded index."""
    space = corpus.snapshot.space
    offsets = space.sentence_offsets
    longest = int(np.diff(offsets).max())
    table = np.full((len(offsets) - 1, longest), offsets[-1], dtype=np.int64)
    for position, (start, end) in enumerate(pairwise(offsets)):
        table[position, : end - start] = np.arange(start, end)
    arrays: Sequence[NDArray[np.generic]] = (
        np.asarray(space.passage_vectors),
        np.asarray(space.sentence_vectors),
        table,
        corpus.doubled,
        corpus.of_guides,
        space.offset,
    )
    return CorpusVectors(*(torch.tensor(array).to(where) for array in arrays))
