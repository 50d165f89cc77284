"""What every file format can hold of a text."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.advisory.export.plain_text import check_citations, clean_report, clean_text, one_line
from assistant.advisory.report import Bullets, Paragraph, Part, Report, Statement


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Größe \u201eklein\u201c, 5\u00a0%", "Größe \u201eklein\u201c, 5\u00a0%"),
        ("a\x00b\x1b[0mc", "ab[0mc"),
        ("halb\ud83d da", "halb\ufffd da"),
        ("links\u202estrech", "linksstrech"),
        ("eins\r\nzwei\u2028drei\fvier", "eins\nzwei\ndrei\nvier"),
        ("zu  viel\t Raum", "zu viel Raum"),
    ],
)
def test_a_text_keeps_its_words_and_loses_what_no_format_holds(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_a_line_has_no_line_ends() -> None:
    assert one_line(" Name \n  in zwei\n\nZeilen ") == "Name in zwei Zeilen"


def report(statement: Statement) -> Report:
    bullets = Bullets((Paragraph((statement,), "vor\x00ne"),))
    return Report("Ti\x00tel", "", date(2026, 3, 5), (("Fir\x00ma", "x"),), (Part("a", "b", (bullets,)),), ())


def test_every_text_of_a_report_is_cleaned_however_deep() -> None:
    clean = clean_report(report(Statement("Sa\x00tz", note="No\x00te")))
    assert clean.title == "Titel"
    assert clean.cover == (("Firma", "x"),)
    assert clean.parts[0].blocks == (Bullets((Paragraph((Statement("Satz", note="Note"),), "vorne"),)),)


def test_a_number_without_a_source_is_an_error_however_deep() -> None:
    fine = report(Statement("Satz"))
    assert check_citations(fine) is fine
    with pytest.raises(ValueError, match=r"the report cites \[2\] without a source"):
        check_citations(report(Statement("Satz", (2,))))
