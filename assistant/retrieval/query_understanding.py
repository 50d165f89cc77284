"""A question and the conversation before it to one stand-alone question, without a language model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.core.errors import QuestionError
from assistant.core.models import ChatMessage, Kind, Language, ParsedQuery
from assistant.core.prompt_templates import Prompts
from assistant.index.bm25 import BM25Index
from assistant.language.language_detection import _WORD, detect_language
from assistant.language.term_analyzer import TermAnalyzer

MAXIMUM_CHARACTERS = 2000
MAXIMUM_TURNS = 10
_SUBJECT_CHARACTERS = 300
_CONTEXT_CHARACTERS = 200
_FEW_TERMS = 3  # so many common terms say too little to stand alone
_COMMON = 3.9  # inverse document frequency of a term that two of a hundred passages hold
_TERMS_AFTER_OPENER = 4  # "Und wie ist es mit Robotern?" leans on what was said; what goes on at length does not
_TERMS_WITH_ANAPHORA = 5  # the same for "Wer hilft uns dabei?"
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_OPENERS = re.compile(r"(?:und|oder|aber|and|or|but|what about|how about|was ist mit|wie sieht es (?:mit|bei))\b", re.I)
# Words that stand for something said before. "das", "es" or "that" count only where no noun follows them.
_ANAPHORA = frozenset(
    """dabei dafür damit dazu davon daran darauf darüber dadurch dagegen davor daraus dazwischen
    hierfür hierzu hierbei dort letzteres ersteres
    denen deren dessen diese dieser dieses diesem diesen solche solchen it them they those these there""".split()
)
_BARE = re.compile(
    r"\b(?:das|(?<!gibt )es|this|that)\b(?=\s*(?:[?!.,]|$|auch|denn|noch|eigentlich|genau|konkret|für|bei|in|mit|nur|"
    r"nicht|ein|jetzt|schon|so|alles|überhaupt|dann|uns|mich|wirklich|möglich|erlaubt|sinnvoll|teuer|also|apply|cost|for|"
    r"work|take|mean|possible|allowed))",
    re.I,
)


# Words by which people say what they are after; they only shift the order of sources, never decide a refusal.
_AREA_WORDS: Mapping[Kind, str] = {
    "funding": """förderung fördern gefördert förderprogramm fördermittel fördertopf zuschuss geld finanzierung kredit
    darlehen programm antrag bezuschusst funding grant loan subsidy money programme apply""",
    "support": """hilft helfen hilfe unterstützt unterstützung ansprechpartner anlaufstelle berät beratung wenden hub
    zentrum support helps contact advice advise""",
    "cooperation": """vertrag kartellrecht kartell erlaubt verboten rechtlich haftung paragraf gesetz absprache
    antitrust contract legal allowed law""",
    "literature": "literatur quelle buch autor artikel veröffentlichung literature book author reference",
}


def detect_intent(terms: Collection[str], analyzer: TermAnalyzer) -> Kind | None:
    """The area that a question asks for by its words, if it is one only."""
    found = [kind for kind, words in _AREA_WORDS.items() if not _area_terms(words, analyzer).isdisjoint(terms)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=16)
def _area_terms(words: str, analyzer: TermAnalyzer) -> frozenset[str]:
    return frozenset(analyzer.words(words, "de")) | frozenset(analyzer.words(words, "en"))


def clean(text: str) -> str:
    """Composed letters, no control or invisible characters, single spaces."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    text = _INVISIBLE.sub("", text)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(character).startswith("C") else character for character in text)
    return " ".join(text.split())


def validate_question(question: str) -> str:
    """The cleaned question, or ``QuestionError`` when it is blank or too long."""
    if len(question) > MAXIMUM_CHARACTERS:
        raise QuestionError("too_long", f"Die Frage ist zu lang (höchstens {MAXIMUM_CHARACTERS} Zeichen).")
    cleaned = clean(question)
    if not cleaned:
        raise QuestionError("empty_question", "Bitte geben Sie eine Frage ein.")
    return cleaned


