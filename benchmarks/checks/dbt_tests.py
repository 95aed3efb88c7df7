"""The checks as a team writes them for dbt: its own generic tests and, for the rest, such as packages bring (dbt_utils,
dbt_expectations); nothing but the standard library, since a peer reads this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.checks.thirty import THIRTY, Check

# The macros of the tests that dbt has not.
TESTS = """
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


def tested(place: str, checks: Sequence[Check] = THIRTY) -> dict[str, Any]:
    """The properties of the table `orders` with one test a check."""
    columns: dict[str, list[Any]] = {}
    whole: list[Any] = []
    for check in checks:
        into = columns.setdefault(check.column, []) if len(check.columns) == 1 else whole
        into.append(_test(check, place))
    return {
        "name": "orders",
        "data_tests": whole,
        "columns": [{"name": name, "data_tests": tests} for name, tests in columns.items()],
    }


def profiles(schema: str, database: str, host: str = "") -> dict[str, Any]:
    """The profile `bench`: a file of DuckDB, or, with the folder of its socket as `host`, a database of PostgreSQL."""
    target: dict[str, Any] = {"type": "duckdb", "path": database}
    if host:
        target = {
            "type": "postgres",
            "host": host,
            "port": 5432,
            "user": "headgate",
            "password": "-",
            "dbname": database,
        }
    target |= {"schema": schema, "threads": 1}
    return {"bench": {"target": "bench", "outputs": {"bench": target}}}
