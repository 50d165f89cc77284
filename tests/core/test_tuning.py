"""``NAME=VALUE`` as a user types it: what is taken, and what the sentence says that is not."""

from __future__ import annotations

from dataclasses import fields

import pytest

from assistant.core.errors import SettingsError
from assistant.core.tuning import Tuning, parse_changes

NAMES = {field.name for field in fields(Tuning)}


def test_values_get_the_type_of_their_constant() -> None:
    changes = parse_changes(["max_sentences=4", " value_margin = 0.2", "heading_bonus=3", "english_bonus=0"])
    assert changes == {"max_sentences": 4, "value_margin": 0.2, "heading_bonus": 3.0, "english_bonus": 0.0}
    assert [type(value) for value in changes.values()] == [int, float, float, float]


def test_nothing_set_changes_nothing() -> None:
    assert parse_changes([]) == {}


@pytest.mark.parametrize(
    ("assignment", "closest", "said"),
    [
        ("max_sentence=4", "max_sentences", "'max_sentence' gibt es nicht"),
        ("MARGIN=1", "", "'MARGIN' gibt es nicht"),
        ("", "", "'' gibt es nicht"),
        ("max_sentences=4.5", "max_sentences", "ganze Zahl ab 0, nicht '4.5'"),
        ("max_sentences", "max_sentences", "ganze Zahl ab 0, nicht ''"),
        ("max_sentences=-1", "max_sentences", "ganze Zahl ab 0, nicht '-1'"),
        ("value_margin=viel", "value_margin", "braucht eine Zahl ab 0, nicht 'viel'"),
        ("value_margin=nan", "value_margin", "braucht eine Zahl ab 0, nicht 'nan'"),
        ("value_margin=inf", "value_margin", "braucht eine Zahl ab 0, nicht 'inf'"),
    ],
)
def test_what_cannot_be_set_is_one_sentence_with_all_names_the_closest_first(
    assignment: str, closest: str, said: str
) -> None:
    with pytest.raises(SettingsError, match="möglich sind") as error:
        parse_changes(["max_words=100", assignment])
    sentence = str(error.value)
    assert said in sentence
    names = sentence.removesuffix(".").partition("möglich sind ")[2].split(", ")
    assert set(names) == NAMES
    assert len(names) == len(NAMES)
    assert names[0] == closest or not closest
    assert error.value.exit_code == 2
