"""What a language model writes, as it arrives: whole sentences with the numbers that they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.language.sentence_splitter import split_sentences

_NUMBERS = r"\d{1,3}(?:\s*[,;]\s*\d{1,3})*"
_MARK = re.compile(rf"\s*[\[【]\s*(?:Quelle|Source|Nr\.)?\s*({_NUMBERS})\s*[\]】]", re.IGNORECASE)
_MARKS_AFTER_END = re.compile(rf"([.!?…])((?:{_MARK.pattern.replace('(' + _NUMBERS + ')', _NUMBERS)})+)", re.IGNORECASE)
_OPEN_MARK = re.compile(r"\s*[\[【][^\]】\n]{0,30}$")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)\s*", re.DOTALL | re.IGNORECASE)
_LINE_START = re.compile(r"^\s*(?:#{1,6}\s+|[-*•–]\s+|\d{1,2}[.)]\s+)")
_EMPHASIS = re.compile(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)")


@dataclass(frozen=True, slots=True)
class GeneratedSentence:
    """One sentence without its marks, the numbers that these cite, and whether it opens a paragraph."""

    text: str
    numbers: tuple[int, ...]
    starts_paragraph: bool


def written_sentences(chunks: Iterable[str]) -> Iterator[GeneratedSentence]:
    """Sentences as soon as they are complete; one that the stream breaks off with an error never comes."""
    rest, opens = "", True
    for chunk in chunks:
        rest += chunk
        if _is_thinking(rest):
            continue
        *lines, line = _THOUGHT.sub("", rest).replace("\r\n", "\n").split("\n")
        for whole in lines:
            yield from _sentences(whole, opens)
            opens = True
        ready, rest = _split_ready(_LINE_START.sub("", line) if opens else line)
        for sentence in ready:
            yield from _sentences(sentence, opens)
            opens = False
    yield from _sentences(_THOUGHT.sub("", rest), opens)


def _is_thinking(text: str) -> bool:
    """Whether thoughts began that have not ended, or a tag is not yet complete."""
    start = text.lower().rfind("<think")
    return start >= 0 and "</think" not in text.lower()[start:]


def _split_ready(line: str) -> tuple[list[str], str]:
    """Complete sentences of an unfinished line, and what may still go on (a mark may follow the last full stop)."""
    open_mark = _OPEN_MARK.search(line)
    head, tail = (line[: open_mark.start()], line[open_mark.start() :]) if open_mark else (line, "")
    head = _marks_inside(head)
    sentences = split_sentences(head)
    if len(sentences) < 2:
        return [], head + tail
    return list(sentences[:-1]), head[head.rindex(sentences[-1]) :] + tail


def _sentences(line: str, opens: bool) -> Iterator[GeneratedSentence]:
    for sentence in split_sentences(_marks_inside(_LINE_START.sub("", line))):
        numbers = [int(one) for marks in _MARK.findall(sentence) for one in re.findall(r"\d+", marks)]
        text = " ".join(_EMPHASIS.sub("", _MARK.sub("", sentence)).split())
        text = re.sub(r"\s+([.,;:!?])", r"\1", text)
        if re.search(r"\w", text):
            yield GeneratedSentence(text, tuple(dict.fromkeys(numbers)), opens)
            opens = False


def _marks_inside(text: str) -> str:
    """``Text. [1]`` as ``Text [1].``, so that a mark belongs to the sentence before it."""
    return _MARKS_AFTER_END.sub(r"\2\1", text)
