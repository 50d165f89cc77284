"""The radar chart: values where they belong, gaps where nothing was answered, words for those who cannot see it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from assistant.web.site.radar_chart import HEIGHT, WIDTH, Axis, describe, radar

NAMES = "Kunden Vernetzung Daten Geschäft Mindset Technik".split()


def axes(*values: float | None) -> list[Axis]:
    return [Axis(name, f"Bereich {name}", value) for name, value in zip(NAMES, values, strict=False)]


def drawn(*values: float | None) -> ElementTree.Element:
    return ElementTree.fromstring(radar(axes(*values), "Ergebnis <b>"))


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if name in one.get("class", "").split()]


@pytest.mark.parametrize(
    ("values", "lines", "dots", "open_spokes"),
    [
        ((0.5, 0.5, 0.5, 0.5, 0.5, 0.5), 6, 6, 0),
        ((0.5, None, 0.5, 0.5, 0.5, 0.5), 4, 5, 1),
        ((0.5, None, 0.5, None, 0.5, None), 0, 3, 3),
        ((None, None, None, None, None, None), 0, 0, 6),
        ((0.0, 1.0, None), 1, 2, 1),
    ],
)
def test_unanswered_areas_are_gaps(values: tuple[float | None, ...], lines: int, dots: int, open_spokes: int) -> None:
    root = drawn(*values)
    assert len(of_class(root, "line")) == len(of_class(root, "area")) == lines
    assert len(of_class(root, "dot")) == dots
    assert len(of_class(root, "open")) == open_spokes


def test_the_first_axis_points_up_and_its_value_sets_the_distance() -> None:
    (zero, *_), (half, *_), (full, *_) = (of_class(drawn(value, 0.2, 0.2), "dot") for value in (0.0, 0.5, 1.0))
    heights = [float(one.get("cy", "")) for one in (zero, half, full)]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)
    assert heights[0] > heights[2]
    assert {one.get("cx") for one in (zero, half, full)} == {f"{WIDTH / 2:.1f}"}


def test_rings_are_labelled_and_axes_show_name_and_value() -> None:
    root = drawn(0.834, None, 0.0)
    assert [one.text for one in of_class(root, "scale")] == ["33 %", "67 %", "100 %"]
    assert len(of_class(root, "ring")) == 3
    assert [one.text for one in of_class(root, "label")] == NAMES[:3]
    assert [one.text for one in of_class(root, "value")] == ["83 %", "–", "0 %"]


def test_it_is_one_image_with_a_name_and_a_description() -> None:
    root = drawn(0.834, None, 0.0)
    assert root.get("role") == "img"
    named = {one.get("id"): one.text for one in root}
    assert [named[one] for one in root.get("aria-labelledby", "").split()] == [
        "Ergebnis <b>",
        "Bereich Kunden: 83 %; Bereich Vernetzung: keine Antwort; Bereich Daten: 0 %.",
    ]
    assert describe(axes(0.834, None, 0.0)) == named["radar-text"]


def test_everything_lies_inside_the_drawing_and_nothing_runs() -> None:
    text = radar([Axis("Kooperation", "x", 1.0)] * 9, "x")
    for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", text.split("<g ")[1]):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT
    assert not re.search(r"<script|\son\w+=|javascript:|url\(", text)
    assert "#" not in text  # one colour, the reader's own
