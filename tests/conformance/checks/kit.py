"""The kit of check types: rules as a contract says them, on tables of literals, with their exact results.

A case is one expectation of Great Expectations on one table. `result` holds on every place; `elsewhere` are the places
where another does (a table of PostgreSQL has no order). `gx` is the reading beside GX's pandas engine: same, or why it
differs or cannot be asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SAME = "same"
# What GX refuses, raises on, or has for SQL only.
UNASKED = "cannot be asked: "
PLACES = ("duckdb", "parquet", "frame", "postgres")


@dataclass(frozen=True)
class Result:
    """`status` as the report has it; `found` is the number of unexpected rows, or what was observed, or the reason."""

    status: str
    found: int | str | None = None


def passes(found: int | str = "") -> Result:
    return Result("passed", found)


def fails(found: int | str = "") -> Result:
    return Result("failed", found)


def skips(reason: str) -> Result:
    return Result("not_executed", reason)


def errs(reason: str) -> Result:
    return Result("errored", reason)


@dataclass(frozen=True)
class Column:
    """`kind` is DuckDB's type; `logical` what the contract promises."""

    kind: str
    logical: str | None
    values: Sequence[Any]
    options: Mapping[str, Any] = field(default_factory=dict)


Table = Mapping[str, Column]


@dataclass(frozen=True)
class Case:
    table: str
    kind: str
    kwargs: Mapping[str, Any]
    result: Result
    gx: str = SAME
    elsewhere: Mapping[str, Result] = field(default_factory=dict)

    @property
    def name(self) -> str:
        short = self.kind.removeprefix("expect_").removeprefix("column_")
        return f"{self.table}: {short} {dict(self.kwargs)}"

    def on(self, place: str) -> Result:
        return self.elsewhere.get(place, self.result)


def rule(case: Case, key: str) -> dict[str, Any]:
    """The case as a rule of a contract."""
    implementation = {"type": case.kind, "kwargs": dict(case.kwargs)}
    return {"id": key, "type": "custom", "engine": "greatExpectations", "implementation": implementation}


def each(kind: str, kwargs: Mapping[str, Any], mixed: Result, empty: Result, nulls: Result, gx: str = SAME,
         elsewhere: Mapping[str, Result] | None = None, /, **readings: str) -> list[Case]:  # fmt: skip
    """One expectation on the tables mixed, empty and nulls; `readings` of single tables, where they are others."""
    return [
        Case(table, kind, kwargs, result, readings.get(table, gx), elsewhere or {})
        for table, result in (("mixed", mixed), ("empty", empty), ("nulls", nulls))
    ]
