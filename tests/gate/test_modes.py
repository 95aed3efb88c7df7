"""How staged rows meet what the target holds: replace, replace a part, append once per run key, upsert by key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from headgate.errors import CallError, ContractError
from headgate.report import Run

from tests.support.contracts import dataset, load, odcs, setting
from tests.support.warehouse import WAREHOUSES, Warehouse, days, on_tables, put, served, state

DAY = [("a", 1, 1), ("b", 2, 2)]
# what is published one after the other (key, mode, where, rows) on top of DAY, and what is served in the end
MODES: list[tuple[str, list[tuple[str, str, str | None, tuple[str, ...]]], list[tuple[Any, ...]]]] = [
    ("replace", [("k", "replace", None, ("c,3,3",))], [("c", 3, 3)]),
    ("a part", [("k", "replace", "day = 2", ("c,3,2",))], [("a", 1, 1), ("c", 3, 2)]),
    ("a part, again", [("k", "replace", "day = 2", ("c,3,2",))] * 2, [("a", 1, 1), ("c", 3, 2)]),
    ("an empty part", [("k", "replace", "day = 2", ())], [("a", 1, 1)]),
    ("a new part", [("k", "replace", "day = 3", ("c,3,3",))], [*DAY, ("c", 3, 3)]),
    ("a part by a word", [("k", "replace", '"day" IN (1, 2)', ("c,3,2",))], [("c", 3, 2)]),
    ("append", [("k", "append", None, ("c,3,3",))], [*DAY, ("c", 3, 3)]),
    ("append again", [("k", "append", None, ("c,3,3",))] * 3, [*DAY, ("c", 3, 3)]),
    ("append repaired", [("k", "append", None, ("c,3,3",)), ("k", "append", None, ("d,4,4",))], [*DAY, ("d", 4, 4)]),
    ("append twice", [("k", "append", None, ("c,3,3",)), ("l", "append", None, ("d,4,4",))],
     [*DAY, ("c", 3, 3), ("d", 4, 4)]),
    ("append, then a part", [("k", "append", None, ("c,3,3",)), ("l", "replace", "day = 3", ("d,4,3",))],
     [*DAY, ("d", 4, 3)]),
    ("append, then replace", [("k", "append", None, ("c,3,3",)), ("l", "replace", None, ("d,4,3",))], [("d", 4, 3)]),
    ("append, then upsert", [("k", "append", None, ("c,3,3",)), ("l", "upsert", None, ("c,4,3",))],
     [*DAY, ("c", 4, 3)]),
    ("append, then upsert, then the append empty", [("k", "append", None, ("c,3,3",)), ("l", "upsert", None, ("c,4,3",)),
     ("k", "append", None, ())], [*DAY, ("c", 4, 3)]),
    ("upsert", [("k", "upsert", None, ("b,9,2", "c,3,3"))], [("a", 1, 1), ("b", 9, 2), ("c", 3, 3)]),
    ("upsert again", [("k", "upsert", None, ("b,9,2", "c,3,3"))] * 2, [("a", 1, 1), ("b", 9, 2), ("c", 3, 3)]),
]  # fmt: skip

PLACES = tuple(WAREHOUSES)


@pytest.mark.parametrize(("name", "publishes", "expected"), MODES, ids=[m[0] for m in MODES])
def test_what_is_served(name: str, publishes: Any, expected: Any, warehouse: Warehouse) -> None:
    put(warehouse, days(), "a,1,1", "b,2,2", key="before")
    for key, mode, where, rows in publishes:
        outcome = put(warehouse, days(allowEmpty=True), *rows, key=key, mode=mode, where=where)
        assert (str(outcome.status), outcome.rows_published) == ("published", len(rows))
    assert served(warehouse) == expected
    assert not [t for t in warehouse.tables() if "__headgate" in t]


@pytest.mark.parametrize("mode", ["replace", "append", "upsert"])
def test_every_mode_makes_its_target_and_a_rerun_leaves_the_same(mode: str, warehouse: Warehouse) -> None:
    rows = ("a,1,1", "b,-2,2", "c,3,3")
    steps: list[str] = []
    outcome = put(warehouse, days("quarantine"), *rows, key="k", mode=mode, progress=steps.append)
    assert steps.count("staging") == 1  # nobody was there meanwhile: it is not begun again
    assert (outcome.rows_published, outcome.rows_set_aside) == (2, 1)
    first = state(warehouse)
    put(warehouse, days("quarantine"), *rows, key="k", mode=mode)
    assert state(warehouse) == first


def test_a_key_that_the_target_holds_is_no_new_row(warehouse: Warehouse) -> None:
    """Uniqueness is a promise about the dataset, not about what was added today."""
    put(warehouse, days(), "a,1,1", key="before")
    outcome = put(warehouse, days(), "a,2,2", "b,3,3", key="k", mode="append")
    assert (str(outcome.status), [r.key for r in outcome.report.failed]) == ("halted", ["primaryKey.new"])
    outcome = put(warehouse, days("quarantine"), "a,2,2", "b,3,3", key="k", mode="append")
    assert (str(outcome.status), served(warehouse)) == ("published_partly", [("a", 1, 1), ("b", 3, 3)])
    assert warehouse.aside("id, headgate_reasons") == [("a", ["primaryKey.new"])]
    moved = put(warehouse, days(), "a,5,3", key="p", mode="replace", where="day = 3")
    assert str(moved.status) == "halted"
    assert str(put(warehouse, days(), "b,5,3", key="p", mode="replace", where="day = 3").status) == "published"


def test_what_an_upsert_wrote_is_no_longer_the_appends(warehouse: Warehouse) -> None:
    put(warehouse, days(), "a,1,1", "b,2,2", key="k", mode="append")
    put(warehouse, days(), "a,9,1", key="l", mode="upsert")
    again = put(warehouse, days(), "a,1,1", "b,2,2", key="k", mode="append")
    assert (str(again.status), [r.key for r in again.report.failed]) == ("halted", ["primaryKey.new"])
    assert served(warehouse) == [("a", 9, 1), ("b", 2, 2)]


def test_in_an_upsert_a_key_that_is_set_aside_keeps_its_good_row(warehouse: Warehouse) -> None:
    put(warehouse, days(), "a,1,1", "b,2,2", key="before")
    put(warehouse, days("quarantine"), "a,-9,1", "b,3,2", key="k", mode="upsert")
    assert served(warehouse) == [("a", 1, 1), ("b", 3, 2)]


def test_an_upsert_by_publish_keys(warehouse: Warehouse) -> None:
    """They are a rule of the dataset as well: complete, and each once."""
    properties = [{"name": "id"}, {"name": "v", "logicalType": "integer"}, {"name": "day", "logicalType": "integer"}]
    thing = {"name": "things", "properties": properties, "customProperties": [setting("publishKeys", ["day", "id"])]}
    by_day = load(odcs(thing, settings={"onBreach": "quarantine", "maxQuarantinePercent": 100}))["things"]
    put(warehouse, by_day, "a,1,1", "a,2,2", key="before", mode="upsert")
    outcome = put(warehouse, by_day, "a,9,2", "b,3,", "c,4,4", "c,5,4", key="k", mode="upsert")
    assert (outcome.rows_published, served(warehouse)) == (1, [("a", 1, 1), ("a", 9, 2)])
    assert warehouse.aside("id, headgate_reasons") == [
        ("b", ["day.publishKeys"]), ("c", ["publishKeys"]), ("c", ["publishKeys"])
    ]  # fmt: skip
    with pytest.raises(ContractError, match="publishKeys: property 'nay' not found"):
        load(odcs(thing | {"customProperties": [setting("publishKeys", ["nay"])]}))


def test_rows_without_a_key_of_their_own_are_never_upserted(warehouse: Warehouse) -> None:
    outcome = put(warehouse, days("warn"), "a,1,1", "a,2,2", ",3,3", key="k", mode="upsert")
    assert (str(outcome.status), served(warehouse)) == ("halted", [])
    assert "no upsert: 3 rows share a key or have a NULL in it (id)" in str(outcome)


WRONG: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"mode": "insert"}, ("a,1,1",), "'insert' is not a valid mode; expected one of replace, append, upsert"),
    ({"mode": "append", "where": "day = 1"}, ("a,1,1",), "where says which part is replaced"),
    ({"mode": "upsert"}, ("a,1,1",), "gives things neither a primary key nor publishKeys"),
    ({"where": "day = 2"}, ("a,1,1", "b,2,2", "c,3,"), "2 rows of the source are not in the part that is replaced"),
    ({"where": "dya = 2"}, ("a,1,1",), "the data has no column 'dya'; it has id, v, day"),
    ({"where": "day = 2; drop table x"}, ("a,1,1",), "where 'day = 2; drop table x': 2 statements; give one condition"),
    (
        {"where": "day >"},
        ("a,1,1",),
        ": something is missing in it",
    ),
    (
        {"where": "day = '"},
        ("a,1,1",),
        ": a quote or a comment in it is not closed",
    ),
    ({"where": "count(*"}, ("a,1,1",), "where 'count(*': the condition cannot be parsed as "),
    ({"where": "day = pg_sleep(1)"}, ("a,1,1",), "the function pg_sleep is not one that a condition may call"),
    ({"where": "day = 2"}, ("a,1,1", "b,2,2"), "1 row of the source is not in the part that is replaced"),
    ({"where": "id::int = 1"}, ("a,1,1",), "fails on this data"),
    ({"where": " "}, ("a,1,1",), "where is empty; give one condition"),
    ({"where": "day = day + current_date - current_date"}, ("a,1,1",), "is another part when a rerun asks"),
    ({"where": "day = (select 1)"}, ("a,1,1",), "give one condition on the columns of the data"),
]


@pytest.mark.parametrize(("how", "rows", "message"), WRONG)
def test_what_a_mode_cannot_do(how: dict[str, Any], rows: tuple[str, ...], message: str, warehouse: Warehouse) -> None:
    with pytest.raises(CallError) as raised:
        put(warehouse, days(key=False), *rows, key="k", **how)
    assert message in str(raised.value)
    assert served(warehouse) == []


# The mode and part of the older run, the part of the newer one, whether the older one may come after it.
INTERVALS: list[tuple[str, str | None, str | None, bool]] = [
    ("replace", None, None, False),
    ("replace", "day = 2", "day = 1", True),
    ("replace", "day = 1", "day = 1", False),
    ("replace", "day=1", "DAY = 1", False),
    ("replace", "day = 2", None, False),
    ("append", None, None, True),
    ("upsert", None, None, False),
]


@pytest.mark.parametrize(("mode", "where", "newer", "allowed"), INTERVALS)
def test_an_older_interval_replaces_nothing_newer(
    mode: str, where: str | None, newer: str | None, allowed: bool, warehouse: Warehouse
) -> None:
    def run(day: int) -> Run:
        return Run("", (datetime(2026, 1, day, tzinfo=UTC), datetime(2026, 1, day + 1, tzinfo=UTC)))

    put(warehouse, days(), "a,1,1", key="newer", run=run(2), mode=mode, where=newer)
    row = "b,2,2" if where == "day = 2" else "b,2,1"
    if allowed:
        put(warehouse, days(), row, key="older", run=run(1), mode=mode, where=where)
    else:
        with pytest.raises(CallError, match="already serves the data interval that ends 2026-01-03"):
            put(warehouse, days(), row, key="older", run=run(1), mode=mode, where=where)
        assert served(warehouse) == [("a", 1, 1)]


# header and row of the second publish, mode, the contract's own further columns, the columns then
DRIFT: list[tuple[str, str, str, tuple[dict[str, Any], ...], list[str]]] = [
    ("id,v,day,note", "c,3,3,x", "append", (), ["id", "v", "day", "headgate_run_key", "note"]),
    ("id,v,day,note", "c,3,3,x", "append", ({"name": "note", "logicalType": "string"},),
     ["id", "v", "day", "headgate_run_key", "note"]),
    ("id,v", "c,3", "append", (), ["id", "v", "day", "headgate_run_key"]),  # the policy is warn
    ("id,day", "c,3", "replace", (), ["id", "v", "day", "headgate_run_key"]),
    ("id,v,day", "c,3,99999999999", "append", (), ["id", "v", "day", "headgate_run_key"]),
]  # fmt: skip


@pytest.mark.parametrize(("header", "row", "mode", "more", "expected"), DRIFT)
def test_drift_between_source_and_target(
    header: str, row: str, mode: str, more: Any, expected: list[str], warehouse: Warehouse
) -> None:
    put(warehouse, days("warn"), "a,1,1", key="before", mode="append")
    put(warehouse, days("warn", *more), row, key="k", header=header, mode=mode)
    assert sorted(warehouse.columns("shop.things")) == sorted(expected)


@on_tables
def test_a_value_that_the_targets_type_does_not_hold(warehouse: Warehouse) -> None:
    put(warehouse, days(), "a,1,1", key="before", mode="append")
    warehouse.change("ALTER TABLE shop.things ALTER COLUMN v TYPE SMALLINT")
    put(warehouse, days(), "b,7,1", key="k", mode="append")  # it fits
    with pytest.raises(
        CallError, match=r"(?i)v is BIGINT in the source and SMALLINT in the target: 1 value is not the"
    ):
        put(warehouse, days(), "c,70000,1", key="l", mode="append")
    assert [row[:2] for row in served(warehouse)] == [("a", 1), ("b", 7)]


def people(**more: Any) -> Any:
    """Each with a mail address of their own, and perhaps a chief among them."""
    return dataset(
        {"name": "id", "logicalType": "string", "primaryKey": True},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        {"name": "mail", "unique": True},
        {"name": "chief", "relationships": [{"to": "things.id"}]},
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100, **more},
    )


# mode, the rows that are published on top of (a, 1, A, no chief), the outcome, a word of it, who is served then
PEOPLE: list[tuple[str, tuple[str, ...], str, str, str]] = [
    # Without the bad row of a, the target keeps its old one, whose mail address is not free.
    ("upsert", ("a,-9,Z,", "e,1,A,"), "halted", "still breaks mail.unique.new", "a"),
    ("upsert", ("a,9,Z,", "e,1,A,"), "published", "", "ae"),
    # A chief who is set aside is nobody's chief, unless the target knows them already.
    ("replace", ("c,-1,C,", "d,1,D,c", "e,1,E,"), "halted", "still breaks chief.foreignKey", "a"),
    ("append", ("c,-1,C,", "d,1,D,c", "e,1,E,"), "halted", "still breaks chief.foreignKey", "a"),
    ("upsert", ("a,-1,A,", "d,1,D,a"), "published_partly", "", "ad"),
    ("append", ("d,1,D,a", "e,1,E,d"), "published", "", "ade"),
    ("append", ("d,1,D,a", "e,1,E,x"), "published_partly", "", "ad"),
]


@pytest.mark.parametrize(("mode", "rows", "status", "word", "ids"), PEOPLE)
def test_what_is_set_aside_may_break_a_promise_that_held(
    mode: str, rows: tuple[str, ...], status: str, word: str, ids: str, warehouse: Warehouse
) -> None:
    header = "id,v,mail,chief"
    put(warehouse, people(), "a,1,A,", key="before", header=header)
    outcome = put(warehouse, people(), *rows, key="k", header=header, mode=mode)
    assert (str(outcome.status), word in str(outcome)) == (status, True), str(outcome)
    assert "".join(key for (key,) in warehouse.rows(columns="id")) == ids


def test_an_appended_table_takes_no_value_that_its_type_changes(warehouse: Warehouse) -> None:
    """It keeps the column of its run keys, so it is not swapped: 1.5 would become 2."""
    put(warehouse, days(), "a,1,1", key="before", mode="append")
    number = dataset({"name": "id"}, {"name": "v", "logicalType": "number"}, {"name": "day", "logicalType": "integer"})
    with pytest.raises(CallError, match="in the target: 1 value is not the same there"):
        put(warehouse, number, "a,1.5,1", key="k")
    assert served(warehouse) == [("a", 1, 1)]
    put(warehouse, number, "a,2,1", key="k")
    assert served(warehouse) == [("a", 2, 1)]


def test_a_part_by_a_column_that_the_target_lacks_yet(warehouse: Warehouse) -> None:
    """Whatever stands there is in no such part, and its keys are taken."""
    header = "id,v,day,note"
    put(warehouse, days(), "a,1,1", key="before")
    taken = put(warehouse, days(), "a,2,2,x", key="k", header=header, where="note = 'x'")
    assert (str(taken.status), [r.key for r in taken.report.failed if r.severity == "error"]) == (
        "halted", ["primaryKey.new"]
    )  # fmt: skip
    put(warehouse, days(), "b,2,2,x", key="k", header=header, where="note = 'x'")
    assert served(warehouse) == [("a", 1, 1), ("b", 2, 2)]


@pytest.mark.parametrize("key", ["a\0b", "a\ud800"])
def test_a_run_key_that_no_text_can_hold(key: str, warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match="contains NUL or surrogate characters"):
        put(warehouse, days(), "a,1,1", key=key)
