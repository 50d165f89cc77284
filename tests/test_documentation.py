"""The README speaks of every setting and every command, stays short, and no link in the documentation leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.cli import app
from assistant.core.settings import Settings, variable_name
from assistant.operations.knowledge_counts import inventory
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]


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
    assert inventory() in (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")


def test_the_readme_can_be_read_in_one_sitting() -> None:
    assert len(README.splitlines()) <= 200
    assert len(README.encode()) <= 12_000


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_inside_the_documentation_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|mailto:)([^)]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        linked = page.parent / name if name else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_every_page_of_the_documentation_can_be_found(page: Path) -> None:
    """From the README, or from the list of decisions."""
    lists = README + (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert f"{page.parent.name}/{page.name})" in lists or f"]({page.name})" in lists


def test_what_the_documentation_calls_a_file_is_one() -> None:
    named = {
        name for page in PAGES for name in re.findall(r"`((?:assistant|tests|docs)/[\w./-]+)`", page.read_text("utf-8"))
    }
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
