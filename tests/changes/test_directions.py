"""Types, service levels and version numbers: which way they go."""

from __future__ import annotations

import pytest
from headgate.changes import service_levels, types
from headgate.changes.change import Bump
from headgate.changes.version import wrong

# old, new, server type, forth, back
TYPES = [
    ("INT4", "INTEGER", "postgres", "same", "same"),
    ("character varying(10)", "varchar(10)", "postgresql", "same", "same"),
    ("INT", "BIGINT", "postgres", "widened", "narrowed"),
    ("smallint", "serial", "postgres", "widened", "narrowed"),
    ("UInt8", "Int16", "clickhouse", "widened", "narrowed"),
    ("UInt16", "Int16", "clickhouse", "narrowed", "narrowed"),
    ("INT64", "BIGINT", "bigquery", "same", "same"),
    ("varchar(10)", "varchar(20)", None, "widened", "narrowed"),
    ("varchar(10)", "varchar", None, "widened", "narrowed"),
    ("varchar(10)", "text", "postgres", "widened", "narrowed"),
    ("varchar(10)", "nvarchar(10)", "sqlserver", "widened", "narrowed"),
    ("varchar(20)", "nvarchar(10)", "sqlserver", "narrowed", "narrowed"),
    ("char(2)", "char(3)", None, "widened", "narrowed"),
    ("char(2)", "varchar(2)", None, "changed", "changed"),
    ("NUMERIC(12,2)", "DECIMAL(14,2)", "postgres", "widened", "narrowed"),
    ("NUMERIC(12,2)", "NUMERIC(12,4)", "postgres", "scale", "scale"),
    ("NUMBER(38,0)", "NUMBER", "snowflake", "same", "same"),
    ("INT", "NUMERIC(12,2)", "postgres", "widened", "narrowed"),
    ("BIGINT", "NUMERIC(12,2)", "postgres", "narrowed", "narrowed"),
    ("INT", "double precision", "postgres", "widened", "narrowed"),
    ("BIGINT", "double precision", "postgres", "family", "narrowed"),
    ("real", "double precision", "postgres", "widened", "narrowed"),
    ("NUMERIC(12,2)", "double precision", "postgres", "family", "family"),
    ("timestamp(3)", "timestamp", "postgres", "widened", "narrowed"),
    ("timestamp", "timestamptz", "postgres", "timezone", "timezone"),
    ("DATETIME", "TIMESTAMP", "bigquery", "timezone", "timezone"),
    ("date", "timestamp", "postgres", "family", "family"),
    ("time", "timestamp", "postgres", "family", "family"),
    ("INT", "TEXT", "postgres", "family", "family"),
    ("ARRAY<INT>", "ARRAY<BIGINT>", "databricks", "widened", "narrowed"),
    ("varchar[10]", "varchar[20]", "postgres", "changed", "changed"),
    ("text", "longtext", "mysql", "widened", "narrowed"),
    ("varchar(10)", "tinytext", "mysql", "widened", "narrowed"),
    ("float(24)", "float(53)", "postgres", "widened", "narrowed"),
    ("NUMERIC", "NUMERIC(12,2)", "postgres", "scale", "scale"),
    ("INT", "NUMERIC", "postgres", "widened", "narrowed"),
    ("NUMERIC(12)", "NUMERIC(12,0)", "postgres", "same", "same"),
    ("datetime", "datetime2", "sqlserver", "changed", "changed"),
    ("TIMESTAMP_NTZ(3)", "TIMESTAMP_NTZ(6)", "snowflake", "widened", "narrowed"),
    ("varbinary(10)", "varbinary(20)", "mysql", "changed", "changed"),
    ("enum('a')", "enum('a','b')", "mysql", "changed", "changed"),
    ("STRUCT<a INT>", "STRUCT<a INT, b INT>", "databricks", "changed", "changed"),
    ("STRUCT<a: INT>", "struct<a:int>", "databricks", "same", "same"),
    ("money2", "MONEY2", "postgres", "same", "same"),
    ("money2", "numeric(12,2)", "postgres", "changed", "changed"),
    ("int", "bigint", "a server that nobody knows", "widened", "narrowed"),
    (") DROP TABLE", "int", "postgres", "changed", "changed"),
]


