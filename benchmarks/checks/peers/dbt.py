"""dbt: data tests of a source, its own generic ones and, for the rest, such as its packages bring (dbt_utils,
dbt_expectations): one query a test, failing rows counted. Parsed once and kept, as dbt does from run to run."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

from benchmarks.checks.peers.asked import Asked, asked, say, timed
from benchmarks.checks.thirty import Check

_TESTS = """
{% test holds(model, expression, column_name=none) %}
select * from {{ model }} where not ({{ expression }})
{% endtest %}
{% test unique_together(model, columns) %}
select {{ columns | join(", ") }} from {{ model }} group by {{ columns | join(", ") }} having count(*) > 1
{% endtest %}
{% test row_count(model, low) %}
select 1 from (select count(*) as n from {{ model }}) as counted where n < {{ low }}
{% endtest %}
{% test of_type(model, column_name, type) %}
select 1 where not exists (
  select 1 from information_schema.columns
  where table_name = '{{ model.identifier }}' and column_name = '{{ column_name }}'
    and lower(data_type) like '{{ type }}%'
)
{% endtest %}
"""
_TYPES = {
    "table": {"integer": "bigint", "decimal": "decimal", "timestamp": "timestamp"},
    "PostgreSQL": {"integer": "bigint", "decimal": "numeric", "timestamp": "timestamp without"},
}
_MATCHES = {"table": "regexp_matches({column}, '{pattern}')", "PostgreSQL": "{column} ~ '{pattern}'"}


def _test(check: Check, place: str) -> dict[str, Any]:
    given, name = check.arguments, {"name": check.name}
    if check.kind == "not_null":
        return {"not_null": name}
    if check.kind == "unique" and len(check.columns) == 1:
        return {"unique": name}
    if check.kind == "in_set":
        return {"accepted_values": {**name, "arguments": {"values": list(given["values"])}}}
    if check.kind == "foreign_key":
        to = {"to": f"source('shop', '{given['table']}')", "field": given["column"]}
        return {"relationships": {**name, "arguments": to}}
    if check.kind == "unique":
        return {"unique_together": {**name, "arguments": {"columns": list(check.columns)}}}
    if check.kind == "row_count":
        return {"row_count": {**name, "arguments": given}}
    if check.kind == "type":
        return {"of_type": {**name, "arguments": {"type": _TYPES[place][given["name"]]}}}
    expression = {
        "between": "{column} between {low} and {high}",
        "length": "length({column}) between {low} and {high}",
        "matches": _MATCHES[place],
        "condition": "{sql}",
    }[check.kind].format(column=check.columns[0], **given)
    return {"holds": {**name, "arguments": {"expression": expression}}}


def _write(ask: Asked) -> Path:
    """The project; files that are as they were are left, so that dbt need not parse them again."""
    columns: dict[str, list[Any]] = {}
    whole: list[Any] = []
    for check in ask.checks:
        into = columns.setdefault(check.column, []) if len(check.columns) == 1 else whole
        into.append(_test(check, ask.place))
    orders = {
        "name": "orders",
        "data_tests": whole,
        "columns": [{"name": name, "data_tests": tests} for name, tests in columns.items()],
    }
    if ask.place == "table":
        target: dict[str, Any] = {"type": "duckdb", "path": ask.database, "threads": 1}
        schema = "main"
    else:
        target = {"type": "postgres", "host": ask.host, "port": 5432, "user": "headgate", "password": "-", "threads": 1}
        target |= {"dbname": ask.database, "schema": "public"}
        schema = "public"
    source = {"name": "shop", "schema": schema, "tables": [orders, {"name": "customers"}]}
    files = {
        "dbt_project.yml": {
            "name": "bench",
            "version": "1.0.0",
            "profile": "bench",
            "flags": {"send_anonymous_usage_stats": False},
        },
        "profiles.yml": {"bench": {"target": "bench", "outputs": {"bench": target}}},
        "models/sources.yml": {"sources": [source]},
    }
    folder = Path(ask.folder)
    for name, content in {
        **{name: json.dumps(made) for name, made in files.items()},
        "macros/tests.sql": _TESTS,
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != content:
            file.write_text(content)
    return folder


def main() -> None:
    ask = asked()
    folder = str(_write(ask))
    command = ["--quiet", "test", "--project-dir", folder, "--profiles-dir", folder]
    with contextlib.redirect_stdout(io.StringIO()):
        cpu, done = timed(lambda: dbtRunner().invoke(command))
    if done.exception:
        raise done.exception
    statuses = {one.node.name: one.status.value for one in done.result.results}
    answered = (name for name, status in statuses.items() if status in ("pass", "fail"))
    say(cpu, answered, (name for name, status in statuses.items() if status == "fail"))


if __name__ == "__main__":
    main()
