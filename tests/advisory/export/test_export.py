"""Reports as files of every format: the same bytes each time, and no text breaks one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.advisory.export import FORMATS, file_name, write
from assistant.advisory.export.plain_text import clean_text
from assistant.advisory.report import Part, Report, Table
from tests.support.sample_report import (
    CREATED,
    HOSTILE,
    REPORT,
    hostile_report,
    pdf_text,
    rendered,
    said,
    shown_in_word,
    words,
)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_report_gives_the_same_bytes(format: str) -> None:
    assert write(REPORT, format) == write(REPORT, format)


@pytest.mark.parametrize("format", FORMATS)
def test_a_number_without_a_source_is_not_written(format: str) -> None:
    with pytest.raises(ValueError, match=r"cites \[6\]"):
        write(replace(REPORT, citations=REPORT.citations[:5]), format)


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_report_is_a_file(format: str) -> None:
    assert len(write(Report("Leer", "", CREATED, (), (), ()), format)) > 5


def test_an_unknown_format_is_named() -> None:
    for wrong in (write, file_name):
        with pytest.raises(ValueError, match="odt"):
            wrong(REPORT, "odt")


@pytest.mark.parametrize(
    ("subtitle", "name"),
    [
        ("Kaltenberg & Söhne GmbH", "briefing-position-im-netzwerk-kaltenberg-soehne-gmbh-2026-03-05.pdf"),
        ('../../"x"\r\nSet-Cookie: a', "briefing-position-im-netzwerk-x-set-cookie-a-2026-03-05.pdf"),
        ("", "briefing-position-im-netzwerk-2026-03-05.pdf"),
        ("x" * 500, f"briefing-position-im-netzwerk-{'x' * 50}-2026-03-05.pdf"),
    ],
)
def test_the_file_name_is_safe(subtitle: str, name: str) -> None:
    assert file_name(replace(REPORT, subtitle=subtitle), "pdf") == name


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("format", FORMATS)
def test_no_text_breaks_a_file(format: str, text: str) -> None:
    content = write(hostile_report(text), format)
    shown = {"docx": shown_in_word, "pdf": pdf_text, "md": lambda one: rendered(one.decode())}[format](content)
    # Signs without a font are boxes in the PDF and do not come back as text.
    known = clean_text(text) if format != "pdf" else re.sub(r"[^\x00-\u024f\u2000-\u206f]", "", clean_text(text))
    if format != "pdf" or known == clean_text(text):
        assert words(shown).count(words(known)) >= 20


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.slow
def test_words_without_end_are_written_everywhere(format: str) -> None:
    assert write(hostile_report("W" * 5000), format)


def test_a_word_without_end_stays_on_the_page() -> None:
    endless = said("W" * 5000)
    part = Part("a", "Teil", (endless, Table("Tabelle", ("a", "b"), ((endless, said("kurz")),))))
    lines = pdf_text(write(replace(REPORT, parts=(part,)), "pdf")).splitlines()
    assert sum(line.count("W") for line in lines) >= 10_000
    assert max(line.count("W") for line in lines) < 60
