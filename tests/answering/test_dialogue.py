"""Turns about the talk itself: thanks, and the last answer in another form."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answering.dialogue import resolve_wish
from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.models import Answer, ChatMessage
from assistant.retrieval.dialogue_act import DialogueAct

pytestmark = pytest.mark.usefixtures("cache_dir")
BONUS = "Was zahlt der Netzbonus?"


def talk(assistant: AppContext, *turns: str) -> list[Answer]:
    """Answers to turns of one conversation, each with what came before it."""
    history: list[ChatMessage] = []
    answers = []
    for turn in turns:
        answers.append(ask(assistant, turn, history))
        history += [ChatMessage("user", turn), ChatMessage("assistant", answers[-1].text, answers[-1].sources)]
    return answers


def history(*turns: str) -> list[ChatMessage]:
    """Turns of a visitor, each answered with „Antwort"."""
    return [part for turn in turns for part in (ChatMessage("user", turn), ChatMessage("assistant", "Antwort."))]


def act_of(turn: str) -> DialogueAct | None:
    acts: dict[str, DialogueAct] = {"kürzer": "shorter", "englisch": "english", "noch etwas?": "further"}
    return acts.get(turn)


@pytest.mark.parametrize(
    ("turns", "act", "wanted"),
    [
        ([BONUS], "shorter", (BONUS, 0, None, True, "")),
        (["Davor?", BONUS], "english", (BONUS, 2, "en", False, "")),
        ([BONUS, "englisch"], "shorter", (BONUS, 0, "en", True, "")),
        ([BONUS, "englisch"], "german", (BONUS, 0, "de", False, "")),
        ([BONUS, "kürzer"], "further", (BONUS, 0, None, True, "Antwort.\nAntwort.")),
        (["kürzer"], "shorter", None),
        ([], "shorter", None),
    ],
)
def test_a_wish_is_for_the_last_question_about_something(
    turns: Sequence[str], act: DialogueAct, wanted: tuple[object, ...] | None
) -> None:
    wish = resolve_wish(act, history(*turns), act_of)
    found = wish and (wish.question, len(wish.history), wish.lang, wish.shorter, wish.said)
    assert found == wanted


def test_thanks_get_a_friendly_word_and_no_search(small_assistant: AppContext) -> None:
    _, answer = talk(small_assistant, BONUS, "Vielen Dank!")
    assert (answer.status, answer.citations, answer.question) == ("off_topic", (), "Vielen Dank!")
    assert answer.text.startswith("Gern!")


def test_thanks_at_the_start_of_a_talk_are_no_reply_to_anything(small_assistant: AppContext) -> None:
    assert not ask(small_assistant, "Vielen Dank!").text.startswith("Gern!")


def test_shorter_is_the_same_answer_with_what_answers_first(small_assistant: AppContext) -> None:
    whole, short = talk(small_assistant, BONUS, "kürzer bitte")
    assert short.status == "answered"
    assert short.question == "kürzer bitte"
    assert BONUS in short.standalone_question
    assert len(short.citations) == 1
    assert short.citations[0].quote in {citation.quote for citation in whole.citations}


def test_in_english_the_english_part_answers(small_assistant: AppContext) -> None:
    german, english = talk(small_assistant, "Was ist Coopetition?", "Bitte auf Englisch.")
    assert (german.language, english.language) == ("de", "en")
    assert english.status == "answered"
    assert "competitors work together" in english.text


def test_further_says_nothing_twice(small_assistant: AppContext) -> None:
    first, more = talk(small_assistant, "Was ist Coopetition?", "Noch etwas?")
    assert not {citation.quote for citation in first.citations} & {citation.quote for citation in more.citations}
    if more.status != "answered":
        assert more.status == "no_source"
        assert more.text.startswith("Mehr steht dazu nicht")


def test_a_question_after_thanks_leans_on_what_was_asked_before(small_assistant: AppContext) -> None:
    *_, answer = talk(small_assistant, "Was bietet der Fräshub Mittelland?", "Danke!", "Und was kostet das?")
    assert answer.status == "answered"
    assert "fraeshub" in answer.sources


def test_another_land_takes_the_place_of_the_one_before_with_all_its_programmes(assistant: AppContext) -> None:
    asked = "Welche Zuschüsse gibt es in Hessen für Digitalisierung?"
    first, second = talk(assistant, asked, "und in Thüringen?")
    sources = assistant.live_index.corpus().snapshot.sources
    assert [getattr(sources[first.sources[0]], "land", None), second.considered["land"]] == ["Hessen", "Thüringen"]
    assert "Hessen" not in {getattr(sources[name], "land", None) for name in second.sources}
