"""The OpenAPI document is true: requests made from it get only the replies that it describes, and never a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.support.serving import serving
from tests.support.shared import copy_data

EXAMPLES = 25
ROUTES = (
    "POST /api/chat", "GET /api/search", "POST /api/match", "POST /api/briefing", "POST /api/selfcheck",
    "POST /api/feedback", "GET /healthz", "GET /readyz",
)  # fmt: skip


@pytest.fixture(scope="module")
def described(shipped_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with every route that the document can hold."""
    data = copy_data(shipped_data, tmp_path_factory.mktemp("described") / "data")
    with serving(data, feedback="all", global_rate_limit_per_minute="0") as address:
        yield address


@pytest.fixture(scope="module")
def api_schema(described: str) -> Any:
    generation = {"mode": "all", "deterministic": True, "max-examples": EXAMPLES, "database": "none"}
    # A blank question and an unknown part or answer are described refusals that no schema tells apart.
    refused = {"expected-statuses": [400, 413, 422]}
    checks = {"positive_data_acceptance": {"enabled": False}, "negative_data_rejection": refused}
    config = schemathesis.Config.from_dict({"generation": generation, "checks": checks})
    return schemathesis.openapi.from_url(f"{described}/api/openapi.json", config=config)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("route", ROUTES)
def test_every_reply_is_described(api_schema: schemathesis.BaseSchema, route: str, mode: GenerationMode) -> None:
    method, path = route.split()
    operation = api_schema[path][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        pytest.skip("nothing can be wrong with it")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(timeout=20)

    send()


def test_the_document_names_every_route_and_refusal(described: str) -> None:
    document = httpx.get(f"{described}/api/openapi.json").json()
    assert set(document["paths"]) == {route.split()[1] for route in ROUTES}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert "400" in operation["responses"], path
            assert ("413" in operation["responses"]) == (method == "post" or path == "/api/search"), path
