"""The generated macros: up to date, and the SQL that the catalogue makes of the same check."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from headgate.checks import CATALOGUE, DATA, Check, Column
from headgate.checks.catalogue import aggregate, count_expression, own_count, selecting, unexpected
from headgate.dbt import generate, sync
from headgate.dbt.evidence import EVIDENCE
from headgate.dbt.macros import MACROS
from headgate.dbt.template import NotSayableError
from headgate.dbt.tree import DIALECTS, condition, number, tree
from headgate.errors import CallError
from headgate.places import Relation
from headgate.places.duckdb import proofs as duckdb_proofs
from headgate.places.postgres import proofs as postgres_proofs
from sqlglot import exp

from tests.support import toy_type
from tests.support.contracts import load, odcs
from tests.support.package_macros import macros_of

# SQL of types whose conditions a check's own texts decide, or that no whole number comes from.
NOT_SAID = (
    "all_differ",
    "all_equal",
    "expectation",
    "json",
    "like",
    "mean",
    "multiple_of",
    "sql",
    "text_format",
    "z_score",
)


def test_the_macros_are_up_to_date() -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/dbt/test_generate.py` writes them anew."""
    if os.environ.get("HEADGATE_WRITE"):
        generate.write()
    made = generate.files()
    folder = generate.ROOT / generate.MACROS / "checks"
    assert {path.name for path in folder.iterdir()} == {path.name for path in made if path.parent.name == "checks"}
    for path, text in made.items():
        assert (generate.ROOT / path).read_text(encoding="utf-8") == text, f"{path}: python -m headgate.dbt.generate"


@pytest.mark.parametrize("name", NOT_SAID)
def test_a_type_that_cannot_be_said_has_no_macro(name: str) -> None:
    with pytest.raises(NotSayableError):
        tree(CATALOGUE[name], "duckdb", condition if CATALOGUE[name].condition else number)
    assert name not in MACROS or CATALOGUE[name].untrusted  # which `headgate dbt sync` writes out


def refuse(message: str) -> None:
    """What raise_compiler_error is here."""
    raise CallError(message)


ELSEWHERE = {"exceptions": SimpleNamespace(raise_compiler_error=refuse), "target": SimpleNamespace(type="snowflake")}


def test_sql_that_all_adapters_share_is_one_macro() -> None:
    macros = macros_of("checks/row_count.sql")
    assert [name for name in vars(macros) if name.endswith("__number_row_count")] == ["default__number_row_count"]
    assert plain(macros.default__number_row_count({}, {}, "data")) == "COUNT(*)"


@pytest.mark.parametrize(
    ("path", "macro", "message"),
    [
        ("columns/columns_query.sql", "default__columns_query", "the types of snowflake are not known"),
        ("checks/matches.sql", "default__unexpected_matches", "no checks of type matches on snowflake"),
        ("checks/not_matches.sql", "default__unexpected_not_matches", "no checks of type not_matches on snowflake"),
    ],
)
def test_an_adapter_that_is_not_supported_is_refused(path: str, macro: str, message: str) -> None:
    """Every test asks for the columns first, so that SQL which all adapters share is never run on such an adapter."""
    with pytest.raises(CallError, match=message):
        takes = {"columns_query": 1, "unexpected": 2, "number": 3}
        getattr(macros_of(path, **ELSEWHERE), macro)(
            *["x"] * next(n for name, n in takes.items() if f"__{name}" in macro)
        )


def check(type_name: str, *columns: str, **args: Any) -> Check:
    return Check("k", type_name, columns or ("a",), args=args)


