"""Columns in which a source and its target differ: which are added, filled with NULL, a breach, or refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from headgate.errors import CallError

from tests.support.contracts import dataset, setting
from tests.support.warehouse import WAREHOUSES, Warehouse, days, on, on_tables, put, state

PLACES = tuple(WAREHOUSES)
MORE = "id,v,day,note"
# What is published first, with a column that no contract names; and then without it (mode, where, row, what is served)
LATER: list[tuple[str, str | None, str, list[tuple[Any, ...]]]] = [
    ("replace", None, "c,3,3", [("c", 3, None)]),
    ("swap", None, "c,3,3", [("c", 3, None)]),
    ("replace", "day = 1", "c,3,1", [("b", 2, "y"), ("c", 3, None)]),
    ("append", None, "c,3,3", [("a", 1, "x"), ("b", 2, "y"), ("c", 3, None)]),
    # A row that is replaced has nothing of its old version.
    ("upsert", None, "a,3,3", [("a", 3, None), ("b", 2, "y")]),
]


@pytest.mark.parametrize("extra", ["warn", "ignore"])
@pytest.mark.parametrize(("mode", "where", "row", "expected"), LATER, ids=[f"{case[0]} {case[1]}" for case in LATER])
def test_a_column_that_headgate_added_is_null_where_a_source_lacks_it(
    mode: str, where: str | None, row: str, expected: Any, extra: str, warehouse: Warehouse
) -> None:
    things = days(extraColumns=extra)
    put(warehouse, things, "a,1,1", key="first")
    put(warehouse, things, "a,1,1,x", "b,2,2,y", key="second", header=MORE)
    for key in ("third", "third", "fourth") if mode == "replace" else ("third", "third"):
        outcome = put(warehouse, things, row, key=key, mode=mode, where=where)
        assert (str(outcome.status), str(outcome.report.verdict)) == ("published", "pass")
        assert warehouse.rows(columns="id, v, note") == expected
    put(warehouse, things, "a,1,1,z", key="last", header=MORE)
    assert warehouse.rows(columns="id, v, note") == [("a", 1, "z")]


def test_a_column_of_the_first_publish_is_headgates_own(warehouse: Warehouse) -> None:
    put(warehouse, days(), "a,1,1,x", key="first", header="id,v,day,Note")
    assert str(put(warehouse, days(), "b,2,2", key="second").status) == "published"
    assert warehouse.rows(columns='id, "Note"') == [("b", None)]


def test_what_is_released_lacks_it_too(warehouse: Warehouse) -> None:
    good, bad = days("quarantine"), ("a,-1,1", "b,2,2")
    outcome = put(warehouse, good, *bad, key="first", mode="append")
    put(warehouse, good, "c,3,3,x", key="second", header=MORE, mode="append")
    again = put(warehouse, good, *bad, key="first", mode="append")
    assert (again.rows_published, again.rows_set_aside) == (1, 1) == (outcome.rows_published, outcome.rows_set_aside)


SOMEBODY = re.escape("has columns that the source does not have, and no contract names: hers")


@on_tables
def test_a_column_of_somebody_else_is_never_emptied(warehouse: Warehouse) -> None:
    put(warehouse, days(), "a,1,1", key="first")
    warehouse.change("ALTER TABLE shop.things ADD COLUMN hers INTEGER")
    for mode in ("replace", "append", "upsert"):
        with pytest.raises(CallError, match=SOMEBODY):
            put(warehouse, days(), "b,2,2", key="second", mode=mode)
    warehouse.change("ALTER TABLE shop.things ALTER COLUMN hers SET DEFAULT 7")
    put(warehouse, days(), "b,2,2", key="second")
    assert warehouse.rows(columns="id, hers") == [("b", 7)]


@on_tables
def test_a_ledger_that_does_not_say_who_added_it(warehouse: Warehouse) -> None:
    """headgate 0.1 noted no columns; the table that notes them is made by the next publish."""
    put(warehouse, days(), "a,1,1,x", key="first", header=MORE)
    warehouse.change("DROP TABLE headgate.added_columns")
    with pytest.raises(CallError, match="and no contract names: note"):
        put(warehouse, days(), "b,2,2", key="second")
    put(warehouse, days(), "b,2,2,y,z", key="third", header=MORE + ",more")
    assert warehouse.rows("headgate.added_columns", "column_name") == [("more",)]


# policy, then: status, verdict, what is served
POLICIES: list[tuple[Any, str, list[tuple[Any, ...]]]] = [
    ("halt", "halted", [("a", 1, 1)]),
    ("quarantine", "halted", [("a", 1, 1)]),
    ("last_known_good", "kept_last_good", [("a", 1, 1)]),
    (["quarantine", "last_known_good"], "kept_last_good", [("a", 1, 1)]),
    ("warn", "published", [("c", None, 3)]),
]


@pytest.mark.parametrize(("policy", "status", "expected"), POLICIES, ids=[str(case[0]) for case in POLICIES])
def test_a_promised_column_that_is_missing_is_a_breach(
    policy: Any, status: str, expected: Any, warehouse: Warehouse
) -> None:
    put(warehouse, days(), "a,1,1", key="first")
    outcome = put(warehouse, days(policy), "c,3,x", key="second", header="id,day,vv")
    broken = [result.key for result in outcome.report.broken]
    assert (str(outcome.status), str(outcome.report.verdict)) == (status, "breach")
    assert any("v" in key for key in broken), broken
    assert warehouse.rows(columns="id, v, day") == expected


@pytest.mark.parametrize("policy", ["halt", "quarantine", "warn"])
@pytest.mark.parametrize(
    ("header", "row", "how", "said"),
    [
        ("v,day", "3,3", {"mode": "upsert"}, "no upsert by id: the source has no column id"),
        ("id,v", "c,3", {"where": "day = 1"}, 'no replace where "day" = 1: the source has no column day'),
    ],
)
def test_a_promised_column_that_the_mode_needs(
    policy: str, header: str, row: str, how: dict[str, Any], said: str, warehouse: Warehouse
) -> None:
    put(warehouse, days(), "a,1,1", key="first")
    before = state(warehouse)
    outcome = put(warehouse, days(policy), row, key="second", header=header, **how)
    assert (str(outcome.status), str(outcome.report.verdict)) == ("halted", "breach")
    assert policy != "warn" or said in str(outcome)
    assert state(warehouse) == before


@on("duckdb")
def test_rows_to_keep_by_a_column_that_is_missing(warehouse: Warehouse) -> None:
    properties = [{"name": "id", "unique": True}, {"name": "day", "logicalType": "integer"}]
    things = dataset(
        *properties, settings={"onBreach": "quarantine"}, customProperties=[setting("keep", "last by day")]
    )
    outcome = put(warehouse, things, "a,1", "a,2", "b,3", key="k", header="id,x")
    assert (str(outcome.status), str(outcome.report.verdict)) == ("halted", "breach")
