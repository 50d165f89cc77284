"""The README speaks of every setting and every command."""

from __future__ import annotations

import pytest

from assistant.cli import app
from assistant.core.settings import Settings, variable_name
from assistant.operations.knowledge_counts import inventory
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme(field: str) -> None:
    assert f"`{variable_name(field)}`" in README


@pytest.mark.parametrize(
    "command", sorted(info.name or info.callback.__name__ for info in app.registered_commands if info.callback)
)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"assistant {command}" in README


@pytest.mark.parametrize("package", ["langchain", "chromadb", "sentence-transformers", "gradio", "pypdf"])
def test_the_readme_says_where_each_named_package_works(package: str) -> None:
    assert f"**{package}**" in README


@pytest.mark.parametrize(
    "name", ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "knowledge/README.md", ".ci/run"]
)
def test_the_habitual_files_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_the_tables_of_the_knowledge_are_current() -> None:
    assert inventory() in README


def test_links_inside_the_readme_lead_somewhere() -> None:
    import re

    for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)]+)\)", README):
        assert (ROOT / target.split("#")[0]).exists(), target
