"""Reports as Word, PDF and Markdown files, read back with what others read them with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from markdown_it import MarkdownIt
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from assistant.advisory.export import FORMATS, file_name, write
from assistant.advisory.export.layout import keeps_together, shares, sources, stretches, web_link
from assistant.advisory.export.plain_text import clean_text
from assistant.advisory.report import Bullets, Note, Paragraph, Part, Report, Statement, Subheading, Table
from assistant.core.models import Citation

CREATED = date(2026, 3, 5)
FOOTER = "Orientierung, keine Rechts- oder Förderberatung."
SENTENCE = (
    "Das Programm bezahlt Entwicklungszusammenarbeitsvorhaben kleiner Hersteller mit bis zu 45 Prozent der Kosten."
)


def cite(number: int, **other: Any) -> Citation:
    known: dict[str, Any] = {
        "number": number,
        "id": f"quelle-{number}",
        "kind": "funding",
        "title": f"Förderbuch Band {number}",
        "section": "Wer kann es bekommen?",
        "page": None,
        "url": f"https://foerderbuch.example/band/{number}?seite=a_b&teil=2",
        "as_of": "2025-05",
        "status": "open",
        "verify": False,
        "quote": f"Satz {number} des Buches nennt die Größe „klein“ und 5 % Rabatt.",
        "passage": "…",
        "score": 0.5,
    }
    return Citation(**{**known, **other})


def said(text: str, *numbers: int, note: str = "", lead: str = "") -> Paragraph:
    return Paragraph((Statement(text, numbers, note),), lead)


def funding_table(rows: int) -> Table:
    head = ("Programm", "Warum es passt", "Satz und Grenzen", "Frist", "Nächster Schritt")
    cells = (
        said(SENTENCE, 3, note="(Stand Mai 2025 – bitte prüfen)", lead="Fräsprämie:"),
        Paragraph((Statement("Land: erfüllt.", (3,)), Statement("Größe: unklar – Zahlen fehlen.", (4,)))),
        said(SENTENCE, 5),
        said("Dazu sagt die Quelle nichts."),
        said("Der Antrag geht an die Bank.", 3, 5),
    )
    return Table("Programme nach den Angaben", head, (cells,) * rows)


REPORT = Report(
    title="Briefing: Position im Netzwerk",
    subtitle="Kaltenberg & Söhne GmbH",
    created=CREATED,
    cover=(("Unternehmen", "Kaltenberg & Söhne GmbH"), ("Entstehung", "geprüft von ________ am ____")),
    parts=(
        Part(
            "situation",
            "Ausgangslage",
            (
                Note("Angaben des Unternehmens", "Land: Hessen\nBeschäftigte: 48\n\nWill neue Kunden."),
                Paragraph(
                    (Statement("Klein ist unter 50.", (1,)), Statement("Mittel ist unter 250.", (1, 2))), "Größe."
                ),
            ),
        ),
        Part(
            "position",
            "Stellung",
            (
                Subheading("Abhängigkeit"),
                Bullets((said("Ein Kunde bringt 72 Prozent.", 2, note="(ohne Datum)"), said("Preise gibt er vor.", 1))),
                Table("Zwei Spalten", ("Was", "Wie viel"), ((said("Umsatz"), said("6,8 Mio. €", 2)),)),
            ),
        ),
        Part("programmes", "Passende Programme", (funding_table(16), Subheading("Beendet"), said("Vorbei.", 6))),
        Part("questions", "Fragen", (Bullets((said("Wer entscheidet?"), said("Bis wann?")), open_box=True),)),
    ),
    citations=(
        cite(1, page=4, section="Abschnitt 2"),
        cite(2, url=None, as_of=None, title="Eigenes Papier", verify=True),
        cite(3, quote="Die Fräsprämie bezahlt 45 Prozent."),
        cite(4, title="Förderbuch Band 3", url=cite(3).url, section="Was bleibt offen"),
        cite(5, section=""),
        cite(6, status="ended", as_of="2024-12-31"),
    ),
    footer=FOOTER,
)

HOSTILE = [
    '#import "x.typ": * [x](y) $a$ @quelle #panic() \\ `b` *c* _d_ <e> & &amp; ]]> <!-- | ~~f~~ = g / h // i',
    "nul\x00 esc\x1b del\x7f c1\x85\x9f form\x0cfeed \ud800 \udfff \ufffe \uffff",
    "W" * 300,
    "😀 漢字 ﷺ \u202eturned\u202c \u2067x\u2069 \u200f\u200e שלום",
    "# no heading",
    "1. no list",
    "- no list",
    "=== \n---\n***\n> no quote\n\n    no code\n| a | b |\n|---|---|",
    "</w:t><w:br/> {{ }} %s ${x} ^[fn] [^1] [1]: http://a.example",
    "",
    " \n\n ",
]


def hostile_report(text: str) -> Report:
    every = Paragraph((Statement(text, (1,), text),), text)
    blocks = (
        Subheading(text),
        every,
        Bullets((every, every)),
        Bullets((every,), open_box=True),
        Table(text, (text,) * 6, ((every,) * 6, (every,) * 2)),
        Table(text, ("a", text), ((every, every),)),
        Note(text, text),
    )
    citation = cite(1, id=text, title=text, section=text, url=f"javascript:{text}", quote=text)
    return Report(text, text, CREATED, ((text, text),), (Part("a", text, blocks),), (citation,), text)


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def words(text: str) -> str:
    """Text without white space, hyphens of line ends and the dots that stand for them."""
    return re.sub(r"[\s\u00a0\u00ad\u200b-]+", "", text)


def word_xml(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as file:
        return file.read("word/document.xml").decode()


@pytest.fixture(scope="module")
def word() -> bytes:
    return write(REPORT, "docx")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return write(REPORT, "pdf")


@pytest.fixture(scope="module")
def markdown() -> str:
    return write(REPORT, "md").decode()


# Every format


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
def test_words_without_end_are_written_everywhere(format: str) -> None:
    assert write(hostile_report("W" * 5000), format)


def test_a_word_without_end_stays_on_the_page() -> None:
    endless = said("W" * 5000)
    part = Part("a", "Teil", (endless, Table("Tabelle", ("a", "b"), ((endless, said("kurz")),))))
    lines = pdf_text(write(replace(REPORT, parts=(part,)), "pdf")).splitlines()
    assert sum(line.count("W") for line in lines) >= 10_000
    assert max(line.count("W") for line in lines) < 60


# Layout


def test_a_wide_table_turns_the_page_for_itself_and_its_heading() -> None:
    found = [(one.wide, [type(block).__name__ for block in one.blocks]) for one in stretches(REPORT)]
    assert [wide for wide, _ in found] == [False, True, False]
    assert found[1][1] == ["Heading", "Table"]
    assert found[2][1] == ["Subheading", "Paragraph", "Heading", "Bullets"]


def test_columns_share_the_width_by_what_is_in_them() -> None:
    widths = shares(funding_table(2))
    assert sum(widths) == pytest.approx(1)
    assert widths[0] == max(widths)
    assert min(widths) > 0.08


def test_only_a_short_row_is_kept_on_one_page() -> None:
    widths = (0.5, 0.5)
    assert keeps_together((said("kurz"), said(SENTENCE)), widths, wide=False)
    assert not keeps_together((said("kurz"), said(SENTENCE * 40)), widths, wide=False)


def test_numbers_in_a_row_from_one_source_stand_together() -> None:
    assert [[entry.number for entry in one.entries] for one in sources(REPORT)] == [[1], [2], [3, 4], [5], [6]]


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://a.example/ä b?c=d&e#f", "https://a.example/%C3%A4%20b?c=d&e#f"),
        ("https://a.example/%C3%A4", "https://a.example/%C3%A4"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://[broken", ""),
        ("https://a.example/>)<b>", "https://a.example/%3E)%3Cb%3E"),
        ("", ""),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str, link: str) -> None:
    assert web_link(address) == link


# Word


def shown_in_word(content: bytes) -> str:
    """All text of the body, in order, with that of links and boxes."""
    body = Document(BytesIO(content)).element.body
    return "".join(
        one.text or "" if one.tag == qn("w:t") else "\n" for one in body.iter(qn("w:t"), qn("w:br"), qn("w:p"))
    )


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


# PDF


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


# Markdown


def parsed(markdown: str) -> list[Any]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def rendered(markdown: str) -> str:
    """What a reader sees: the text of all leaves."""
    leaves = [leaf for token in parsed(markdown) for leaf in token.children or []]
    return "".join(leaf.content if leaf.type == "text" else "\n" for leaf in leaves)


def test_markdown_is_headings_lists_tables_and_quotes(markdown: str) -> None:
    tokens = parsed(markdown)
    headings = [
        (token.tag, tokens[place + 1].content) for place, token in enumerate(tokens) if token.type == "heading_open"
    ]
    assert headings[:3] == [("h1", "Briefing: Position im Netzwerk"), ("h2", "1 Ausgangslage"), ("h2", "2 Stellung")]
    assert headings[-2:] == [("h2", "4 Fragen"), ("h2", "Quellen")]
    assert sum(token.type == "table_open" for token in tokens) == 2
    assert sum(token.type == "th_open" for token in tokens) == 7
    assert sum(token.type == "td_open" for token in tokens) == 2 + 16 * 5
    assert sum(token.type == "blockquote_open" for token in tokens) == 1
    assert markdown.count("- [ ] ") == 2


def test_every_number_in_markdown_is_in_the_list_of_sources(markdown: str) -> None:
    text, listed = markdown.split("## Quellen")
    assert set(re.findall(r"\[\d\]", text)) == set(re.findall(r"^\[\d\]", listed, re.MULTILINE))
    assert "**Förderbuch Band 6** · Stand 31.12.2024 · beendet · <https://foerderbuch.example/band/6" in listed
    assert "[1] Abschnitt 2, S. 4: „Satz 1" in listed
    assert "**Eigenes Papier** · ohne Datum · bitte Status prüfen\\\n[2]" in listed


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_in_a_text_becomes_markup(text: str) -> None:
    plain = [token.type for token in parsed(write(hostile_report("Text"), "md").decode())]
    other = [token.type for token in parsed(write(hostile_report(text), "md").decode())]
    leaves = {
        leaf.type for token in parsed(write(hostile_report(text), "md").decode()) for leaf in token.children or []
    }
    assert leaves <= {"text", "text_special", "strong_open", "strong_close", "hardbreak", "softbreak"}
    if text.strip():
        paragraphs = max(text.strip().count("\n\n"), 0)
        assert [kind for kind in other if "paragraph" not in kind and kind != "inline"] == [
            kind for kind in plain if "paragraph" not in kind and kind != "inline"
        ]
        assert other.count("paragraph_open") == plain.count("paragraph_open") + paragraphs
