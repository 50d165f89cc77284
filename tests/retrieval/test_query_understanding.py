"""A question is cleaned, its language found, and resolved in the light of the conversation."""

from __future__ import annotations

import pytest

from assistant.core.errors import QuestionError
from assistant.core.models import ChatMessage, Kind, Language, ParsedQuery
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.language.language_detection import detect_language
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.query_understanding import (
    MAXIMUM_CHARACTERS,
    MAXIMUM_TURNS,
    clean,
    parse_query,
    validate_question,
)

TOKENIZER = TermAnalyzer()
PROMPTS = Prompts(shipped_folder("prompts"))
GERMAN = "Wie können wir mit einem Wettbewerber gemeinsam Lehrlinge ausbilden?"
ENGLISH = "How can we share a milling machine with a competitor?"


def asked(question: str, *earlier: str, default: Language = "de") -> ParsedQuery:
    return parse_query(question, [ChatMessage("user", one) for one in earlier], TOKENIZER, PROMPTS, default)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was ist Coopetition?", "de"),
        ("Welche Förderung gibt es?", "de"),
        ("Fördermittel Roboter", "de"),
        ("wer hilft uns bei der weiterbildung", "de"),
        ("Gilt der Data Act für uns?", "de"),
        ("Bekommen wir für Predictive Maintenance und Machine Learning einen Zuschuss?", "de"),
        ("What is coopetition?", "en"),
        ("Which grants are there for small companies?", "en"),
        ("who helps us with training", "en"),
        ("Does the Data Act apply to us?", "en"),
        ("Is the Positionspapier available in English?", "en"),
        ("Can we get funding from the ZIM programme?", "en"),
        ("Why do SMEs become dependent on large customers?", "en"),
    ],
)
@pytest.mark.parametrize("default", ["de", "en"])
def test_the_language_is_found_whatever_the_default(text: str, language: Language, default: Language) -> None:
    assert detect_language(text, default) == language


@pytest.mark.parametrize("text", ["ZIM", "", "12345", "Data Act", "OPC UA"])
@pytest.mark.parametrize("default", ["de", "en"])
def test_what_belongs_to_no_language_gets_the_default(text: str, default: Language) -> None:
    assert detect_language(text, default) == default


@pytest.mark.parametrize(
    ("question", "earlier"),
    [
        ("Und wer hilft uns dabei?", GERMAN),
        ("Was kostet das?", GERMAN),
        ("Gibt es dafür eine Förderung?", GERMAN),
        ("Ist das erlaubt?", GERMAN),
        ("Und in Sachsen?", "Welche Zuschüsse gibt es für Weiterbildung?"),
        ("Wie lange dauert es?", GERMAN),
        ("Was ist mit der Haftung?", GERMAN),
        ("Worauf müssen wir dabei achten?", GERMAN),
        ("Warum?", GERMAN),
        ("And who pays for it?", ENGLISH),
        ("Is that allowed?", ENGLISH),
        ("What about liability?", ENGLISH),
        ("How long does it take?", ENGLISH),
        ("Why?", ENGLISH),
    ],
)
def test_a_follow_up_takes_its_subject_from_before(question: str, earlier: str) -> None:
    parsed = asked(question, earlier)
    assert parsed.is_follow_up
    assert parsed.subject == earlier
    assert question in parsed.standalone
    assert earlier in parsed.standalone


@pytest.mark.parametrize(
    ("question", "earlier"),
    [
        ("Was regelt der Data Act für vernetzte Maschinen?", GERMAN),
        ("Welche Förderung gibt es für Roboter in Bayern?", GERMAN),
        ("Was ist ein Reallabor?", GERMAN),
        ("Wer berät uns zur Cybersicherheit?", GERMAN),
        ("Und welche Pflichten bringt die NIS-2-Richtlinie für kleine Maschinenbauer mit sich?", GERMAN),
        ("Das Kartellrecht verbietet welche Absprachen zwischen Wettbewerbern?", GERMAN),
        ("Which grants exist for training employees on robots?", ENGLISH),
        ("What is an Asset Administration Shell?", ENGLISH),
    ],
)
def test_a_new_topic_stays_as_it_was_asked(question: str, earlier: str) -> None:
    parsed = asked(question, earlier)
    assert not parsed.is_follow_up
    assert (parsed.standalone, parsed.subject) == (question, "")


def test_without_history_there_is_nothing_to_follow() -> None:
    assert asked("Was kostet das?").standalone == "Was kostet das?"


def test_the_assistants_own_words_are_no_subject() -> None:
    turns = [ChatMessage("assistant", GERMAN)]
    assert not parse_query("Was kostet das?", turns, TOKENIZER, PROMPTS).is_follow_up


def test_a_chain_of_follow_ups_keeps_the_subject_and_the_last_addition() -> None:
    parsed = asked("Und was kostet das?", GERMAN, "Und in Sachsen?")
    assert GERMAN in parsed.subject
    assert "Sachsen" in parsed.subject


def test_the_last_stand_alone_question_is_the_subject() -> None:
    assert asked("Was kostet das?", GERMAN, "Was ist ein Reallabor?").subject == "Was ist ein Reallabor?"


def test_turns_before_the_last_ten_are_forgotten() -> None:
    greetings = ["Hallo!"] * MAXIMUM_TURNS
    assert asked("Was kostet das?", GERMAN, *greetings[1:]).subject == GERMAN
    assert not asked("Was kostet das?", GERMAN, *greetings).is_follow_up


@pytest.mark.parametrize("text", ["Hallo!", "danke", "?!", "…", "hello", "Und wie ist das?"])
def test_what_has_no_content_is_no_question(text: str) -> None:
    assert not asked(text).is_question


@pytest.mark.parametrize(
    ("question", "area"),
    [
        ("Welche Zuschüsse gibt es für Roboter?", "funding"),
        ("Wer berät uns zu Robotern?", "support"),
        ("Ist eine Absprache mit Konkurrenten verboten?", "cooperation"),
        ("Which grant pays for robots?", "funding"),
        ("Was ist Coopetition?", None),
        ("Wer berät uns zu Zuschüssen?", None),
    ],
)
def test_the_area_is_what_people_say_they_are_after_if_it_is_one(question: str, area: Kind | None) -> None:
    assert asked(question).area == area


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\0b", "a b"),
        ("Zu\u0308rich", "Zürich"),
        ("ab\u202ecd\u202c", "abcd"),
        ("Ko\u200boperation", "Kooperation"),
        ("Ko\u00adoperation", "Kooperation"),
        ("\ufeffFrage", "Frage"),
        ("a\ud800b", "a?b"),
        ("  viel \n\t Platz \u00a0", "viel Platz"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("\x1b[31mrot", "[31mrot"),
        ("Öl 😀 ½", "Öl 😀 ½"),
    ],
)
def test_cleaning_leaves_what_people_see(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u200b", "\0", "\u202e \u2066"])
def test_a_blank_question_is_refused(text: str) -> None:
    with pytest.raises(QuestionError) as error:
        validate_question(text)
    assert error.value.code == "empty_question"


@pytest.mark.parametrize(("text", "fits"), [("ä" * MAXIMUM_CHARACTERS, True), ("ä" * (MAXIMUM_CHARACTERS + 1), False)])
def test_only_questions_over_the_limit_are_too_long(text: str, fits: bool) -> None:
    if fits:
        assert validate_question(text) == text
        return
    with pytest.raises(QuestionError) as error:
        validate_question(text)
    assert error.value.code == "too_long"
