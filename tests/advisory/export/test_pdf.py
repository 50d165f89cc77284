"""The PDF file, read back with pypdf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from assistant.advisory.export import write
from tests.support.sample_report import CREATED, FOOTER, REPORT, SENTENCE, pdf_text, words


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return write(REPORT, "pdf")


def tags(node: Any) -> Iterator[str]:
    """The roles in the tree of tags, in reading order."""
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, list):
        for one in node:
            yield from tags(one)
    elif isinstance(node, DictionaryObject) and "/S" in node:
        yield str(node["/S"])
        yield from tags(node.get("/K", []))


def test_the_pdf_is_tagged_german_and_dated(pdf: bytes) -> None:
    reader = PdfReader(BytesIO(pdf))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de-DE"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (REPORT.title, "Netzlotse")
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == CREATED
    roles = list(tags(root["/StructTreeRoot"]["/K"]))
    assert roles.count("/H1") + roles.count("/H2") == 7
    assert roles.count("/Table") == 2
    assert roles.count("/TH") == 2 + 5
    assert {"/L", "/LI", "/Lbl", "/LBody", "/Caption", "/Link", "/THead"} <= set(roles)
    assert reader.xmp_metadata is not None
    assert "pdfuaid" in str(reader.root_object["/Metadata"].get_data())


def test_the_pdf_is_text_on_numbered_pages(pdf: bytes) -> None:
    pages = PdfReader(BytesIO(pdf)).pages
    shown = [page.extract_text() for page in pages]
    for number, text in enumerate(shown, start=1):
        assert f"Seite {number} von {len(pages)}" in text
        assert FOOTER in text
    all_of_it = words("".join(shown))
    for text in (
        "Kaltenberg & Söhne GmbH",
        "6,8 Mio. €",
        "☐",
        "Tabelle 2: Programme nach den Angaben",
        "Will neue Kunden.",
    ):
        assert words(text) in all_of_it
    assert "2 Stellung" in "".join(shown)


def test_the_pdf_hyphenates_german(pdf: bytes) -> None:
    ends = {line.split()[-1] for line in pdf_text(pdf).splitlines() if line.endswith("-")}
    assert ends & {"Entwicklungs-", "Entwicklungszusam-", "Entwicklungszusammen-", "Entwicklungszusammenar-"}, ends


def test_the_wide_table_repeats_its_head_on_turned_pages(pdf: bytes) -> None:
    pages = PdfReader(BytesIO(pdf)).pages
    wide = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert len(wide) > 1
    assert all("Warum es passt" in page.extract_text() for page in wide)


def test_numbers_and_addresses_in_the_pdf_are_links(pdf: bytes) -> None:
    pages = PdfReader(BytesIO(pdf)).pages
    notes = [note.get_object() for page in pages for note in page.get("/Annots", [])]
    outside = {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}
    inside = [note for note in notes if "/URI" not in note.get("/A", {})]
    assert outside == {one.url for one in REPORT.citations if one.url}
    assert len(inside) == 5 + 2 + 16 * 6


def test_the_sources_in_the_pdf_are_complete(pdf: bytes) -> None:
    shown = words(pdf_text(pdf).split("Quellen")[-1])
    for one in REPORT.citations:
        assert words(f"„{one.quote}“") in shown
        assert words(one.title) in shown
        assert words(one.url or "ohne Datum · bitte Status prüfen") in shown
    assert words("[1] Abschnitt 2, S. 4:") in shown
    assert words("Stand 31.12.2024 · beendet") in shown


def test_a_sign_without_a_font_leaves_the_rest_of_the_pdf_as_it_is() -> None:
    shown = pdf_text(write(replace(REPORT, subtitle="Firma 😀 ﷺ"), "pdf"))
    assert words(SENTENCE) in words(shown)
