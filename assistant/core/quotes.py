"""Literal sentences of passages, and claims that say nothing but one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.core.models import Claim, Passage


def german_sentences(passages: Sequence[Passage]) -> Iterator[tuple[int, Passage, str]]:
    """The German sentences that sources wrote themselves, each with its position (from 0) and its passage."""
    own = (passage for passage in passages if passage.language == "de" and not passage.generated)
    pairs = ((passage, sentence) for passage in own for sentence in passage.sentences)
    yield from ((position, passage, sentence) for position, (passage, sentence) in enumerate(pairs))


def quote(sentence: str, passage: Passage) -> Claim:
    """A claim that is a literal sentence of a passage; its score is 0.0."""
    return Claim(sentence, sentence, passage, 0.0)


def first_german_quote(passages: Sequence[Passage]) -> Claim | None:
    """What sources say first, mostly what they are about; ``None`` where nothing is in German."""
    return next((quote(sentence, passage) for _, passage, sentence in german_sentences(passages)), None)
