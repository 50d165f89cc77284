"""What tests of advice share: the shipped questionnaire, and answers to it."""

from __future__ import annotations

import pytest

from assistant.advisory.self_check_questions import Questionnaire, load_questionnaire
from assistant.core.settings import shipped_folder


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    """The shipped questionnaire."""
    found = load_questionnaire([shipped_folder("knowledge")])
    assert found
    return found
