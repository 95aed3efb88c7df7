"""Text rules on columns that hold no plain text: one answer on every platform, by the text of each value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate import check

from tests.support.contracts import dataset
from tests.support.postgres_tables import Database

UUIDS = ["123e4567-e89b-12d3-a456-426614174000", None, "00000000-0000-0000-0000-000000000000"]
# DuckDB's type (None: it has none), PostgreSQL's, values
TYPES: dict[str, tuple[str | None, str, list[str | None]]] = {
    "uuid": ("UUID", "uuid", UUIDS),
    "json": ("JSON", "json", ['{"a": 1}', '"x"', None, "[]"]),
    "jsonb": (None, "jsonb", ['{"a": 1}', '"x"', None, "[]"]),
    "enum": ("ENUM('ab', 'abcd', 'x')", "t_enum", ["ab", "x", None, "abcd"]),
    "bit": ("BIT", "bit varying(8)", ["101", None, "0"]),
    "char": ("VARCHAR", "char(4)", ["ab", None, "x"]),
    "inet": (None, "inet", ["10.0.0.1", "10.0.0.0/8", "::1", None]),
    "cidr": (None, "cidr", ["10.0.0.1/32", "::1/128"]),
    "macaddr": (None, "macaddr", ["08:00:2b:01:02:03", None]),
    "bytes": ("BLOB", "bytea", ["abc", None]),
}
HOW = "not executed"


def options(**options: Any) -> dict[str, Any]:
    return {"logicalTypeOptions": options}


def metric(name: str, **arguments: Any) -> dict[str, Any]:
    return {"quality": [{"metric": name, "mustBe": 0} | ({"arguments": arguments} if arguments else {})]}


# A rule, and by type how many rows are unexpected.
RULES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("format", options(format="uuid"), {"uuid": 0, "json": 3, "jsonb": 3, "enum": 3, "bit": 2, "char": 2, "inet": 3, "cidr": 2, "macaddr": 1, "bytes": HOW}),
    ("format", options(format="ipv4"), {"uuid": 2, "inet": 2, "cidr": 2, "macaddr": 1, "bytes": HOW}),
    ("format", options(format="ipv6"), {"uuid": 2, "inet": 2, "cidr": 2, "bytes": HOW}),
    ("minLength", options(minLength=4), {"uuid": 0, "json": 2, "jsonb": 2, "enum": 2, "bit": 2, "char": 2, "inet": 1, "cidr": 0, "bytes": HOW}),
    ("maxLength", options(maxLength=3), {"uuid": 2, "json": 1, "jsonb": 1, "enum": 1, "bit": 0, "char": 0, "inet": 2, "cidr": 2, "bytes": HOW}),
    ("pattern", options(pattern="^[0-9]+"), {"uuid": 0, "json": 3, "jsonb": 3, "enum": 3, "bit": 0, "char": 2, "inet": 1, "cidr": 1, "bytes": HOW}),
    ("pattern", options(pattern="^(10|x|ab)"), {"uuid": 2, "enum": 0, "bit": 1, "char": 0, "inet": 1, "cidr": 1, "bytes": HOW}),
    ("enum", {"enum": [{"value": v} for v in ("x", "ab", "10.0.0.1", "101", "[]", UUIDS[0])]},
     {"uuid": 1, "json": 2, "jsonb": 2, "enum": 1, "bit": 1, "char": 0, "inet": 2, "cidr": 2, "bytes": HOW}),
    ("invalidValues", metric("invalidValues", validValues=["x", "::1", "0"]),
     {"uuid": 2, "json": 3, "enum": 2, "bit": 1, "char": 1, "inet": 2, "cidr": 2, "bytes": HOW}),
    ("missingValues", metric("missingValues"), {"uuid": 1, "json": 1, "jsonb": 1, "enum": 1, "bit": 1, "char": 1, "inet": 1, "cidr": 0, "bytes": HOW}),
    ("missingValues", metric("missingValues", missingValues=["x", "", "101", "10.0.0.1"]),
     {"uuid": 0, "json": 0, "enum": 1, "bit": 1, "char": 1, "inet": 1, "cidr": 0, "bytes": HOW}),
]  # fmt: skip
CASES = [(key, rule, kind, expected) for key, rule, by_type in RULES for kind, expected in by_type.items()]


def answer(rule: dict[str, Any], key: str, data: Any) -> Any:
    report = check(dataset({"name": "v", "logicalType": "string", **rule}), data)
    (result,) = (r for r in report.results if r.key == f"v.{key}")
    return result.unexpected if result.unexpected is not None else (HOW if "have no text" in result.reason else result)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("types")
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        for name, (kind, _, values) in TYPES.items():
            if kind is not None:
                connection.execute(f"CREATE TABLE {name} (v {kind})")
                connection.executemany(f"INSERT INTO {name} SELECT CAST(? AS VARCHAR)", [[v] for v in values])
                connection.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
    return folder


@pytest.mark.parametrize(("key", "rule", "kind", "expected"), CASES, ids=[f"{c[0]} {c[2]}" for c in CASES])
def test_on_duckdb(key: str, rule: dict[str, Any], kind: str, expected: Any, files: Path) -> None:
    if TYPES[kind][0] is None:
        pytest.skip("DuckDB has no such type")
    found = {
        "table": answer(rule, key, f"{files / 'w.duckdb'}#{kind}"),
        "file": answer(rule, key, files / f"{kind}.parquet"),
    }
    if kind != "bit":  # which Arrow and pandas have not
        with duckdb.connect(str(files / "w.duckdb"), read_only=True) as connection:
            rows = connection.execute(f"FROM {kind}")
            found["arrow"] = answer(rule, key, rows.to_arrow_table())
            found["pandas"] = answer(rule, key, connection.execute(f"FROM {kind}").df())
    assert found == dict.fromkeys(found, expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TYPES)
def test_on_postgres(kind: str, schema: Database) -> None:
    named, values = TYPES[kind][1:]
    if kind == "enum":
        schema.run("CREATE TYPE t_enum AS ENUM ('ab', 'abcd', 'x')")
    schema.run(f"CREATE TABLE t (v {named})")
    for value in values:
        schema.run(f"INSERT INTO t VALUES (CAST(%s AS text)::{named})", values=[value])
    cases = [(key, rule, expected) for key, rule, of, expected in CASES if of == kind]
    assert [answer(rule, key, schema.url("t")) for key, rule, _ in cases] == [expected for *_, expected in cases]
