"""Builders of PDF and Word files with whatever parts a test wants in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*draw: Callable[[Canvas], object], title: str = "") -> bytes:
    """A PDF with one page for each drawing."""
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.setTitle(title)
    for one in draw:
        one(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF from its objects, the first of them the catalogue."""
    data = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return data + end % (count, table, count, len(data))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def page_of(content: bytes, entries: bytes = b"", count: int = 1, *more: bytes) -> bytes:
    kids = b"3 0 R " * count
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>" % entries,
        content,
        *more,
    )


def docx(body: str, **parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {WORD}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return target.getvalue()
