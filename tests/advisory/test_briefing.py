"""The briefing as a report: nothing without proof, nothing ended, nothing twice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date

import docx
import pytest
from pypdf import PdfReader

from assistant.advisory.briefing import brief
from assistant.advisory.briefing_outline import PARTS
from assistant.advisory.export import write
from assistant.advisory.report import Block, Bullets, Note, Paragraph, Report, Statement, Subheading, Table
from assistant.advisory.self_check_questions import questionnaire_of
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile, load_profile
from assistant.core.errors import ProfileError
from assistant.core.source_status import is_ended
from assistant.language.numbers import unsupported_numbers
from assistant.web.resources import PROFILES

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
EXAMPLES = sorted(PROFILES.glob("*.yaml"))
UNCITED_PARTS = {"questions", "notes"}


def paragraphs(block: Block) -> Iterator[Paragraph]:
    if isinstance(block, Paragraph):
        yield block
    elif isinstance(block, Bullets):
        yield from block.items
    elif isinstance(block, Table):
        yield from (cell for row in block.rows for cell in row)


def statements(report: Report, *parts: str) -> Iterator[Statement]:
    for part in report.parts:
        if part.id not in UNCITED_PARTS and (not parts or part.id in parts):
            for block in part.blocks:
                for paragraph in paragraphs(block):
                    yield from paragraph.statements


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def report(assistant: AppContext, request: pytest.FixtureRequest) -> Report:
    return brief(assistant, load_profile(request.param), notes="Treffen am Montag", today=TODAY)


def test_every_part_is_there_in_order_and_says_something(report: Report) -> None:
    assert [part.id for part in report.parts] == [*PARTS, "notes"]
    assert all(part.blocks for part in report.parts)


def test_every_number_of_a_statement_is_in_its_source(report: Report) -> None:
    quotes = {one.number: one.passage for one in report.citations}
    for one in statements(report):
        assert not unsupported_numbers(one.text, [quotes[number] for number in one.citations]), one
        if not one.citations:
            assert len(one.text) < 95, one  # labels and "the source is silent", nothing that claims


def test_citations_run_from_one_and_all_are_used(report: Report) -> None:
    assert [one.number for one in report.citations] == list(range(1, len(report.citations) + 1))
    used = {number for one in statements(report) for number in one.citations}
    assert used == {one.number for one in report.citations}
    assert all(one.quote in one.passage for one in report.citations if one.kind != "document")


def test_quotes_are_literal_and_none_comes_twice_outside_the_table(report: Report) -> None:
    seen: list[str] = []
    for part in ("position", "cooperation", "guard_rails", "competence"):
        seen += [one.text for one in statements(report, part) if one.citations and not one.text.startswith("(")]
    assert len(seen) == len(set(seen))
    assert len(seen) > 15


def test_nothing_ended_is_offered(report: Report, assistant: AppContext) -> None:
    sources = assistant.live_index.corpus().snapshot.sources
    by_number = {one.number: one for one in report.citations}
    for part in ("competence", "next_steps"):
        for one in statements(report, part):
            assert not [n for n in one.citations if is_ended(sources[by_number[n].id], TODAY)]
    table = next(block for part in report.parts if part.id == "programmes" for block in part.blocks)
    for cell in paragraphs(table):
        for one in cell.statements:
            assert not [n for n in one.citations if is_ended(sources[by_number[n].id], TODAY)]


def test_the_firms_and_the_advisers_own_words_are_marked_as_theirs(report: Report) -> None:
    remarks = [block for part in report.parts for block in part.blocks if isinstance(block, Note)]
    assert [one.whose for one in remarks] == ["Angaben des Unternehmens", "Notiz der Beraterin oder des Beraters"]
    assert "Beschäftigte: " in remarks[0].text
    assert remarks[1].text == "Treffen am Montag"


def test_the_cover_says_who_stands_behind_it(report: Report) -> None:
    cover = dict(report.cover)
    assert "KI-gestützt erstellt – geprüft von" in cover["Entstehung"]
    assert cover["Datum"] == "23.11.2026"
    assert "Quellen" in cover["Datenstand"]


def test_guard_rails_cover_antitrust_data_property_and_contracts(report: Report) -> None:
    part = next(part for part in report.parts if part.id == "guard_rails")
    headings = [block.text for block in part.blocks if not isinstance(block, Paragraph | Bullets | Table | Note)]
    assert len(headings) == 4


def test_parts_can_be_left_out_and_unknown_ones_are_refused(assistant: AppContext) -> None:
    short = brief(assistant, CompanyProfile(), omit=["programmes", "questions"], today=TODAY)
    assert [part.id for part in short.parts] == [one for one in PARTS if one not in ("programmes", "questions")]
    with pytest.raises(ProfileError, match="Den Teil 'wetter' gibt es nicht"):
        brief(assistant, CompanyProfile(), omit=["wetter"])


def test_an_empty_profile_gives_a_general_briefing_and_asks(assistant: AppContext) -> None:
    report = brief(assistant, CompanyProfile(), today=TODAY)
    questions = next(part for part in report.parts if part.id == "questions")
    texts = [one.text for block in questions.blocks for item in paragraphs(block) for one in item.statements]
    assert any("Wie viele Beschäftigte" in text for text in texts)


def test_progress_is_told_part_by_part(assistant: AppContext) -> None:
    told: list[tuple[str, int, int]] = []
    brief(assistant, CompanyProfile(), omit=["programmes"], progress=lambda *at: told.append(at), today=TODAY)
    assert [done for _, done, _ in told] == list(range(len(PARTS)))
    assert {total for _, _, total in told} == {len(PARTS) - 1}


def test_answers_of_the_self_check_lead_to_cited_next_steps(assistant: AppContext) -> None:
    questionnaire = questionnaire_of(assistant.settings)
    assert questionnaire
    lowest = {one.id: min(one.answers, key=lambda answer: answer.points).id for one in questionnaire.questions}
    report = brief(assistant, CompanyProfile(self_check={**lowest, "frage-von-gestern": "ja"}), today=TODAY)
    position = next(part for part in report.parts if part.id == "position")
    remark = next(block for block in position.blocks if isinstance(block, Note))
    assert remark.text.count("niedrig") == len(questionnaire.dimensions)
    headings = [block.text for block in position.blocks if isinstance(block, Subheading)]
    assert len(headings) == 3
    cited = [one for one in statements(report, "position") if one.citations]
    assert len(cited) >= 6


def test_offers_fit_the_land(assistant: AppContext) -> None:
    report = brief(assistant, CompanyProfile(land="Sachsen", goals=("digitalisation", "competence")), today=TODAY)
    sources = assistant.live_index.corpus().snapshot.sources
    used = {one.id for one in report.citations if one.kind == "support"}
    assert used
    for one in used:
        laender = getattr(sources[one], "laender", ())
        assert not laender or "Sachsen" in laender


def words_of(content: bytes, format: str) -> str:
    """What a reader of the file sees."""
    if format == "md":
        return content.decode().replace("\\", "")
    if format == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("format", ["md", "docx", "pdf"])
def test_written_and_read_back_every_number_leads_to_a_listed_source(report: Report, format: str) -> None:
    text = words_of(write(report, format), format)
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", text)}
    assert numbers == {one.number for one in report.citations}
    shown = re.sub(r"[\s\u00ad-]+", "", text)
    for one in report.citations:
        assert re.sub(r"[\s\u00ad-]+", "", one.quote)[:60] in shown, one
    for one in statements(report):
        assert re.sub(r"[\s\u00ad-]+", "", one.text)[:60] in shown, one
    for words in ("Ausgangslage", "Treffen am Montag", "KI-gestützt erstellt"):
        assert re.sub(r"[\s-]+", "", words) in shown
