"""The shape of the house: who may import whom, one door for each outside library, and budgets for size.

The order is the reader's way through the code: a module imports only from modules before it, a stage never imports
a stage. Imports inside functions count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "plateglass"

ORDER = (
    "errors", "model", "record_views", "privacy", "catalogue", "store", "case", "register", "statistics", "spread",
    "workbook", "links", "read", "normalise", "resolve", "classify", "check", "change", "questions", "publish",
    "sample", "review", "opinion", "estimate", "worth", "demo", "intake", "preview", "pipeline", "timestamp", "custody",
    "duties", "triage", "opened", "cli",
)  # fmt: skip
STAGES = ("read", "normalise", "resolve", "classify", "check", "publish")

DOORS = {
    "duckdb": "store", "sqlglot": "store",
    "pydantic": ("catalogue", "case", "register", "read", "duties", "questions"),
    "python_calamine": "read", "pdfplumber": "read", "pypdfium2": "read", "selectolax": "read", "warcio": "read",
    "rapidfuzz": "resolve",
    "jinja2": "publish", "markupsafe": "publish", "fastapi": "publish", "uvicorn": "publish", "weasyprint": "publish",
    "networkx": "register",
    "rfc3161_client": "timestamp", "cryptography": "timestamp",
    "typer": "cli", "click": "cli", "rich": "cli",
    "platformdirs": "privacy",
    "sklearn": "opinion", "scipy": ("statistics", "spread"), "numpy": ("statistics", "spread"),
}  # fmt: skip

BANNED_NAMES = {"utils", "util", "helpers", "helper", "base", "common", "manager", "handler"}


def modules() -> list[Path]:
    return sorted(path for path in SRC.rglob("*.py") if "content" not in path.parts)


def room(path: Path) -> str:
    """The module of the order that a file belongs to: its own name, or its folder's."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, at whatever depth, as a dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the direction"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = function.body
    start = function.lineno
    doc = ast.get_docstring(function, clean=False)
    lines = (function.end_lineno or start) - start + 1
    return lines - (((body[0].end_lineno or 0) - body[0].lineno + 1) if doc is not None else 0)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SRC)))
def test_a_module_imports_only_what_stands_before_it(path: Path) -> None:
    """One way only, and a stage never imports a stage."""
    here = room(path)
    if here == "__init__":
        return
    assert here in ORDER, f"{here} has no place in the order"
    for name in imported(ast.parse(path.read_text())):
        parts = name.split(".")
        if parts[0] == "plateglass" and parts[1] in ORDER and parts[1] != here:
            assert ORDER.index(parts[1]) < ORDER.index(here), f"{here} imports {parts[1]}, which stands after it"
            assert not (here in STAGES and parts[1] in STAGES), f"the stage {here} imports the stage {parts[1]}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SRC)))
def test_each_outside_library_has_one_door(path: Path) -> None:
    """So that a library can be replaced, and its traps are known in one place."""
    for name in imported(ast.parse(path.read_text())):
        door = DOORS.get(name.split(".")[0])
        if door is not None:
            assert room(path) in ((door,) if isinstance(door, str) else door), f"{name} belongs in {door}"


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    """A name that says nothing attracts code that belongs elsewhere."""
    assert not {path.stem for path in modules()} & BANNED_NAMES


def test_files_and_functions_stay_small() -> None:
    """No file over 500 lines; no function over 50 lines, nine in ten at most 25; at most 5 parameters."""
    sizes = []
    for path in modules():
        source = path.read_text()
        assert source.count("\n") <= 500, f"{path.name} is too long: make it a folder of the same name"
        for function in functions(ast.parse(source)):
            where = f"{path.name}:{function.name}"
            sizes.append(length(function))
            assert sizes[-1] <= 50, f"{where} has {sizes[-1]} lines"
            arguments = function.args
            named = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
            assert len([a for a in named if a not in ("self", "cls")]) <= 5 or room(path) == "cli", where
    sizes.sort()
    assert sizes[int(len(sizes) * 0.9)] <= 25, "nine functions in ten have at most 25 lines"


def test_every_public_name_is_documented() -> None:
    """What you get, in one line, for every module, class, function and documented constant."""
    for path in modules():
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), f"{path.name} has no docstring"
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                nested = any(node in ast.walk(f) and node is not f for f in functions(tree))
                assert nested or ast.get_docstring(node), f"{path.name}:{node.name} has no docstring"


def test_no_broad_except_and_no_ignored_errors() -> None:
    """What is caught is named; DuckDB's `ignore_errors` loses good rows silently and is banned."""
    for path in modules():
        source = path.read_text()
        assert not re.search(r"ignore_errors\s*=\s*true", source, re.IGNORECASE), path.name
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in {"everything", "Exception", "BaseException"}, f"{path.name}:{node.lineno}"


def test_the_order_has_no_empty_places_that_were_filled_elsewhere() -> None:
    """Every module of the package has a place, and no place is named twice."""
    assert len(set(ORDER)) == len(ORDER)
    assert all(before != after for before, after in pairwise(ORDER))
