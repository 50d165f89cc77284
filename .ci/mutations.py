"""Small changes to the code that good tests notice, and the draw of those that ``mutants.py`` judges.

Left alone are text, types, logging, timing and what only runs as a script.
"""

from __future__ import annotations

import ast
import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

TOP = "assistant"  # stands for all modules without a tests folder of their package
SERVED = "web"  # is tested in tests/browser and tests/server as well
SWAPS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
}  # fmt: skip
EMPTY = {
    "str": '""', "bool": "False", "int": "0", "float": "0.0", "list": "[]", "dict": "{}", "set": "set()",
    "frozenset": "frozenset()", "tuple": "()", "Sequence": "()", "Iterable": "()", "Mapping": "{}",
}  # fmt: skip
TIMING = re.compile("seconds|timeout", re.IGNORECASE)
UNSEEN = {"strict", "frozen", "slots", "maxsize"}  # keywords whose change no caller can tell


@dataclass(frozen=True)
class Mutant:
    """``replacement`` in place of the bytes from ``start`` to ``end`` of a file."""

    path: str
    start: int
    end: int
    replacement: str
    kind: str
    place: str = ""
    change: str = ""

    @property
    def key(self) -> str:
        """The same for the same change."""
        return f"{self.path}:{self.start}-{self.end}:{self.replacement}"

    def applied_to(self, source: bytes) -> bytes:
        """The changed file."""
        return source[: self.start] + self.replacement.encode() + source[self.end :]

    def shown(self, source: bytes) -> Mutant:
        """The same with its place and the changed line before and after."""
        line = source.count(b"\n", 0, self.start)
        before, after = (code.split(b"\n")[line].strip().decode() for code in (source, self.applied_to(source)))
        return replace(self, place=f"{self.path}:{line + 1}", change=f"{before}  →  {after}")

    def is_valid(self, source: bytes) -> bool:
        """Whether the changed file is still Python, and another program."""
        try:
            return ast.dump(ast.parse(self.applied_to(source))) != ast.dump(ast.parse(source))
        except SyntaxError:
            return False


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Every mutant of one file, in the order of its lines."""
    return _Finder(path, source).found


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: bytes) -> None:
        self.found: list[Mutant] = []
        self._path, self._source = path, source
        lines = source.splitlines(keepends=True)
        self._offsets = [0, *(sum(map(len, lines[:number])) for number in range(1, len(lines) + 1))]
        self._returns: list[ast.expr | None] = []
        self.visit(ast.parse(source))

    def visit(self, node: ast.AST) -> None:
        """Note what can change here, then go on inside."""
        if _is_left_alone(node):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._returns.append(node.returns)
        self._note(node)
        for name, value in ast.iter_fields(node):
            if name not in {"annotation", "returns"}:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        self.visit(child)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._returns.pop()

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Compare():
                lefts = [node.left, *node.comparators]
                for left, operator, right in zip(lefts, node.ops, node.comparators, strict=False):
                    self._swap(left, operator, right, "comparison")
            case ast.BoolOp():
                for left, right in zip(node.values, node.values[1:], strict=False):
                    self._swap(left, node.op, right, "and/or")
            case ast.BinOp() if not _is_text(node):
                self._swap(node.left, node.op, node.right, "arithmetic")
            case ast.AugAssign() if not _is_text(node.value):
                self._swap(node.target, node.op, node.value, "arithmetic")
            case ast.UnaryOp(op=ast.Not()):
                start = self._span(node)[0]
                self._add(start, start + len("not"), "", "not dropped")
            case ast.Constant(value=bool() as truth):
                self._add(*self._span(node), str(not truth), "True/False")
            case ast.Constant(value=int() as number):
                self._add(*self._span(node), str(number + 1), "number")
            case ast.Constant(value=float() as number):
                self._add(*self._span(node), repr(round(number * 1.5 + 0.1, 6)), "number")
            case ast.Return(value=ast.expr() as returned):
                empty = _empty_of(self._returns[-1])
                if empty and ast.unparse(returned) not in {empty, "None"}:
                    self._add(*self._span(node), f"return {empty}", "returned value")
            case ast.Continue() | ast.Break():
                self._add(*self._span(node), "pass", "continue/break")
            case ast.Slice():
                for bound in (node.lower, node.upper):
                    if bound and not isinstance(bound, ast.Constant | ast.UnaryOp):
                        start, end = self._span(bound)
                        self._add(start, end, f"({self._source[start:end].decode()}) + 1", "slice")

    def _swap(self, left: ast.AST, operator: ast.AST, right: ast.AST, kind: str) -> None:
        if type(operator) not in SWAPS:
            return
        before, after = SWAPS[type(operator)]
        start, end = self._span(left)[1], self._span(right)[0]
        token = re.search(re.escape(before.encode()).replace(rb"\ ", rb"\s+"), self._source[start:end])
        if token:
            self._add(start + token.start(), start + token.end(), after, kind)

    def _add(self, start: int, end: int, replacement: str, kind: str) -> None:
        self.found.append(Mutant(self._path, start, end, replacement, kind))

    def _span(self, node: Any) -> tuple[int, int]:
        """Byte offsets; ``ast`` counts columns in bytes too."""
        offsets = self._offsets
        return offsets[node.lineno - 1] + node.col_offset, offsets[node.end_lineno - 1] + node.end_col_offset


def _is_left_alone(node: ast.AST) -> bool:
    """Logging, timing, types, what only runs as a script, and f-strings (no true positions before Python 3.12)."""
    match node:
        case ast.JoinedStr() | ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="logger" | "logging")))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return bool(TIMING.search(name))
        case ast.keyword(arg=str(name)):
            return bool(TIMING.search(name)) or name in UNSEEN
    return False


def _is_text(node: ast.AST) -> bool:
    """Whether text or a path is joined: any other operator fails at once and says nothing about the tests."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _empty_of(returns: ast.expr | None) -> str | None:
    """What a function may return instead, judged by its annotation; ``None`` when unsure."""
    text = ast.unparse(returns) if returns else ""
    if re.search(r"\| None$|^None \|", text):
        return "None"
    name = text.partition("[")[0]
    return None if name == "tuple" and not text.endswith(", ...]") else EMPTY.get(name)


