"""Questions with a fixed reply – advice on a single case, discrimination, cheating – recognised by their meaning.

``knowledge/fixed-replies.yaml`` holds examples of such questions and, under ``answered``,
legitimate questions close to them; ``example_classifier`` weighs them by their nearness to the question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assistant.core.errors import KnowledgeError
from assistant.index.scoring import Floats
from assistant.retrieval.example_classifier import ExampleClassifier, fit_examples

FILE = "fixed-replies.yaml"
GROUPS = ("legal", "tax", "medical", "discrimination", "cheating")
ANSWERED = "answered"
CONDUCT = frozenset({"discrimination", "cheating"})  # no source that says something near helps with them
_MARGIN = 0.03  # of 0 to 1, where 0 is neither: flat from 0.02 to 0.05, at 0 twice as many answered ones are caught
# A lead from which a question is like the examples as a whole and means a single case, whatever sources say: requests
# that sources seem to answer lead by 0.5 to 0.9, questions about cards that they do answer by 0.34 at most.
_CLEAR_LEAD = 0.4
Examples = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Intent:
    """The group of ``GROUPS`` that a question is of; ``is_clear``: even where sources answer something near."""

    group: str
    is_clear: bool


@dataclass(frozen=True, slots=True)
class IntentGuardrail:
    """Fitted to the groups of ``GROUPS`` in their order; what is answered comes last."""

    classifier: ExampleClassifier

    def classify(self, vector: Floats) -> Intent | None:
        """What a question with this vector wants that may get a fixed reply; ``None``: it is answered from sources."""
        *reached, answered = self.classifier.reach(vector)
        nearest = int(np.argmax(reached))
        group, lead = GROUPS[nearest], reached[nearest] - answered
        return Intent(group, bool(group in CONDUCT or lead > _CLEAR_LEAD)) if lead > _MARGIN else None


def load_examples(folders: Sequence[Path]) -> Examples:
    """The examples of all folders together, so that an operator's file adds to the shipped one."""
    examples: dict[str, list[str]] = {name: [] for name in (*GROUPS, ANSWERED)}
    for path in (folder / FILE for folder in folders if (folder / FILE).is_file()):
        for name, questions in _read(path).items():
            examples[name] += questions
    return {name: tuple(dict.fromkeys(questions)) for name, questions in examples.items()}


def _read(path: Path) -> dict[str, list[str]]:
    try:
        table: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{path}: Die Datei ist kein gültiges YAML.") from error
    known = (*GROUPS, ANSWERED)
    if not isinstance(table, dict) or not set(table) <= set(known):
        raise KnowledgeError(f"{path}: Erlaubt sind nur die Gruppen {', '.join(known)}.")
    if not all(_is_list_of_questions(questions) for questions in table.values()):
        raise KnowledgeError(f"{path}: Jede Gruppe ist eine Liste von Fragen.")
    return table


def _is_list_of_questions(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(question, str) and question for question in value)


def build_guardrail(
    examples: Examples, more_answered: Sequence[str], encode: Callable[[Sequence[str]], Floats]
) -> IntentGuardrail | None:
    """Fitted to the examples; unless each group has one, nothing is ever caught."""
    answered = tuple(dict.fromkeys((*examples[ANSWERED], *more_answered)))
    fitted = fit_examples([*(examples[name] for name in GROUPS), answered], encode)
    return IntentGuardrail(fitted) if fitted else None
