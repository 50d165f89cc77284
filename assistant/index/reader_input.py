"""What the reader sees: a question, what was asked before, and a passage, as one row of tokens.

``<s> query: QUESTION </s> [EARLIER </s>] passage: HEADER </s> SENTENCE </s> SENTENCE </s> …``; running and training
use the same function, so that the network never meets a row of another kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.index.e5_checkpoint import END, START
from assistant.index.unigram_tokenizer import UnigramTokenizer

QUESTION, HEADER, SENTENCES, EARLIER = range(4)
"""The segments: rows of the reader's table of segment vectors."""
QUESTION_TOKENS, EARLIER_TOKENS, HEADER_TOKENS = 64, 48, 40
READER_TOKENS = 224
"""The longest row, start and end tokens counted; the three above count the text alone."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """Token numbers, the segment of each, and where each sentence stands (end exclusive, ``None``: left out)."""

    tokens: tuple[int, ...]
    segments: tuple[int, ...]
    spans: tuple[Span | None, ...]


def reader_tokens(
    tokenizer: UnigramTokenizer,
    question: str,
    earlier: Sequence[str],
    header: str,
    sentences: Sequence[str],
    limit: int = READER_TOKENS,
) -> ReaderInput:
    """One row for the reader, of at most ``limit`` tokens; ``earlier`` are turns of the same visitor, newest first.

    A blank sentence has no span, nor has one that does not fit whole any more; the first one is cut instead.
    """
    before = " ".join(turn for turn in earlier if turn.strip())
    parts = [
        (QUESTION, [START, *_encode(tokenizer, "query: " + question, QUESTION_TOKENS), END]),
        (EARLIER, [*_encode(tokenizer, before, EARLIER_TOKENS), END] if before else []),
        (HEADER, [*_encode(tokenizer, "passage: " + header, HEADER_TOKENS), END]),
    ]
    tokens = [token for _, part in parts for token in part]
    segments = [segment for segment, part in parts for _ in part]
    spans: list[Span | None] = []
    for sentence in sentences:
        room = limit - len(tokens) - 1
        numbers = _encode(tokenizer, sentence, room + 1) if sentence.strip() and room > 0 else []
        if not any(spans):
            numbers = numbers[:room]
        if not numbers or len(numbers) > room:
            spans.append(None)
            continue
        spans.append((len(tokens), len(tokens) + len(numbers)))
        tokens += [*numbers, END]
        segments += [SENTENCES] * (len(numbers) + 1)
    return ReaderInput(tuple(tokens), tuple(segments), tuple(spans))


def _encode(tokenizer: UnigramTokenizer, text: str, limit: int) -> list[int]:
    """At most ``limit`` tokens of a text, without its start and end."""
    return tokenizer.encode(text, limit + 2)[1:-1]
