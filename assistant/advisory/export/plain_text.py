"""Text that every file format can hold: no control characters, nothing that turns neighbouring text round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from assistant.advisory.report import Report

# Illegal in XML 1.0, or without meaning in running text.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Halves of characters and code points that are none: they cannot be written as UTF-8 or as XML.
_BROKEN = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Embeddings, overrides and isolates could show the text around them in another order than it was written.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"[^\S\n\u00a0\u202f]+")


def clean_report(report: Report) -> Report:
    """The report with every text in it cleaned."""
    clean: Report = _clean(report)
    return clean


def check_citations(report: Report) -> Report:
    """The report, if every number in it leads to a source; else ``ValueError``."""
    numbers = {citation.number for citation in report.citations}
    if unknown := sorted(set(_numbers(report.parts)) - numbers):
        raise ValueError(f"the report cites {unknown} without a source")
    return report


def clean_text(text: str) -> str:
    """A text without characters that a file format cannot hold; line ends stay, as ``\\n``."""
    unbroken = _BROKEN.sub("\ufffd", _TURNING.sub("", text)).replace("\r\n", "\n")
    return _SPACE.sub(" ", _CONTROL.sub("", re.sub("[\r\v\f\x85\u2028\u2029]", "\n", unbroken)))


def one_line(text: str) -> str:
    """A text without line ends."""
    return re.sub(r" *\n\s*", " ", text).strip()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _clean(getattr(value, field.name)) for field in fields(value)})
    return value


def _numbers(value: Any) -> Iterator[int]:
    """All citation numbers in blocks, however deep."""
    if isinstance(value, tuple):
        for part in value:
            yield from _numbers(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            found = getattr(value, field.name)
            yield from found if field.name == "citations" else _numbers(found)
