from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.index.e5_checkpoint import END, START
from assistant.index.e5_onnx_export import TOKENIZER_FILE, prepare_encoder
from assistant.index.reader_input import (
    EARLIER,
    EARLIER_TOKENS,
    HEADER,
    HEADER_TOKENS,
    QUESTION,
    QUESTION_TOKENS,
    READER_TOKENS,
    SENTENCES,
    ReaderInput,
    reader_tokens,
)
from assistant.index.unigram_tokenizer import UnigramTokenizer

SHORT, OTHER = "Der Vertrag regelt die Kosten.", "Er endet nach sechs Monaten."
LONG = "Die Werkstatt bezahlt die Maschine, die gemeinsam genutzt wird, und haftet für Ausfälle. " * 20


@pytest.fixture(scope="module")
def tokenizer(cache_dir: Path) -> UnigramTokenizer:
    return UnigramTokenizer.load(prepare_encoder(cache_dir) / TOKENIZER_FILE)


def inner(tokenizer: UnigramTokenizer, text: str) -> tuple[int, ...]:
    return tuple(tokenizer.encode(text)[1:-1])


def sentence_of(row: ReaderInput, number: int) -> tuple[int, ...]:
    start, end = row.spans[number] or (0, 0)
    assert row.tokens[end] == END
    return row.tokens[start:end]


def test_the_row_holds_question_header_and_sentences_each_with_its_end(tokenizer: UnigramTokenizer) -> None:
    row = reader_tokens(tokenizer, "Wer bezahlt?", (), "Vertrag › Kosten", [SHORT, OTHER])
    question, header = inner(tokenizer, "query: Wer bezahlt?"), inner(tokenizer, "passage: Vertrag › Kosten")
    first, second = inner(tokenizer, SHORT), inner(tokenizer, OTHER)
    assert row.tokens == (START, *question, END, *header, END, *first, END, *second, END)
    lengths = (len(question) + 2, len(header) + 1, len(first) + len(second) + 2)
    assert row.segments == (QUESTION,) * lengths[0] + (HEADER,) * lengths[1] + (SENTENCES,) * lengths[2]
    assert [sentence_of(row, number) for number in range(2)] == [first, second]


def test_earlier_turns_stand_between_question_and_header(tokenizer: UnigramTokenizer) -> None:
    row = reader_tokens(tokenizer, "Und wer?", ["Was kostet das?", " ", "Was ist ZIM?"], "ZIM", [SHORT])
    earlier = inner(tokenizer, "Was kostet das? Was ist ZIM?")
    start = row.segments.index(EARLIER)
    assert row.tokens[start : start + len(earlier) + 1] == (*earlier, END)
    assert re.fullmatch("0+3+1+2+", "".join(map(str, row.segments)))


def test_every_part_has_its_limit(tokenizer: UnigramTokenizer) -> None:
    row = reader_tokens(tokenizer, LONG, [LONG], LONG, [LONG, SHORT])
    assert row.segments.count(QUESTION) == QUESTION_TOKENS + 2
    assert row.segments.count(EARLIER) == EARLIER_TOKENS + 1
    assert row.segments.count(HEADER) == HEADER_TOKENS + 1
    assert len(row.tokens) == len(row.segments) == READER_TOKENS


def test_the_first_sentence_is_cut_and_others_that_do_not_fit_are_left_out(tokenizer: UnigramTokenizer) -> None:
    cut = reader_tokens(tokenizer, "Wer?", (), "Vertrag", [LONG, SHORT])
    assert sentence_of(cut, 0) == inner(tokenizer, LONG)[: len(sentence_of(cut, 0))]
    assert cut.spans[1] is None
    skipped = reader_tokens(tokenizer, "Wer?", (), "Vertrag", [SHORT, LONG, OTHER])
    assert skipped.spans[1] is None
    assert [sentence_of(skipped, number) for number in (0, 2)] == [inner(tokenizer, text) for text in (SHORT, OTHER)]


def test_a_sentence_may_fill_the_row_to_its_last_token(tokenizer: UnigramTokenizer) -> None:
    whole = reader_tokens(tokenizer, "Wer?", (), "Vertrag", [SHORT, OTHER])
    exact = reader_tokens(tokenizer, "Wer?", (), "Vertrag", [SHORT, OTHER], limit=len(whole.tokens))
    shorter = reader_tokens(tokenizer, "Wer?", (), "Vertrag", [SHORT, OTHER], limit=len(whole.tokens) - 1)
    assert exact == whole
    assert shorter.spans == (whole.spans[0], None)


def test_blank_sentences_have_no_span(tokenizer: UnigramTokenizer) -> None:
    row = reader_tokens(tokenizer, "Wer?", (), "Vertrag", ["", SHORT, " \n"])
    assert [span is None for span in row.spans] == [True, False, True]
    assert sentence_of(row, 1) == inner(tokenizer, SHORT)
    assert reader_tokens(tokenizer, "Wer?", (), "Vertrag", []).spans == ()
