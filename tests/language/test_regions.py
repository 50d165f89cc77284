"""Länder as people type them."""

from __future__ import annotations

import pytest

from assistant.language.regions import RegionDetector


@pytest.mark.parametrize(
    ("text", "land"),
    [
        ("zuschüsse in sachsen anhalt", "Sachsen-Anhalt"),
        ("förderung baden wuerttemberg", "Baden-Württemberg"),
        ("Foerderung Thueringen", "Thüringen"),
        ("betrieb in thuringen", "Thüringen"),
        ("nordrhein westfalens programme", "Nordrhein-Westfalen"),
        ("mecklenburg vorpommern", "Mecklenburg-Vorpommern"),
    ],
)
def test_laender_are_found_as_people_type_them(text: str, land: str) -> None:
    assert RegionDetector().detect(text) == {land}
