"""What a turn does in the talk, told by its meaning."""

from __future__ import annotations

import pytest

from assistant.answering.runtime import AppContext
from assistant.retrieval.dialogue_act import WORDS, DialogueAct

pytestmark = pytest.mark.usefixtures("cache_dir")


@pytest.mark.parametrize(
    ("turn", "act"),
    [
        ("dankeschön!", "thanks"),
        ("Herzlichen Dank, das war's", "thanks"),
        ("Thank you!", "thanks"),
        ("alles klar, danke", "thanks"),
        ("Geht's kürzer?", "shorter"),
        ("bitte kurz fassen", "shorter"),
        ("Make it shorter, please", "shorter"),
        ("sonst noch was?", "further"),
        ("bitte konkreter", "further"),
        ("Bitte etwas genauer.", "further"),
        ("Anything more?", "further"),
        ("bitte in Englisch", "english"),
        ("Could you say that in English?", "english"),
        ("jetzt auf Deutsch bitte", "german"),
    ],
)
def test_turns_about_the_talk_are_told_by_their_meaning(
    small_assistant: AppContext, turn: str, act: DialogueAct
) -> None:
    assert small_assistant.dialogue_acts
    assert small_assistant.dialogue_acts.detect(turn, small_assistant.embedder.encode_query) == act


@pytest.mark.parametrize(
    "turn",
    [
        "Und in Thüringen?",
        "wer zahlt das",
        "Wie hoch ist die Förderung?",
        "Danke, und was kostet die Beratung?",
        "Wir haben 12 Beschäftigte in Ulm.",
        "nee, ich meinte den anderen zuschuss",
        "Was ist ein Konsortialvertrag?",
        "Gibt es Kurse auf Englisch für unsere Leute?",
        "Wer kann uns auf Deutsch beraten?",
        "Ist die Antragsfrist kürzer geworden?",
        "Welche Programme gibt es noch für Netzwerke?",
        "Und wenn der Partner aussteigt?",
        "What about liability?",
        "How much is the grant?",
        "lohnt sich das für uns",
        "Coopetition",
    ],
)
def test_what_asks_or_tells_something_is_no_wish_about_the_talk(small_assistant: AppContext, turn: str) -> None:
    assert small_assistant.dialogue_acts
    assert small_assistant.dialogue_acts.detect(turn, small_assistant.embedder.encode_query) is None


def test_a_long_turn_says_something_of_its_own(small_assistant: AppContext) -> None:
    assert small_assistant.dialogue_acts
    long = "danke " * (WORDS + 1)
    assert small_assistant.dialogue_acts.detect(long, lambda _: pytest.fail("need not be embedded")) is None
