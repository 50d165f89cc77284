"""What all formats share: widths, turned pages, kept rows, runs of numbers, links."""

from __future__ import annotations

import pytest

from assistant.advisory.export.layout import keeps_together, shares, sources, stretches, web_link
from tests.support.sample_report import REPORT, SENTENCE, funding_table, said


def test_a_wide_table_turns_the_page_for_itself_and_its_heading() -> None:
    found = [(one.wide, [type(block).__name__ for block in one.blocks]) for one in stretches(REPORT)]
    assert [wide for wide, _ in found] == [False, True, False]
    assert found[1][1] == ["Heading", "Table"]
    assert found[2][1] == ["Subheading", "Paragraph", "Heading", "Bullets"]


def test_columns_share_the_width_by_what_is_in_them() -> None:
    widths = shares(funding_table(2))
    assert sum(widths) == pytest.approx(1)
    assert widths[0] == max(widths)
    assert min(widths) > 0.08


def test_only_a_short_row_is_kept_on_one_page() -> None:
    widths = (0.5, 0.5)
    assert keeps_together((said("kurz"), said(SENTENCE)), widths, wide=False)
    assert not keeps_together((said("kurz"), said(SENTENCE * 40)), widths, wide=False)


def test_numbers_in_a_row_from_one_source_stand_together() -> None:
    assert [[entry.number for entry in one.entries] for one in sources(REPORT)] == [[1], [2], [3, 4], [5], [6]]


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://a.example/ä b?c=d&e#f", "https://a.example/%C3%A4%20b?c=d&e#f"),
        ("https://a.example/%C3%A4", "https://a.example/%C3%A4"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://[broken", ""),
        ("https://a.example/>)<b>", "https://a.example/%3E)%3Cb%3E"),
        ("", ""),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str, link: str) -> None:
    assert web_link(address) == link