def some_checks() -> list[Check]:
    checks = [check("not_null"), check("null"), check("distinct_count"), Check("k", "row_count")]
    kinds: tuple[dict[str, str], ...] = ({}, {"type": "string"}, {"type": "integer"}, {"type": "object"})
    for kind in kinds:
        for values in (("x",), ("x", "y", "z"), ("x", None), (None,), ()):
            checks += [check(name, values=values, **kind) for name in ("in_set", "not_in_set", "valid")]
            checks.append(check("valid", values=values, pattern="^x", **kind))
        checks += [check(name, pattern="x|y", **kind) for name in ("matches", "valid")]
    for least in (1, None):
        for other in (7, None):
            for strict in ({}, {"strict_minimum": True}, {"strict_maximum": True}):
                args = {name: n for name, n in (("minimum", least), ("maximum", other)) if n is not None}
                if args:
                    checks += [check(name, **args, **strict) for name in ("between", "length_between")]
                    checks.append(check("between", **args, **strict, type="integer"))
    checks.append(check("in_set", values=("08:00", "09:00"), type="time"))
    checks.append(check("between", minimum="08:00", maximum="09:00", type="time"))
    for rule in ({}, {"ignore_row_if": "any"}, {"ignore_row_if": "all"}, {"ignore_row_if": "never"}):
        checks += [check("unique", *names, **rule) for names in (("a",), ("a", "b"), ("a", "b", "c"))]
        checks += [check("pair_equal", "a", "b", **rule), check("pair_greater", "b", "a", or_equal=True, **rule)]
        checks += [check("sum_equal", *names, total=6, **rule) for names in (("a", "b"), ("a", "b", "c"))]
    for patterns in (("x",), ("x", "y"), ("x", "y", "z")):
        checks += [check("matches_list", patterns=patterns), check("matches_list", patterns=patterns, all=True)]
        checks.append(check("not_matches", patterns=patterns))
    for names in (("a",), ("a", "b"), ("a", "b", "c")):
        there = tuple(f"{name}_there" for name in names)
        checks += [check(kind, *names, to="other", to_columns=there) for kind in ("foreign_key", "key_is_new")]
    return checks


CHECKS = some_checks()


def test_every_generated_macro_is_compared() -> None:
    measured = {name for name in MACROS if CATALOGUE[name].examine is None and not CATALOGUE[name].untrusted}
    assert {check.type for check in CHECKS} == measured - {"rows_as_in"}


def rendered_by_jinja(check: Check, dialect: str, form: str) -> str:
    """What the macro of the type makes in this form, its own calls of the package answered as for columns that are texts."""
    literal = lambda value: CASTS.get(check.args.get("type"), "{}").format(DIALECTS[dialect](exp.convert(value)))  # noqa: E731
    quoted = lambda name: exp.to_identifier(name, quoted=True).sql()  # noqa: E731
    package = SimpleNamespace(
        quoted=quoted,
        column=lambda name: f'"{DATA}".{quoted(name)}',
        literals=lambda values, check, columns: [literal(v) for v in values if v is not None],
        pattern=lambda pattern: exp.Literal.string(pattern).sql(),
        argument=lambda check, name: check["args"][name],
        referenced=lambda check: "other",
    )
    macros = macros_of(f"checks/{check.type}.sql", headgate=package)
    args = {name: list(v) if isinstance(v, tuple) else v for name, v in check.args.items()}
    told = {"key": "k", "type": check.type, "columns": list(check.columns), "args": args}
    kind = "integer" if form in KEYS else "string"
    columns = {name: Column(name, kind, frozenset({kind})) for name in check.columns}
    own = getattr(macros, f"{dialect}__{form}_{check.type}", None)  # as adapter.dispatch looks it up
    macro = own or getattr(macros, f"default__{form}_{check.type}")
    return str(macro(told, columns, *(["data"] if form in ("number", *KEYS) else [])))


KEYS = [name for names in EVIDENCE.values() for name in names]
CASTS = {"time": "CAST({} AS TIME)"}


def said_by_the_catalogue(check: Check) -> dict[str, exp.Expr]:
    kind = CATALOGUE[check.type]
    said: dict[str, exp.Expr] = {}
    if kind.condition is not None:
        said["unexpected"] = selecting(unexpected(check))
    if kind.count is not None:
        said["number"] = own_count(check, exp.to_table("data")).subquery()
    elif kind.condition is None:
        said["number"] = aggregate(check)
    return said


