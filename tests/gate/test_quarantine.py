"""The quarantine as a workflow: looked at, released by a person exactly once, dropped; and what duplicates keep."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.gate import ReleaseResult, check, drop, quarantined, release, rows_aside, target_of

from tests.support.contracts import dataset
from tests.support.warehouse import WAREHOUSES, Warehouse, days, on, put, served

BAD = ("a,1,1", "b,-2,2", "c,-3,3", "d,x,4")

PLACES = tuple(WAREHOUSES)


def code(warehouse: Warehouse, run_key: str = "k") -> str:
    (aside,) = [a for a in quarantined(days(), warehouse.target) if a.run_key == run_key]
    return aside.fingerprint


def let_go(warehouse: Warehouse, things: Dataset, run_key: str = "k", **options: Any) -> ReleaseResult:
    accepted = options.pop("accepted", None) or code(warehouse, run_key)
    options = {"by": "olga", "why": "seen", "accepted": accepted, **options}
    return release(things, warehouse.target, run_key=run_key, **options)


def test_what_lies_there(warehouse: Warehouse) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    outcome = put(warehouse, days("quarantine"), *BAD, key="k", now=when)
    (aside,) = quarantined(days(), warehouse.target)
    assert (aside.run_key, aside.rows, aside.run_at) == ("k", 3, when)
    assert dict(aside.reasons) == {"v.minimum": 2, "v.logicalType": 1}
    assert outcome.to_dict()["accepted"] == aside.fingerprint
    assert [row["id"] for row in rows_aside(days(), warehouse.target, run_key="k")] == ["b", "c", "d"]
    with pytest.raises(CallError, match="holds nothing of the run other"):
        rows_aside(days(), warehouse.target, run_key="other")


MODES = [("replace", None), ("replace", "day > 0"), ("append", None), ("upsert", None)]


@pytest.mark.parametrize(("mode", "where"), MODES)
def test_released_rows_are_published_exactly_once(mode: str, where: str | None, warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k", mode=mode, where=where)
    accepted = code(warehouse)
    done = let_go(warehouse, days("quarantine"))
    lossy = "1 of them with cells that did not cast and are NULL now"
    assert str(done) == f"released 3 rows into {warehouse.name}, {lossy}, approved by olga: seen (of k)"
    everything = [("a", 1, 1), ("b", -2, 2), ("c", -3, 3), ("d", None, 4)]
    assert (served(warehouse), warehouse.aside()) == (everything, [])
    again = let_go(warehouse, days("quarantine"), accepted=accepted)
    assert (again.before, again.rows, served(warehouse)) == (True, 0, everything)
    kept = warehouse.rows("headgate.releases", "run_key, row_count, reasons, released_by, why")
    assert kept == [("k", 3, "v.logicalType, v.minimum", "olga", "seen")]
    # The publish itself, run again, reads its source again: its bad rows wait for a decision again.
    put(warehouse, days("quarantine"), *BAD, key="k", mode=mode, where=where)
    assert len(warehouse.aside()) == 3
    assert let_go(warehouse, days("quarantine")).rows == 3
    assert served(warehouse) == everything


def test_only_what_was_looked_at_is_released(warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k")
    seen = code(warehouse)
    put(warehouse, days("quarantine"), *BAD, "e,-5,5", key="k")
    with pytest.raises(CallError, match="are no longer those that were accepted; review them again"):
        let_go(warehouse, days(), accepted=seen)
    assert (served(warehouse), len(warehouse.aside())) == ([("a", 1, 1)], 4)


def strict(**more: Any) -> Dataset:
    """The contract of another day, which promises more."""
    return dataset(
        {"name": "id", "logicalType": "string", "primaryKey": True},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        {"name": "day", "logicalType": "integer", **more.pop("day", {})},
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
        **more,
    )


REFUSED: list[tuple[Dataset, str]] = [
    (strict(day={"logicalTypeOptions": {"maximum": 2}}), "the rows also break day.maximum, which was not accepted"),
    (strict(quality=[{"id": "few", "metric": "rowCount", "mustBeLessThan": 4}]), "would break few"),
    (strict(quality=[{"type": "custom", "engine": "soda", "implementation": "x"}]), "not measured"),
]


@pytest.mark.parametrize(("things", "said"), REFUSED, ids=["row", "set", "unknown"])
def test_nothing_is_broken_but_what_was_accepted(things: Dataset, said: str, warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k")
    done = let_go(warehouse, things)
    assert done.rows == 0
    assert said in str(done.refused)
    assert (served(warehouse), len(warehouse.aside())) == ([("a", 1, 1)], 3)
    assert not [t for t in warehouse.tables() if "__headgate" in t]


def pattern(text: str, version: str = "1.0.0", **rule: Any) -> Dataset:
    """A contract whose quality rule on `id` is replaced, under the same name, by the next version."""
    rule = {"metric": "invalidValues", "arguments": {"pattern": text}, "mustBe": 0, **rule}
    ruled = {"name": "id", "logicalType": "string", "primaryKey": True, "quality": [rule]}
    others = [{"name": "v", "logicalType": "integer"}, {"name": "day", "logicalType": "integer"}]
    return dataset(ruled, *others, version=version, settings={"onBreach": "quarantine", "maxQuarantinePercent": 100})


def test_a_rule_that_was_replaced_under_its_name_is_not_accepted(warehouse: Warehouse) -> None:
    put(warehouse, pattern("[ab]"), "a,1,1", "c,1,1", key="k")
    done = let_go(warehouse, pattern("[0-9]+", "2.0.0"))
    assert done.refused == "the rows also break id.invalidValues (changed since), which was not accepted"
    assert (served(warehouse), len(warehouse.aside())) == ([("a", 1, 1)], 1)
    # Whatever else the rule is called, and however it is written: what it says is what was accepted.
    assert let_go(warehouse, pattern("[ab]", "3.0.0", id="letters", severity="critical")).rows == 1


COLUMNS = [
    ({"name": "v", "logicalType": "string", "logicalTypeOptions": {"pattern": "^[0-9]$"}}, "v.logicalType"),
    ({"name": "w", "required": True}, "w.exists"),
]


@pytest.mark.parametrize(("column", "broken"), COLUMNS, ids=["type", "missing"])
def test_a_column_that_is_wrong_under_a_new_version_is_not_accepted(
    column: dict[str, Any], broken: str, warehouse: Warehouse
) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k")
    assert f"the rows also break {broken}" in str(let_go(warehouse, dataset(column, version="2.0.0")).refused)
    assert let_go(warehouse, days("quarantine")).rows == 3


def test_what_an_older_headgate_quarantined_is_released_under_its_contract_alone(warehouse: Warehouse) -> None:
    put(warehouse, pattern("[ab]"), "a,1,1", "c,1,1", key="old")
    accepted = code(warehouse, "old")
    warehouse.forget_rules()
    put(warehouse, pattern("[ab]"), "b,1,1", "d,1,1", key="new", mode="append")  # adds what the quarantine lacks
    assert [(a.run_key, a.fingerprint == accepted, a.rules is None) for a in quarantined(days(), warehouse.target)] == [
        ("old", True, True),
        ("new", False, False),
    ]
    done = let_go(warehouse, pattern("[0-9]+", "2.0.0"), "old")
    assert "did not record what its rules said; this is version 2.0.0" in str(done.refused)
    assert let_go(warehouse, pattern("[ab]"), "old", accepted=accepted).rows == 1
    assert drop(days(), warehouse.target, run_key="new") == 1
    assert warehouse.aside() == []
    named = dict(warehouse.rows("headgate.publications", "run_key, place_name"))
    name = target_of(days(), warehouse.target).lineage.name
    assert (named["old"] in (None, name), named["new"]) == (True, name)


def test_rows_of_a_version_that_was_replaced_stay_where_they_are(warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k")
    put(warehouse, days("quarantine"), "z,1,1", key="next")
    with pytest.raises(CallError, match="was published again since, by the run next"):
        let_go(warehouse, days())
    assert let_go(warehouse, days(), allow_older=True).rows == 3
    assert len(served(warehouse)) == 4


def test_appended_rows_are_older_only_than_a_whole_new_table(warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k", mode="append")
    put(warehouse, days("quarantine"), "z,1,1", key="next", mode="append")
    put(warehouse, days("quarantine"), "y,1,9", key="part", where="day = 9")
    assert let_go(warehouse, days("quarantine")).rows == 3
    put(warehouse, days("quarantine"), "f,1,1", "g,-1,1", key="l", mode="append")
    put(warehouse, days("quarantine"), "a,1,1", key="whole")
    with pytest.raises(CallError, match="was published again since, by the run whole"):
        let_go(warehouse, days(), "l")


def test_an_upsert_is_released_by_its_key_or_not_at_all(warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k", mode="upsert")
    with pytest.raises(CallError, match="k was upserted by a key, and"):
        let_go(warehouse, days(key=False))


def test_a_release_makes_no_second_row_of_a_key(warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), "a,1,1", "b,-2,1", key="one", where="day = 1")
    put(warehouse, days("quarantine"), "b,1,2", key="two", where="day = 2")
    assert str(check(days(), warehouse.target).verdict) == "pass"
    done = let_go(warehouse, days(), "one")
    assert (done.rows, str(done.refused)) == (0, f"with them {warehouse.name} would break primaryKey")
    assert served(warehouse) == [("a", 1, 1), ("b", 1, 2)]


def test_a_release_of_another_part_is_not_older(warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), "a,1,1", "b,-2,1", key="one", where="day = 1")
    put(warehouse, days("quarantine"), "c,1,2", key="two", where="day = 2")
    assert let_go(warehouse, days(), "one").rows == 1
    assert len(served(warehouse)) == 3


# mode and part of a run that set a row of day 1 aside; a part that was replaced later; whether it has the row's place
PARTS: list[tuple[str, str | None, str, bool]] = [
    ("replace", "day = 1", "day=1", True),
    ("replace", "day = 1", "day IN (1, 2)", True),
    ("replace", "day = 1", "day > 1", False),
    ("append", None, "day = 1", True),
    ("append", None, "day = 2", False),
]


@pytest.mark.parametrize(("mode", "where", "later", "older"), PARTS)
def test_a_row_whose_part_was_replaced_since_is_older(
    mode: str, where: str | None, later: str, older: bool, warehouse: Warehouse
) -> None:
    keyless = days("quarantine", key=False)
    put(warehouse, keyless, "a,-1,1", "b,2,1", key="k", mode=mode, where=where)
    put(warehouse, keyless, "a,1,1" if older else "a,1,2", key="later", where=later)
    if not older:
        assert let_go(warehouse, keyless).rows == 1
        return
    with pytest.raises(CallError, match="was published again since, by the run later: these rows are older"):
        let_go(warehouse, keyless)


@on("postgres", "parquet")
def test_a_key_that_is_published_during_a_release_has_no_second_row(warehouse: Warehouse) -> None:
    others = iter(["b,1,2"])

    def meanwhile(step: str) -> None:
        for row in others if step == "releasing" else ():
            put(warehouse, days("quarantine"), row, key="other", mode="append")

    put(warehouse, days("quarantine"), "a,1,1", "b,-2,1", key="k", mode="append")
    done = let_go(warehouse, days(), progress=meanwhile)
    assert (done.rows, str(done.refused)) == (0, f"with them {warehouse.name} would break primaryKey")
    assert served(warehouse) == [("a", 1, 1), ("b", 1, 2)]


# A file of DuckDB's is one process's at a time.


@pytest.mark.parametrize("name", ["by", "why", "accepted"])
def test_a_release_says_who_and_why(name: str, warehouse: Warehouse) -> None:
    put(warehouse, days("quarantine"), *BAD, key="k")
    with pytest.raises(CallError, match=f"{name} is empty"):
        let_go(warehouse, days(), **{name: " "})
    with pytest.raises(CallError, match="published nothing"):
        release(days(), warehouse.target, run_key="nobody", accepted="x", by="olga", why="seen")


def test_what_is_dropped_is_gone(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is when the rows were set aside, not the day that the run was about."""
    for day in (1, 2, 3):
        at = datetime(2026, 1, day, tzinfo=UTC)
        monkeypatch.setattr(import_module("headgate.gate.publish"), "clock", lambda at=at: at)
        about = datetime(2025, 6, 30 - day, tzinfo=UTC)
        put(warehouse, days("quarantine"), *BAD, key=f"k{day}", now=about, allow_older=True)
    assert drop(days(), warehouse.target, run_key="k1") == 3
    assert drop(days(), warehouse.target, before=datetime(2026, 1, 3, tzinfo=UTC)) == 3
    (left,) = quarantined(days(), warehouse.target)
    assert (left.run_key, left.run_at.day, left.set_aside_at.day) == ("k3", 27, 3)
    with pytest.raises(CallError, match="pass run_key or before"):
        drop(days(), warehouse.target)


