"""The tables of cases, answered on a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate import Contract, check
from headgate.cli import main
from headgate.errors import CallError
from headgate.places import QueryError, place_of
from headgate.places.postgres import session as postgres_session

from tests.conformance import nested_checks, row_checks
from tests.conformance.attack_checks import ATTACKS, REFUSED, Attack
from tests.support.contracts import dataset, dataset_of_case, odcs, write
from tests.support.postgres_tables import Database

pytestmark = pytest.mark.slow

SECRET = "the-secret-of-the-host"


@pytest.mark.parametrize("case", row_checks.CASES, ids=lambda case: case.name)
def test_row_checks(case: row_checks.Case, schema: Database) -> None:
    schema.fill("things", case.columns)
    if case.reference is not None:
        schema.fill("other", {"v": (next(iter(case.columns.values()))[0], case.reference)})
    report = check(dataset_of_case(case), schema.url("things"))
    result = next(r for r in report.results if r.key == case.key)
    assert (result.status in ("passed", "failed"), result.unexpected, result.reason) == (True, case.unexpected, "")


PLAIN = [case for case in nested_checks.CASES if case.kind in ("INTEGER", "DOUBLE", "DECIMAL(10,3)")]
INSIDE = [case for case in nested_checks.CASES if case.kind in ("JSON", "INTEGER[]", "VARCHAR[]", "INTEGER[][]")]


def test_the_table_has_cases_of_both_kinds() -> None:
    assert len(PLAIN) >= 4
    assert len(INSIDE) >= 8


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.name)
def test_multiples_and_ranges(case: nested_checks.Case, schema: Database) -> None:
    kind = case.kind.replace("DOUBLE", "DOUBLE PRECISION")
    values = (value.replace("DOUBLE", "DOUBLE PRECISION") for value in case.values)
    schema.run(f"CREATE TABLE things (v {kind})", *(f"INSERT INTO things SELECT {value}" for value in values))
    report = check(dataset({"name": "v", **case.promise}), schema.url("things"))
    result = next(r for r in report.results if r.key == case.key)
    assert (result.unexpected, result.reason) == (case.unexpected, "")


@pytest.mark.parametrize("case", INSIDE, ids=lambda case: case.name)
def test_what_is_inside_is_not_executed(case: nested_checks.Case, schema: Database) -> None:
    schema.run(f"CREATE TABLE things (v {case.kind})")
    report = check(dataset({"name": "v", **case.promise}), schema.url("things"))
    result = next(r for r in report.results if r.key == case.key)
    assert (str(result.status), result.reason, report.verdict) == (
        "not_executed",
        "what is inside a value is not looked into on PostgreSQL",
        "unknown",
    )


def filled(value: Any, secret: str, written: str) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, secret, written) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, secret, written) for inner in value]
    return value.replace("{secret}", secret).replace("{written}", written) if isinstance(value, str) else value


@pytest.fixture
def things(schema: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(SECRET)
    schema.run("CREATE TABLE untouched AS SELECT 1 AS v")
    schema.run("CREATE TABLE things AS SELECT 'a'::text AS id, 'b'::text AS v", "CREATE SEQUENCE s")
    return schema


def harm(things: Database, folder: Path) -> list[str]:
    """What an attack has done."""
    relations = things.run("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", values=[things.schema])
    strange = {name for (name,) in relations} ^ {"untouched", "things", "s"}
    kept = [] if strange else [*things.run("SELECT v FROM untouched"), *things.run("SELECT is_called FROM s")]
    made = {file.name for file in folder.iterdir()} - {"secret.txt", "c.odcs.yaml"}
    return [*strange, *made, *([] if kept == [(1,), (False,)] else ["untouched"])]


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.outcome != REFUSED], ids=lambda attack: attack.name)
def test_attacks(attack: Attack, things: Database, tmp_path: Path) -> None:
    names = str(tmp_path / "secret.txt"), str(tmp_path / "written")
    prop = {"name": "v"} | filled(dict(attack.prop), *names)
    thing = {"name": "things", "properties": [{"name": "id"}, prop], **filled(dict(attack.thing), *names)}
    if attack.query:
        thing["quality"] = [{"id": "attack", "type": "sql", "query": filled(attack.query, *names), "mustBe": 0}]
    path = write(tmp_path, odcs(thing, **filled(dict(attack.root), *names)), "c.odcs.yaml")
    report = check(next(iter(Contract.load(path))), things.url("things"), show_examples=True)
    if attack.query:
        assert {r.key: str(r.status) for r in report.results}["attack"] in ("passed", "failed"), report.to_json()
    result = CliRunner().invoke(main, ["check", str(path), things.url("things")])
    assert isinstance(result.exception, SystemExit | None), result.output
    assert harm(things, tmp_path) == []
    assert SECRET not in str(report) + report.to_json() + result.output


QUERIES = [attack for attack in ATTACKS if attack.query and attack.outcome == REFUSED]
BESIDE = [
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT count(*) FROM things; COMMIT",
    "SELECT pg_advisory_lock(1)",
    "SELECT nextval('s')",
    "SELECT currval('s')",
    "SELECT count(*) FROM pg_catalog.pg_authid",
]


@pytest.mark.parametrize("query", [*(a.query for a in QUERIES), *BESIDE], ids=lambda query: query[:60])
def test_a_query_that_got_past_the_reader(query: str, things: Database, tmp_path: Path) -> None:
    """What is refused when a contract is read is refused by the place as well."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    place = place_of(things.url("things"))
    with place.connect() as session:
        session.read(place)
        try:
            trees = sqlglot.parse(filled(query, str(tmp_path / "secret.txt"), str(tmp_path / "written")), "postgres")
        except (SqlglotError, RecursionError):
            return
        for tree in trees:
            if tree is not None and tree.sql(comments=False) != "SELECT 1":
                with pytest.raises(QueryError):
                    session.untrusted(tree)
    assert harm(things, tmp_path) == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {}.untouched VALUES (2) RETURNING 1",
        "CREATE TABLE {}.stolen AS SELECT 1",
        "SELECT nextval('{}.s')",
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', false)",
    ],
)
def test_the_transaction_only_reads(statement: str, things: Database, tmp_path: Path) -> None:
    place = place_of(things.url("things"))
    with place.connect() as session:
        relation = session.read(place)
        with pytest.raises((QueryError, CallError)):
            session.rows(statement.format(things.schema))  # type: ignore[arg-type]
        assert relation.name == f"{things.schema}.things"
        assert session.rows("SELECT 1") == [(1,)]  # type: ignore[arg-type]
    assert harm(things, tmp_path) == []


def test_a_query_that_does_not_end(things: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_session, "STATEMENT_TIMEOUT_S", 0.3)
    things.run("CREATE TABLE many AS SELECT g::text AS id FROM generate_series(1, 3000) AS g")
    endless = "SELECT count(*) FROM things a, things b, things c WHERE a.id || b.id > c.id"
    rules = [{"id": "endless", "type": "sql", "query": endless, "mustBe": 0},
             {"id": "after", "type": "sql", "query": "SELECT count(*) FROM things", "mustBe": 3000}]  # fmt: skip
    report = check(dataset({"name": "id"}, quality=rules), things.url("many"))
    found = {r.key: r for r in report.results}
    assert (str(found["endless"].status), str(found["after"].status)) == ("errored", "passed")
    assert "took longer than 0 s" in found["endless"].reason