@dataclass(frozen=True)
class Tree:
    """A repository; ``names`` tells where files of an older state lie today."""

    root: Path
    names: Mapping[str, str] = field(default_factory=dict)

    def modules(self) -> dict[str, list[str]]:
        """Paths of the modules by package."""
        packages: dict[str, list[str]] = {}
        for path in self._python_files("assistant"):
            name = self._parts(path)[1]
            packages.setdefault(name if self.tests(name) else TOP, []).append(path)
        return dict(sorted(packages.items()))

    def tests(self, package: str) -> list[str]:
        """The test files of a package."""
        return [path for path in self._python_files("tests") if self._parts(path)[-1].startswith("test_")
                and (len(self._parts(path)) == 2 if package == TOP else self._parts(path)[1] == package)]  # fmt: skip

    def served_tests(self, package: str) -> list[str]:
        """The tests of a package through a server or a browser, which lie in folders of their own."""
        return [*self.tests("browser"), *self.tests("server")] if package == SERVED else []

    def own_tests(self, module: str, tests: Sequence[str]) -> list[str]:
        """Those test files that bear the name of the module."""
        return [path for path in tests if self._parts(path)[-1] == f"test_{self._parts(module)[-1]}"]

    def digest(self) -> str:
        """Of code and tests: results hold for one state only."""
        files = [*self._python_files("assistant"), *self._python_files("tests")]
        return hashlib.sha256(b"".join((self.root / path).read_bytes() for path in files)).hexdigest()

    def _parts(self, path: str) -> list[str]:
        return self.names.get(path, path).split("/")

    def _python_files(self, folder: str) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in (self.root / folder).rglob("*.py"))


def draw(tree: Tree, count: int, seed: int, packages: Sequence[str]) -> list[tuple[str, Mutant]]:
    """Mutants with their package, as even as the packages allow; no package's draw depends on the others."""
    share, more = divmod(count, len(packages))
    modules, drawn = tree.modules(), []
    for number, package in enumerate(packages):
        sources = {path: (tree.root / path).read_bytes() for path in modules[package]}
        mutants = [mutant for path, source in sources.items() for mutant in mutants_of(path, source)]
        random.Random(f"{seed} {package}").shuffle(mutants)
        valid = (mutant.shown(sources[mutant.path]) for mutant in mutants if mutant.is_valid(sources[mutant.path]))
        drawn += [(package, mutant) for _, mutant in zip(range(share + (number < more)), valid, strict=False)]
    return drawn
