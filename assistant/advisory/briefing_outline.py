"""What a briefing looks into: the subjects of each part, by the firm's role and goals, and what to ask in the meeting.

Headings and questions claim no fact; every statement of a briefing comes from a source.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.advisory.source_finder import Subject
from assistant.core.company_profile import NetworkRole
from assistant.core.models import Kind
from assistant.core.sources import Topic

PARTS: Mapping[str, str] = {
    "situation": "Ausgangslage",
    "position": "Stellung im Produktionsnetzwerk und Abhängigkeiten",
    "cooperation": "Möglichkeiten der Zusammenarbeit",
    "guard_rails": "Rechtliche Leitplanken",
    "competence": "Kompetenzbedarf und Angebote",
    "programmes": "Passende Programme",
    "questions": "Fragen für das Gespräch",
    "next_steps": "Nächste Schritte und Anlaufstellen",
}
"""Parts by the id under which they can be left out, in the order of the document."""

PAPER: tuple[Kind, ...] = ("position_paper", "document")
POSITION: Mapping[NetworkRole, str] = {
    "extended_workbench": "Abhängigkeit der verlängerten Werkbank vom Auftraggeber und Auswege daraus",
    "component_supplier": "Abhängigkeit und Austauschbarkeit von Zulieferern in der Wertschöpfungskette",
    "system_supplier": "Stellung von Systemlieferanten zwischen Auftraggeber und Zulieferern im Wertschöpfungsnetz",
    "cooperation_partner": "KMU als Kooperationspartner auf Augenhöhe im Wertschöpfungsnetz",
    "end_manufacturer": "Vernetzung von Herstellern mit Zulieferern in Produktionsnetzwerken",
    "service_provider": "Dienstleistungen und digitale Services in Wertschöpfungsnetzen",
    "startup": "Chancen von Start-ups in Wertschöpfungsnetzen",
}
ANY_POSITION = "Stellung von KMU in Produktionsnetzwerken, Chancen und Risiken der Vernetzung"
DEPENDENCE = Subject("Abhängigkeit von einem großen Kunden, Macht der Abnehmer, schwache Stellung", PAPER)

COOPERATION: Mapping[Topic, str] = {
    "cooperation": "Kooperationen eingehen, Partner finden, Formen der Zusammenarbeit",
    "competence": "gemeinsam ausbilden und weiterbilden mit anderen Betrieben",
    "support": "Netzwerke und Cluster, die beim Zusammenarbeiten helfen",
    "digitalisation": "Zusammenarbeit bei Digitalisierung, Schnittstellen und Standards",
    "data": "Daten mit Partnern teilen, Datenräume und Datenplattformen",
    "business_model": "gemeinsam neue Geschäftsmodelle und Dienstleistungen entwickeln",
    "rnd": "gemeinsame Forschung und Entwicklung mit Firmen und Hochschulen",
    "internationalisation": "Zusammenarbeit mit Partnern im Ausland",
}
GUARD_RAILS: Mapping[str, Subject] = {
    "Kartellrecht": Subject(
        "Was ist kartellrechtlich erlaubt, wenn Unternehmen und Wettbewerber zusammenarbeiten?",
        ("cooperation",),
        ("antitrust",),
    ),
    "Daten": Subject(
        "Wer darf Maschinendaten nutzen und weitergeben, was gilt nach dem Data Act?", ("cooperation",), ("data_law",)
    ),
    "Geistiges Eigentum und Geschäftsgeheimnisse": Subject(
        "Wem gehören gemeinsame Ergebnisse und Schutzrechte, wie werden Geschäftsgeheimnisse geschützt?",
        ("cooperation",),
        ("contracts",),
    ),
    "Verträge": Subject(
        "Was regelt ein Kooperationsvertrag oder Konsortialvertrag?", ("cooperation",), ("contracts", "forms")
    ),
}
COMPETENCE: Mapping[Topic, str] = {
    "cooperation": "Kooperationsbereitschaft und Kooperationskompetenz aufbauen",
    "competence": "Weiterbildung und Qualifizierung der Beschäftigten",
    "support": "Unterstützungsangebote für KMU nutzen",
    "digitalisation": "technische und digitale Kompetenzen aufbauen",
    "data": "Kompetenz im Umgang mit Daten und digitale Souveränität",
    "business_model": "digitale Geschäftsmodelle verstehen, digitales Mindset",
    "rnd": "Innovation über Branchen und Disziplinen hinweg",
    "internationalisation": "Kompetenzen für internationale Märkte",
}
DEFAULT_GOALS: tuple[Topic, ...] = ("cooperation", "competence", "digitalisation")
"""What a briefing looks into when the profile names no goal."""

QUESTIONS: Mapping[Topic, tuple[str, ...]] = {
    "cooperation": (
        "Welche Firmen kämen als Partner in Frage, und was hätten beide Seiten davon?",
        "Was darf ein Partner auf keinen Fall erfahren?",
    ),
    "competence": ("Welche Fähigkeiten fehlen heute, und wer im Betrieb soll sie aufbauen?",),
    "support": ("Welche Beratung oder Förderung wurde schon genutzt, und wie lief das?",),
    "digitalisation": ("Welche Abläufe laufen noch auf Papier oder in Insellösungen?",),
    "data": ("Welche Daten entstehen an Maschinen und Produkten, und wem nützen sie?",),
    "business_model": ("Wofür zahlen Kunden heute, und wofür würden sie künftig zahlen?",),
    "rnd": ("Was genau wäre neu, und welches technische Risiko steckt darin?",),
    "internationalisation": ("In welchen Ländern gibt es schon Kunden oder Partner?",),
}
ROLE_QUESTIONS: Mapping[NetworkRole, tuple[str, ...]] = {
    "extended_workbench": (
        "Was kann der Betrieb, das der größte Kunde nicht ohne Weiteres anderswo bekommt?",
        "Wie lange liefe der Betrieb weiter, wenn der größte Kunde ausfiele?",
    ),
    "component_supplier": ("Wer kann das Bauteil noch liefern, und woran hängt der Zuschlag?",),
    "system_supplier": ("Welche Schnittstellen geben die Kunden vor, welche bestimmt der Betrieb selbst?",),
    "cooperation_partner": ("Welche Zusammenarbeit läuft gut, und was ließe sich daraus übertragen?",),
    "end_manufacturer": ("Welche Zulieferer sind schwer zu ersetzen, und wie werden sie eingebunden?",),
    "service_provider": ("Welche Daten braucht die Dienstleistung, und wer gibt sie frei?",),
    "startup": ("Welcher Industriebetrieb wäre der erste zahlende Kunde oder Erprobungspartner?",),
}
SUPPORT = "Anlaufstelle, Beratung und Unterstützung für KMU"
