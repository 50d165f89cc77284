"""Whether a word is one that the index knows, only misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ONE_SLIP = 5  # letters of a word in which one slip is forgiven
_TWO_SLIPS = 9
_SAME_START = 3  # letters that a word with two slips begins with


def is_near(word: str, vocabulary: Collection[str]) -> bool:
    """Whether a folded lower-case word is in a vocabulary (a set or the keys of a dictionary) but for a slip or two."""
    if word in vocabulary:
        return True
    if len(word) < _ONE_SLIP or not word.isalpha():
        return False
    if any(other in vocabulary for other in _one_slip_away(word)):
        return True
    if len(word) < _TWO_SLIPS:
        return False
    start = word[:_SAME_START]
    near = (other for other in vocabulary if other.startswith(start) and abs(len(other) - len(word)) <= 2)
    return any(_distance(word, other) <= 2 for other in near)


def _one_slip_away(word: str) -> Iterator[str]:
    """Words with one letter left out, added, changed, or two swapped."""
    for position in range(len(word) + 1):
        front, back = word[:position], word[position:]
        if back:
            yield front + back[1:]
        if len(back) > 1:
            yield front + back[1] + back[0] + back[2:]
        for letter in _LETTERS:
            yield front + letter + back
            if back:
                yield front + letter + back[1:]


def _distance(one: str, other: str) -> int:
    """Letters to leave out, add or change (Levenshtein)."""
    row = list(range(len(other) + 1))
    for above, letter in enumerate(one, start=1):
        last, row = row, [above]
        for column, wanted in enumerate(other, start=1):
            row.append(min(row[-1] + 1, last[column] + 1, last[column - 1] + (letter != wanted)))
    return row[-1]
