"""The Word file, read back with python-docx and LibreOffice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from pypdf import PdfReader

from assistant.advisory.export import write
from tests.support.sample_report import CREATED, FOOTER, REPORT, shown_in_word, word_xml


@pytest.fixture(scope="module")
def word() -> bytes:
    return write(REPORT, "docx")


def test_word_has_real_styles_in_the_order_of_the_report(word: bytes) -> None:
    shown = [(one.style.name, one.text) for one in Document(BytesIO(word)).paragraphs]
    assert shown[:2] == [("Title", REPORT.title), ("Subtitle", REPORT.subtitle)]
    headings = [(style, text) for style, text in shown if style.startswith("Heading")]
    assert headings == [
        ("Heading 1", "Ausgangslage"),
        ("Heading 1", "Stellung"),
        ("Heading 2", "Abhängigkeit"),
        ("Heading 1", "Passende Programme"),
        ("Heading 2", "Beendet"),
        ("Heading 1", "Fragen"),
        ("Heading 1", "Quellen"),
    ]
    assert ("List Bullet", "Ein Kunde bringt 72 Prozent.\u00a0[2] (ohne Datum)") in shown
    assert ("Caption", "Tabelle 1: Zwei Spalten") in shown
    assert ("Merkkasten Titel", "Angaben des Unternehmens") in shown
    assert ("Merkkasten", "Land: Hessen\nBeschäftigte: 48") in shown


def test_word_numbers_the_parts_but_not_the_sources(word: bytes) -> None:
    document = Document(BytesIO(word))
    style = document.styles["Heading 1"].element.pPr.numPr.numId.val
    levels = document.part.numbering_part.element.xpath(f".//w:num[@w:numId='{style}']")
    assert len(levels) == 1
    own = {one.text: one._p.pPr.numPr for one in document.paragraphs if one.style.name == "Heading 1"}
    assert [text for text, numbers in own.items() if numbers is not None] == ["Quellen"]
    assert own["Quellen"].numId.val == 0


def test_every_number_in_word_leads_to_its_source(word: bytes) -> None:
    body = Document(BytesIO(word)).element.body
    links = [(one.get(qn("w:anchor")), one.xpath("string(.)")) for one in body.iter(qn("w:hyperlink"))]
    inside = [(anchor, text) for anchor, text in links if anchor]
    assert len(inside) == 5 + 2 + 16 * 6
    assert all(f"Quelle_{text.strip('[]')}" == anchor for anchor, text in inside)
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    assert marks == [f"Quelle_{number}" for number in range(1, 7)]
    outside = re.findall(r"\[\d+\]", "".join(one.xpath("string(.)") for one in body.iter(qn("w:p"))))
    assert len(outside) == len(inside) + len(marks)


def test_the_sources_in_word_are_complete(word: bytes) -> None:
    document = Document(BytesIO(word))
    shown = [one.text for one in document.paragraphs if one.style.name in ("Quelle", "Quellenzitat")]
    assert shown[:4] == [
        f"Förderbuch Band 1 · Stand Mai 2025\n{REPORT.citations[0].url}",
        f"[1]\tAbschnitt 2, S. 4: „{REPORT.citations[0].quote}“",
        "Eigenes Papier · ohne Datum · bitte Status prüfen",
        f"[2]\tWer kann es bekommen? „{REPORT.citations[1].quote}“",
    ]
    assert shown[-2].startswith("Förderbuch Band 6 · Stand 31.12.2024 · beendet\n")
    addresses = {one._target for one in document.part.rels.values() if one.is_external}
    assert addresses == {one.url for one in REPORT.citations if one.url}


def test_tables_in_word_repeat_their_head_and_keep_rows_whole(word: bytes) -> None:
    narrow, wide = Document(BytesIO(word)).tables
    assert [cell.text for cell in narrow.rows[0].cells] == ["Was", "Wie viel"]
    assert len(wide.rows) == 17
    for table in (narrow, wide):
        assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows][:2] == [True, False]
        assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)
    assert {one.style.name for one in wide.rows[1].cells[1].paragraphs} == {"Tabellentext"}
    assert [one.text for one in wide.rows[1].cells[1].paragraphs] == [
        "Land: erfüllt.\u00a0[3]",
        "Größe: unklar – Zahlen fehlen.\u00a0[4]",
    ]


def test_word_pages_are_a4_and_turn_for_the_wide_table(word: bytes) -> None:
    sections = Document(BytesIO(word)).sections
    shapes = [(round(one.page_width.cm, 1), round(one.page_height.cm, 1)) for one in sections]
    assert shapes == [(21.0, 29.7), (29.7, 21.0), (21.0, 29.7)]
    assert [one.orientation for one in sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    footers = [" ".join(line.text for line in one.footer.paragraphs) for one in sections]
    assert footers == [f"{FOOTER} Seite 1 von 1"] * 3
    fields = [one.text.strip() for one in sections[0].footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_word_knows_title_author_date_and_language(word: bytes) -> None:
    document = Document(BytesIO(word))
    known = document.core_properties
    assert (known.title, known.author, known.language) == (REPORT.title, "Netzlotse", "de-DE")
    assert known.created is not None
    assert known.created.date() == CREATED
    language = next(document.styles.element.iter(qn("w:lang")))
    assert language.get(qn("w:val")) == "de-DE"
    assert len(list(document.settings.element.iter(qn("w:autoHyphenation")))) == 1


def test_questions_in_word_have_a_box_to_click(word: bytes) -> None:
    boxes = re.findall(r"<w:sdt>|<w:sdt .*?>", word_xml(word))
    assert len(boxes) == 2
    assert shown_in_word(word).count("☐") == 2


@pytest.mark.slow
def test_libre_office_opens_the_word_file_and_shows_all_of_it(word: bytes, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None and "CI" not in os.environ:
        pytest.skip("LibreOffice is not installed; .ci/run installs it")
    assert office is not None
    (tmp_path / "report.docx").write_bytes(word)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "report.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    pages = PdfReader(tmp_path / "report.pdf").pages
    shown = [" ".join(page.extract_text().split()) for page in pages]  # lines break where the fonts at hand let them
    landscape = [page.mediabox.width > page.mediabox.height for page in pages]
    assert [place for place, wide in enumerate(landscape) if wide] == list(
        range(landscape.index(True), landscape.index(True) + sum(landscape))
    )
    assert sum(landscape) > 1
    assert all("Nächster Schritt" in text for text, wide in zip(shown, landscape, strict=True) if wide)
    for number, text in enumerate(shown, start=1):
        assert f"Seite {number} von {len(pages)}" in text
    for part in REPORT.parts:
        assert any(re.search(rf"\d\s*{part.heading}", text) for text in shown)
    assert "☐" in "".join(shown)
