"""A report as a Word file that an adviser corrects: real styles, headings, lists, tables and links.

Numbers are links to bookmarks in the list of sources rather than endnotes: so one source keeps one number however
often it is cited, and the numbers are the same in Word, PDF and Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.shared import Cm, Length
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from assistant.advisory.export import docx_styles as look
from assistant.advisory.export.docx_xml import bookmark, check_box, element, field, link_inside, link_outside, mark_row
from assistant.advisory.export.layout import (
    SOURCES_HEADING,
    Heading,
    Listed,
    Run,
    Stretch,
    cell_lines,
    filled,
    head_repeats,
    keeps_together,
    remark_paragraphs,
    runs,
    shares,
    sources,
    stretches,
)
from assistant.advisory.export.plain_text import one_line
from assistant.advisory.report import Block, Bullets, Note, Paragraph, Report, Subheading, Table

_STYLES = {"lead": look.LEAD, "number": look.NUMBER, "note": look.NOTE}


def write_docx(report: Report) -> bytes:
    """The whole report."""
    document = look.prepared()
    _properties(document, report)
    _cover(document, report)
    _footer(document.sections[0], report)
    writer = _Writer(document)
    for stretch in stretches(report):
        writer.stretch(stretch)
    if report.citations:
        writer.sources(sources(report))
    written = BytesIO()
    document.save(written)
    return _undated(written)


def _undated(written: BytesIO) -> bytes:
    """The file without the time of packing: the same report gives the same bytes."""
    packed = BytesIO()
    with ZipFile(written) as old, ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
    return packed.getvalue()


def _properties(document: Document, report: Report) -> None:
    known = document.core_properties
    known.title, known.subject = one_line(report.title)[:255], one_line(report.subtitle)[:255]
    known.author = known.last_modified_by = "Netzlotse"
    known.created = known.modified = datetime.combine(report.created, datetime.min.time())
    known.language, known.comments, known.keywords = "de-DE", "", ""


def _cover(document: Document, report: Report) -> None:
    document.add_paragraph(one_line(report.title), look.TITLE)
    if report.subtitle:
        document.add_paragraph(one_line(report.subtitle), look.SUBTITLE)
    for label, value in report.cover:
        line = document.add_paragraph(style=look.COVER)
        line.add_run(one_line(label), look.NOTE)
        line.add_run(f"\t{one_line(value)}")


def _footer(section: Section, report: Report) -> None:
    """Below every page: the report's own line, then which page of how many."""
    text = section.footer.paragraphs[0]
    text.style = look.FOOTER
    text.add_run(one_line(report.footer))
    pages = section.footer.add_paragraph("Seite ", look.FOOTER)
    pages.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field(pages, "PAGE", "1")
    pages.add_run(" von ")
    field(pages, "NUMPAGES", "1")


def _turn(section: Section, *, wide: bool) -> None:
    """Give a section its page: A4, upright or in landscape."""
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = reversed(look.PAGE) if wide else look.PAGE
    section.left_margin = section.right_margin = look.SIDE[wide]
    section.top_margin, section.bottom_margin = (Cm(1.6), Cm(1.9)) if wide else (Cm(2.2), Cm(2.3))
    section.header_distance = section.footer_distance = Cm(0.9)


