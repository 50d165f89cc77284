"""Reports as files: Word to correct, PDF to hand out, Markdown to work on.

Lives here: one writer for each format, from ``report.Report`` to bytes.
Does not: what a report says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.advisory.report import Report

FORMATS: dict[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
}
"""The formats by their file ending, each with its media type."""
_LONGEST_NAME = 80


def write(report: Report, format: str) -> bytes:
    """The report as a file; the same report gives the same bytes."""
    from assistant.advisory.export.plain_text import check_citations, clean_report

    return _writer(format)(clean_report(check_citations(report)))


def file_name(report: Report, format: str) -> str:
    """A name to save the report under: plain ASCII from title, subtitle and date."""
    from assistant.ingestion.chunking import slugify

    _known(format)
    words = slugify(f"{report.title} {report.subtitle}")[:_LONGEST_NAME].strip("-") or "bericht"
    return f"{words}-{report.created.isoformat()}.{format}"


def _writer(format: str) -> Callable[[Report], bytes]:
    """The writer of a format; its libraries load when it is first wanted."""
    match _known(format):
        case "docx":
            from assistant.advisory.export.docx import write_docx

            return write_docx
        case "pdf":
            from assistant.advisory.export.pdf import write_pdf

            return write_pdf
        case _:
            from assistant.advisory.export.markdown import write_markdown

            return write_markdown


def _known(format: str) -> str:
    if format not in FORMATS:
        raise ValueError(f"no report is written as '{format}'; there are {', '.join(FORMATS)}")
    return format
