"""PostgreSQL as a place: how it is named, what it shows, and how its faults are told."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from click.testing import CliRunner
from headgate import check
from headgate.cli import main
from headgate.errors import CallError, TransientError
from headgate.naming import PlaceName
from headgate.places import place_of
from headgate.places.postgres import Table as PostgresTable
from headgate.places.postgres import session as postgres_session
from headgate.places.postgres.literal_patterns import literal_match
from headgate.places.postgres.patterns import postgres_pattern
from sqlglot import exp

from tests.support.contracts import dataset, load, odcs, write
from tests.support.postgres_tables import Database

pytestmark = pytest.mark.slow

PASSWORD = "s3cr3t-of-the-d@q9q9#1/x:y"


@pytest.mark.parametrize(
    "text, schema, name",
    [
        ("postgresql://u@h/d#shop.orders", "shop", "orders"),
        ("postgres://u@h/d#orders", "public", "orders"),
        ("postgresql+psycopg2://u@h/d?sslmode=require#shop.orders", "shop", "orders"),
    ],
)
def test_the_url_names_the_table(text: str, schema: str, name: str) -> None:
    place = place_of(text)
    assert isinstance(place, PostgresTable)
    assert (place.schema, place.name, str(place)) == (schema, name, f"{schema}.{name}")
    assert place.url.startswith("postgresql://u@h/d")


def test_lineage_names_the_server_as_openlineage_does() -> None:
    assert place_of("postgresql://u:pw@h:5433/d#shop.orders").lineage == PlaceName("postgres://h:5433", "d.shop.orders")


SECRETIVE = [
    "postgresql://u:{p}@localhost:1/d#a.b",
    "postgresql://u:{p}@localhost:1/d",
    "postgresql://u:{p}@localhost:1/d#a.b.c",
    "postgresql://u:{p}@localhost:99999/d#a.b",
    "postgresql://u:{raw}@localhost:1/d#a.b",
    "postgresql://u:{p}@localhost:1/d?nonsense={p}#a.b",
    "postgresql://u@localhost:1/d?password={p}#a.b",
    "postgresql://{p}#a.b",
    "postgresql://u:x#s3cr3t@localhost:1/d",
    "postgresql://u:x#s3cr3t",
    "postgresql://u:s3cr3t#a.b",
]


@pytest.mark.parametrize("url", SECRETIVE)
def test_no_password_in_what_is_said_of_a_wrong_url(url: str, tmp_path: Path) -> None:
    from urllib.parse import quote

    contract = write(tmp_path, odcs({"name": "a", "properties": [{"name": "v"}]}))
    given = url.format(p=quote(PASSWORD, safe=""), raw=PASSWORD)
    result = CliRunner().invoke(main, ["check", str(contract), given])
    assert result.exit_code in (2, 3), result.output
    assert isinstance(result.exception, SystemExit)
    for part in (PASSWORD, quote(PASSWORD, safe=""), "s3cr3t", "q9q9", "x:y", "3A"):
        assert part not in result.output


def test_no_password_in_what_a_check_shows(schema: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    schema.run("CREATE TABLE a (v INTEGER)", "INSERT INTO a VALUES (NULL)")
    contract = write(tmp_path, odcs({"name": "a", "properties": [{"name": "v", "required": True}]}))
    given = Database(schema.server, schema.schema, password=PASSWORD).url("a")
    for form in ("text", "json"):
        result = CliRunner().invoke(main, ["check", str(contract), given, "--format", form, "--verbose"])
        assert result.exit_code == 1, result.output
        assert "not null" in result.output
        assert "s3cr3t" not in result.output
    assert "s3cr3t" not in repr(place_of(given)) + str(place_of(given)) + str(place_of(given).lineage) + caplog.text


def test_what_is_not_there_is_the_callers_fault(schema: Database) -> None:
    things = dataset({"name": "v"})
    for given in (
        schema.url("gone"),
        schema.url("a").replace("/postgres?", "/no_such_database?"),
        schema.url("a").replace("//headgate@", "//nobody_there@"),
    ):
        with pytest.raises(CallError):
            check(things, given)


def test_a_server_that_is_away_is_a_passing_fault() -> None:
    with pytest.raises(TransientError, match="localhost:1/d"):
        check(dataset({"name": "v"}), "postgresql://u@localhost:1/d#a.b")


def test_a_connection_that_is_cut_is_a_passing_fault(schema: Database) -> None:
    schema.run("CREATE TABLE a (v INTEGER)")
    place = place_of(schema.url("a"))
    with place.connect() as session:
        relation = session.read(place)
        ((pid,),) = session.rows("SELECT pg_backend_pid()")  # type: ignore[arg-type]
        schema.run(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(TransientError):
            session.view(postgres_session.exp.select("*").from_(relation.source), "again")


def test_a_locked_table_is_a_passing_fault(schema: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres_session._SETTINGS, "lock_timeout", "200")
    schema.run("CREATE TABLE a (v INTEGER)")
    with psycopg.connect(host=schema.server, user="headgate", dbname="postgres") as other:
        other.execute(f"LOCK TABLE {schema.schema}.a IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TransientError, match="lock"):
            check(dataset({"name": "v"}), schema.url("a"))


def test_every_query_says_who_asks(schema: Database) -> None:
    schema.run("CREATE TABLE a (v INTEGER)")
    place = place_of(schema.url("a"))
    with place.connect(label="shop@1.0.0 */ DROP TABLE a; /* orders run 7") as session:
        ((query, name),) = session.rows(
            "SELECT query, application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"  # type: ignore[arg-type]
        )
    assert query.startswith("/* headgate shop@1.0.0 DROP TABLE a orders run 7 */ SELECT query")
    assert name == "headgate"


def test_all_checks_see_the_same_rows(schema: Database) -> None:
    schema.run("CREATE TABLE a (v INTEGER)", "INSERT INTO a VALUES (1)")
    place = place_of(schema.url("a"))
    with place.connect() as session:
        counted = postgres_session.exp.select("count(*)").from_(session.read(place).as_data)
        before = session.rows(counted)
        schema.run("INSERT INTO a VALUES (2)")
        assert session.rows(counted) == before == [(1,)]


def results(things: Any, url: str) -> dict[str, tuple[str, int | None, str]]:
    report = check(things, url, show_examples=True)
    return {r.key: (str(r.status), r.unexpected, r.reason) for r in report.results}


ENUM = {"enum": [{"value": "red"}, {"value": "no value of the type"}]}
TYPES: list[tuple[str, str, dict[str, Any], str, tuple[str, int | None, str]]] = [
    ("color", "('red'), ('blue')", {"logicalType": "string", **ENUM}, "v.enum", ("failed", 1, "")),
    ("uuid", f"('{'0' * 32}'), (NULL)", {"logicalType": "string", "logicalTypeOptions": {"maxLength": 36}}, "v.maxLength", ("passed", 0, "")),
    ("json", "('[1]'), ('[1]')", {"logicalType": "array", "unique": True}, "v.unique", ("failed", 2, "")),
    ("pair", "(NULL), (NULL), (ROW(NULL, NULL)), (ROW(NULL, NULL))", {"logicalType": "object", "unique": True}, "v.unique", ("failed", 2, "")),
    ("positive", "(1), (3)", {"logicalType": "integer", "logicalTypeOptions": {"maximum": 2}}, "v.maximum", ("failed", 1, "")),
    ("date", "('infinity'), ('0044-03-15 BC'), ('2024-01-01')", {"logicalType": "date", "logicalTypeOptions": {"maximum": "2025-01-01"}}, "v.maximum", ("failed", 1, "")),
    ("timestamptz", "('-infinity'), ('2024-01-01')", {"logicalType": "timestamp", "logicalTypeOptions": {"minimum": "2023-01-01T00:00:00Z"}}, "v.minimum", ("failed", 1, "")),
    ("timestamp", "('2024-01-01 00:00')", {"logicalType": "timestamp", "logicalTypeOptions": {"minimum": "2024-01-01T00:00:00Z"}}, "v.minimum", ("passed", 0, "")),
    ("numeric", "('NaN'), (1)", {"logicalType": "number", "logicalTypeOptions": {"multipleOf": 0.5}}, "v.multipleOf", ("failed", 1, "")),
    ("text", "('a')", {"logicalType": "string", "logicalTypeOptions": {"pattern": r"^\pL$"}}, "v.pattern", ("not_executed", None, r"the pattern ^\pL$ is not matched alike by PostgreSQL")),
    ("text", "('a@example.com'), ('a')", {"logicalType": "string", "classification": "confidential", "logicalTypeOptions": {"format": "email"}}, "v.format", ("failed", 1, "")),
    ("numeric(10,2)", "(1)", {"logicalType": "number", "physicalType": "DECIMAL(10, 2)"}, "v.physicalType", ("passed", None, "")),
    ("varchar(3)", "('a')", {"logicalType": "string", "physicalType": "varchar(4)"}, "v.physicalType", ("failed", None, "")),
    ("int[]", "('{{1}}')", {"logicalType": "array", "items": {"logicalType": "array", "items": {"logicalType": "integer"}}}, "v.logicalType", ("passed", None, "")),
    ("text", "('1')", {"logicalType": "string", "enum": [{"value": "a\0') OR TRUE --"}]}, "v.enum", ("errored", None, "the query has a character that PostgreSQL's texts cannot hold")),
    ("text", "('1')", {"logicalType": "integer", "logicalTypeOptions": {"minimum": 1}}, "v.minimum", ("not_executed", None, "the column is text, not integer")),
]  # fmt: skip


@pytest.mark.parametrize("kind, values, promise, key, expected", TYPES, ids=[f"{t[0]} {t[3]}" for t in TYPES])
def test_types(kind: str, values: str, promise: Any, key: str, expected: Any, schema: Database) -> None:
    schema.run(
        "CREATE TYPE color AS ENUM ('red', 'blue')",
        "CREATE TYPE pair AS (a INT, b INT)",
        "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
        f"CREATE TABLE things (v {kind})",
        f"INSERT INTO things VALUES {values}",
    )
    assert results(dataset({"name": "v", **promise}), schema.url("things"))[key] == expected


def test_references_and_queries_where_values_are_cast(schema: Database) -> None:
    schema.run(
        "CREATE TABLE other (k uuid, c text)", f"INSERT INTO other VALUES ('{'1' * 32}', 'x')",
        f"CREATE TABLE things AS SELECT '{'1' * 32}'::uuid AS k UNION ALL SELECT '{'2' * 32}'",
    )  # fmt: skip
    query = "SELECT count(*) FROM {object} t JOIN other o ON t.k = o.k WHERE o.c LIKE 'x%'"
    things = load(odcs(
        {"name": "things", "properties": [{"name": "k", "relationships": [{"to": "other.k"}]}],
         "quality": [{"id": "few", "type": "sql", "query": query, "mustBe": 2}]},
        {"name": "other", "properties": [{"name": "k", "physicalType": "text"}]},
    ))["things"]  # fmt: skip
    for references in (None, {"other": schema.url("other")}, {"other": "other"}):
        report = check(things, schema.url("things"), references=references)
        found = {r.key: (str(r.status), r.unexpected, r.observed) for r in report.results}
        assert (found["k.foreignKey"], found["few"]) == (("failed", 1, "1 of 2 rows (50 %)"), ("failed", None, "1"))


def test_a_view_and_a_name_in_other_letters(schema: Database) -> None:
    schema.run('CREATE TABLE "Orders" (v INTEGER)', "CREATE VIEW shown AS SELECT 1 AS v")
    for name in ("orders", "Orders", "shown"):
        assert results(dataset({"name": "v", "required": True}), schema.url(name))["v.required"][0] == "passed"


def test_row_security_is_no_reason_to_see_less(schema: Database) -> None:
    """A check of the rows that a reader may see would be no check of the table."""
    role = f"reader_{schema.schema}"
    schema.run(
        "CREATE TABLE a (v INTEGER)", "INSERT INTO a VALUES (NULL)", "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        f"CREATE ROLE {role} LOGIN", f"GRANT USAGE ON SCHEMA {schema.schema} TO {role}", f"GRANT SELECT ON a TO {role}",
    )  # fmt: skip
    try:
        with pytest.raises(Exception, match="row-level security"):
            check(dataset({"name": "v", "required": True}), Database(schema.server, schema.schema, role).url("a"))
    finally:
        schema.run(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


ATOMS = ["a", ".", r"\d", r"\w", r"\S", "[a-c]", "[^a]", r"[\d_]", "(a|b)", "(?:ab)", "^", "$", r"\b", r"\.", "{", "]"]
PATTERNS = [
    "".join(parts)
    for parts in itertools.chain(
        itertools.product(ATOMS, ["", "*", "+?", "{1,2}", "?"]),
        itertools.product(ATOMS, ["", "*"], ATOMS[:8], ["", "+"]),
    )
]
TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "aab",
    "A",
    "1",
    "a1",
    "a.b",
    " ",
    "a b",
    "\n",
    "a\n",
    "é",
    "日本",
    "{",
    "a{1,2}",
    "]",
    "_-",
]


PLAIN = [
    f"^{start}[{inside}]{count}$"
    for start in ("", "a", "AB-", r"\.\-", "é")
    for inside in ("0-9", "a-c", "A-Z0-9_", "b a", "z-a", "a-")
    for count in ("", "+", "*", "{2}", "{1,3}", "{2,}", "{0}", "{3,1}")
]


def test_plain_patterns_match_alike(schema: Database) -> None:
    """A pattern that is told without a regular expression finds what RE2 finds."""
    texts = [start + rest for start in ("", "a", "A", "AB-", ".-", "é", " ") for rest in
             ("", "1", "12", "123", "1234", "a", "ab", "abc", "b a", "_9Z", "a\n", "\na", "é1", "-", "٣")]  # fmt: skip
    told = []
    server = psycopg.connect(host=schema.server, user="headgate", dbname="postgres", autocommit=True)
    with server as connection, duckdb.connect() as re2:
        for pattern in PLAIN:
            if (plain := literal_match(exp.column("t"), pattern)) is None:
                continue
            told.append(pattern)
            ((by_re2,),) = re2.execute(
                "SELECT list_transform(?::VARCHAR[], lambda t: regexp_matches(t, ?))", [texts, pattern]
            ).fetchall()
            query = f"SELECT array_agg({plain.sql('postgres')} ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n)"
            ((by_postgres,),) = connection.execute(query, [texts]).fetchall()
            assert by_postgres == by_re2, pattern
    assert len(told) == 4 * 4 * 7


def test_patterns_match_alike(schema: Database) -> None:
    """Every pattern that is translated finds what RE2 finds."""
    found, counted = [], 0
    server = psycopg.connect(host=schema.server, user="headgate", dbname="postgres", autocommit=True)
    with server as connection, duckdb.connect() as re2:
        for pattern in PATTERNS:
            translated = postgres_pattern(pattern)
            if translated is None:
                continue
            try:
                ((by_re2,),) = re2.execute(
                    "SELECT list_transform(?::VARCHAR[], lambda t: regexp_matches(t, ?))", [TEXTS, pattern]
                ).fetchall()
            except duckdb.Error:
                continue  # is no RE2 pattern, so that no contract has it
            counted += 1
            query = "SELECT array_agg(t ~ %s ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n)"
            ((by_postgres,),) = connection.execute(query, [translated, TEXTS]).fetchall()
            found += [(pattern, t) for t, one, two in zip(TEXTS, by_re2, by_postgres) if one != two]
    assert counted > 200
    assert found == []
