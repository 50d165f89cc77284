"""A paper of our own in two columns, with running heads, page numbers and footnotes, as a PDF."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate, Paragraph
from reportlab.platypus.doctemplate import FrameBreak

TITLE = "Werkzeugringe im ländlichen Raum"
HEAD = "Arbeitspapier Werkzeugringe"
NOTES = (
    "Vgl. Beispiel/Muster: Ringe der Fertigung, 2017, S. 44.",
    "Ausführlich dazu Vorlage, Werkstätten auf dem Land.",
    "So schon Entwurf, Lehrjahre im Verbund.",
)
QUESTIONS = {
    "Was ist ein Werkzeugring?": "Ein Werkzeugring ist ein Zusammenschluss von Schlossereien",
    "Wie hoch ist die Aufnahmegebühr eines Werkzeugrings?": "Aufnahmegebühr von 1.250 Euro",
    "Wer haftet für Schäden an geliehenen Fräsköpfen?": "haftet der entleihende Betrieb",
    "Wie oft tagt die Ringversammlung?": "Die Ringversammlung tagt zweimal im Jahr",
    "Welche Kündigungsfrist gilt für Mitglieder des Rings?": "Kündigungsfrist von neun Monaten",
    "Wozu dient das gemeinsame Messlabor?": "Das gemeinsame Messlabor prüft Werkstücke",
    "Wie werden Lehrlinge im Ring ausgebildet?": "Lehrlinge wechseln alle vier Monate den Betrieb",
    "Welche Daten teilen die Betriebe über ihre Maschinen?": "teilen die Betriebe nur Auslastung und Standort",
    "Warum scheiterten frühere Werkzeugringe?": "Frühere Werkzeugringe scheiterten",
    "Was kostet eine Stunde am Laserschneider?": "Eine Stunde am Laserschneider kostet 84 Euro",
}
SECTIONS = [
    (
        "1 Begriff und Herkunft",
        [
            "Ein Werkzeugring ist ein Zusammenschluss von Schlossereien, die teure Werkzeuge gemeinsam kaufen und "
            "reihum nutzen.<super size=6>1</super> Die Idee stammt aus den Maschinenringen der Landwirtschaft, in denen Höfe "
            "ihre Mähdrescher teilen. Gerade Klein- und Mittelbetriebe gewinnen dadurch Zugang zu Fertigungsverfahren, "
            "die ein einzelner Betrieb kaum auslasten könnte.",
            "Frühere Werkzeugringe scheiterten, weil niemand die Wartung der gemeinsamen Geräte übernahm. "
            "Neue Ringe bestellen deshalb vom ersten Tag an eine Gerätewartin, die aus Beiträgen bezahlt wird. "
            "Sie führt ein Verzeichnis, in dem jede Übergabe mit Datum und Zustand vermerkt ist.",
        ],
    ),
    (
        "2 Beitritt und Austritt",
        [
            "Neue Mitglieder zahlen eine einmalige Aufnahmegebühr von 1.250 Euro in die Gerätekasse. Über die Aufnahme "
            "entscheidet die Ringversammlung mit der Mehrheit der anwesenden Betriebe. Die Ringversammlung tagt zweimal "
            "im Jahr, jeweils nach der Ernte und vor der Frühjahrsmesse.",
            "Für Mitglieder des Rings gilt eine Kündigungsfrist von neun Monaten zum Jahresende. Wer austritt, erhält "
            "seinen Anteil am Zeitwert der Werkzeuge zurück, nicht aber die Aufnahmegebühr.",
        ],
    ),
    (
        "3 Haftung und Versicherung",
        [
            "Für Schäden an geliehenen Fräsköpfen haftet der entleihende Betrieb, sofern die Übergabe ohne Mangel "
            "vermerkt wurde. Der Ring schließt eine Maschinenbruchversicherung ab, deren Selbstbehalt 500 Euro beträgt. "
            "Streitfälle klärt ein Schiedsausschuss aus drei unbeteiligten Meisterinnen und Meistern.",
        ],
    ),
    (
        "4 Gemeinsame Einrichtungen",
        [
            "Das gemeinsame Messlabor prüft Werkstücke auf Maßhaltigkeit, bevor sie an Kunden gehen. Es steht allen "
            "Mitgliedern werktags offen und wird von einer Prüftechnikerin geleitet. Eine Stunde am Laserschneider "
            "kostet 84 Euro für Mitglieder und 130 Euro für Gäste.<super size=6>2</super> Die Halle misst 640 m<super "
            "size=6>2</super> und liegt an der alten Molkerei.",
            "Lehrlinge wechseln alle vier Monate den Betrieb, damit sie jedes Verfahren des Rings kennenlernen. Die "
            "Berufsschule stimmt ihren Stundenplan auf diesen Wechsel ab. Nach der Gesellenprüfung bleiben die meisten "
            "in einem Betrieb des Rings.",
        ],
    ),
    (
        "5 Daten im Werkzeugring",
        [
            "Über ihre Maschinen teilen die Betriebe nur Auslastung und Standort, niemals Zeichnungen oder Preise. Die "
            "Plattform dafür betreibt eine Genossenschaft, an der jeder Betrieb einen Anteil hält. Zugriffe werden "
            "protokolliert und nach zwölf Wochen gelöscht.",
            "Wer seine Auslastung nicht meldet, kann im folgenden Quartal keine Geräte vorbestellen. Diese Regel hat in "
            "der Praxis mehr bewirkt als jede Mahnung der Geschäftsführung.",
        ],
    ),
]


def _hyphenate(text: str) -> str:
    """Typeset words with discretionary breaks, as a layout program does."""
    for word, parts in {
        "Zusammenschluss": "Zusammen\u00adschluss",
        "Aufnahmegebühr": "Aufnahme\u00adgebühr",
        "Ringversammlung": "Ring\u00adversammlung",
        "Kündigungsfrist": "Kündigungs\u00adfrist",
        "Maschinenbruchversicherung": "Maschinen\u00adbruch\u00adversicherung",
        "Fertigungsverfahren": "Fertigungs\u00adverfahren",
        "Landwirtschaft": "Land\u00adwirtschaft",
        "gemeinsame": "gemein\u00adsame",
        "Genossenschaft": "Genossen\u00adschaft",
        "Schlossereien": "Schlosse\u00adreien",
        "Mittelbetriebe": "Mittel\u00adbetriebe",
        "Maßhaltigkeit": "Maß\u00adhaltigkeit",
        "Berufsschule": "Berufs\u00adschule",
    }.items():
        text = text.replace(word, parts)
    return text


def _decorate(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(60, 808, HEAD)
    canvas.drawRightString(A4[0] - 60, 808, "Beispiel und Muster")
    canvas.drawCentredString(A4[0] / 2, 24, f"– {document.page} –")
    canvas.setFont("Times-Roman", 5)
    canvas.drawString(60, 62, str(document.page))
    canvas.setFont("Times-Roman", 7.5)
    canvas.drawString(64, 59, NOTES[document.page - 1])


def write_paper(path: Path) -> Path:
    """Typeset the paper; three narrow pages, so that paragraphs run over columns and pages."""
    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=10, leading=12.5, alignment=TA_JUSTIFY)
    body.firstLineIndent, body.splitLongWords = 10, 0
    heading = ParagraphStyle("heading", fontName="Times-Bold", fontSize=11.5, leading=14, spaceBefore=8, spaceAfter=3)
    heading.keepWithNext = 1
    title = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=22)
    width = (A4[0] - 140) / 2
    columns = [(60, width), (80 + width, width)]
    first = [Frame(60, 740, A4[0] - 120, 50, 0, 0, 0, 0), *(Frame(x, 590, w, 140, 0, 0, 0, 0) for x, w in columns)]
    later = [Frame(x, 600, w, 190, 0, 0, 0, 0) for x, w in columns]
    story: list[object] = [Paragraph(TITLE, title), FrameBreak(), NextPageTemplate("later")]
    for name, paragraphs in SECTIONS:
        story += [Paragraph(name, heading), *(Paragraph(_hyphenate(one), body) for one in paragraphs)]
    templates = [
        PageTemplate("first", frames=first, onPage=_decorate),
        PageTemplate("later", frames=later, onPage=_decorate),
    ]
    author = "Erika Beispiel; Max Muster"
    BaseDocTemplate(str(path), pagesize=A4, pageTemplates=templates, title=TITLE, author=author).build(story)
    return path
