"""A constraint proves what it watches over, and nothing else; a broken promise is found whatever is declared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from headgate import Contract, check

from tests.support.contracts import dataset, load, odcs
from tests.support.postgres_tables import Database

KEYS = ("a.required", "a.unique", "pair", "b.foreignKey")


def contract() -> Contract:
    pair = {"id": "pair", "metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["a", "b"]}}
    return load(
        odcs(
            {
                "name": "things",
                "properties": [
                    {"name": "a", "required": True, "unique": True},
                    {"name": "b", "relationships": [{"to": "other.v"}]},
                ],
                "quality": [pair],
            },
            {"name": "other", "properties": [{"name": "v"}]},
        )
    )


@dataclass(frozen=True)
class Case:
    """`proven` are the keys that a constraint proves; `unexpected` the counts of all four."""

    name: str
    table: str
    proven: tuple[str, ...] = ()
    unexpected: tuple[int, ...] = (0, 0, 0, 0)
    then: tuple[str, ...] = ()
    rows: str = "(1, 1), (2, 1)"


OTHER = "CREATE TABLE other (v INT PRIMARY KEY)"
BOTH = (
    Case("none", "CREATE TABLE things (a INT, b INT)"),
    Case("primary key", "CREATE TABLE things (a INT PRIMARY KEY, b INT)", ("a.required", "a.unique", "pair")),
    Case("not null", "CREATE TABLE things (a INT NOT NULL, b INT NOT NULL)", ("a.required",)),
    Case("unique", "CREATE TABLE things (a INT UNIQUE, b INT)", ("a.unique", "pair"), rows="(1, 1), (2, 1)"),
    Case("a unique key with NULLs", "CREATE TABLE things (a INT UNIQUE, b INT)", ("a.unique", "pair"), (2, 0, 0, 0),
         rows="(NULL, 1), (NULL, 1)"),
    Case("both together", "CREATE TABLE things (a INT, b INT, UNIQUE (b, a))", ("pair",), (0, 2, 0, 0),
         rows="(1, 1), (1, 2)"),
    Case("another column", "CREATE TABLE things (a INT, b INT UNIQUE)", ("pair",), (0, 2, 0, 0), rows="(1, 1), (1, 2)"),
    Case("a view", "CREATE TABLE base (a INT PRIMARY KEY, b INT)", (), (0, 4, 4, 0),
         ("INSERT INTO base VALUES (1, 1), (2, 1)",
          "CREATE VIEW things AS SELECT * FROM base UNION ALL SELECT * FROM base"), rows=""),
)  # fmt: skip
FOREIGN = "CREATE TABLE things (a INT, b INT REFERENCES other)"
POSTGRES = (
    Case("foreign key", FOREIGN, ("b.foreignKey",)),
    Case("foreign key to another table", "CREATE TABLE more (v INT PRIMARY KEY)", (), (0, 0, 0, 1),
         ("INSERT INTO more VALUES (7)", "CREATE TABLE things (a INT, b INT REFERENCES more)",
          "INSERT INTO things VALUES (1, 7)"), rows=""),
    Case("foreign key that was not validated", "CREATE TABLE things (a INT, b INT)", (), (0, 0, 0, 1),
         ("ALTER TABLE things ADD FOREIGN KEY (b) REFERENCES other NOT VALID",), "(1, 9)"),
    Case("foreign key whose triggers were off", FOREIGN, (), (0, 0, 0, 1),
         ("ALTER TABLE things DISABLE TRIGGER ALL", "INSERT INTO things VALUES (1, 9)"), rows=""),
    Case("some rows are unique", "CREATE TABLE things (a INT, b INT)", (), (0, 2, 0, 0),
         ("CREATE UNIQUE INDEX ON things (a) WHERE b > 2",), "(1, 1), (1, 2)"),
    Case("an expression is unique", "CREATE TABLE things (a INT, b INT)", (), (0, 2, 0, 0),
         ("CREATE UNIQUE INDEX ON things ((a + b))",), "(1, 1), (1, 2)"),
    Case("a unique index that includes", "CREATE TABLE things (a INT, b INT)", ("pair",), (0, 2, 0, 0),
         ("CREATE UNIQUE INDEX ON things (b) INCLUDE (a)",), "(1, 1), (1, 2)"),
    Case("put off to the end of a transaction", "CREATE TABLE things (a INT UNIQUE DEFERRABLE, b INT)", ()),
    Case("a table with children", "CREATE TABLE things (a INT PRIMARY KEY, b INT)", (), (0, 2, 2, 0),
         ("CREATE TABLE child () INHERITS (things)", "INSERT INTO child VALUES (1, 1)"), "(1, 1)"),
    Case("unique by another operator class", "CREATE TYPE whole AS (n NUMERIC)", (), (0, 2, 2, 0),
         ("CREATE TABLE things (a whole, b INT)", "CREATE UNIQUE INDEX ON things (a record_image_ops)",
          "INSERT INTO things VALUES (ROW(1.0), 1), (ROW(1.00), 1)"), rows=""),
    Case("exclusion", "CREATE TABLE things (a INT, b INT, EXCLUDE USING btree (a WITH =))", ()),
)  # fmt: skip


def assert_case(case: Case, place: str) -> None:
    results = {r.key: r for r in check(contract()["things"], place).results if r.key in KEYS}
    assert tuple(k for k in KEYS if results[k].evidence == "constraint") == case.proven
    assert tuple(results[k].unexpected for k in KEYS) == case.unexpected


def statements(case: Case) -> list[str]:
    filled = [f"INSERT INTO things VALUES {case.rows}"] if case.rows else []
    return [OTHER, "INSERT INTO other VALUES (1), (2)", case.table, *filled, *case.then]


@pytest.mark.parametrize("case", BOTH, ids=lambda case: case.name)
def test_on_duckdb(case: Case, tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        for statement in statements(case):
            connection.execute(statement)
    assert_case(case, f"{tmp_path}/w.duckdb#main.things")


@pytest.mark.slow
@pytest.mark.parametrize("case", (*BOTH, *POSTGRES), ids=lambda case: case.name)
def test_on_postgres(case: Case, schema: Database) -> None:
    schema.run(*statements(case))
    assert_case(case, schema.url("things"))


@pytest.mark.parametrize("key", ["", " PRIMARY KEY"])
def test_the_rows_looked_at_are_those_of_the_filter(key: str, tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute(f"CREATE TABLE things (a INT{key}, b INT)")
        connection.execute("INSERT INTO things VALUES (1, 1), (2, 2), (3, 2)")
    arguments = {"column": "a", "row_condition": 'col("b") == 2', "condition_parser": "great_expectations"}
    implementation = {"type": "expect_column_values_to_be_unique", "kwargs": {**arguments, "mostly": 0.9}}
    rule = {"id": "of_two", "type": "custom", "engine": "greatExpectations", "implementation": implementation}
    things = dataset({"name": "a"}, {"name": "b", "logicalType": "integer"}, quality=[rule])
    (result,) = [r for r in check(things, f"{tmp_path}/w.duckdb#main.things").results if r.key == "of_two"]
    assert (result.evidence == "constraint", result.observed) == (bool(key), "0 of 2 rows")