def parse_query(
    question: str,
    history: Sequence[ChatMessage],
    analyzer: TermAnalyzer,
    prompts: Prompts,
    default: Language = "de",
    lexical: BM25Index | None = None,
) -> ParsedQuery:
    """Resolve a follow-up in the light of the questions before it; a new topic stays as it is.

    ``lexical`` tells how common a term is in the sources: what holds common words only
    ("Bis wann muss der Antrag da sein?") leans on the conversation; what brings in words
    that no source knows ("Und wie wird das Wetter?") is a new topic, however short it is.
    """
    language = detect_language(question, default)
    terms = analyzer.terms(question, language)
    area = detect_intent(terms, analyzer)
    earlier = [clean(turn.content) for turn in history[-MAXIMUM_TURNS:] if turn.role == "user"]
    leans = is_follow_up(question, terms) or is_common(terms, lexical)
    alone = ParsedQuery(
        question,
        question,
        language,
        is_question=bool(terms),
        area=area,
        earlier=tuple(reversed(earlier)),
        subjects=_subjects(history),
    )
    if not earlier or not leans or _is_foreign(terms, lexical):
        return alone
    subject = _subject(earlier, analyzer)
    if not subject:
        return alone
    standalone = prompts.render("follow_up", language, question=question, subject=subject)
    return replace(
        alone, standalone=standalone, is_question=True, is_follow_up=True, subject=subject, context=_context(history)
    )


def is_follow_up(question: str, terms: Sequence[str]) -> bool:
    """Whether a question leans on what was said before: it points back, or is too short to stand alone."""
    words = [word.lower() for word in _WORD.findall(question)]
    distinct = len(set(terms))
    points_back = any(word in _ANAPHORA for word in words) or bool(_BARE.search(question))
    continues = bool(_OPENERS.match(question))
    if continues:
        return distinct <= _TERMS_AFTER_OPENER
    return distinct == 0 or (points_back and distinct <= _TERMS_WITH_ANAPHORA)


def _context(history: Sequence[ChatMessage]) -> str:
    """The first thing that was said in reply to the last question: a cited sentence, else any sentence."""
    last = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    lines = [clean(line).lstrip("-* ") for line in last.splitlines() if line.strip()]
    cited = [line.split("[1]")[0] for line in lines if "[1]" in line]
    return (cited or lines or [""])[0][:_CONTEXT_CHARACTERS].strip()


def _subjects(history: Sequence[ChatMessage]) -> tuple[str, ...]:
    """What the last answer that cited anything cited; a refusal after it does not change the subject."""
    return next((turn.sources for turn in reversed(history[-MAXIMUM_TURNS:]) if turn.sources), ())


def _is_foreign(terms: Collection[str], lexical: BM25Index | None) -> bool:
    unknown = sum(term not in lexical.vocabulary for term in set(terms)) if lexical else 0
    return 2 * unknown >= max(1, len(set(terms)))


def is_common(terms: Collection[str], lexical: BM25Index | None) -> bool:
    """Whether a few words say so little by themselves that they must belong to what was said before."""
    few = 0 < len(set(terms)) <= _FEW_TERMS
    return lexical is not None and few and all(lexical.idf_of(term) <= _COMMON for term in terms)


def _subject(earlier: Sequence[str], analyzer: TermAnalyzer) -> str:
    """The last question that stood alone, with the last follow-up that added something to it."""
    added = ""
    for question in reversed(earlier):
        terms = analyzer.terms(question, detect_language(question))
        if not is_follow_up(question, terms):
            return f"{question} {added}".strip()[:_SUBJECT_CHARACTERS]
        if not added and terms:
            added = question
    return (earlier[0] if analyzer.terms(earlier[0], detect_language(earlier[0])) else "")[:_SUBJECT_CHARACTERS]
