"""Places abroad are found as people type them, and nothing at home is taken for one."""

from __future__ import annotations

import pytest

from assistant.language.foreign_places import load_foreign_places


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gibt es das auch in Österreich?", [("Österreich", "Österreich")]),
        ("gibts das in der schweiz", [("schweiz", "Schweiz")]),
        ("nach dem österreichischen Gesetz", [("österreichischen", "Österreich")]),
        ("Does Upper Austria pay?", [("Upper Austria", "Österreich")]),
        ("Österreichs Förderung und Polen", [("Österreichs", "Österreich"), ("Polen", "Polen")]),
        ("a Polish firm", [("Polish", "Polen")]),
        ("how to polish parts on an island", []),
        ("Wir sitzen in Essen, Halle und an der Saar", []),
        ("Die Entscheidung aus Brüssel", []),
        ("das Österreich-Programm", [("Österreich", "Österreich")]),
    ],
)
def test_places_abroad_are_found_as_they_are_typed(text: str, found: list[tuple[str, str]]) -> None:
    places = load_foreign_places().find(text)
    assert [(place.text, place.country) for place in places] == found
    assert all(text[place.start : place.end] == place.text for place in places)


def test_a_text_names_a_country_also_by_one_of_its_towns() -> None:
    places = load_foreign_places()
    assert places.is_named("Österreich", "Das Büro liegt in Wien.")
    assert places.is_named("Österreich", "Interreg Bayern-Österreich")
    assert not places.is_named("Schweiz", "Das Büro liegt in Wien.")
