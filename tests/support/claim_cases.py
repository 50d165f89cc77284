"""Own cases for the support check: passages of the shipped knowledge, and what may or may not be said of them.

``+`` is supported, ``-`` is not; the word after it names what is wrong.
"""

from __future__ import annotations

CASES: dict[str, tuple[str, ...]] = {
    "Ein nationales ZIM-Netzwerk braucht mindestens 6 voneinander unabhängige mittelständische Unternehmen, von denen "
    "mindestens die Hälfte KMU sind.": (
        "+ de Für ein nationales ZIM-Netzwerk sind wenigstens sechs unabhängige mittelständische Unternehmen nötig.",
        "+ en A national ZIM network needs at least six independent mid-sized companies.",
        "+ de Mindestens 50 % der Unternehmen in einem nationalen ZIM-Netzwerk müssen KMU sein.",
        "- number de Ein nationales ZIM-Netzwerk braucht mindestens acht unabhängige Unternehmen.",
        "- number de Ein nationales ZIM-Netzwerk hat höchstens 6 unabhängige mittelständische Unternehmen.",
        "- number en A national ZIM network needs at least seven independent companies.",
        "- name de Ein nationales IGF-Netzwerk braucht mindestens 6 unabhängige mittelständische Unternehmen.",
        "- negation de Ein nationales ZIM-Netzwerk braucht keine 6 voneinander unabhängigen Unternehmen.",
    ),
    "ZIM zahlt für das Netzwerkmanagement national höchstens 490.000 Euro und international höchstens 600.000 Euro.": (
        "+ de Für das Netzwerkmanagement zahlt ZIM international bis zu 600 000 €.",
        "+ en ZIM pays at most EUR 490,000 for network management at national level.",
        "- number de Für das Netzwerkmanagement zahlt ZIM national höchstens 600.000 Euro.",
        "- number de ZIM zahlt für das Netzwerkmanagement international mindestens 600.000 Euro.",
        "- number de ZIM zahlt für das Netzwerkmanagement national 490.000 Euro.",
        "- number en ZIM pays up to EUR 490 for network management at national level.",
        "- name de EXIST zahlt für das Netzwerkmanagement national höchstens 490.000 Euro.",
    ),
    "Phase 1 eines ZIM-Netzwerks umfasst Konzept, Aufbau und technologische Roadmap und dauert in der Regel bis 12 "
    "Monate, international bis 18 Monate.": (
        "+ de Phase 1 eines ZIM-Netzwerks dauert in der Regel höchstens ein Jahr, also bis 12 Monate.",
        "+ en Phase 1 of a ZIM network usually takes up to 12 months, internationally up to 18 months.",
        "- number de Phase 1 eines ZIM-Netzwerks dauert in der Regel bis 12 Wochen.",
        "- number de Phase 1 eines ZIM-Netzwerks dauert in der Regel bis 24 Monate.",
        "- number de Phase 1 eines ZIM-Netzwerks dauert international in der Regel bis 12 Monate, national bis "
        "18 Monate.",
        "- modality de Phase 1 eines ZIM-Netzwerks dauert immer bis 12 Monate.",
    ),
    "Die Managementeinrichtung eines ZIM-Netzwerks darf keine eigenen wirtschaftlichen Interessen im Netzwerk haben.": (
        "+ de Eigene wirtschaftliche Interessen im Netzwerk darf die Managementeinrichtung eines ZIM-Netzwerks "
        "nicht haben.",
        "- negation de Die Managementeinrichtung eines ZIM-Netzwerks darf eigene wirtschaftliche Interessen im "
        "Netzwerk haben.",
        "- negation en The management body of a ZIM network may have its own economic interests in the network.",
    ),
    "Bürgschaftsbanken verbürgen bis zu 80 Prozent des Kredits und in der Regel bis 2 Mio. Euro.": (
        "+ de Bürgschaftsbanken verbürgen maximal 80 % eines Kredits.",
        "+ de In der Regel verbürgen Bürgschaftsbanken höchstens 2.000.000 Euro.",
        "+ en Guarantee banks (Bürgschaftsbanken) usually guarantee up to EUR 2 million.",
        "- number de Bürgschaftsbanken verbürgen bis zu 90 Prozent des Kredits.",
        "- number de Bürgschaftsbanken verbürgen 80 Prozent des Kredits.",
        "- number de Bürgschaftsbanken verbürgen in der Regel bis 2 Mrd. Euro.",
        "- modality de Bürgschaftsbanken verbürgen immer bis 2 Mio. Euro.",
        "- coverage de Bürgschaftsbanken verbürgen bis zu 80 Prozent des Kredits und prüfen den Antrag kostenlos.",
    ),
    "Eine Bürgschaftsbank kann zum Beispiel einen KfW-Kredit 511/512 für Digitalisierung ergänzen, wenn Sicherheiten "
    "fehlen.": (
        "+ de Wenn Sicherheiten fehlen, kann eine Bürgschaftsbank den KfW-Kredit 512 für Digitalisierung ergänzen.",
        "- modality de Eine Bürgschaftsbank muss einen KfW-Kredit 511/512 ergänzen, wenn Sicherheiten fehlen.",
        "- number de Eine Bürgschaftsbank kann einen KfW-Kredit 513 für Digitalisierung ergänzen.",
        "- name de Eine Bürgschaftsbank kann einen Kredit 511/512 der NRW.BANK für Digitalisierung ergänzen.",
    ),
    "Ein Netzwerk braucht für die Clusterförderung Sachsen laut einer Sekundärquelle mindestens fünf "
    "Einrichtungen, davon "
    "drei KMU.": (
        "+ de Für die Clusterförderung Sachsen braucht ein Netzwerk laut einer Sekundärquelle mindestens 5 "
        "Einrichtungen.",
        "- name de Für die Clusterförderung Thüringen braucht ein Netzwerk laut einer Sekundärquelle mindestens fünf "
        "Einrichtungen.",
        "- number de Für die Clusterförderung Sachsen braucht ein Netzwerk mindestens fünf KMU.",
        "- number en According to a secondary source, Clusterförderung Sachsen needs at most five institutions.",
    ),
    "Anträge auf Clusterförderung nimmt die SAB in Sachsen laufend an; verlangt wird ein strategischer Netzwerkplan.": (
        "+ de Die SAB nimmt in Sachsen laufend Anträge auf Clusterförderung an.",
        "+ de Für die Clusterförderung verlangt die SAB in Sachsen einen strategischen Netzwerkplan.",
        "- name de Die ILB nimmt laufend Anträge auf Clusterförderung an.",
        "- negation de Die SAB nimmt in Sachsen keine Anträge auf Clusterförderung mehr an.",
        "- negation de Ein strategischer Netzwerkplan wird für die Clusterförderung nicht verlangt.",
        "- coverage de Die SAB entscheidet in Sachsen innerhalb weniger Wochen über Anträge auf Clusterförderung.",
    ),
    "Ein Gesamtprojekt bekommt in ZIM-Kooperation höchstens 3 Mio. Euro Zuwendung; für Auslandspartner "
    "ist ein Aufschlag "
    "von bis zu 10 Prozent(punkten) möglich.": (
        "+ de In ZIM-Kooperation bekommt ein Gesamtprojekt maximal 3.000.000 Euro Zuwendung.",
        "+ de Mit Auslandspartnern ist bei ZIM-Kooperation ein Aufschlag von bis zu zehn Prozentpunkten möglich.",
        "- number de In ZIM-Kooperation bekommt ein Gesamtprojekt höchstens 3 Mrd. Euro Zuwendung.",
        "- number de Für Auslandspartner ist ein Aufschlag von bis zu 10 Euro möglich.",
        "- number de Ein Gesamtprojekt bekommt in ZIM-Kooperation mindestens 3 Mio. Euro Zuwendung.",
    ),
    "Netzlotse empfiehlt, vor dem Beitritt zu einer Verbundgruppe Abnahmebindung, Gebühren und Austritt zu prüfen.": (
        "+ de Vor dem Beitritt zu einer Verbundgruppe sollten Sie laut Netzlotse Abnahmebindung, Gebühren und "
        "Austritt prüfen.",
        "- modality de Vor dem Beitritt zu einer Verbundgruppe sind Unternehmen verpflichtet, "
        "Abnahmebindung, Gebühren und "
        "Austritt zu prüfen.",
        "- negation de Netzlotse empfiehlt nicht, vor dem Beitritt zu einer Verbundgruppe Gebühren und Austritt "
        "zu prüfen.",
    ),
    "Das Mittelstand-Digital Zentrum Rostock richtet sich an KMU, Handwerksbetriebe und Start-ups in "
    "Mecklenburg-Vorpommern.": (
        "+ de An das Mittelstand-Digital Zentrum Rostock können sich KMU, Handwerksbetriebe und Start-ups in "
        "Mecklenburg-Vorpommern wenden.",
        "+ en The Mittelstand-Digital Zentrum Rostock is for SMEs, craft businesses and start-ups in "
        "Mecklenburg-Vorpommern.",
        "- name de Das Mittelstand-Digital Zentrum Ilmenau richtet sich an KMU, Handwerksbetriebe und Start-ups.",
        "- name de Das Mittelstand-Digital Zentrum Rostock richtet sich an KMU und Start-ups in Schleswig-Holstein.",
        "- modality de Das Mittelstand-Digital Zentrum Rostock richtet sich ausschließlich an KMU in "
        "Mecklenburg-Vorpommern.",
    ),
    "Das Qualifizierungsgeld nach § 82a SGB III setzt unter anderem mehr als 120 Stunden Weiterbildung voraus.": (
        "+ de Voraussetzung für das Qualifizierungsgeld nach § 82a SGB III sind unter anderem mehr als 120 "
        "Stunden Weiterbildung.",
        "- number de Das Qualifizierungsgeld nach § 82 SGB III setzt mehr als 120 Stunden Weiterbildung voraus.",
        "- number de Das Qualifizierungsgeld nach § 82a SGB III setzt mehr als 120 Tage Weiterbildung voraus.",
        "- number de Das Qualifizierungsgeld nach § 82a SGB III setzt weniger als 120 Stunden Weiterbildung voraus.",
        "- name de Das Qualifizierungsgeld nach § 82a SGB II setzt mehr als 120 Stunden Weiterbildung voraus.",
    ),
    "Für die Registrierung bei Catena-X ist eine Geschäftspartnernummer (BPN) nötig.": (
        "+ de Wer sich bei Catena-X registrieren will, braucht eine Geschäftspartnernummer (BPN).",
        "- negation de Für die Registrierung bei Catena-X ist keine Geschäftspartnernummer nötig.",
        "- negation en You can register with Catena-X without a business partner number (BPN).",
        "- name de Für die Registrierung bei Factory-X ist eine Geschäftspartnernummer (BPN) nötig.",
    ),
    "Der Zugang zu den TEF läuft oft über einen European Digital Innovation Hub (EDIH) oder über das TEF-Konsortium.": (
        "+ de Oft führt der Weg zu den TEF über einen EDIH oder das TEF-Konsortium.",
        "- modality de Der Zugang zu den TEF läuft ausnahmslos über einen EDIH.",
        "- modality de Der Zugang zu den TEF muss über einen EDIH laufen.",
    ),
    "Das MoPeG (Gesetz zur Modernisierung des Personengesellschaftsrechts) hat das Recht der GbR zum "
    "01.01.2024 reformiert.": (
        "+ de Zum 1. Januar 2024 reformierte das MoPeG das Recht der GbR.",
        "+ en The MoPeG reformed the law of the GbR as of 1 January 2024.",
        "+ de Im Januar 2024 hat das MoPeG das Recht der GbR reformiert.",
        "- number de Zum 1. Juli 2024 reformierte das MoPeG das Recht der GbR.",
        "- number en The MoPeG reformed the law of the GbR in 2023.",
        "- name de Zum 1. Januar 2024 reformierte das MoPeG das Recht der GmbH.",
    ),
    "Der Antrag auf den Berliner InvestitionsBONUS muss vor Beginn der Investition gestellt werden.": (
        "+ de Den Berliner InvestitionsBONUS müssen Sie beantragen, bevor die Investition beginnt.",
        "- negation de Der Antrag auf den Berliner InvestitionsBONUS muss nicht vor Beginn der Investition "
        "gestellt werden.",
        "- name de Der Antrag auf den Transfer BONUS muss vor Beginn der Investition gestellt werden.",
        "- language en Der Antrag auf den Berliner InvestitionsBONUS muss vor Beginn der Investition gestellt werden.",
        "- language de The application for the Berliner InvestitionsBONUS must be filed before the investment starts.",
    ),
    "Die BIT der Handwerkskammern sind für Handwerksbetriebe zuständig.": (
        "+ de Für Handwerksbetriebe sind die BIT der Handwerkskammern zuständig.",
        "- name de Für Handwerksbetriebe sind die BIT der Industrie- und Handelskammern zuständig.",
        "- negation de Die BIT der Handwerkskammern sind nicht für Handwerksbetriebe zuständig.",
    ),
    "Gemeinsame Umweltstandards oder Rücknahmesysteme hält Netzlotse für möglich, wenn ihr Nutzen messbar ist.": (
        "+ de Wenn ihr Nutzen messbar ist, sind gemeinsame Umweltstandards nach Ansicht von Netzlotse möglich.",
        "- coverage de Gemeinsame Umweltstandards senken laut Netzlotse die Kosten der Lieferanten.",
        "- negation de Gemeinsame Umweltstandards oder Rücknahmesysteme hält Netzlotse nicht für möglich.",
    ),
}
