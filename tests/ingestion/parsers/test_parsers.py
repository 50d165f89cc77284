"""What is read from well-meant files: structure, pages, columns, hyphens, metadata."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from assistant.ingestion.parsers.blocks import ParsedDocument, join_lines, partial_date
from assistant.ingestion.parsers.readers import read
from assistant.language.sentence_splitter import split_sentences
from tests.support.hostile_files import docx
from tests.support.two_columns import HEAD, NOTES, SECTIONS, TITLE, write_paper

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read_text(text: str, suffix: str) -> ParsedDocument:
    return read(text.encode(), suffix, 2000)


def shape(document: ParsedDocument) -> list[tuple[list[str], str]]:
    return [(section["headings"], section["text"]) for section in document.sections]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> ParsedDocument:
    return read(write_paper(tmp_path_factory.mktemp("paper") / "paper.pdf").read_bytes(), ".pdf", 2000)


def whole(document: ParsedDocument) -> str:
    return "\n\n".join(section["text"] for section in document.sections)


def test_the_paper_is_read_with_its_metadata(paper: ParsedDocument) -> None:
    assert (paper.title, paper.authors, paper.pages) == (TITLE, ["Erika Beispiel", "Max Muster"], 3)
    assert paper.hidden_characters == 0


def test_columns_are_read_one_after_the_other_and_lines_joined(paper: ParsedDocument) -> None:
    text = " ".join(section["text"] for section in paper.sections if section["headings"] != ["Fußnoten"])
    plain = [" ".join(part.split("<super")[0].split()) for _, paragraphs in SECTIONS for part in paragraphs]
    positions = [" ".join(text.split()).find(sentence) for sentence in plain]
    assert -1 not in positions
    assert positions == sorted(positions)


def test_running_heads_and_page_numbers_are_gone(paper: ParsedDocument) -> None:
    text = whole(paper)
    assert HEAD not in text
    assert "Beispiel und Muster" not in text
    assert "–" not in text


def test_marks_of_footnotes_are_gone_and_square_metres_stay(paper: ParsedDocument) -> None:
    text = whole(paper)
    assert "reihum nutzen. Die Idee" in text
    assert "für Gäste. Die Halle misst 640 m² und" in " ".join(text.split())


def test_footnotes_stand_apart_from_the_text(paper: ParsedDocument) -> None:
    notes = [(one["page"], one["text"]) for one in paper.sections if one["headings"] == ["Fußnoten"]]
    assert sorted(notes) == list(enumerate(NOTES, start=1))


def test_headings_are_found_in_order(paper: ParsedDocument) -> None:
    found = [section["headings"][-1] for section in paper.sections if section["headings"] != ["Fußnoten"]]
    assert list(dict.fromkeys(found)) == [name for name, _ in SECTIONS]


def test_pages_only_go_forward(paper: ParsedDocument) -> None:
    pages = [section["page"] for section in paper.sections if section["headings"] != ["Fußnoten"]]
    assert pages == sorted(pages)
    assert set(pages) == {1, 2, 3}


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["Klein-", "und Mittelbetriebe"], "Klein- und Mittelbetriebe"),
        (["Klein- und Mittel-", "betriebe"], "Klein- und Mittelbetriebe"),
        (["Wertschöp-", "fung"], "Wertschöpfung"),
        (["IT-", "Sicherheit"], "IT-Sicherheit"),
        (["Industrie-4.0-", "Anwendung"], "Industrie-4.0-Anwendung"),
        (["2020-", "2025"], "2020-2025"),
        (["Aufgabe –", "und Lösung"], "Aufgabe – und Lösung"),
        (["weiche\u00ad", "Trennung"], "weicheTrennung"),
        (["Ein", "", "  Wort "], "Ein Wort"),
        (["bio-", "logisch"], "biologisch"),
        (["ein-", "oder zweimal"], "ein- oder zweimal"),
    ],
)
def test_lines_are_joined(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


def test_a_hyphen_stays_where_the_document_writes_the_word_with_one() -> None:
    assert join_lines(["long-", "term"], frozenset({"long-term"})) == "long-term"


@pytest.mark.parametrize(
    ("text", "date"),
    [("D:20240301120000", "2024-03-01"), ("2019-05", "2019-05"), ("2019", "2019"), ("gestern", None)],
)
def test_dates_of_metadata_are_read(text: str, date: str | None) -> None:
    assert partial_date(text) == date


def test_markdown_keeps_headings_lists_and_tables() -> None:
    text = (
        "---\ntitle: Titel im Kopf\nauthor: Erika Beispiel\ndate: 2023-04-05\n---\n"
        "# Eins\n\nEin *Absatz*\nin zwei Zeilen.<sup>1</sup>\n\n## Zwei\n\n- a\n- b\n\n"
        "| x | y |\n|---|---|\n| 1 | 2 |\n"
    )
    document = read_text(text, ".md")
    assert (document.title, document.authors, document.date) == ("Titel im Kopf", ["Erika Beispiel"], "2023-04-05")
    assert shape(document) == [
        (["Eins"], "Ein Absatz in zwei Zeilen."),
        (["Eins", "Zwei"], "a\n\nb\n\nx | y\n\n1 | 2"),
    ]


def test_html_keeps_text_and_drops_scripts_and_navigation() -> None:
    text = """<!doctype html><html><head><title>Seite &amp; Titel</title><meta name="author" content="Max Muster">
    <script>var a = "<p>nicht</p>"</script></head><body><nav>Menü</nav><h1>Eins</h1><p>Erster
    Absatz mit <b>Wort</b>.<p>Zweiter.<ul><li>a<li>b</ul><footer>Fuß</footer></body></html>"""
    document = read_text(text, "")
    assert (document.format, document.title, document.authors) == ("html", "Seite & Titel", ["Max Muster"])
    assert shape(document) == [(["Eins"], "Erster Absatz mit Wort.\n\nZweiter.\n\na\n\nb")]


def test_plain_text_joins_wrapped_lines_and_finds_headings() -> None:
    text = (
        "BERICHT\n=======\n\nEin Werkzeugring teilt Geräte, und die Mit-\nglieder zahlen. Klein-\nund "
        "Mittelbetriebe profitieren.\n\n2. Haftung\n\n- erstens\n- zweitens\n"
    )
    document = read_text(text, ".txt")
    assert document.title == "BERICHT"
    assert shape(document) == [
        ([], "Ein Werkzeugring teilt Geräte, und die Mitglieder zahlen. Klein- und Mittelbetriebe profitieren."),
        (["2. Haftung"], "- erstens\n\n- zweitens"),
    ]


def test_word_keeps_headings_tables_and_core_properties() -> None:
    def paragraph(text: str, style: str = "") -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'

    styles = f'<w:styles {WORD}><w:style w:styleId="U1"><w:name w:val="heading 1"/></w:style></w:styles>'
    row = "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in ("Kosten", "84 Euro"))
    deleted = "<w:p><w:del><w:r><w:delText>weg</w:delText></w:r></w:del><w:r><w:t>Bleibt.</w:t></w:r></w:p>"
    body = f"{paragraph('Eins', 'U1')}{deleted}<w:tbl><w:tr>{row}</w:tr></w:tbl>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/styles.xml", styles)
        archive.writestr("word/document.xml", f"<w:document {WORD}><w:body>{body}</w:body></w:document>")
        archive.writestr("docProps/core.xml", "<c><title>Ein Bericht</title><creator>Erika Beispiel</creator></c>")
    document = read(target.getvalue(), ".docx", 2000)
    assert (document.title, document.authors) == ("Ein Bericht", ["Erika Beispiel"])
    assert shape(document) == [(["Eins"], "Bleibt.\n\nKosten | 84 Euro")]


def test_what_a_file_is_its_content_decides(tmp_path: Path) -> None:
    assert read(write_paper(tmp_path / "paper.pdf").read_bytes(), ".txt", 2000).format == "pdf"


LISTED = "Gefördert werden:\n– Prüfstände\n– Schulungen"


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("# Titel\n\nGefördert werden:\n\n- Prüfstände\n- Schulungen\n\nMehr nicht.", ".md"),
        ("<h1>Titel</h1><p>Gefördert werden:</p><ul><li>Prüfstände<li>Schulungen</ul><p>Mehr nicht.</p>", ".html"),
        ("Gefördert werden:\n- Prüfstände\n- Schulungen\n\nMehr nicht.", ".txt"),
    ],
)
def test_items_stay_with_the_line_whose_colon_opens_them(text: str, suffix: str) -> None:
    found = whole(read_text(text, suffix))
    sentences = split_sentences(found)
    assert sentences[-1] == "Mehr nicht."
    assert sentences[-2].replace("\n- ", "\n– ") == LISTED


def test_items_of_word_stay_with_the_line_whose_colon_opens_them() -> None:
    item = "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    lead, end = (f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("Gefördert werden:", "Mehr nicht."))
    body = lead + item.format("Prüfstände") + item.format("Schulungen") + end
    assert split_sentences(whole(read(docx(body), ".docx", 10))) == (LISTED, "Mehr nicht.")


def test_items_without_such_a_line_are_sentences_of_their_own() -> None:
    text = "# Titel\n\nGefördert wird viel.\n\n- Prüfstände\n- Schulungen"
    assert split_sentences(whole(read_text(text, ".md")))[-2:] == ("Prüfstände", "Schulungen")
