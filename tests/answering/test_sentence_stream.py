"""What a model writes becomes sentences with numbers, however the stream is cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.answering.sentence_stream import GeneratedSentence, written_sentences
from assistant.core.errors import ModelError

ANSWERS = {
    "mark before the full stop": ("A fördert B [1].", [("A fördert B.", (1,))]),
    "mark after the full stop": ("A fördert B. [1] C fördert D. [2]", [("A fördert B.", (1,)), ("C fördert D.", (2,))]),
    "several marks": ("A fördert B [1][3]. C gilt [2, 4].", [("A fördert B.", (1, 3)), ("C gilt.", (2, 4))]),
    "the same number twice": ("A fördert [1] auch B [1].", [("A fördert auch B.", (1,))]),
    "no mark": ("Guten Tag! A gilt [1].", [("Guten Tag!", ()), ("A gilt.", (1,))]),
    "abbreviations, dates, sums": (
        "Der Antrag läuft z. B. bis 31. März 2027 über 1.000 Euro [1]. Danach endet er [1].",
        [("Der Antrag läuft z. B. bis 31. März 2027 über 1.000 Euro.", (1,)), ("Danach endet er.", (1,))],
    ),
    "a list": ("Es gibt zwei Wege:\n- **Weg eins** [1]\n2. Weg `zwei` [2]", [
        ("Es gibt zwei Wege:", ()), ("Weg eins", (1,)), ("Weg zwei", (2,)),
    ]),
    "other brackets": ("A gilt 【1】. B gilt [Quelle 2].", [("A gilt.", (1,)), ("B gilt.", (2,))]),
    "thoughts": ("<think>C gilt [1]. Hm</think>\n\nA gilt [2].", [("A gilt.", (2,))]),
    "thoughts without an end": ("<think>C gilt [1]. Hm", []),
    "a heading": ("## Förderung\n\nA gilt [1].", [("Förderung", ()), ("A gilt.", (1,))]),
    "no citation but a year in brackets": ("A gilt [2027–2029].", [("A gilt [2027–2029].", ())]),
    "nothing": (" \n\n* \n", []),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(("text", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_sentences_and_numbers(text: str, expected: list[tuple[str, tuple[int, ...]]], size: int) -> None:
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert [(one.text, one.numbers) for one in written_sentences(chunks)] == expected


def test_a_new_line_opens_a_paragraph() -> None:
    written = list(written_sentences(["A gilt [1]. B gilt [2].\n\nC gilt [3]."]))
    assert [one.starts_paragraph for one in written] == [True, False, True]


def test_a_sentence_comes_as_soon_as_the_next_begins() -> None:
    taken: list[str] = []

    def chunks() -> Iterator[str]:
        for chunk in ("A gilt ", "[1]. B", " gilt [2].", " C"):
            taken.append(chunk)
            yield chunk

    assert next(written_sentences(chunks())) == GeneratedSentence("A gilt.", (1,), True)
    assert taken == ["A gilt ", "[1]. B"]


def test_a_sentence_broken_off_by_an_error_never_comes() -> None:
    def chunks() -> Iterator[str]:
        yield "A gilt [1]. B gilt"
        raise ModelError("cut")

    written = written_sentences(chunks())
    assert next(written).text == "A gilt."
    with pytest.raises(ModelError):
        next(written)
