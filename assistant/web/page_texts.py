"""Every sentence and label of the pages that speak German and English, said once for all of them.

The chat page, the embedded page with its scripts, and both forms that rate an answer take their words from here;
what an answer itself says comes from the folder of prompts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.core.models import Language
from assistant.feedback.store import Reason

NAME = "Netzlotse"


@dataclass(frozen=True, slots=True)
class PageTexts:
    """Around the conversation, on the chat page and on the embedded page."""

    claim: str
    other_language: str
    self_check: str
    conversation: str
    question: str
    placeholder: str
    send: str
    new: str
    examples: str
    follow_ups: str
    sources: str
    no_sources: str
    sources_for: str
    privacy: str
    imprint: str
    accessibility: str
    contact: str
    new_tab: str
    no_script: str
    unavailable: str
    failed: str


@dataclass(frozen=True, slots=True)
class CitationTexts:
    """Where a citation stands, how current it is, and its links."""

    page: str
    as_of: str
    undated: str
    ended: str
    check: str
    open: str
    text: str


@dataclass(frozen=True, slots=True)
class ScriptTexts:
    """What only the script of the embedded page shows, with the names that it knows."""

    waiting: str
    cite: str
    source: str
    sources: str
    close: str
    announce: str
    announce_none: str
    failed: str
    again: str


@dataclass(frozen=True, slots=True)
class RatingTexts:
    """The form that rates an answer."""

    title: str
    question: str
    up: str
    down: str
    reason: str
    comment: str
    notice: str
    send: str
    thanks: str
    first: str
    reasons: Mapping[Reason, str]


PAGE: Mapping[Language, PageTexts] = {
    "de": PageTexts(
        claim="Ihr Platz in Produktionsnetzwerken",
        other_language="English",
        self_check="Selbstcheck: Wo steht Ihr Betrieb? (5 Minuten)",
        conversation="Gespräch",
        question="Ihre Frage",
        placeholder="Ihre Frage …",
        send="Fragen",
        new="Neue Frage",
        examples="Zum Beispiel",
        follow_ups="Weiterfragen",
        sources="Quellen",
        no_sources="Die Quellen zu einer Antwort erscheinen hier.",
        sources_for="Quellen zu: {question}",
        privacy="Datenschutz",
        imprint="Impressum",
        accessibility="Barrierefreiheit",
        contact="Kontakt zu Menschen",
        new_tab="öffnet in neuem Tab",
        no_script="Für den Chat muss JavaScript eingeschaltet sein.",
        unavailable="Die Auskunft ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.",
        failed="Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    ),
    "en": PageTexts(
        claim="Your place in production networks",
        other_language="Deutsch",
        self_check="Self-check: where does your firm stand? (5 minutes, in German)",
        conversation="Conversation",
        question="Your question",
        placeholder="Your question …",
        send="Ask",
        new="New question",
        examples="For example",
        follow_ups="Ask on",
        sources="Sources",
        no_sources="The sources of an answer appear here.",
        sources_for="Sources for: {question}",
        privacy="Privacy",
        imprint="Imprint",
        accessibility="Accessibility",
        contact="Talk to people",
        new_tab="opens in a new tab",
        no_script="The chat needs JavaScript to be switched on.",
        unavailable="The service is not available at the moment. Please try again shortly.",
        failed="That did not work. Please try again.",
    ),
}
CITATION: Mapping[Language, CitationTexts] = {
    "de": CitationTexts(
        page="S. {page}",
        as_of="Stand {date}",
        undated="ohne Datum",
        ended="beendet",
        check="bitte Status prüfen",
        open="Quelle öffnen",
        text="Ganzer Text",
    ),
    "en": CitationTexts(
        page="p. {page}",
        as_of="as of {date}",
        undated="undated",
        ended="ended",
        check="please check status",
        open="Open source",
        text="Full text",
    ),
}
SCRIPT: Mapping[Language, ScriptTexts] = {
    "de": ScriptTexts(
        waiting="Einen Moment …",
        cite="Quelle {number}: {title}",
        source="Quelle {number}",
        sources="Quellen ({count})",
        close="Schließen",
        announce="Antwort mit {count} Quellen:",
        announce_none="Antwort:",
        failed="Die Auskunft ist gerade nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
        again="Erneut fragen",
    ),
    "en": ScriptTexts(
        waiting="One moment …",
        cite="Source {number}: {title}",
        source="Source {number}",
        sources="Sources ({count})",
        close="Close",
        announce="Answer with {count} sources:",
        announce_none="Answer:",
        failed="The service cannot be reached at the moment. Please try again shortly.",
        again="Ask again",
    ),
}
RATING: Mapping[Language, RatingTexts] = {
    "de": RatingTexts(
        title="Antwort bewerten",
        question="War die Antwort hilfreich?",
        up="ja",
        down="nein",
        reason="Warum (freiwillig)",
        comment="Anmerkung (freiwillig, bitte ohne Namen und Kontaktdaten)",
        notice="Aufbewahrt werden nur Ihre Angaben hier, die genannten Quellen und der Tag.",
        send="Bewertung senden",
        thanks="Danke, Ihre Bewertung ist angekommen.",
        first="Bitte fragen Sie erst etwas und wählen Sie ja oder nein.",
        reasons={
            "helpful": "passt zu meiner Lage",
            "wrong": "stimmt nicht",
            "outdated": "ist veraltet",
            "incomplete": "es fehlt etwas",
            "not_understood": "geht an meiner Frage vorbei",
            "other": "anderes",
        },
    ),
    "en": RatingTexts(
        title="Rate this answer",
        question="Was the answer helpful?",
        up="yes",
        down="no",
        reason="Why (optional)",
        comment="Comment (optional, please no names or contact details)",
        notice="Only what you enter here, the cited sources and the day are kept.",
        send="Send rating",
        thanks="Thank you, your rating has arrived.",
        first="Please ask something first and choose yes or no.",
        reasons={
            "helpful": "fits my situation",
            "wrong": "is not correct",
            "outdated": "is out of date",
            "incomplete": "something is missing",
            "not_understood": "misses my question",
            "other": "other",
        },
    ),
}
