"""The outline has a text for every role and goal that a profile may hold, and looks only into kinds that exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from assistant.advisory.briefing_outline import (
    COMPETENCE,
    COOPERATION,
    DEFAULT_GOALS,
    DEPENDENCE,
    GUARD_RAILS,
    POSITION,
    QUESTIONS,
    ROLE_QUESTIONS,
)
from assistant.core.company_profile import NetworkRole
from assistant.core.models import KINDS
from assistant.core.sources import Cooperation, Topic

AREAS = get_args(Cooperation.model_fields["area"].annotation)


@pytest.mark.parametrize("texts", [POSITION, ROLE_QUESTIONS])
def test_every_role_has_its_text(texts: Mapping[NetworkRole, Any]) -> None:
    assert set(texts) == set(get_args(NetworkRole))
    assert all(texts.values())


@pytest.mark.parametrize("texts", [COOPERATION, COMPETENCE, QUESTIONS])
def test_every_goal_has_its_text(texts: Mapping[Topic, Any]) -> None:
    assert set(texts) == set(get_args(Topic)) >= set(DEFAULT_GOALS)
    assert all(texts.values())


def test_questions_are_questions() -> None:
    asked = [question for questions in (*QUESTIONS.values(), *ROLE_QUESTIONS.values()) for question in questions]
    assert all(question.endswith("?") for question in asked)
    assert len(asked) == len(set(asked))


def test_subjects_look_into_kinds_and_areas_that_exist() -> None:
    for subject in (DEPENDENCE, *GUARD_RAILS.values()):
        assert set(subject.kinds) <= set(KINDS)
        assert set(subject.areas) <= set(AREAS)
