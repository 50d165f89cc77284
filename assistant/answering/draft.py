"""What an answer is made of before it is written out: claims, their groups, and the context they are chosen in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.core.models import Claim, Language
from assistant.core.prompt_templates import Prompts
from assistant.core.tuning import DEFAULT_TUNING, Tuning
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.decision import Decision


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Claims under one label, one tuple of claims for each document."""

    label: str
    paragraphs: tuple[tuple[Claim, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is verified."""

    lead_in: str
    groups: tuple[ClaimGroup, ...]


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What an answer is made in: the visitor's language and day, the sources, texts and constants at hand,
    where passages are read the decision that fits the reader, what was ``said`` already and is not wanted again, and
    what was ``shown`` already and is wanted less.
    """

    language: Language
    corpus: SearchableCorpus
    prompts: Prompts
    today: date
    tuning: Tuning = DEFAULT_TUNING
    decision: Decision | None = None
    said: str = ""
    shown: str = ""
