"""What a turn does in the talk: most ask something; some thank, want the last answer in another form, or give orders.

``dialogue_acts.yaml`` holds examples of each; ``example_classifier`` weighs them by their nearness to the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
import yaml

from assistant.index.scoring import Floats
from assistant.retrieval.example_classifier import ExampleClassifier, fit_examples

DialogueAct = Literal["thanks", "shorter", "further", "english", "german", "instruction"]
ACTS: tuple[DialogueAct, ...] = get_args(DialogueAct)
ASKED = "asked"
WORDS = 12
"""A longer turn says something of its own."""
_LEAD = 0.15  # of 0 to 1, ahead of what asks something; a question taken for a request is worse than the reverse
_FILE = Path(__file__).with_name("dialogue_acts.yaml")


@dataclass(frozen=True, slots=True)
class DialogueActDetector:
    """Fitted to the groups of ``ACTS`` in their order; what asks something comes last."""

    classifier: ExampleClassifier

    def detect(self, turn: str, encode: Callable[[str], Floats]) -> DialogueAct | None:
        """What a turn of a talk wants; ``None``: it asks or tells something."""
        if len(turn.split()) > WORDS:
            return None
        *reached, asked = self.classifier.reach(encode(turn))
        best = int(np.argmax(reached))
        return ACTS[best] if reached[best] - asked > _LEAD else None


@lru_cache(maxsize=1)
def load_turns() -> dict[str, tuple[str, ...]]:
    """The shipped examples of each group."""
    table = cast("dict[str, list[str]]", yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {name: tuple(table[name]) for name in (*ACTS, ASKED)}


def build_detector(encode: Callable[[Sequence[str]], Floats]) -> DialogueActDetector | None:
    """Fitted to the shipped examples."""
    examples = load_turns()
    fitted = fit_examples([examples[name] for name in (*ACTS, ASKED)], encode)
    return DialogueActDetector(fitted) if fitted else None
