"""Headings put in other ways."""

import random

import pytest

from assistant.core.models import Passage
from assistant.training.rewording import about_another, as_typed, shared_name, short_name


def passage(title: str, heading: str) -> Passage:
    return Passage("a#1", "a", "funding", title, "eins", (heading,), "Ein Satz.", ("Ein Satz.",))


def test_a_question_typed_in_a_hurry_has_small_letters_and_no_mark() -> None:
    typed = {as_typed("Für wen ist der Zuschuss?", random.Random(seed)) for seed in range(20)}
    assert typed == {"für wen ist der zuschuss", "fuer wen ist der zuschuss"}


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("ProFIT (Berlin): Kredit", "ProFIT"),
        ("Eurostars: Zuschuss für Forschung", "Eurostars"),
        ("Netzbonus – Zuschuss", "Netzbonus"),
        ("BIG-Digital", "BIG-Digital"),
    ],
)
def test_a_short_name_leaves_out_what_explains_it(title: str, short: str) -> None:
    assert short_name(title) == short


@pytest.mark.parametrize(
    ("heading", "title", "name"),
    [
        ("Was bietet das Zentrum Bremen?", "Zentrum Bremen: Hilfe", "Zentrum Bremen"),
        ("Wer fördert den Einstieg?", "Wer: eine Frage", None),  # the first word is no name
        ("Wie hoch ist der Zuschuss?", "Netzbonus: Zuschuss", None),  # said by the explanation only
        ("Was gilt nach § 82 SGB III?", "Weiterbildung nach § 82 SGB III", "82 SGB III"),
    ],
)
def test_a_name_is_what_heading_and_title_share(heading: str, title: str, name: str | None) -> None:
    assert shared_name(heading, title) == name


def test_a_heading_is_asked_about_the_nearest_other_name() -> None:
    one = passage("Zentrum Bremen: Hilfe", "Was bietet das Zentrum Bremen?")
    assert (
        about_another(one, ["Zentrum Bremen", "Zentrum Bremen-Oldenburg", "Zentrum Ulm"])
        == "Was bietet das Zentrum Ulm?"
    )


def test_without_a_shared_name_or_another_one_nothing_is_asked() -> None:
    assert about_another(passage("Netzbonus", "Was kostet das?"), ["Zentrum Ulm"]) is None
    assert about_another(passage("Netzbonus", "Was zahlt der Netzbonus?"), ["Netzbonus"]) is None