@pytest.mark.parametrize(
    ("retention", "left"), [({}, ["k31", "k32"]), ({"quarantineRetention": "60 d"}, ["k1", "k31", "k32"])]
)
def test_old_rows_are_dropped_by_the_next_publish(
    retention: Any, left: list[str], warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, when in ((1, datetime(2026, 1, 1)), (31, datetime(2026, 1, 31)), (32, datetime(2026, 2, 1, 1))):
        monkeypatch.setattr(import_module("headgate.gate.publish"), "clock", lambda at=when: at.replace(tzinfo=UTC))
        put(warehouse, days("quarantine", **retention), *BAD, key=f"k{day}")
    assert [a.run_key for a in quarantined(days(), warehouse.target)] == left


def test_rows_of_a_day_long_ago_are_kept_as_long(warehouse: Warehouse) -> None:
    for year in (2020, 2026):
        put(warehouse, days("quarantine"), *BAD, key=f"k{year}", now=datetime(year, 1, 1, tzinfo=UTC))
    assert [a.run_key for a in quarantined(days(), warehouse.target)] == ["k2020", "k2026"]


# which row of the duplicates a (v 1, 2, and one without) stays
KEEP: list[tuple[str | None, list[tuple[Any, ...]]]] = [
    (None, [("b", 3)]),
    ("first by v", [("a", 1), ("b", 3)]),
    ("last by v", [("a", 2), ("b", 3)]),
]


@pytest.mark.parametrize(("keep", "left"), KEEP)
def test_of_duplicates_one_may_stay(keep: str | None, left: list[tuple[Any, ...]], warehouse: Warehouse) -> None:
    settings = {"onBreach": "quarantine", "maxQuarantinePercent": 100} | ({"keep": keep} if keep else {})
    unique = dataset({"name": "id", "unique": True}, {"name": "v", "logicalType": "integer"}, settings=settings)
    outcome = warehouse.publish(unique, "a,2", "a,1", "b,3", "a,")
    assert (warehouse.rows(), outcome.rows_set_aside) == (left, 4 - len(left))


def test_keep_by_a_column_that_is_not_there(warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match="keep last by when: the data has no column 'when'; it has id, v"):
        unique = dataset({"name": "id", "unique": True}, settings={"onBreach": "quarantine", "keep": "last by when"})
        warehouse.publish(unique, "a,1", "a,2")
