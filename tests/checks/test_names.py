"""The catalogue alone knows the list of check types: elsewhere no type is told by its name.

The translations of ODCS and Great Expectations say which type a rule becomes, those of Avro, JSON Schema and Protobuf
what a type becomes there, and generated files repeat the list.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from headgate.checks import CATALOGUE

ROOT = Path(__file__).parents[2]
CODE, MACROS = ROOT / "airflow_plugin" / "headgate", ROOT / "dbt_macros"
KNOW_NAMES = ("checks/", "rules/", "expectations/", "gx/", "streams/schemas/")
GENERATED = CODE / "dbt" / "macros.py"
# Names that are no ordinary words stand nowhere else, but for these, which mean another thing.
NO_WORDS = {name for name in CATALOGUE if "_" in name}
OTHER_MEANINGS = {
    ("dbt/draft.py", "not_null"): "a kind of constraint, and a test of dbt",
    ("draft/declared.py", "not_null"): "a kind of constraint",
    ("json_schema.py", "not_null"): "a kind of constraint",
    ("places/place.py", "not_null"): "a kind of constraint",
    ("places/duckdb/session.py", "not_null"): "a kind of constraint",
    ("places/postgres/constraints.py", "not_null"): "a kind of constraint",
    ("places/ledger.py", "row_count"): "a column of the ledger",
    ("past/outputs/evaluator.py", "model_metric"): "what a result says besides its number",
    ("report/result.py", "model_metric"): "what a result says besides its number",
    ("report/words.py", "model_metric"): "what a result says besides its number",
}


def strings(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def named(tree: ast.AST) -> Iterator[str]:
    """The types that code tells by their names. A word such as `unique` is a name where it is compared with the type
    of a check, looked up in the catalogue, or given as the type of a check."""
    yield from strings(tree) & NO_WORDS
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                if any(isinstance(side, ast.Attribute) and side.attr == "type" for side in sides):
                    yield from strings(node) & CATALOGUE.keys()
            case ast.Subscript(value=ast.Name(id="CATALOGUE")) | ast.Call(func=ast.Name(id="Check" | "replace")):
                yield from strings(node) & CATALOGUE.keys()
            case ast.Match(subject=ast.Attribute(attr="type")):
                for case in node.cases:
                    yield from strings(case.pattern) & CATALOGUE.keys()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('check.type == "unique"', {"unique"}),
        ('if r.type in ("type", "x"): pass', {"type"}),
        ('match check.type:\n    case "unique" | "x": pass', {"unique"}),
        ('CATALOGUE["sum"]', {"sum"}),
        ('Check("k", "null")', {"null"}),
        ('replace(check, type="json")', {"json"}),
        ('x = {"in_set"}', {"in_set"}),
        ('raw["type"] == "unique"', set()),
        ('held.kind == "unique"', set()),
        ('form == "json"', set()),
    ],
)
def test_what_counts_as_telling_a_type(code: str, found: set[str]) -> None:
    assert set(named(ast.parse(code))) == found


def test_no_code_tells_a_type_by_its_name() -> None:
    told = {
        (path.relative_to(CODE).as_posix(), name)
        for path in CODE.rglob("*.py")
        if not path.relative_to(CODE).as_posix().startswith(KNOW_NAMES) and path != GENERATED
        for name in named(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert told == OTHER_MEANINGS.keys()


def test_no_macro_tells_a_type_by_its_name() -> None:
    """But for the generated ones, those of macros/structure, each of which is called after its type, and those of
    macros/expectations, which say what an expectation of Great Expectations checks."""
    compared = re.compile(r"\b(?:check|rule)\.type\s*(?:==|!=|in\b|not in\b)\s*[(\[]?\s*'")
    files = [
        path
        for path in MACROS.rglob("*.sql")
        if path.parent.name not in ("checks", "structure", "expectations") and not path.name.startswith("expect_")
    ]
    assert len(files) > 20
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not set(re.findall(r"'(\w+)'", text)) & NO_WORDS, path
        assert not compared.search(text), path
