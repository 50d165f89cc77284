"""Other ways to put a heading's question: as it is typed in a hurry, and about somebody else."""

from __future__ import annotations

import random

from assistant.core.models import Passage

_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_ASCII_SHARE = 0.3


def as_typed(question: str, chance: random.Random) -> str:
    """Small letters, no mark at the end, now and then no umlauts."""
    typed = question.lower().rstrip(" ?!.")
    return typed.translate(_ASCII) if chance.random() < _ASCII_SHARE else typed


def about_another(passage: Passage, others: list[str]) -> str | None:
    """The question of a passage's heading with another name in place of the one it shares with its title.

    ``None`` where heading and title share no name; ``others`` are names to choose from, nearest first.
    """
    name = shared_name(passage.headings[-1], passage.title)
    other = next((other for other in others if name and other not in name and name not in other), None)
    return passage.headings[-1].replace(name, other) if name and other else None


def shared_name(heading: str, title: str) -> str | None:
    """The longest run of words of a heading that its title holds and that begins like a name."""
    words, held = heading.rstrip("?").split(), f" {short_name(title)} "
    runs = [
        " ".join(words[start:end])
        for start in range(1, len(words))
        for end in range(start + 1, len(words) + 1)
        if words[start][:1].isupper() or words[start][:1].isdigit()
    ]
    return max((run for run in runs if f" {run} " in held), key=len, default=None)


def short_name(title: str) -> str:
    """A title without what explains it: "ProFIT (Berlin): Kredit für Forschung" is "ProFIT"."""
    for mark in (":", " (", " – "):
        title = title.partition(mark)[0]
    return title.strip()
