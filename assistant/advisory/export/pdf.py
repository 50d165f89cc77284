"""A report as PDF: tagged, in German, with real text; typeset by Typst from ``report.typ``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from assistant.advisory.export.layout import (
    SOURCES_HEADING,
    Heading,
    Run,
    Stretch,
    cell_lines,
    filled,
    head_repeats,
    keeps_together,
    remark_paragraphs,
    runs,
    shares,
    sources,
    stretches,
)
from assistant.advisory.export.plain_text import one_line
from assistant.advisory.report import Block, Bullets, Note, Paragraph, Report, Subheading, Table


def write_pdf(report: Report) -> bytes:
    """The whole report; texts travel as data and never become part of the template's source."""
    import typst

    template = files("assistant.advisory.export").joinpath("report.typ").read_bytes()
    compiler = typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=False), sys_inputs={"report": json.dumps(_data(report))}
    )
    midnight = datetime(report.created.year, report.created.month, report.created.day, tzinfo=UTC)
    try:
        content = compiler.compile(template, format="pdf", pdf_standards=["ua-1"], timestamp=midnight)
    except typst.TypstError:  # a sign that no font has: shown as a box, which the standard for accessible PDF forbids
        content = compiler.compile(template, format="pdf", timestamp=midnight)
    assert isinstance(content, bytes)
    return content


def _data(report: Report) -> dict[str, Any]:
    """The report as the template reads it."""
    return {
        "title": one_line(report.title),
        "subtitle": one_line(report.subtitle),
        "created": [report.created.year, report.created.month, report.created.day],
        "cover": [[one_line(label), one_line(value)] for label, value in report.cover],
        "stretches": [_stretch(stretch) for stretch in stretches(report)],
        "sources": {"heading": SOURCES_HEADING, "list": list(map(asdict, sources(report)))},
        "footer": one_line(report.footer),
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {"wide": stretch.wide, "blocks": [_block(block, wide=stretch.wide) for block in stretch.blocks]}


def _block(block: Heading | Block, *, wide: bool) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text}
        case Subheading():
            return {"kind": "subheading", "text": one_line(block.text)}
        case Paragraph():
            return {"kind": "paragraph", "runs": _runs(runs(block))}
        case Bullets():
            return {
                "kind": "boxes" if block.open_box else "bullets",
                "items": [_runs(runs(item)) for item in block.items],
            }
        case Table():
            return {"kind": "table", **_table(block, wide=wide)}
        case Note():
            return {"kind": "remark", "whose": one_line(block.whose), "paragraphs": remark_paragraphs(block)}


def _table(table: Table, *, wide: bool) -> dict[str, Any]:
    widths = shares(table)
    rows = [filled(row, len(widths)) for row in table.rows]
    return {
        "caption": one_line(table.caption),
        "head": list(map(one_line, table.head)),
        "repeat": head_repeats(table),
        "widths": widths,
        "rows": [
            {
                "whole": keeps_together(row, widths, wide=wide),
                "cells": [list(map(_runs, cell_lines(cell))) for cell in row],
            }
            for row in rows
        ],
    }


def _runs(found: Sequence[Run]) -> list[dict[str, Any]]:
    return [{"kind": run.kind, "gap": run.gap, "text": run.text, "number": run.number} for run in found]
