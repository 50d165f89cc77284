"""What a user typed, checked: a language, kinds of sources; exit codes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from assistant.core.models import Kind, Language

DONE, PARTLY, WRONG_USE = 0, 1, 2
"""Exit codes."""


def parse_language(lang: str | None) -> Language | None:
    """A language that answers can be given in; none is for the question to decide."""
    if lang not in (None, "de", "en"):
        stop("Die Sprache muss 'de' oder 'en' sein.", WRONG_USE)
    return lang  # type: ignore[return-value]


def parse_kinds(kinds: list[str] | None) -> tuple[Kind, ...]:
    """Kinds of sources that exist."""
    from assistant.core.models import KINDS

    for kind in kinds or ():
        if kind not in KINDS:
            stop(f"Die Art '{kind}' gibt es nicht; möglich sind {', '.join(KINDS)}.", WRONG_USE)
    return tuple(kinds or ())  # type: ignore[arg-type]


def stop(message: str, code: int) -> NoReturn:
    """End the command with a sentence on stderr."""
    typer.echo(message, err=True)
    sys.exit(code)
