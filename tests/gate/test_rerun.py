"""A run key names what a run published and set aside: a rerun reads again, and replaces just that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from headgate.errors import CallError
from headgate.report import Run

from tests.support.warehouse import BAD, GOOD, WAREHOUSES, Warehouse, days, put, state, things

PLACES = tuple(WAREHOUSES)


def test_a_rerun_reads_the_source_again_and_ends_the_same(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from headgate.places.duckdb.session import DuckDB

    read: list[str] = []
    original = DuckDB.read
    monkeypatch.setattr(DuckDB, "read", lambda self, place: (read.append(str(place)), original(self, place))[1])
    warehouse.publish(things("quarantine"), *BAD)
    first, reads = state(warehouse), list(read)
    warehouse.publish(things("quarantine"), *BAD)
    assert state(warehouse) == first
    assert read == reads * 2
    assert str(warehouse.csv) in reads


def test_a_repaired_source_is_published_and_empties_the_runs_quarantine(warehouse: Warehouse) -> None:
    warehouse.publish(things("quarantine"), *BAD, key="other")
    warehouse.publish(things("quarantine"), *BAD)
    warehouse.publish(things("quarantine"), "a,1", "b,2", "c,3", "d,4", "e,5")
    assert len(warehouse.rows()) == 5
    assert {row[2] for row in warehouse.aside()} == {"other"}  # what other runs set aside stays
    assert warehouse.rows("headgate.publications", "run_key, rows_published, rows_set_aside") == [
        ("other", 1, 4),
        ("run-1", 5, 0),
    ]


def test_a_rerun_keeps_the_time_of_its_run(warehouse: Warehouse) -> None:
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]
    for now in times:
        warehouse.publish(things("quarantine"), *BAD, now=now)
    assert {row[0] for row in warehouse.aside("headgate_run_at")} == {times[0]}


def test_a_rerun_keeps_when_its_run_was_first_published(warehouse: Warehouse) -> None:
    """By the clock, whatever time the run is about."""
    about = datetime(2020, 1, 1, tzinfo=UTC)
    before = datetime.now(UTC)
    warehouse.publish(things("quarantine"), *BAD, now=about)
    ((first,),) = warehouse.rows("headgate.publications", "published_at")
    assert before <= first.astimezone(UTC) <= datetime.now(UTC)
    warehouse.publish(things("quarantine"), *BAD, now=about)
    assert warehouse.rows("headgate.publications", "published_at") == [(first,)]


def test_an_older_interval_does_not_replace_a_newer_one(warehouse: Warehouse) -> None:
    def run(day: int) -> Run:
        return Run("", (datetime(2026, 1, day, tzinfo=UTC), datetime(2026, 1, day + 1, tzinfo=UTC)))

    warehouse.publish(things(), *GOOD, key="second", run=run(2))
    with pytest.raises(CallError, match="already serves the data interval that ends 2026-01-03"):
        warehouse.publish(things(), "z,9", key="first", run=run(1))
    assert warehouse.rows() == [("a", 1), ("b", 2)]
    warehouse.publish(things(), "z,9", key="first", run=run(1), allow_older=True)
    assert warehouse.rows() == [("z", 9)]
    warehouse.publish(things(), *GOOD, key="third", run=run(3))
    assert len(warehouse.rows()) == 2


def test_the_number_of_rows_is_told_beside_that_of_the_last_publication(warehouse: Warehouse) -> None:
    """Of another run, in the same place: the whole table, or the same part of it."""
    rows = [f"r{n},{n},{n % 2}" for n in range(6)]

    def before(key: str, *rows: str, **how: Any) -> int | None:
        outcome = put(warehouse, days(), *rows, key=key, **how)
        told = f"in place of {outcome.rows_before}" in str(outcome)
        assert told == (outcome.rows_before not in (None, len(rows)))
        found: int | None = outcome.to_dict()["rows_before"]
        return found

    assert before("a", *rows) is None
    assert before("b", *rows[:2]) == 6
    assert before("b", *rows[:3]) == 6  # a rerun
    assert before("c", *rows[:3]) == 3
    assert before("d", "x,1,7", where="day = 7") is None
    assert before("e", "x,1,7", "y,2,7", where="day = 7") == 1
    assert before("f", "z,1,8", mode="append") is None
    assert before("g", "z,1,8", mode="upsert") is None
    assert before("h", *rows) == 3
