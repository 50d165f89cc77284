"""What may be kept of a question or a comment: words of the field, never a sentence or a name."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import get_args

from assistant.answering.pipeline import retrieve_passages
from assistant.answering.runtime import AppContext
from assistant.core.errors import FeedbackError, IndexUnavailableError
from assistant.core.models import Answer, Language
from assistant.core.sources import SourceMetadata
from assistant.feedback.pii_masking import HIDDEN, is_name, mask
from assistant.feedback.store import FeedbackStore, Unanswered
from assistant.index.bm25 import BM25Index
from assistant.language.lemmatizer import is_word, lemma
from assistant.language.stopwords import STOPWORDS
from assistant.language.term_analyzer import decompound_terms, term
from assistant.retrieval.query_understanding import clean, detect_intent

logger = logging.getLogger(__name__)
_WORD = re.compile(r"[^\W\d_]{3,}")
_NOUN_ENDING = re.compile(r"(?:ung|heit|keit|schaft|tion|ität|ismus|tum|erei|nis)$")
_STOPS = STOPWORDS["de"] | STOPWORDS["en"]
_LOST = ("no_source", "off_topic", "unproven")
_OF_ANSWERS = frozenset(
    """
    antwort absatz begriff beispiel betrag datum englisch fehler frage frist höhe hinweis inhalt link quelle satz seite
    sprache stand text thema tippfehler titel zahl zitat zusammenhang answer deadline question source""".split()
)
_PASSAGES = 3  # a word of fewer passages is rare enough to be a name
_COMPOUND = 13  # letters; shorter unknown words made of known ones are often family names ("Hohenstein")


def store_of(assistant: AppContext) -> FeedbackStore:
    """The store of the data folder."""
    return FeedbackStore(assistant.settings.data_dir, assistant.settings.feedback_days)


def record_unanswered(assistant: AppContext, answer: Answer) -> None:
    """Keep words of a question that found no good answer, where the operator switched that on.

    A disk that is full or read-only must not cost the visitor the reply.
    """
    if not assistant.settings.keeps_unanswered or (answer.status not in _LOST and answer.caution is None):
        return
    try:
        store_of(assistant).add(_unanswered(assistant, answer))
    except FeedbackError as error:
        logger.warning("an unanswered question could not be kept: %s", type(error.__cause__).__name__)


def _unanswered(assistant: AppContext, answer: Answer) -> Unanswered:
    question, language = answer.standalone_question, answer.language
    # What has nothing to do with the field may be about a person's life: only words of the field stay.
    words = domain_terms(assistant, question, language, only_domain=answer.status == "off_topic")
    status = answer.status if answer.caution is None else "weak_evidence"
    area = detect_intent(assistant.analyzer.terms(" ".join(words), language), assistant.analyzer) or ""
    return Unanswered(date.today().isoformat(), status, language, area, words, _nearest(assistant, answer))


def _nearest(assistant: AppContext, answer: Answer) -> str:
    """The source that came nearest to the question, where it belongs to the field at all."""
    if answer.citations:
        return answer.citations[0].id
    ranked = () if answer.status == "off_topic" else retrieve_passages(assistant, answer.standalone_question)
    return ranked[0].passage.document_id if ranked else ""


def masked_comment(assistant: AppContext, comment: str) -> str:
    """A comment without what may point to a person."""
    domain_tests = [_domain_test(assistant, language) for language in get_args(Language)]

    def may_stay(word: str) -> bool:
        if word.lower() in _STOPS | _OF_ANSWERS or any(test(word) for test in domain_tests):
            return True
        return _is_common(word, "de") or _is_common(word, "en")

    return mask(clean(comment), may_stay)


def domain_terms(
    assistant: AppContext, question: str, language: Language, *, only_domain: bool = False
) -> tuple[str, ...]:
    """Words of a question that the sources use or, unless ``only_domain``, a dictionary; sorted, single, no names."""
    is_domain_word = _domain_test(assistant, language)

    def may_stay(word: str) -> bool:
        return word.lower() in _STOPS or is_domain_word(word) or (not only_domain and _is_common(word, language))

    shown = mask(clean(question), may_stay).replace(HIDDEN, " ")
    return tuple(sorted({word for word in _WORD.findall(shown) if word.lower() not in _STOPS}))


def _domain_test(assistant: AppContext, language: Language) -> Callable[[str], bool]:
    """A test whether the sources use a word, or all parts of a long compound; names of authors do not count."""
    try:
        snapshot = assistant.live_index.corpus().snapshot
    except IndexUnavailableError:
        return lambda word: False
    lexical = snapshot.space.lexical
    authors = _authors(snapshot.sources.values())

    def test(word: str) -> bool:
        small = word.lower()
        if small in authors or is_name(word):
            return False
        if _is_used(term(small, language), lexical):
            return True
        parts = decompound_terms(small) if language == "de" and len(small) >= _COMPOUND else ()
        return bool(parts) and all(_is_used(part, lexical) for part in parts)

    return test


def _authors(sources: Iterable[SourceMetadata]) -> frozenset[str]:
    """Names of people in the heads of sources: authors, and lists of names in the brackets of a publisher."""
    names = (name for source in sources for name in (*getattr(source, "authors", ()), *_listed(source.publisher or "")))
    return frozenset(word.lower() for name in names for word in _WORD.findall(name) if not word.isupper())


def _listed(text: str) -> list[str]:
    return [names for names in re.findall(r"\(([^()]+)\)", text) if "," in names]


def _is_used(indexed_term: str, lexical: BM25Index) -> bool:
    number = lexical.vocabulary.get(indexed_term)
    return number is not None and int(lexical.offsets[number + 1] - lexical.offsets[number]) >= _PASSAGES


def _is_common(word: str, language: Language) -> bool:
    """A dictionary word that is no name: in small letters, a plural, or built with an ending that names do not have."""
    if is_name(word) or not is_word(word, language):
        return False
    if word.islower():
        return True
    is_inflected = lemma(word) != word and not word.endswith("s")
    return language == "de" and (is_inflected or bool(_NOUN_ENDING.search(word)))