@pytest.mark.parametrize(("old", "new", "server", "forth", "back"), TYPES)
def test_types(old: str, new: str, server: str | None, forth: str, back: str) -> None:
    assert (types.direction(old, new, server), types.direction(new, old, server)) == (forth, back)


# name, old value and unit, new value and unit, direction
LEVELS = [
    ("latency", (4, "h"), (2, "h"), "tightened"),
    ("LATENCY", (4, "d"), (96, "hours"), "same"),
    ("ly", ("4 d", None), (96, "hours"), "same"),
    ("freshness", ("PT4H", None), (4, "h"), "same"),
    ("freshness", ("P1D", None), ("PT12H", None), "tightened"),
    ("frequency", (1, "d"), (1, "w"), "loosened"),
    ("fy", (1, "d"), (1, "h"), "tightened"),
    ("retention", (3, "y"), (2, "y"), "loosened"),
    ("re", (12, "mo"), (1, "y"), "same"),
    ("re", (1, "y"), (13, "months"), "tightened"),
    ("retention", (1, "mo"), (30, "d"), "changed"),
    ("retention", (1, "mo"), (40, "d"), "tightened"),
    ("availability", (99.9, "%"), (99.99, "percent"), "tightened"),
    ("av", ("99.9 %", None), ("99%", None), "loosened"),
    ("errorRate", (1, "%"), (2, "%"), "loosened"),
    ("th", (100, "rows/s"), (200, "rows/s"), "tightened"),
    ("th", (100, "rows/s"), (200, "rows/h"), "changed"),
    ("generalAvailability", ("2026-01-01", None), ("2026-02-01", None), "loosened"),
    ("endOfSupport", ("2030-01-01", None), ("2031-01-01T00:00:00", None), "tightened"),
    ("el", ("2030-01-01T00:00:00Z", None), ("2030-01-01T01:00:00+01:00", None), "same"),
    ("el", ("2030-01-01T00:00:00Z", None), ("2031-01-01", None), "tightened"),
    ("el", ("soon", None), ("later", None), "changed"),
    ("timeToDetect", (1, "h"), (30, "min"), "tightened"),
    ("tn", (1, "h"), (90, "min"), "loosened"),
    ("tr", (90, "s"), (1.5, "min"), "same"),
    ("timeOfAvailability", ("09:00-08:00", None), ("17:00+00:00", None), "same"),
    ("timeOfAvailability", ("09:00", None), ("08:00", None), "tightened"),
    ("timeOfAvailability", ("09:00", None), ("08:00Z", None), "changed"),
    ("latency", (4, "m"), (5, "m"), "loosened"),
    ("latency", (4, "m"), (4, "h"), "changed"),
    ("latency", (4, "fortnights"), (4, "h"), "changed"),
    ("latency", (4, None), (5, None), "loosened"),
    ("latency", (True, "h"), (5, "h"), "changed"),
    ("latency", (None, "h"), (5, "h"), "changed"),
    ("elegance", (4, "h"), (5, "h"), "changed"),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), LEVELS)
def test_service_levels(name: str, old: tuple[object, object], new: tuple[object, object], expected: str) -> None:
    from decimal import Decimal

    first, second = ((Decimal(str(v)) if isinstance(v, float) else v, unit) for v, unit in (old, new))
    assert service_levels.direction(name, first, second, regulatory=False) == expected


def test_a_retention_for_the_regulator_is_loosened_by_any_change() -> None:
    for value in (1, 3):
        assert service_levels.direction("retention", (2, "y"), (value, "y"), regulatory=True) == "loosened"
    assert service_levels.direction("retention", (2, "y"), (24, "mo"), regulatory=True) == "same"


