"""Sentence splitting that survives German abbreviations, ordinals, dates and sums.

A line that ends in a colon and the list items below it are one sentence, since neither says anything alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ABBREVIATIONS = frozenset(
    """abb abs abschn abt anm art aufl az bd bspw bzw ca d. dipl dr ebd einschl engl evtl f fn gem ggf ggfs grds
    h hrsg i. inkl insb insbes jh jg kap lit lt max mind n. nat nr no o. p. prof rd rer rn rz s. sog st tab tel
    u. ua v. vgl vol z. ziff zit zzgl zz vs e. g. al resp approx fig sec""".split()
)
_ALSO_LAST_WORDS = frozenset(
    """abl banz bgbl co etc ff gbl gvbl gvobl inc ing kg ltd mio mrd std str tsd usw
    jan feb mär märz apr jun jul aug sep sept okt nov dez""".split()
)
"""Abbreviations that may end a sentence: they do when the next word begins one."""
_WEEKDAY = re.compile(r"(?<!\w)(?:Mo|Di|Mi|Do|Fr|Sa|So)$")
_END = re.compile(r"[.!?…]+[\"“”«»‘’')\]]*(?=\s|$)")
_STARTS_SENTENCE = re.compile(r"\s+[\"„“«»‚‘'(\[]*[A-ZÄÖÜ0-9§€]")
LIST_ITEM = re.compile(r"\s*(?:[–•*-]|\(?\d{1,2}[.)]|[a-z]\))\s+\S")
"""How an item of a list begins; readers of files write it so, and the splitter keeps it with its lead-in."""
_LONGEST_LIST = 800  # characters; what a reader takes in as one answer


def split_sentences(text: str) -> tuple[str, ...]:
    """Literal, consecutive substrings of ``text``; line breaks separate, except within a list that a colon opens."""
    sentences: list[str] = []
    lines = text.splitlines(keepends=True)
    position = 0
    while position < len(lines):
        found = _split_line(lines[position])
        position += 1
        if found and found[-1].endswith(":"):
            items = _items(lines, position, len(found[-1]))
            found[-1] = "".join((found[-1] + "\n", *lines[position : position + items])).strip() if items else found[-1]
            position += items
        sentences += found
    return tuple(sentences)


def _items(lines: Sequence[str], start: int, length: int) -> int:
    """How many lines from ``start`` on are items of the list that the line before opens."""
    count = 0
    while start + count < len(lines) and LIST_ITEM.match(lines[start + count]):
        length += len(lines[start + count])
        if length > _LONGEST_LIST:
            break
        count += 1
    return count


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
    # a single letter ("z. B.", "i. S.", but not "Catena-X.") or a listed abbreviation never ends a sentence
    is_letter = len(last) == 1 and last.isalpha() and line[dot - 2 : dot - 1] != "-"
    if is_letter or last in _ABBREVIATIONS or f"{last}." in _ABBREVIATIONS:
        return True
    following = line[dot + 1 :].split(maxsplit=1)[0]
    if last in _ALSO_LAST_WORDS:
        return following not in _SENTENCE_OPENERS
    return following[0].isdigit() and bool(_WEEKDAY.search(line[:dot]))


def _is_ordinal(line: str, dot: int, end: int) -> bool:
    """``am 1. Juli``, ``6. Auflage``, ``Nr. 1. 2``: at most two digits before the dot, a noun or number after it.

    A year or a large number before the dot ends the sentence; what opens the line is a date or the number of an item.
    """
    digits = re.search(r"(?<![\d.,])\d{1,2}$", line[:dot])
    if not digits:
        return False
    after = line[end:].split(maxsplit=1)
    before = line[: digits.start()].rstrip()
    # "Losgröße 1. Die Fertigung …": an article or pronoun after the dot starts a new sentence
    return not before or (not after[0].startswith("§") and after[0] not in _SENTENCE_OPENERS)


_SENTENCE_OPENERS = frozenset(
    """Der Die Das Ein Eine Einen Einem Einer Es Er Sie Wir Ihr In Im Am An Auf Aus Bei Bis Dabei Dafür Damit Danach
    Dann Darum Davon Dazu Diese Dieser Dieses Durch Für Gegen Hier Ihre Ist Kann Können Laut Mit Nach Nicht Ob Oder
    Ohne Seit So Um Und Unter Viele Vom Von Vor Wenn Wer Wie Wird Zu Zum Zur Zwischen The This These A An It They
    In For From To With Without Who What When Where If And Or But Applications Companies SMEs KMU Unternehmen""".split()
)
