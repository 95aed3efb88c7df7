"""Attacks through every field of a contract. Each is refused when the contract is read, or does no harm when it runs.

`{secret}` stands for a file that a contract must never get at, `{written}` for one that it must never make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REFUSED, HARMLESS = "refused", "harmless"


@dataclass(frozen=True)
class Attack:
    """`query` is a sql rule; else `prop`, `thing` and `root` are laid over the property, the object and the document."""

    name: str
    outcome: str
    query: str = ""
    prop: Mapping[str, Any] = field(default_factory=dict)
    thing: Mapping[str, Any] = field(default_factory=dict)
    root: Mapping[str, Any] = field(default_factory=dict)


def _sql(name: str, query: str, outcome: str = REFUSED) -> Attack:
    return Attack(name, outcome, query)


_PLACES = {
    "snowflake": {"account": "a", "database": "d", "schema": "s"},
    "sqlserver": {"host": "h", "database": "d", "schema": "s"},
    "bigquery": {"project": "p", "dataset": "d"},
    "postgresql": {"host": "h", "port": 5432, "database": "d", "schema": "s"},
}


def _dialect(name: str, server: str, query: str) -> Attack:
    """A query in the dialect of a server."""
    return Attack(name, REFUSED, query, root={"servers": [{"server": "w", "type": server, **_PLACES[server]}]})


def _prop(named: str, outcome: str = HARMLESS, /, **prop: Any) -> Attack:
    return Attack(named, outcome, prop=prop)


DROP = "x'; DROP TABLE untouched; --"
QUOTE = 'x"; DROP TABLE untouched; --'
ESCAPE = "\x1b[2J\x1b]0;owned\x07\u202e"
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"

ATTACKS = (
    # --- reading files
    _sql("read a file as text", "SELECT count(*) FROM read_text('{secret}')"),
    _sql("read a file as csv", "SELECT count(*) FROM read_csv('{secret}')"),
    _sql("read a file as parquet", "SELECT count(*) FROM read_parquet('{secret}')"),
    _sql("read a file as json", "SELECT count(*) FROM read_json_auto('{secret}')"),
    _sql("read a file as blob", "SELECT count(*) FROM read_blob('{secret}')"),
    _sql("a file as a table", "SELECT count(*) FROM '{secret}'"),
    _sql("a file as a quoted table", 'SELECT count(*) FROM "{secret}"'),
    _sql("list files", "SELECT count(*) FROM glob('/*')"),
    _sql("a file in a subquery", "SELECT (SELECT content FROM read_text('{secret}')) IS NULL"),
    _sql("a file in a CTE", "WITH s AS (SELECT * FROM read_text('{secret}')) SELECT count(*) FROM s"),
    _sql("a file in a union", "SELECT 1 FROM things UNION ALL SELECT 1 FROM read_text('{secret}')"),
    _sql("a file in a lateral join", "SELECT count(*) FROM things, LATERAL (SELECT * FROM read_text('{secret}')) s"),
    _sql("the PostgreSQL way to read", "SELECT length(pg_read_file('{secret}'))"),
    _sql("the PostgreSQL way to list", "SELECT count(*) FROM pg_ls_dir('/')"),
    _sql("a large object", "SELECT lo_import('{secret}')"),
    # --- writing
    _sql("write by copy", "COPY things TO '{written}'"),
    _sql("write by copy of a query", "COPY (SELECT 1) TO '{written}'"),
    _sql("copy to a program", "COPY things TO PROGRAM 'touch {written}'"),
    _sql("export the database", "EXPORT DATABASE '{written}'"),
    _sql("select into", "SELECT 1 INTO stolen FROM things"),
    _sql("create table as", "CREATE TABLE stolen AS SELECT 1"),
    _sql("insert", "INSERT INTO untouched VALUES (2)"),
    _sql("update", "UPDATE untouched SET v = 2"),
    _sql("delete", "DELETE FROM untouched"),
    _sql("truncate", "TRUNCATE untouched"),
    _sql("drop", "DROP TABLE untouched"),
    _sql("alter", "ALTER TABLE untouched RENAME TO gone"),
    _sql("a CTE that writes", "WITH gone AS (DELETE FROM untouched RETURNING 1) SELECT count(*) FROM gone"),
    _sql("lock rows", "SELECT count(*) FROM things FOR UPDATE"),
    # --- several statements
    _sql("two statements", "SELECT 1; DROP TABLE untouched"),
    _sql("two statements, the first empty", "; DROP TABLE untouched"),
    _sql("a statement behind a comment", "SELECT 1 /* ; */ ; DROP TABLE untouched --"),
    _sql("a statement behind a newline comment", "SELECT 1 -- \n; DROP TABLE untouched"),
    _sql("a transaction ended", "COMMIT; DROP TABLE untouched"),
    # --- the session and the server
    _sql("set", "SET memory_limit = '1MB'"),
    _sql("reset", "RESET ALL"),
    _sql("pragma", "PRAGMA database_list"),
    _sql("attach", "ATTACH '{written}' AS other"),
    _sql("detach", "DETACH main"),
    _sql("install an extension", "INSTALL httpfs"),
    _sql("load an extension", "LOAD httpfs"),
    _sql("call", "CALL pragma_version()"),
    _sql("explain analyze", "EXPLAIN ANALYZE SELECT 1"),
    _sql("end a session", "SELECT pg_terminate_backend(1)"),
    _sql("cancel a query", "SELECT pg_cancel_backend(1)"),
    _sql("sleep", "SELECT pg_sleep(1000)"),
    _sql("change a setting in a function", "SELECT set_config('role', 'postgres', false)"),
    _sql("read a setting", "SELECT current_setting('home_directory')"),
    _sql("read the environment", "SELECT getenv('HOME')"),
    _sql("a query in a text", "SELECT * FROM query('DROP TABLE untouched')"),
    _sql("a table by its name in a text", "SELECT count(*) FROM query_table('untouched')"),
    _sql("XML from a query in a text", "SELECT query_to_xml('select 1', true, true, '')"),
    _sql("another server", "SELECT * FROM dblink('host=example.com', 'select 1')"),
    _sql("a URL as a table", "SELECT count(*) FROM 'https://example.com/x.parquet'"),
    _sql("the next value of a sequence", "SELECT nextval('s')"),
    _sql("a function of a schema", "SELECT pg_catalog.pg_sleep(1000)"),
    _sql("a large table out of nothing", "SELECT count(*) FROM range(1000000000000)"),
    _sql("a large series", "SELECT count(*) FROM generate_series(1, 1000000000000)"),
    _sql("a large text", "SELECT length(repeat('x', 1000000000))"),
    _sql("a recursion without end", "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"),
    _sql("a deep query", "SELECT " + "(" * 3000 + "1" + ")" * 3000),
    _sql("a long query", "SELECT 1 " + "+ 1 " * 10_000),
    # --- other data
    _sql("a table that is not the contract's", "SELECT count(*) FROM untouched"),
    _sql("a table of another schema", "SELECT count(*) FROM other.things"),
    _sql("the catalogue", "SELECT count(*) FROM information_schema.tables"),
    _sql("the catalogue of DuckDB", "SELECT count(*) FROM duckdb_secrets()"),
    _sql("the system's users", "SELECT count(*) FROM pg_shadow"),
    _sql("a table behind a CTE of its name", "WITH untouched AS (SELECT * FROM untouched) SELECT max(v) FROM untouched"),
    _sql("a table beside a CTE of its name", "SELECT (SELECT max(v) FROM untouched) FROM (WITH untouched AS (SELECT 1) SELECT * FROM untouched) q"),
    _sql("a table before a CTE of its name", "WITH a AS (SELECT * FROM untouched), untouched AS (SELECT 1) SELECT count(*) FROM a"),
    _sql("a CTE's name in letters that fold alike in Unicode only", 'WITH "\u212a" AS (SELECT 1) SELECT count(*) FROM k'),
    _sql("a file behind a CTE of its name", 'WITH "{secret}" AS (SELECT * FROM "{secret}") SELECT count(*) FROM "{secret}"'),
    _sql("a query in a quoted part of a date", 'SELECT extract("day FROM now()) FROM untouched --" FROM now()) FROM things'),
    _dialect("a statement in a unit of time", "snowflake", "SELECT dateadd('day; DROP TABLE untouched; --', 1, id) FROM things"),
    _dialect("a union in a unit of time", "snowflake", "SELECT dateadd('day FROM untouched UNION SELECT id', 1, id) FROM things"),
    _dialect("a statement in a quoted unit of time", "sqlserver", "SELECT dateadd([day; DROP TABLE untouched; --], 1, id) FROM things"),
    _dialect("a statement in a unit of the last day", "bigquery", "SELECT last_day(id, `month); DROP TABLE untouched; --`) FROM things"),
    _dialect("rows from functions", "postgresql", "SELECT count(*) FROM ROWS FROM (pg_read_file('{secret}')) x"),
    _sql("a table as it was", "SELECT count(*) FROM things AT (VERSION => 1)"),
    _sql("a long text by padding", "SELECT length(lpad('x', 1000000000, 'x'))"),
    _sql("a long text by a format", "SELECT length(format('{:1000000000}', 'x'))"),
    _sql("a placeholder that is none", "SELECT count(*) FROM {schema}.things"),
    _sql("not a query", "{secret}"),
    _sql("no query", " "),
    # --- queries that run, and cannot do harm
    _sql("a value that is a statement", "SELECT count(*) FROM things WHERE v = 'x''; DROP TABLE untouched; --'", HARMLESS),
    _sql("a comment", "SELECT count(*) /* DROP TABLE untouched */ FROM things -- ; DROP TABLE untouched", HARMLESS),
    _sql("a dataset named as the catalogue", "WITH untouched AS (SELECT 1) SELECT count(*) FROM untouched", HARMLESS),
    # --- names
    _prop("a column name that ends the quotes", name=QUOTE, required=True, unique=True),
    _prop("a physical name that ends the quotes", name="a", physicalName=QUOTE, unique=True),
    Attack("an object name that ends the quotes", HARMLESS, thing={"name": QUOTE}),
    Attack("an object name in a query", HARMLESS, "SELECT count(*) FROM {object}", thing={"name": QUOTE}),
    Attack("a physical name of an object with a path", HARMLESS, thing={"physicalName": "../../etc/passwd"}),
    _prop("a key that ends the quotes", name=QUOTE, primaryKey=True),
    _prop("a foreign key to quotes", REFUSED, name="fk", relationships=[{"to": f"things.{QUOTE}"}]),
    _prop("a foreign key to a file", REFUSED, name="fk", relationships=[{"to": "../../../../etc/passwd#a.b"}]),
    _prop("a foreign key to a file that is no contract", name="fk", relationships=[{"to": "../secret.yaml#schema/a/properties/b"}]),
    _prop("a foreign key to a URL", name="fk", relationships=[{"to": "https://example.com/c.yaml#schema/a/properties/b"}]),
    _prop("a nested name that ends the quotes", name="o", logicalType="object", properties=[{"name": DROP, "required": True}]),
    _prop("a name of ours", REFUSED, name="__headgate_raw_v"),
    # --- values
    _prop("an enum value", name="v", logicalType="string", enum=[{"value": DROP}]),
    _prop("a pattern", name="v", logicalType="string", logicalTypeOptions={"pattern": "'; DROP TABLE untouched; --"}),
    _prop("a pattern that takes for ever", name="v", logicalType="string", logicalTypeOptions={"pattern": "^(a+)+$"}),
    _prop("a pattern that takes all memory", name="v", logicalType="string", logicalTypeOptions={"pattern": "((a{1000}){1000}){1000}"}),
    _prop("a bound", REFUSED, name="v", logicalType="integer", logicalTypeOptions={"minimum": DROP}),
    _prop("a bound of a date", REFUSED, name="v", logicalType="date", logicalTypeOptions={"minimum": DROP}),
    _prop("a date format", name="v", logicalType="date", logicalTypeOptions={"format": DROP}),
    _prop("a time zone", REFUSED, name="v", logicalType="timestamp", logicalTypeOptions={"defaultTimezone": DROP, "minimum": "2024-01-01"}),
    _prop("a physical type", name="v", physicalType="INTEGER); DROP TABLE untouched; --"),
    _prop("a physical type that is a query", name="v", physicalType="(SELECT 1)"),
    _prop("missing values", name="v", logicalType="string", quality=[{"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": [DROP]}}]),
    _prop("valid values", name="v", logicalType="string", quality=[{"metric": "invalidValues", "mustBeLessThan": 9, "arguments": {"validValues": [DROP]}}]),
    _prop("an operator's value", REFUSED, name="v", quality=[{"metric": "nullValues", "mustBe": DROP}]),
    _prop("an expectation's column", name="v", quality=[{"type": "custom", "engine": "gx", "implementation": {"type": "expect_column_values_to_be_unique", "kwargs": {"column": QUOTE}}}]),
    _prop("an expectation's bomb", name="v", quality=[{"type": "custom", "engine": "gx", "implementation": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"}]),
    _prop("an expectation's tag", name="v", quality=[{"type": "custom", "engine": "gx", "implementation": "!!python/object/apply:os.system ['touch {written}']"}]),
    # --- variables, URLs, files
    Attack("a variable of the environment", REFUSED, root={"servers": [{"server": "w", "type": "duckdb", "database": "${HOME}"}]}),
    Attack("a variable in a text", HARMLESS, root={"description": {"purpose": "${HOME} ${HEADGATE_VAR_SECRET}"}}),
    Attack("a URL as a database", HARMLESS, root={"servers": [{"server": "w", "type": "duckdb", "database": "https://example.com/x.duckdb"}]}),
    Attack("URLs to be fetched", HARMLESS, root={"authoritativeDefinitions": [{"type": "definition", "url": "https://example.com/x"}]}),
    Attack("a password in a URL", HARMLESS, root={"support": [{"channel": "x", "url": "https://example.com/"}]}),
    # --- texts that people see
    Attack("HTML in the owner", HARMLESS, root={"team": {"name": HTML}}),
    Attack("terminal escapes in the owner", HARMLESS, root={"team": {"name": ESCAPE}}),
    Attack("terminal escapes in the version", HARMLESS, root={"version": ESCAPE}),
    Attack("terminal escapes in a channel", HARMLESS, root={"support": [{"channel": ESCAPE, "url": f"https://example.com/{ESCAPE}"}]}),
    _prop("terminal escapes in a name", name=ESCAPE, required=True),
    _prop("terminal escapes in a rule", name="v", quality=[{"id": "r", "name": ESCAPE, "description": ESCAPE, "type": "text"}]),
    _prop("an annotation of its own", name="v\n::error file=x::owned", required=True),
    _prop("markup of the terminal library", name="[bold red]v[/]", required=True),
)  # fmt: skip
