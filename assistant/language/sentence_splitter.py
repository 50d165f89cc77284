"""Sentence splitting that survives German abbreviations, ordinals, dates and sums."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    """abb abs art aufl az bd bspw bzw ca co d. dr ebd einschl engl etc evtl f ff fn gem ggf ggfs grds h hrsg i. inkl
    insb insbes jh jg kap lit lt max mind mio mrd n. nr no o. p. prof rd rn rz s. sog st std str tab tel tsd u. ua usw
    v. vgl vol z. zit zzgl zz vs e. g. inc ltd al resp approx fig sec""".split()
)
_END = re.compile(r"[.!?…]+[\"“”«»‘’')\]]*(?=\s|$)")
_STARTS_SENTENCE = re.compile(r"\s+[\"„“«»‚‘'(\[]*[A-ZÄÖÜ0-9§€]")


def split_sentences(text: str) -> tuple[str, ...]:
    """Literal, consecutive substrings of ``text``; line breaks always separate."""
    return tuple(sentence for line in text.splitlines() for sentence in _split_line(line))


def _split_line(line: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(line):
        if _is_boundary(line, match.start(), match.end()):
            sentences.append(line[start : match.end()].strip())
            start = match.end()
    sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _is_boundary(line: str, dot: int, end: int) -> bool:
    if end >= len(line.rstrip()):
        return True
    if not _STARTS_SENTENCE.match(line, end):
        return False
    if line[dot] != "." or end - dot > 1:
        return True
    return not _is_abbreviation(line, dot) and not _is_ordinal(line, dot, end)


def _is_abbreviation(line: str, dot: int) -> bool:
    word = re.search(r"[\w.]*$", line[:dot])
    token = word[0].lower() if word else ""
    last = token.rsplit(".", 1)[-1]
    # a single letter ("z. B.", "i. S.") or a listed abbreviation never ends a sentence
    return (len(last) == 1 and last.isalpha()) or last in _ABBREVIATIONS or f"{last}." in _ABBREVIATIONS


def _is_ordinal(line: str, dot: int, end: int) -> bool:
    """``am 1. Juli``, ``6. Auflage``, ``Nr. 1. 2``: at most two digits before the dot, a noun or number after it.

    A year or a large number before the dot ends the sentence.
    """
    digits = re.search(r"(?<![\d.,])\d{1,2}$", line[:dot])
    if not digits:
        return False
    after = line[end:].split(maxsplit=1)
    before = line[: digits.start()].rstrip()
    # "Losgröße 1. Die Fertigung …": an article or pronoun after the dot starts a new sentence
    return bool(before) and not after[0].startswith("§") and after[0] not in _SENTENCE_OPENERS


_SENTENCE_OPENERS = frozenset(
    """Der Die Das Ein Eine Einen Einem Einer Es Er Sie Wir Ihr In Im Am An Auf Aus Bei Bis Dabei Dafür Damit Danach
    Dann Darum Davon Dazu Diese Dieser Dieses Durch Für Gegen Hier Ihre Ist Kann Können Laut Mit Nach Nicht Ob Oder
    Ohne Seit So Um Und Unter Viele Vom Von Vor Wenn Wer Wie Wird Zu Zum Zur Zwischen The This These A An It They
    In For From To With Without Who What When Where If And Or But Applications Companies SMEs KMU Unternehmen""".split()
)
