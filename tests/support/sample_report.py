"""A report that uses every kind of block, one with a hostile text, and what readers see of written files."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.oxml.ns import qn
from markdown_it import MarkdownIt
from pypdf import PdfReader

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


def shown_in_word(content: bytes) -> str:
    """All text of the body, in order, with that of links and boxes."""
    body = Document(BytesIO(content)).element.body
    return "".join(
        one.text or "" if one.tag == qn("w:t") else "\n" for one in body.iter(qn("w:t"), qn("w:br"), qn("w:p"))
    )


def parsed(markdown: str) -> list[Any]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def rendered(markdown: str) -> str:
    """What a reader sees: the text of all leaves."""
    leaves = [leaf for token in parsed(markdown) for leaf in token.children or []]
    return "".join(leaf.content if leaf.type == "text" else "\n" for leaf in leaves)
