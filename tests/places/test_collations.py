"""Texts are compared as they are, whatever collation a column has: no evidence takes one text for another."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from headgate import check

from tests.support.contracts import dataset
from tests.support.postgres_tables import Database

THINGS = dataset(
    {
        "name": "t",
        "unique": True,
        "logicalType": "string",
        "enum": [{"value": "a"}, {"value": "B"}],
        "logicalTypeOptions": {"pattern": "^[a-z]$"},
        "quality": [{"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": ["A"]}, "id": "missing"}],
    }
)
# Of the texts a, A and B: A is none of the enum, and missing; A and B do not match; all three differ.
UNEXPECTED = {"t.enum": 1, "t.missing": 1, "t.pattern": 2}


def found(place: str) -> dict[str, int | None]:
    return {r.key: r.unexpected for r in check(THINGS, place).failed}


@pytest.mark.parametrize("kind", ["table", "view"])
def test_duckdb(kind: str, tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute("CREATE TABLE base (t VARCHAR COLLATE NOCASE)")
        connection.execute("INSERT INTO base VALUES ('a'), ('A'), ('B')")
        connection.execute(
            f"CREATE {kind} things AS FROM base" if kind == "view" else "ALTER TABLE base RENAME TO things"
        )
    assert found(f"{tmp_path}/w.duckdb#main.things") == UNEXPECTED


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["TEXT", "VARCHAR(9)", "CHAR(1)"])
def test_postgres(kind: str, schema: Database) -> None:
    schema.run(
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        f"CREATE TABLE things (t {kind} COLLATE loose)",
        "INSERT INTO things VALUES ('a'), ('A'), ('B')",
    )
    assert found(schema.url("things")) == UNEXPECTED
