"""Queries that a contract wrote: what the engine itself forbids, should the parser ever let something pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import sqlglot
from headgate import Contract, check, publish
from headgate.errors import CallError
from headgate.places import QueryError
from headgate.places.duckdb import Files, Frame, Table
from headgate.places.duckdb import session as duckdb_session

from tests.support.contracts import dataset, load, odcs, write

FORBIDDEN = [
    "SELECT * FROM read_text('secret.txt')",
    "SELECT * FROM read_csv('secret.txt')",
    "COPY (SELECT 1) TO 'written.csv'",
    "ATTACH 'other.duckdb' AS other",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_paths = ['secret.txt']",
    "RESET enable_external_access",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("secret\n")
    (tmp_path / "own.csv").write_text("id,v\n1,a\n2,\n")
    duckdb.sql("SELECT 1 AS id, 'a' AS v").write_parquet(str(tmp_path / "own.parquet"))
    with duckdb.connect("w.duckdb") as connection:
        connection.execute("CREATE TABLE own AS SELECT 1 AS id, 'a' AS v")
    return tmp_path


PLACES: list[tuple[str, Any]] = [
    ("csv", Files("own.csv", "csv")),
    ("parquet", Files("own.parquet", "parquet")),
    ("table", Table("w.duckdb", "own")),
    ("frame", Frame(pd.DataFrame({"id": [1]}))),
]


@pytest.mark.parametrize("query", FORBIDDEN)
@pytest.mark.parametrize("place", [p for _, p in PLACES], ids=[name for name, _ in PLACES])
def test_nothing_outside_can_be_reached(place: Any, query: str, folder: Path) -> None:
    with place.connect() as session:
        relation = session.read(place)
        asked = sqlglot.exp.select("count(*)").from_(relation.as_data)
        (before,) = session.untrusted(asked)
        with pytest.raises((QueryError, CallError)):
            session.rows(query)
        assert session.untrusted(asked) == [before]  # what was read before can still be read
    assert not (folder / "written.csv").exists()


def test_a_query_that_does_not_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_session, "STATEMENT_TIMEOUT_S", 0.3)
    endless = "SELECT count(*) FROM things a, things b, things c, things d WHERE a.id + b.id > c.id * d.id"
    rule = {"id": "endless", "type": "sql", "query": endless, "mustBe": 0}
    report = check(dataset({"name": "id"}, quality=[rule]), pd.DataFrame({"id": range(2_000)}))
    (result,) = (r for r in report.results if r.key == "endless")
    assert (str(result.status), report.verdict) == ("errored", "unknown")
    assert "took longer than" in result.reason


@pytest.mark.parametrize("source", ["own.csv", "own.parquet", "w.duckdb#main.own", "other.duckdb#main.own"])
def test_a_publish_with_sql_rules(source: str, folder: Path) -> None:
    """The rule runs on what was staged, and after it the engine can still switch, quarantine and record."""
    with duckdb.connect("other.duckdb") as connection:
        connection.execute("CREATE TABLE own AS SELECT 1 AS id, 'a' AS v")
    rules = [{"id": "few", "type": "sql", "query": "SELECT count(*) FROM {object}", "mustBeLessThan": 9}]
    things = dataset(
        {"name": "id", "logicalType": "integer"},
        {"name": "v", "logicalType": "string", "required": True},
        quality=rules,
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 60},
    )
    for _ in range(2):
        outcome = publish(things, source, "w.duckdb#main.target", run_key="r")
        assert (outcome.rows_published, outcome.rows_set_aside) == (1, 1 if source == "own.csv" else 0)


def test_the_audit_reads_what_was_staged_and_not_the_table_of_that_name(folder: Path) -> None:
    with duckdb.connect("w.duckdb") as connection:
        connection.execute("CREATE TABLE things AS SELECT * FROM range(100) AS t(id)")
    rules = [{"id": "n", "type": "sql", "query": "SELECT count(*) FROM things", "mustBe": 2}]
    outcome = publish(dataset({"name": "id"}, quality=rules), "own.csv", "w.duckdb#main.things", run_key="r")
    assert str(outcome.report.verdict) == "warn"  # but for a column that the contract does not name
    assert outcome.rows_published == 2


QUERIES: list[tuple[str, Any, Any, str, str]] = [
    ("a number", "SELECT count(*) FROM things", 3, "passed", "3"),
    ("a fraction", "SELECT 0.5", 0.5, "passed", "0.5"),
    ("a float is compared as it is written", "SELECT 0.1::DOUBLE", 0.1, "passed", "0.1"),
    ("true", "SELECT true FROM things LIMIT 1", True, "passed", "1"),
    ("true is 1", "SELECT true", 1, "passed", "1"),
    ("false is not true", "SELECT false", True, "failed", "0"),
    ("NULL is no number", "SELECT NULL", 0, "errored", "gave NULL"),
    ("a text is no number", "SELECT 'a'", 0, "errored", "neither a number"),
    ("not a number", "SELECT 'nan'::DOUBLE", 0, "errored", "not a number"),
    ("many rows", "SELECT id FROM things", 0, "errored", "3 rows"),
    ("no row", "SELECT id FROM things WHERE false", 0, "errored", "no row"),
    ("two columns", "SELECT 1, 2", 0, "errored", "2 columns"),
    ("a column that is not there", "SELECT count(gone) FROM things", 0, "errored", "gone"),
    ("the object", "SELECT count(*) FROM {object}", 3, "passed", "3"),
    ("the object, as other tools write it", "SELECT count(*) FROM ${table}", 3, "passed", "3"),
    ("its name in the database", "SELECT count(*) FROM t_things", 3, "passed", "3"),
    ("with its schema", "SELECT count(*) FROM public.t_things WHERE public.t_things.id > 1", 2, "passed", "2"),
    ("by an alias", "SELECT count(*) FROM things AS t JOIN things u USING (id) WHERE t.id > 1", 2, "passed", "2"),
    ("a join in brackets", "SELECT count(*) FROM (things a JOIN other b ON a.id = b.id)", 1, "passed", "1"),
    ("a join in brackets, of subqueries", "SELECT count(*) FROM ((things a JOIN other b USING (id)) JOIN things c USING (id))", 1, "passed", "1"),
    ("a CTE of a CTE", "WITH x AS (SELECT id FROM things), y AS (SELECT * FROM x) SELECT max(Y.id) FROM Y", 3, "passed", "3"),
    ("a CTE in a subquery", "WITH x AS (SELECT id FROM things) SELECT (SELECT max(id) FROM x) + (SELECT 1)", 4, "passed", "4"),
    ("a CTE of a set operation", "WITH x AS (SELECT id FROM things) SELECT count(*) FROM (SELECT id FROM x UNION ALL SELECT id FROM x)", 6, "passed", "6"),
    ("in a CTE", "WITH x AS (SELECT id FROM things) SELECT max(x.id) FROM x", 3, "passed", "3"),
    ("in a set operation", "SELECT count(*) FROM (SELECT id FROM things EXCEPT SELECT 1)", 2, "passed", "2"),
    ("another dataset", "SELECT count(*) FROM things WHERE id NOT IN (SELECT id FROM other)", 2, "passed", "2"),
    ("a window", "SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY id) AS n FROM things)", 3, "passed", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "must_be", "status", "said"), [q[1:] for q in QUERIES], ids=[q[0] for q in QUERIES])
def test_what_a_query_may_say(query: str, must_be: Any, status: str, said: str) -> None:
    rule = {"id": "q", "type": "sql", "query": query, "mustBe": must_be}
    contract = load(
        odcs(
            {"name": "things", "physicalName": "t_things", "properties": [{"name": "id"}], "quality": [rule]},
            {"name": "other", "properties": [{"name": "id"}]},
            servers=[{"server": "pg", "type": "duckdb", "database": "w.duckdb", "schema": "public"}],
        )
    )
    frame = pd.DataFrame({"id": [1, 2, 3]})
    report = check(contract["things"], frame, references={"other": frame.iloc[:1]})
    (result,) = (r for r in report.results if r.key == "q")
    assert (str(result.status), said in result.observed + result.reason) == (status, True), result


def test_why_a_query_fails_is_said_beside_classified_columns_too_and_their_values_are_not() -> None:
    queries = ["SELECT count(gone) FROM things", "SELECT max(CAST(mail AS INTEGER)) FROM things"]
    quality = [{"id": f"q{i}", "type": "sql", "query": query, "mustBe": 0} for i, query in enumerate(queries)]
    things = dataset({"name": "mail", "classification": "pii"}, quality=quality)
    report = check(things, pd.DataFrame({"mail": ["ann@shop.example"]}))
    wrong, uncast = (r.reason for r in report.results if r.type == "sql")
    assert '"gone" not found' in wrong
    assert "cannot be converted" in uncast
    assert "ann@" not in uncast


def test_the_property_of_a_rule_and_the_dialect_of_the_server() -> None:
    rule = {"id": "q", "type": "sql", "query": "SELECT count(*) FROM {object} WHERE {property} IS NULL", "mustBe": 1}
    things = dataset(
        {"name": 'we"ird', "quality": [rule]},
        servers=[{"server": "m", "type": "mysql", "host": "h", "port": 1, "database": "d"}],
    )
    report = check(things, pd.DataFrame({'we"ird': [None, "x"]}))
    assert {str(r.status) for r in report.results if r.type == "sql"} == {"passed"}


def test_what_a_query_finds_in_a_classified_dataset_is_masked() -> None:
    rule = {"id": "q", "type": "sql", "query": "SELECT max(salary) FROM things", "mustBeLessThan": 5}
    report = check(
        dataset({"name": "salary", "classification": "secret"}, quality=[rule]), pd.DataFrame({"salary": [987654]})
    )
    assert report.verdict == "breach"
    assert "987654" not in str(report) + report.to_json()


def test_a_foreign_key_to_another_contract(folder: Path) -> None:
    server = {"server": "w", "type": "duckdb", "database": "w.duckdb"}
    ids = [{"name": "id", "id": "key"}]
    write(folder, odcs({"name": "customers", "id": "cust", "properties": ids}, servers=[server], id="c"), "c.odcs.yaml")
    link = {"to": "c.odcs.yaml#schema/cust/properties/key"}
    own = {"name": "orders", "properties": [{"name": "customer", "relationships": [link]}]}
    orders = Contract.load(write(folder, odcs(own, servers=[server]), "o.odcs.yaml"))["orders"]
    frame = pd.DataFrame({"customer": [1, 2, 3]})
    assert check(orders, frame).verdict == "unknown"  # there is no such table yet
    with duckdb.connect("w.duckdb") as connection:
        connection.execute("CREATE TABLE customers AS SELECT 1 AS id")
    assert [r.unexpected for r in check(orders, frame).failed] == [2]
    (folder / "orders.csv").write_text("customer\n1\n7\n")
    assert [r.unexpected for r in publish(orders, "orders.csv", run_key="r").report.failed] == [1]
    given = {"c.odcs.yaml#customers": pd.DataFrame({"id": [1, 2, 3]})}
    assert check(orders, frame, references=given).verdict == "pass"
