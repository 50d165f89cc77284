"""What may be kept of a question or a comment: words of the trade, never a sentence or a name."""

from __future__ import annotations

import re
from datetime import date

from assistant.bootstrap import Assistant
from assistant.errors import IndexUnavailableError
from assistant.feedback import FeedbackStore, Unanswered
from assistant.function_words import ENGLISH, GERMAN
from assistant.lexical import compound_terms, term
from assistant.masking import HIDDEN, mask
from assistant.models import Answer, Language
from assistant.understand import area_of, detect_language

_WORD = re.compile(r"[^\W\d_]{3,}")
_NOUN_ENDING = re.compile(r"(?:ung|heit|keit|schaft|tion|ität|ismus|tum|erei|nis)$")
_LOST = ("no_source", "off_topic", "unproven")


def store_of(assistant: Assistant) -> FeedbackStore:
    """The store of the data folder."""
    return FeedbackStore(assistant.settings.data_dir, assistant.settings.feedback_days)


def keep_unanswered(assistant: Assistant, answer: Answer) -> None:
    """Keep a question that found no good answer, where the operator switched that on."""
    if not assistant.settings.keeps_unanswered or (answer.status not in _LOST and answer.caution is None):
        return
    words = trade_words(assistant, answer.standalone_question, answer.language)
    status = answer.status if answer.caution is None else "weak_evidence"
    area = area_of(assistant.tokenizer.terms(answer.standalone_question, answer.language), assistant.tokenizer) or ""
    nearest = answer.citations[0].id if answer.citations else ""
    store_of(assistant).add(Unanswered(date.today().isoformat(), status, answer.language, area, words, nearest))


def masked_comment(assistant: Assistant, comment: str) -> str:
    """A comment without what may point to a person."""
    language = detect_language(comment)
    return mask(comment, lambda word: word.lower() in GERMAN | ENGLISH or _is_of_the_trade(assistant, word, language))


def trade_words(assistant: Assistant, question: str, language: Language) -> tuple[str, ...]:
    """Words of a question that are dictionary words in small letters or words of the sources, sorted and single."""
    stops = GERMAN if language == "de" else ENGLISH
    shown = mask(question, lambda word: _is_of_the_trade(assistant, word, language) or _is_common(word, language))
    found = {word for word in _WORD.findall(shown.replace(HIDDEN, " ")) if word.lower() not in stops}
    return tuple(
        sorted(word for word in found if _is_of_the_trade(assistant, word, language) or _is_common(word, language))
    )


def _is_of_the_trade(assistant: Assistant, word: str, language: Language) -> bool:
    """Whether the sources use the word, or all parts of the compound that it is."""
    try:
        vocabulary = assistant.shelf.library().generation.space.lexical.vocabulary
    except IndexUnavailableError:
        return False
    parts = compound_terms(word.lower()) if language == "de" else ()
    return term(word.lower(), language) in vocabulary or (bool(parts) and all(part in vocabulary for part in parts))


def _is_common(word: str, language: Language) -> bool:
    """A dictionary word that is no name: in small letters, a plural, or built with an ending that names do not have."""
    import simplemma

    if word.islower():
        return bool(simplemma.is_known(word, language))
    if language == "en" or not simplemma.is_known(word, "de"):
        return False
    is_inflected = simplemma.lemmatize(word, "de") != word and not word.endswith("s")
    return is_inflected or bool(_NOUN_ENDING.search(word))
