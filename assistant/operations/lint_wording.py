"""Words with which a card talks about its own research instead of its subject.

Doubt belongs into the head (``verify``, ``as_of_note``, ``valid_until_note``, ``status``), where pages show it as a
badge; in a sentence it only hides what the reader came for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.core.models import Document

_PROCESS_TALK = (
    r"allgemeine[mnrs]? (?:Fach|Erfahrungs)wissen|general (?:expert )?knowledge",
    r"nicht (?:\w+ ){0,4}geprüft|ungeprüft|not (?:been )?(?:checked|verified)|was not seen|unverified",
    r"nicht (?:\w+ )?bestätigt|unbestätigt|not (?:been )?confirmed|unconfirmed|confirmed only",
    r"nicht belegt|Belege? fehl|belegt (?:ist|sind|verlängert|bekannt)",
    (
        r"(?:gesehene|ausgewertete|vorliegende)[nrs]? (?:Quelle|Seite|Unterlage)|"
        r"(?:nach|laut) (?:einer|einem|den|der) (?:\w+ )?(?:Quellen?|Seite|Meldung|Fachbeitrag|Beraterseite)\b|"
        r"liegt nur eine|one source|according to (?:a|one) (?:\w+ )?(?:source|page|report)"
    ),
    r"undatiert|trägt kein Datum|undated",
    (r"Sekundärquelle|Beraterseite|Fachpresse|Pressemeldung|Kopie der|secondary source|trade press|press report"),
    r"bitte (?:\w+ ){0,4}prüfen|please (?:\w+ ){0,2}check",
    r"\((?:nach )?Stand\b|\(as of\b|Stand der (?:Quelle|Recherche|Angaben)|haben den Stand|nach dem Stand von",
    r"(?-i:Netzlotse)",
    (
        r"nicht auffindbar|nicht (?:sicher )?bekannt|\bunbekannt\b|(?:is|are) (?:not known|unknown)|"
        r"(?:ist|bleibt) (?:noch )?offen, ob|ist unklar|is unclear|(?:ist|is) open whether"
    ),
    r"vermutlich|eventuell|vielleicht|wahrscheinlich|probably|presumably",
    r"gilt als Nachfolge|dem Titel nach|judging by",
    r"nach (?:einer )?(?:älteren|früheren) (?:Angabe|Quelle|Seite)|ältere Seiten|Status unklar",
    r"Recherche|Wissensstand|keinen Rechtsrat|keine Rechtsberatung|no legal advice",
)
_PATTERN = re.compile("|".join(_PROCESS_TALK), re.I)


def process_talk(document: Document) -> Iterator[str]:
    """Each such word of the card's own text and title, with its surroundings."""
    own = (section.text for section in document.sections if not section.generated)
    for text in (document.source.title, *own):
        for match in _PATTERN.finditer(text):
            around = " ".join(text[max(0, match.start() - 30) : match.end() + 30].split())
            yield f"der Text spricht von der Recherche: „… {around} …“"
