"""A language model that says what a test makes it say, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.answering.llm.client import LanguageModel, Limits
from assistant.answering.llm.providers import load_language_model
from assistant.core.settings import load_settings
from tests.support.faulty_model import FaultyModel, faulty_model


@pytest.fixture(scope="module")
def model_server() -> Iterator[FaultyModel]:
    with faulty_model() as server:
        yield server


@pytest.fixture(scope="module")
def model(model_server: FaultyModel) -> LanguageModel:
    limits = Limits(first_token=30, gap=30, total=60)
    connected = load_language_model(load_settings(**model_server.settings()), limits)
    assert connected is not None
    return connected
