from __future__ import annotations

from datetime import date

import pytest

from assistant.advisory.source_catalogue import Filters, as_report, search_sources, state
from assistant.answering.runtime import AppContext
from assistant.core.errors import QuestionError
from assistant.core.source_status import source_laender

TODAY = date(2026, 11, 23)


def test_words_bring_the_fitting_source_first(assistant: AppContext) -> None:
    hits = search_sources(assistant, "ZIM Kooperationsprojekt", Filters(), TODAY)
    assert hits[0].source.id == "zim-kooperationsprojekte"
    assert len({hit.source.id for hit in hits}) == len(hits)


@pytest.mark.parametrize("text", ["", "Digitalisierung"])
def test_filters_hold(assistant: AppContext, text: str) -> None:
    hits = search_sources(assistant, text, Filters(("funding",), "Sachsen", "running", "digitalisation"), TODAY)
    assert hits
    for hit in hits:
        assert hit.kind == "funding"
        assert source_laender(hit.source) <= {"Sachsen"}
        assert state(hit.source, TODAY) == "running"
        assert "digitalisation" in hit.source.topics


def test_ended_programmes_can_be_looked_up(assistant: AppContext) -> None:
    hits = search_sources(assistant, "", Filters(status="ended"), TODAY)
    assert hits
    assert all(hit.ended for hit in hits)


def test_nothing_passes_impossible_filters(assistant: AppContext) -> None:
    assert search_sources(assistant, "", Filters(("literature",), status="ended"), TODAY) == ()


def test_too_long_a_search_is_refused(assistant: AppContext) -> None:
    with pytest.raises(QuestionError):
        search_sources(assistant, "a" * 2001, Filters(), TODAY)


def test_a_result_list_is_a_cited_document(assistant: AppContext) -> None:
    hits = search_sources(assistant, "Datenraum", Filters(), TODAY)
    report = as_report("Datenraum", hits, assistant.live_index.corpus(), TODAY)
    assert len(report.parts[0].blocks) == len(hits)
    assert [one.number for one in report.citations] == list(range(1, len(report.citations) + 1))
    assert all(one.quote in one.passage for one in report.citations if one.kind != "document")
