"""Last known good: consumers keep the last version that was published, and everybody sees that it is stale."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from headgate.contract import Dataset
from headgate.contract.service_levels import duration
from headgate.gate import check

from tests.support.warehouse import BAD, GOOD, WAREHOUSES, Warehouse, days, on_tables, put, state, things

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 32)]

PLACES = tuple(WAREHOUSES)


def kept(on_breach: Any = "last_known_good", **more: Any) -> Dataset:
    return things(settings={"onBreach": on_breach, "maxQuarantinePercent": 50, **more})


def test_the_target_stays_and_is_marked_until_it_is_published_again(warehouse: Warehouse) -> None:
    warehouse.publish(kept(), *GOOD, key="good", now=DAYS[0])
    before = state(warehouse)
    for day in (1, 2):
        outcome = warehouse.publish(kept(), *BAD, key=f"bad{day}", now=DAYS[day])
        assert (str(outcome.status), outcome.published, outcome.halted) == ("kept_last_good", False, False)
        assert state(warehouse) == before
    said = "published by good at 2026-01-01T00:00:00+00:00, stale since 2026-01-02T00:00:00+00:00"
    assert said in str(outcome)  # since the first of the bad days
    assert outcome.to_dict()["served"]["stale_since"] == "2026-01-02T00:00:00+00:00"
    assert warehouse.comment() == "[headgate: stale since 2026-01-02T00:00:00+00:00]"
    seen = check(kept(), warehouse.target)
    why = "stale since 2026-01-02T00:00:00+00:00: bad1 was held back, it breaks id.required"
    assert (str(seen.verdict), why in seen.stale, why in str(seen)) == ("pass", True, True)
    warehouse.publish(kept(), *GOOD, key="again", now=DAYS[3])
    assert check(kept(), warehouse.target).stale == ""
    assert (warehouse.comment(), warehouse.rows("headgate.stale", "*")) == (None, [])


@on_tables
def test_a_comment_of_the_owner_is_kept(warehouse: Warehouse) -> None:
    warehouse.publish(kept(), *GOOD, key="good")
    warehouse.change("COMMENT ON TABLE shop.things IS 'all things'")
    warehouse.publish(kept(), *BAD, key="bad", now=DAYS[1])
    assert warehouse.comment() == "[headgate: stale since 2026-01-02T00:00:00+00:00] all things"
    warehouse.publish(kept(), *GOOD, key="again")
    assert warehouse.comment() == "all things"


def test_a_part_stays_stale_until_it_is_published(warehouse: Warehouse) -> None:
    parts = days("last_known_good")
    for part in (1, 2):
        put(warehouse, parts, f"a{part},1,{part}", key=f"good{part}", where=f"day = {part}")
    put(warehouse, parts, "a1,-1,1", key="bad1", where="day = 1", now=DAYS[1])
    put(warehouse, parts, "a2,2,2", key="next2", where="day = 2", now=DAYS[2])
    assert warehouse.comment() == "[headgate: stale since 2026-01-02T00:00:00+00:00]"
    put(warehouse, parts, "a1,2,1", key="next1", where="1 = DAY", now=DAYS[3])
    assert warehouse.comment() is not None  # what a part is called tells it from others
    put(warehouse, parts, "a1,2,1", key="next1", where="(Day=1)", now=DAYS[3])
    assert (warehouse.comment(), warehouse.rows("headgate.stale", "*")) == (None, [])


def test_a_part_is_as_old_as_it_is_itself(warehouse: Warehouse) -> None:
    parts = days("last_known_good", maxStaleness="7 d")
    put(warehouse, parts, "a1,1,1", key="good1", where="day = 1", now=DAYS[0])
    put(warehouse, parts, "a2,1,2", key="good2", where="day = 2", now=DAYS[19])
    outcomes = {
        part: str(put(warehouse, parts, f"a,-1,{part}", key=f"bad{part}", where=f"day = {part}", now=DAYS[20]).status)
        for part in (1, 2, 3)
    }
    # Of what was never published alone, the table is what is served.
    assert outcomes == {1: "halted", 2: "kept_last_good", 3: "kept_last_good"}


# settings, the day of the good publish, the day of the bad one, outcome, a word of the notes
CASES: list[tuple[dict[str, Any], int, int, str, str]] = [
    ({}, 0, 30, "kept_last_good", ""),
    ({"maxStaleness": "7 d"}, 0, 7, "kept_last_good", ""),
    ({"maxStaleness": "7 d"}, 0, 8, "halted", "that of 2026-01-01T00:00:00+00:00 is older than P7D"),
    ({"maxStaleness": "PT36H"}, 0, 2, "halted", "is older than PT36H"),
    ({"maxStaleness": "7 d", "on_breach": ["last_known_good", "warn"]}, 0, 8, "published", "is older than P7D"),
    ({"on_breach": ["quarantine", "last_known_good"]}, 0, 1, "kept_last_good", "no quarantine: 4 of 5 rows are bad"),
    ({"on_breach": ["last_known_good", "quarantine"]}, 0, 1, "kept_last_good", ""),
]


@pytest.mark.parametrize(("more", "good", "bad", "status", "note"), CASES)
def test_until_when(more: dict[str, Any], good: int, bad: int, status: str, note: str, warehouse: Warehouse) -> None:
    warehouse.publish(kept(**more), *GOOD, key="good", now=DAYS[good])
    outcome = warehouse.publish(kept(**more), *BAD, key="bad", now=DAYS[bad])
    assert (str(outcome.status), note in str(outcome)) == (status, True), str(outcome)


def test_without_a_last_good_version_it_halts(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(kept(), *BAD)
    assert (str(outcome.status), "nothing was published yet" in str(outcome)) == ("halted", True)
    warehouse.publish(kept(), *GOOD)


@on_tables
def test_a_table_that_is_gone_is_no_last_good_version(warehouse: Warehouse) -> None:
    warehouse.publish(kept(), *GOOD)
    warehouse.change("DROP TABLE shop.things")
    outcome = warehouse.publish(kept(), *BAD)
    assert (str(outcome.status), "nothing was published yet" in str(outcome)) == ("halted", True)


@pytest.mark.parametrize(
    ("length", "before"),
    [("1 d", (2026, 3, 30)), ("1 mo", (2026, 2, 28)), ("1 y", (2025, 3, 31)), ("P1M1D", (2026, 2, 27)),
     ("13 mo", (2025, 2, 28)), ("3 mo", (2025, 12, 31))],
)  # fmt: skip
def test_calendar_time(length: str, before: tuple[int, int, int]) -> None:
    assert duration(length).before(datetime(2026, 3, 31, tzinfo=UTC)) == datetime(*before, tzinfo=UTC)
