"""The questions of the self-check: ``self-check.yaml`` of the knowledge folders, read and checked strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.core.company_profile import CompanyProfile
from assistant.core.company_profile import explain as explain_profile
from assistant.core.errors import KnowledgeError
from assistant.core.models import Document
from assistant.core.settings import Settings
from assistant.core.sources import Identifier, Topic
from assistant.core.validation_messages import explain
from assistant.language.sentence_splitter import split_sentences

FILE_NAME = "self-check.yaml"
UNKNOWN = "weiss-nicht"
"""The answer that every question has by itself and that counts for nothing."""
MOST_POINTS = 3
Level = Literal["low", "middle", "high"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
ShortText = Annotated[str, Field(min_length=2, max_length=300)]
_NOT_ASKED = {"name", "self_check", "notes", "description"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuotedSentence(_Strict):
    """A literal sentence of a source that carries what the check says about the paper."""

    source: Identifier
    sentence: Annotated[str, Field(min_length=20, max_length=400)]


class LevelWords(_Strict):
    """What a low, middle and high result means, said of the answers only."""

    low: ShortText
    middle: ShortText
    high: ShortText


class Dimension(_Strict):
    """One area of the check and the section of the paper that it rests on."""

    id: Name
    title: Annotated[str, Field(min_length=3, max_length=60)]
    label: Annotated[str, Field(min_length=2, max_length=12)]
    section: Identifier
    measures: ShortText
    because: Annotated[tuple[QuotedSentence, ...], Field(min_length=1, max_length=3)]
    words: LevelWords
    step: ShortText
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    support: ShortText
    funding: ShortText

    @model_validator(mode="after")
    def _rests_on_its_section(self) -> Dimension:
        if self.because[0].source != self.section:
            raise ValueError(f"der erste Satz unter because muss aus '{self.section}' stammen")
        return self


class AnswerOption(_Strict):
    """One answer, its points, and the fields of the profile that follow from it."""

    id: Name
    text: Annotated[str, Field(min_length=2, max_length=90)]
    points: Annotated[int, Field(ge=0, le=MOST_POINTS, strict=True)]
    profile: dict[str, Any] = {}

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value == UNKNOWN:
            raise ValueError(f"'{UNKNOWN}' kommt von selbst dazu")
        return value

    @field_validator("profile")
    @classmethod
    def _fits_the_profile(cls, value: dict[str, Any]) -> dict[str, Any]:
        if own := _NOT_ASKED & set(value):
            raise ValueError(f"'{min(own)}' füllt der Selbstcheck nicht aus")
        try:
            CompanyProfile.model_validate(value)
        except ValidationError as error:
            raise ValueError(explain_profile(error).rstrip(".")) from error
        return value


class SelfCheckQuestion(_Strict):
    """One question of a dimension with its answers, the lowest first by habit."""

    id: Name
    dimension: Name
    text: Annotated[str, Field(min_length=10, max_length=160)]
    answers: Annotated[tuple[AnswerOption, ...], Field(min_length=3, max_length=4)]

    @field_validator("answers")
    @classmethod
    def _full_scale(cls, value: tuple[AnswerOption, ...]) -> tuple[AnswerOption, ...]:
        _refuse_twice(option.id for option in value)
        points = {option.points for option in value}
        if not {0, MOST_POINTS} <= points:
            raise ValueError(f"eine Antwort muss 0 und eine {MOST_POINTS} Punkte haben")
        return value


class Questionnaire(_Strict):
    """The whole check."""

    title: ShortText
    intro: ShortText
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=3, max_length=12)]
    questions: Annotated[tuple[SelfCheckQuestion, ...], Field(min_length=3, max_length=30)]

    @model_validator(mode="after")
    def _fits_together(self) -> Questionnaire:
        dimensions = [dimension.id for dimension in self.dimensions]
        _refuse_twice(iter(dimensions))
        _refuse_twice(question.id for question in self.questions)
        for question in self.questions:
            if question.dimension not in dimensions:
                raise ValueError(f"questions: {question.id}: den Bereich '{question.dimension}' gibt es nicht")
        asked = {question.dimension for question in self.questions}
        if unasked := [dimension for dimension in dimensions if dimension not in asked]:
            raise ValueError(f"dimensions: zum Bereich '{unasked[0]}' gibt es keine Frage")
        return self


def questionnaire_file(folders: Sequence[Path]) -> Path | None:
    """The file in force: a hub's own one replaces the shipped one as a whole."""
    return next((path for folder in reversed(folders) if (path := folder / FILE_NAME).is_file()), None)


def load_questionnaire(folders: Sequence[Path]) -> Questionnaire | None:
    """The check of the knowledge folders, ``None`` without a file; errors name the file and the field."""
    path = questionnaire_file(folders)
    if path is None:
        return None
    try:
        return Questionnaire.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        raise KnowledgeError(f"{path}: {explain(error)}.") from error
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path}: kein gültiges YAML: {' '.join(str(error).split())[:200]}.") from error


def questionnaire_of(settings: Settings) -> Questionnaire | None:
    """The check in the knowledge folders of the settings, read once per process."""
    return _load_once(settings.knowledge_dirs)


@lru_cache
def _load_once(folders: tuple[Path, ...]) -> Questionnaire | None:
    return load_questionnaire(folders)


def known_answers(questionnaire: Questionnaire, given: Mapping[str, object]) -> dict[str, str]:
    """Of answers from a profile file those that this questionnaire has; an older file may hold others."""
    options = {question.id: {option.id for option in question.answers} for question in questionnaire.questions}
    return {name: str(value) for name, value in given.items() if str(value) in options.get(name, ())}


def unproven(questionnaire: Questionnaire, documents: Mapping[str, Document]) -> Iterator[str]:
    """Sections that do not exist and sentences that do not stand in their source word for word."""
    for dimension in questionnaire.dimensions:
        for index, because in enumerate(dimension.because):
            field = f"dimensions.{dimension.id}.because.{index}"
            document = documents.get(because.source)
            if document is None:
                yield f"{field}.source: '{because.source}' gibt es nicht."
            elif because.sentence not in _sentences(document):
                yield f"{field}.sentence: steht nicht wörtlich in {because.source}: „{because.sentence}“"


def _sentences(document: Document) -> set[str]:
    own = (section for section in document.sections if section.language == "de" and not section.generated)
    return {sentence for section in own for sentence in split_sentences(section.text)}


def _refuse_twice(names: Iterator[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"die id '{name}' ist doppelt")
        seen.add(name)