# old, new, what the changes demand, what is wrong
VERSIONS = [
    ("1.2.3", "2.0.0", Bump.MAJOR, ""),
    ("1.2.3", "1.3.0", Bump.MINOR, ""),
    ("1.2.3", "1.2.4", Bump.PATCH, ""),
    ("1.2.3", "3.0.0", Bump.PATCH, ""),
    ("1.2.3", "1.2.3", Bump.NONE, ""),
    ("1.2.3", "1.2.3", Bump.PATCH, "the version 1.2.3 is the old one; the changes demand a patch one: 1.2.4"),
    ("1.2.3", "1.3.0", Bump.MAJOR, "the version 1.3.0 is a minor bump; the changes demand a major one: 2.0.0"),
    ("1.2.3", "1.2.4", Bump.MINOR, "the version 1.2.4 is a patch bump; the changes demand a minor one: 1.3.0"),
    ("1.2.3", "1.2.2", Bump.NONE, "the version goes down, from 1.2.3 to 1.2.2"),
    ("2.0.0", "2.0.0-rc.1", Bump.NONE, "the version goes down, from 2.0.0 to 2.0.0-rc.1"),
    ("1.2.3", "2.0.0-rc.1", Bump.MAJOR, ""),
    ("2.0.0-rc.1", "2.0.0-rc.2", Bump.MAJOR, ""),
    ("2.1.0-rc.1", "2.1.0", Bump.MAJOR, "the version 2.1.0 is a minor bump; the changes demand a major one: 3.0.0"),
    ("2.0.0-rc.9", "2.0.0-rc.10", Bump.MAJOR, ""),
    ("0.1.0", "0.2.0", Bump.MAJOR, ""),
    ("0.1.0", "0.1.1", Bump.MAJOR, "the version 0.1.1 is a patch bump; the changes demand a major one: 0.2.0"),
    ("v1.0.0", "v1.1.0", Bump.MINOR, ""),
    ("1.0", "1.0", Bump.NONE, ""),
    ("1.0", "1.0", Bump.PATCH, "the version 1.0 is not a semantic version (1.2.3); the changes demand a patch bump"),
    ("1.0.0", "1.1", Bump.PATCH, "the version 1.1 is not a semantic version (1.2.3); the changes demand a patch bump"),
    (
        "1.0.0",
        "٢.0.0",
        Bump.PATCH,
        "the version ٢.0.0 is not a semantic version (1.2.3); the changes demand a patch bump",
    ),
    ("march", "1.0.0", Bump.MAJOR, ""),
]


@pytest.mark.parametrize(("old", "new", "demanded", "expected"), VERSIONS)
def test_versions(old: str, new: str, demanded: Bump, expected: str) -> None:
    assert wrong(old, new, demanded) == expected


MANY = [
    "smallint", "int", "bigint", "tinyint", "real", "double", "float(10)", "numeric(4,0)", "numeric(9,0)",
    "numeric(12,0)", "numeric(12,2)", "numeric(14,2)", "numeric(20,0)", "numeric", "varchar(5)", "varchar(10)",
    "varchar", "text", "char(1)", "char(3)", "nvarchar(5)", "nvarchar(10)", "date", "timestamp", "timestamp(3)",
    "timestamp(6)", "timestamptz", "timestamptz(3)", "time", "time(3)", "boolean", "uuid", "json", "varbinary",
    "array<int>", "array<bigint>", "array<varchar(5)>", "array<text>",
]  # fmt: skip


def test_types_have_an_order() -> None:
    """Wider is the reverse of narrower, and what is wider than the wider is wider still; the same is the same."""
    go = {(a, b): types.direction(a, b, None) for a in MANY for b in MANY}
    assert {go[a, a] for a in MANY} == {"same"}
    for (a, b), way in go.items():
        assert way != "widened" or go[b, a] == "narrowed", (a, b)
        assert way != "same" or go[b, a] == "same", (a, b)
        for c in MANY:
            if way in ("widened", "same") and go[b, c] in ("widened", "same"):
                assert go[a, c] in ("widened", "same"), (a, b, c)
