"""Questions that ask two things."""

from __future__ import annotations

import pytest

from assistant.retrieval.question_parts import split_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Wo beantrage ich das und wie viel gibt es?", ("Wo beantrage ich das", "wie viel gibt es")),
        ("wo beantrag ich zim und wieviel krieg ich", ("wo beantrag ich zim", "wieviel krieg ich")),
        ("Was kostet das? Und wer hilft uns?", ("Was kostet das", "Und wer hilft uns")),
        (
            "Wir sind 40 Leute in Ulm. Wer fördert Roboter, und bis wann muss der Antrag da sein?",
            ("Wer fördert Roboter", "bis wann muss der Antrag da sein"),
        ),
        ("Who founded the network and when?", ("Who founded the network", "when")),
        ("Wer zahlt was, wer entscheidet und wann endet es?", ("Wer zahlt was, wer entscheidet", "wann endet es")),
        ("Wer fördert Netzwerke und Kooperationen?", ()),
        ("Was ist der Unterschied zwischen Konsortium und Netzwerk?", ()),
        ("Wir haben eine Presse und wollen Daten nutzen. Was tun?", ()),
        ("Ist die Frist vorbei, und alle anderen auch?", ()),
        ("Seit wann und bis wann gibt es das?", ()),
        ("Ein und was?", ()),
        ("Förderung und Beratung", ()),
        ("", ()),
        ("Was und wie und wo und wer und wann gibt es?", ()),
    ],
)
def test_the_things_that_are_asked_are_told_apart(question: str, parts: tuple[str, ...]) -> None:
    assert split_parts(question) == parts
