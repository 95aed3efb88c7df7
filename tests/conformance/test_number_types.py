"""Numbers of a contract beside columns of every numeric type: exact, whatever digits the type has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate import check

from tests.support.contracts import dataset
from tests.support.postgres_tables import Database

# DuckDB's type, PostgreSQL's, values
TYPES: dict[str, tuple[str, str, list[str | None]]] = {
    "real": ("REAL", "real", ["19.99", "0.1", "-0.1", "1e20", "16777217", "0.3", "1e-7", None]),
    "double": ("DOUBLE", "double precision",
               ["19.99", "0.1", "1e20", "1e-7", "35186078240779.09", "0.3", "1e15", "123456789012345.67", "4503599627370498"]),
    "decimal(38,18)": ("DECIMAL(38,18)", "numeric(38,18)",
                       ["1.5", "12345678901234567.89", "19.99", "12345678901234567.000000000000000001"]),
    "decimal(38,38)": ("DECIMAL(38,38)", "numeric(38,38)", ["0.5", "0.99999999999999999999999999999999999999", None]),
    "decimal(5,2)": ("DECIMAL(5,2)", "numeric(5,2)", ["19.99", "999.99", None]),
    "integer": ("INTEGER", "integer", ["1", "-5", "2147483647"]),
    "tinyint": ("TINYINT", "smallint", ["1", "-128", "127"]),
    "hugeint": ("HUGEINT", "numeric(39,0)", ["170141183460469231731687303715884105727", "1", None]),
}  # fmt: skip
KINDS = list(TYPES)


def options(**options: Any) -> dict[str, Any]:
    return {"logicalTypeOptions": options}


# A rule, and how many values are unexpected, in the order of TYPES.
RULES: list[tuple[str, dict[str, Any], list[int]]] = [
    ("minimum", options(minimum=19.99), [4, 3, 1, 2, 0, 2, 2, 1]),
    ("maximum", options(maximum=19.99), [2, 5, 2, 0, 1, 1, 1, 1]),
    ("exclusiveMaximum", options(exclusiveMaximum=0.1), [5, 8, 4, 2, 2, 2, 2, 2]),
    ("maximum", options(maximum=10**20), [0, 0, 0, 0, 0, 0, 0, 1]),
    ("maximum", options(maximum=10**37), [0, 0, 0, 0, 0, 0, 0, 1]),
    ("minimum", options(minimum=-(10**37)), [0] * 8),
    ("maximum", options(maximum=-(10**37)), [7, 9, 4, 2, 2, 3, 3, 2]),
    ("maximum", options(maximum=0.1234567890123456789), [4, 7, 4, 2, 2, 2, 2, 2]),
    ("multipleOf", options(multipleOf=0.01), [1, 1, 1, 1, 0, 0, 0, 0]),
    ("multipleOf", options(multipleOf=0.1), [2, 4, 3, 1, 2, 0, 0, 0]),
    ("multipleOf", options(multipleOf=3), [7, 8, 4, 2, 2, 3, 3, 2]),
    ("multipleOf", options(multipleOf=0.5), [5, 6, 3, 1, 2, 0, 0, 0]),
    ("enum", {"enum": [{"value": v} for v in (19.99, 0.1, 10**20, 1)]}, [4, 6, 3, 2, 1, 2, 2, 1]),
    ("invalidValues", {"quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": [19.99, 0.3, 10**37, 1.5]}}]},
     [5, 7, 2, 2, 1, 3, 3, 2]),
]  # fmt: skip
CASES = [(key, rule, kind, n) for key, rule, counts in RULES for kind, n in zip(KINDS, counts, strict=True)]


def unexpected(key: str, rule: dict[str, Any], data: Any) -> int | None:
    report = check(dataset({"name": "v", "logicalType": "number", **rule}), data)
    (result,) = (r for r in report.results if r.key == f"v.{key}")
    return result.unexpected


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numbers")
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        for number, (kind, _, values) in enumerate(TYPES.values()):
            given = ["NULL" if v is None else f"'{v}'" for v in values]
            listed = ", ".join(f"(CAST({v} AS {kind}))" for v in given)
            connection.execute(f"CREATE TABLE t{number} AS SELECT * FROM (VALUES {listed}) AS x(v)")
            connection.execute(f"COPY t{number} TO '{folder}/t{number}.parquet' (FORMAT parquet)")
    return folder


@pytest.mark.parametrize(("key", "rule", "kind", "n"), CASES, ids=[f"{c[0]} {c[2]}" for c in CASES])
def test_on_duckdb(key: str, rule: dict[str, Any], kind: str, n: int, files: Path) -> None:
    table = f"t{KINDS.index(kind)}"
    assert unexpected(key, rule, f"{files / 'w.duckdb'}#{table}") == n
    if kind != "hugeint":  # which Parquet keeps as a float
        assert unexpected(key, rule, files / f"{table}.parquet") == n


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_on_postgres(kind: str, schema: Database) -> None:
    named, values = TYPES[kind][1:]
    schema.run(f"CREATE TABLE t (v {named})")
    for value in values:
        schema.run(f"INSERT INTO t VALUES (CAST(%s AS text)::{named})", values=[value])
    asked = [(key, rule, n) for key, rule, of, n in CASES if of == kind]
    assert [unexpected(key, rule, schema.url("t")) for key, rule, _ in asked] == [n for *_, n in asked]
