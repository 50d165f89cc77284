from __future__ import annotations

from datetime import date

import pytest

from assistant.advisory.source_catalogue import Filters, as_report, browse, state
from assistant.answering.runtime import Assistant
from assistant.core.errors import QuestionError
from assistant.core.source_status import source_laender

TODAY = date(2026, 11, 23)


def test_words_bring_the_fitting_source_first(assistant: Assistant) -> None:
    hits = browse(assistant, "ZIM Kooperationsprojekt", Filters(), TODAY)
    assert hits[0].source.id == "zim-kooperationsprojekte"
    assert len({hit.source.id for hit in hits}) == len(hits)


@pytest.mark.parametrize("text", ["", "Digitalisierung"])
def test_filters_hold(assistant: Assistant, text: str) -> None:
    hits = browse(assistant, text, Filters(("funding",), "Sachsen", "running", "digitalisation"), TODAY)
    assert hits
    for hit in hits:
        assert hit.kind == "funding"
        assert source_laender(hit.source) <= {"Sachsen"}
        assert state(hit.source, TODAY) == "running"
        assert "digitalisation" in hit.source.topics


def test_ended_programmes_can_be_looked_up(assistant: Assistant) -> None:
    hits = browse(assistant, "", Filters(status="ended"), TODAY)
    assert hits
    assert all(hit.ended for hit in hits)


def test_nothing_passes_impossible_filters(assistant: Assistant) -> None:
    assert browse(assistant, "", Filters(("literature",), status="ended"), TODAY) == ()


def test_too_long_a_search_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        browse(assistant, "a" * 2001, Filters(), TODAY)


def test_a_result_list_is_a_cited_document(assistant: Assistant) -> None:
    hits = browse(assistant, "Datenraum", Filters(), TODAY)
    report = as_report("Datenraum", hits, assistant.shelf.library(), TODAY)
    assert len(report.parts[0].blocks) == len(hits)
    assert [one.number for one in report.citations] == list(range(1, len(report.citations) + 1))
    assert all(one.quote in one.passage for one in report.citations if one.kind != "document")
