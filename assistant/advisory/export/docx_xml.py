"""Pieces of Word's XML that python-docx has no words for."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BOX = "\u2610"
_BOX_FONT = "Segoe UI Symbol"
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def element(tag: str, *children: BaseOxmlElement, **attributes: str) -> BaseOxmlElement:
    """An element in the namespace ``w`` with its attributes and children."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    for child in children:
        made.append(child)
    return made


def xml(text: str) -> BaseOxmlElement:
    """Our own XML, never a text from outside; its first tag gets the declaration of ``w``."""
    head, end, rest = text.partition(">")
    slash = "/" if head.endswith("/") else ""
    return parse_xml(f"{head.removesuffix('/')} {nsdecls('w')}{slash}{end}{rest}")


def link_inside(paragraph: Paragraph, run: Run, bookmark: str) -> None:
    """Make a run lead to a bookmark of the document."""
    paragraph._p.append(element("hyperlink", run._r, anchor=bookmark, history="1"))


def link_outside(paragraph: Paragraph, run: Run, address: str) -> None:
    """Make a run lead to an address of the web."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    link = element("hyperlink", run._r, history="1")
    link.set(qn("r:id"), paragraph.part.relate_to(address, kind, is_external=True))
    paragraph._p.append(link)


def bookmark(run: Run, name: str, number: int) -> None:
    """Put a bookmark round a run."""
    run._r.addprevious(element("bookmarkStart", id=str(number), name=name))
    run._r.addnext(element("bookmarkEnd", id=str(number)))


def field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """A field that Word counts itself, such as the page number; ``shown`` stands there until it does."""
    for part in _field(instruction):
        paragraph.add_run()._r.append(part)
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def _field(instruction: str) -> Iterator[BaseOxmlElement]:
    yield element("fldChar", fldCharType="begin")
    text = element("instrText")
    text.text = f" {instruction} "
    yield text
    yield element("fldChar", fldCharType="separate")


def check_box(paragraph: Paragraph, number: int) -> None:
    """A box that can be ticked with a click, or by hand on paper."""
    font = f'w:ascii="{_BOX_FONT}" w:hAnsi="{_BOX_FONT}" w:eastAsia="{_BOX_FONT}" w:cs="{_BOX_FONT}"'
    paragraph._p.append(
        xml(
            f'<w:sdt {_W14}><w:sdtPr><w:alias w:val="erledigt"/><w:id w:val="{number}"/><w14:checkbox>'
            f'<w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="{_BOX_FONT}"/>'
            f'<w14:uncheckedState w14:val="2610" w14:font="{_BOX_FONT}"/></w14:checkbox></w:sdtPr>'
            f"<w:sdtContent><w:r><w:rPr><w:rFonts {font}/></w:rPr><w:t>{BOX}</w:t></w:r></w:sdtContent></w:sdt>"
        )
    )


def mark_row(row: _Row, *, head: bool = False, whole: bool = True) -> None:
    """Repeat a row on every page of the table; keep it on one page."""
    properties = row._tr.get_or_add_trPr()
    if whole:
        properties.append(element("cantSplit"))
    if head:
        properties.append(element("tblHeader"))
