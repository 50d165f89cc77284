"""A report as Markdown (CommonMark with the tables and boxes of GFM) in which every text is shown as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.advisory.export.layout import SOURCES_HEADING, Listed, filled, remark_paragraphs, runs, sources
from assistant.advisory.export.plain_text import one_line
from assistant.advisory.report import Block, Bullets, Note, Paragraph, Report, Subheading, Table
from assistant.answering.citations import escape

_ALSO = re.compile(r"([&$~|#])")  # entities, formulas, struck-out text, cells, the end of headings
_LIST_OR_LINE = re.compile(r"^(\d*)(?=[.)](?:\s|$))|^(?=[+\-=])")


def write_markdown(report: Report) -> bytes:
    """The whole report."""
    return ("\n\n".join(_parts(report)) + "\n").encode()


def _parts(report: Report) -> Iterator[str]:
    yield f"# {_literal(report.title)}"
    if report.subtitle:
        yield f"**{_literal(report.subtitle)}**"
    if report.cover:
        yield "\n".join(f"- **{_literal(label)}:** {_literal(value)}" for label, value in report.cover)
    tables = 0
    for number, part in enumerate(report.parts, start=1):
        yield f"## {number} {_literal(part.heading)}"
        for block in part.blocks:
            tables += isinstance(block, Table)
            yield _block(block, tables)
    if report.citations:
        yield f"## {SOURCES_HEADING}"
        yield from map(_source, sources(report))
    if report.footer:
        yield f"---\n\n{_literal(report.footer)}"


def _block(block: Block, table: int) -> str:
    match block:
        case Subheading():
            return f"### {_literal(block.text)}"
        case Paragraph():
            return _line(block)
        case Bullets():
            mark = "- [ ] " if block.open_box else "- "
            return "\n".join(mark + _line(item) for item in block.items)
        case Table():
            return f"**Tabelle {table}: {_literal(block.caption)}**\n\n{_table(block)}"
        case Note():
            return _remark(block)


def _line(paragraph: Paragraph) -> str:
    shown = {"lead": "**{}**", "text": "{}", "number": "{}", "note": "{}"}
    return "".join(
        (" " if run.gap else "") + shown[run.kind].format(run.text if run.kind == "number" else _literal(run.text))
        for run in runs(paragraph)
    )


def _table(table: Table) -> str:
    width = len(table.head)
    rows = [[_literal(text) for text in table.head], ["---"] * width]
    rows += [[_line(cell) for cell in filled(row, width)] for row in table.rows]
    return "\n".join(_row(cells) for cells in rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _remark(remark: Note) -> str:
    """A block quote that begins with whose words it holds; lines end where their author ended them."""
    paragraphs = ["\\\n".join(_literal(line) for line in lines) for lines in remark_paragraphs(remark)]
    text = "\n\n".join([f"**{_literal(remark.whose)}**", *paragraphs])
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _source(source: Listed) -> str:
    """A source and below it, one line each, what is quoted from it."""
    address = f"<{source.link}>" if source.link else _literal(source.address)
    facts = [f"**{_literal(source.title)}**", source.state, address]
    quotes = [
        f"[{entry.number}] {_literal(entry.place)}{' ' if entry.place else ''}„{_literal(entry.quote)}“"
        for entry in source.entries
    ]
    return "\\\n".join([" · ".join(fact for fact in facts if fact), *quotes])


def _literal(text: str) -> str:
    """A text on one line that nothing in it can turn into markup."""
    return _LIST_OR_LINE.sub(r"\1\\", _ALSO.sub(r"\\\1", escape(one_line(text))))
