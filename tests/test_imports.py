"""Imports: `make lint` holds which way they point; here, what is imported late, and what `import headgate` pulls in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "airflow_plugin" / "headgate"
EDGES = ("airflow", "cli", "dbt", "gx")
# Libraries that take long to import, or belong to an extra, and headgate's own modules that import such a one.
HEAVY = {
    "dateutil", "duckdb", "fsspec", "jsonschema", "psycopg", "pyarrow", "referencing", "rich", "s3fs",
    "importlib.metadata", "headgate.places.parquet.publisher",
}  # fmt: skip


def late_imports() -> Iterator[tuple[str, str]]:
    """(file, what it imports inside a function), of the core: every room but the edges."""
    for file in sorted(PACKAGE.rglob("*.py")):
        room = file.relative_to(PACKAGE).parts[0]
        if room in EDGES:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in {node for function in functions for node in ast.walk(function)}:
            name = str(file.relative_to(PACKAGE))
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield name, str(node.module)
            elif _imports_by_name(node):
                yield name, "import_module"


def test_late_imports_are_few_and_for_heavy_libraries() -> None:
    """Besides, one place that makes what the values below know nothing of, and the lazy names of `headgate`."""
    found = [(file, name) for file, name in late_imports() if (file, name) not in LAZY]
    light = [(file, name) for file, name in found if name not in HEAVY and name.partition(".")[0] not in HEAVY]
    assert light == []
    assert len(found) <= 20, found


# What is found by its name: forms, formats, models, platforms, the names of `headgate`, a candidate's function.
LAZY = {
    ("compare/shadow/child.py", "import_module"),
    ("forms.py", "import_module"),
    ("json_schema.py", "import_module"),
    ("lazy.py", "import_module"),
    ("render/formats/__init__.py", "import_module"),
    ("places/registry.py", "import_module"),
}


def test_edges_load_lazily_in_one_place_each() -> None:
    """Of Airflow and Great Expectations, `late`; of the command line, its group of commands. dbt needs none."""
    found = {}
    for room in EDGES:
        for file in sorted((PACKAGE / room).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
            inside = [node for function in functions for node in ast.walk(function)]
            late = [n for n in inside if isinstance(n, ast.Import | ast.ImportFrom) or _imports_by_name(n)]
            if late:
                found[str(file.relative_to(PACKAGE))] = len(late)
    assert found == {"cli/__init__.py": 1}  # what `lazily` imports stands in tables


def _imports_by_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
        "import_module",
        "__import__",
        "resolve_name",
    )


def test_import_headgate_pulls_in_no_extra() -> None:
    said = "import sys, headgate; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.split()
    assert {"airflow", "great_expectations", "dbt", "pandas", "pyspark", "duckdb", "sqlglot"} & {*loaded} == set()