def said_of_keys(check: Check, dialect: str) -> dict[str, exp.Select]:
    """What the platform proves of a key of integers, by the name of the evidence."""
    proofs = {"duckdb": duckdb_proofs, "postgres": postgres_proofs}[dialect]
    integer = {"duckdb": "BIGINT", "postgres": "bigint"}[dialect]
    columns = tuple(Column(name, integer, frozenset({"integer"})) for name in check.columns)
    relation = Relation(exp.to_table("data"), columns, "data")
    if "to" in check.args:
        ways = proofs.held(relation, check.columns, check.args["to"], check.args["to_columns"])
    else:
        ways = proofs.unique(relation, check.columns)
    return {way.evidence: way.select for way in ways if way.evidence in KEYS}


def rendered_by_the_catalogue(said: exp.Expr, dialect: str) -> str:
    for table in list(said.find_all(exp.Table)):
        if table.db:
            there = exp.select("*").from_("other").subquery()
            table.replace(exp.alias_(there, table.alias, table=True))
    return DIALECTS[dialect](said)


def plain(sql: str) -> str:
    """Without what does not matter: white space."""
    return re.sub(r"\s+", "", sql)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: f"{c.type}-{len(c.columns)}")
def test_a_macro_says_what_the_catalogue_says(check: Check, dialect: str) -> None:
    for form, said in said_by_the_catalogue(check).items():
        assert plain(rendered_by_jinja(check, dialect, form)) == plain(rendered_by_the_catalogue(said, dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("check", [c for c in CHECKS if CATALOGUE[c.type].guaranteed_by in EVIDENCE], ids=str)
def test_a_macro_proves_of_keys_what_the_platform_proves(check: Check, dialect: str) -> None:
    wanted = EVIDENCE[CATALOGUE[check.type].guaranteed_by]
    said = {name: sql for name, sql in said_of_keys(check, dialect).items() if name in wanted}
    assert said or len(check.columns) > 1
    for name, select in said.items():
        whole = check.args.get("ignore_row_if", "any") == "any"
        sql = (
            rendered_by_the_catalogue(select, dialect).replace(f'data AS "{DATA}"', "data") if whole else "SELECT NULL"
        )
        assert plain(rendered_by_jinja(check, dialect, name)) == plain(sql)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_are_counted_as_the_catalogue_counts_them(dialect: str) -> None:
    one = check("not_null")
    counted = macros_of("scan/counted.sql").counted(rendered_by_jinja(one, dialect, "unexpected"))
    assert plain(counted) == plain(DIALECTS[dialect](count_expression(one)))


@pytest.mark.slow
def test_a_type_that_is_declared_runs_in_dbt(
    project: Path, dbt: Any, warehouse: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_type.register(monkeypatch)
    monkeypatch.setattr("headgate.dbt.entry.MACROS", MACROS | {toy_type.NAME})
    shutil.copytree(generate.ROOT / "dbt_macros", tmp_path / "dbt_macros")
    assert generate.MACROS / "checks" / f"{toy_type.NAME}.sql" in generate.write(tmp_path)
    monkeypatch.setattr(
        "headgate.dbt.entry.DIGEST", macros_of("checks/catalogue.sql", tmp_path).catalogue().split("+")[1]
    )
    package = project / "dbt_packages" / "headgate"
    package.unlink()
    package.symlink_to(tmp_path / "dbt_macros")
    (project / "packages.yml").write_text(f"packages:\n  - local: {tmp_path / 'dbt_macros'}\n")
    rows = ", ".join(f"({exp.convert(row).sql()})" for row in toy_type.ROWS)
    warehouse.execute("CREATE TABLE main.things (v TEXT)", f"INSERT INTO main.things VALUES {rows}")
    (project / "models" / "sources.yml").write_text("sources:\n  - name: main\n    tables:\n      - name: things\n")
    sync(load(odcs({"name": "things", "properties": [toy_type.promise()]})), project)
    results = dbt(project, "test", "--target", warehouse.target, **warehouse.environment).by_key(
        "main_things__contract"
    )
    assert {key: results[key]["unexpected"] for key in toy_type.UNEXPECTED} == toy_type.UNEXPECTED
