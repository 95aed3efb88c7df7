"""Columns: their types, missing and surplus ones, hostile names."""

from __future__ import annotations

from tests.dbt.cases.case import Case, text

WEIRD = 'we"ird; drop table'
TYPES = (
    "SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, NUMERIC(10), NUMERIC(12), TEXT, VARCHAR, UUID, BYTEA, DATE, "
    "TIME, TIMESTAMP, TIMESTAMPTZ, BOOLEAN, INTEGER[], JSON"
)
KINDS = ("string", "integer", "number", "boolean", "date", "time", "timestamp", "object", "array")
SPELLED = {"NUMERIC(10)": "NUMERIC(10, 0)", "NUMERIC(12)": "NUMERIC(12, 2)"}
EVERY_TYPE = {f"{name} {kind}": (SPELLED.get(name, name), kind) for name in TYPES.split(", ") for kind in KINDS}

CASES = [
    Case(
        "types",
        {column: name for column, (name, _) in EVERY_TYPE.items()},
        "",
        {column: {"logicalType": kind} for column, (_, kind) in EVERY_TYPE.items()},
        {"BIGINT integer.logicalType": "passed", "BIGINT string.logicalType": "failed"},
    ),
    Case(
        "columns",
        {"a": "INTEGER", "surplus": "TEXT"},
        "(1, 'x')",
        {"a": text(), "gone": text(required=True), "whole": {"logicalType": "integer", "unique": True}},
        {
            "a.exists": "passed",
            "a.logicalType": "failed",
            "gone.exists": "failed",
            "gone.logicalType": "not_executed",
            "gone.required": "not_executed",
            "whole.unique": "not_executed",
            "extraColumns": "failed",
        },
    ),
    Case(
        "hostile",
        {WEIRD: "TEXT", "{{ a }}": "TEXT", "data": "TEXT"},
        "('x', NULL, 'x'), ('x', 'y', 'x')",
        {
            WEIRD: text(unique=True),
            "{{ a }}": text(required=True),
            "data": text(enum=[{"value": "'); drop table hostile; --"}]),
        },
        {f"{WEIRD}.unique": (2, False), "{{ a }}.required": (1, False), "data.enum": (2, False)},
    ),
]