class _Writer:
    """Writes the blocks one after the other and counts tables and boxes."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._wide = False
        self._tables = self._boxes = 0
        _turn(document.sections[0], wide=False)

    def stretch(self, stretch: Stretch) -> None:
        """Blocks on pages of one shape."""
        self._shape(wide=stretch.wide)
        for block in stretch.blocks:
            self._block(block)

    def sources(self, listed: Iterable[Listed]) -> None:
        """The list at the end; its heading has no number."""
        self._shape(wide=False)
        heading = self._document.add_heading(SOURCES_HEADING, 1)
        heading._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 0
        heading.paragraph_format.left_indent = heading.paragraph_format.first_line_indent = Cm(0)
        for source in listed:
            self._source(source)

    def _shape(self, *, wide: bool) -> None:
        if wide != self._wide:
            _turn(self._document.add_section(WD_SECTION.NEW_PAGE), wide=wide)
            self._wide = wide

    def _block(self, block: Heading | Block) -> None:
        match block:
            case Heading():
                self._document.add_heading(block.text, 1)
            case Subheading():
                self._document.add_heading(one_line(block.text), 2)
            case Paragraph():
                _fill(self._document.add_paragraph(), runs(block))
            case Bullets():
                self._list(block)
            case Table():
                self._table(block)
            case Note():
                self._remark(block)

    def _list(self, bullets: Bullets) -> None:
        for item in bullets.items:
            line = self._document.add_paragraph(style=look.CHECK if bullets.open_box else look.BULLET)
            if bullets.open_box:
                self._boxes += 1
                check_box(line, self._boxes)
                line.add_run("\t")
            _fill(line, runs(item))

    def _remark(self, remark: Note) -> None:
        """Paragraphs of one style join into one box."""
        self._document.add_paragraph(one_line(remark.whose), look.REMARK_HEAD)
        for lines in remark_paragraphs(remark):
            self._document.add_paragraph("\n".join(lines), look.REMARK)

    def _table(self, table: Table) -> None:
        self._tables += 1
        caption = self._document.add_paragraph("Tabelle ", look.CAPTION)
        field(caption, "SEQ Tabelle \\* ARABIC", str(self._tables))
        caption.add_run(f": {one_line(table.caption)}")
        made = self._document.add_table(rows=1, cols=len(table.head), style=look.TABLE_STYLE)
        made.autofit = False
        made._tblPr.append(element("tblCaption", val=one_line(table.caption)))
        mark_row(made.rows[0], head=head_repeats(table))
        for cell, text in zip(made.rows[0].cells, table.head, strict=True):
            _first(cell.paragraphs[0], look.CELL_HEAD).add_run(one_line(text))
        widths = shares(table)
        for row in table.rows:
            cells = made.add_row()
            mark_row(cells, whole=keeps_together(row, widths, wide=self._wide))
            for cell, paragraph in zip(cells.cells, filled(row, len(widths)), strict=True):
                for index, line in enumerate(cell_lines(paragraph)):
                    first = index == 0
                    _fill(
                        _first(cell.paragraphs[0], look.CELL) if first else cell.add_paragraph(style=look.CELL),
                        line,
                    )
        room = look.PAGE[1 if self._wide else 0] - 2 * look.SIDE[self._wide]
        for column, share in zip(made.columns, widths, strict=True):
            column.width = Length(int(room * share))
            for cell in column.cells:
                cell.width = column.width

    def _source(self, source: Listed) -> None:
        head = self._document.add_paragraph(style=look.SOURCE)
        head.add_run(source.title, look.LEAD)
        head.add_run(f" · {source.state}", look.NOTE)
        if source.address:
            head.add_run().add_break()
            address = head.add_run(source.address)
            if source.link:
                address.style = look.LINK
                link_outside(head, address, source.link)
        for entry in source.entries:
            line = self._document.add_paragraph(style=look.QUOTE)
            bookmark(line.add_run(f"[{entry.number}]"), _mark(entry.number), entry.number)
            line.add_run(f"\t{entry.place}{' ' if entry.place else ''}")
            line.add_run(f"„{entry.quote}“", look.NOTE)


def _first(paragraph: WordParagraph, style: str) -> WordParagraph:
    """The paragraph that a new cell already has."""
    paragraph.style = style
    return paragraph


def _fill(paragraph: WordParagraph, found: Iterable[Run]) -> None:
    """Write runs into a paragraph; numbers lead to their source."""
    for run in found:
        if run.kind == "number":
            paragraph.add_run(run.gap)
            link_inside(paragraph, _run(paragraph, run), _mark(run.number))
        else:
            paragraph.add_run(run.gap)
            _run(paragraph, run)


def _run(paragraph: WordParagraph, run: Run) -> WordRun:
    return paragraph.add_run(run.text, _STYLES.get(run.kind))


def _mark(number: int) -> str:
    """The bookmark of a number."""
    return f"Quelle_{number}"
