"""Freshness at the clock, latency when it was published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from headgate.gate import Status as Outcome
from headgate.levels import Clock, Extremes, Facts

from tests.support.levels import at, column, daily, gate, level, published, result, t, watch

NOON = watch("2026-03-02 12:00")
FOUR = level("freshness", 4, "h", "at")
HELD = Outcome.KEPT_LAST_GOOD
NEW = published("2026-03-02 01:00", "2026-03-01/2026-03-02", whole=True)
OLDER = published("2026-03-02 09:00", "2026-02-27/2026-02-28", whole=True)


def ledger(*publications: Any, **more: Any) -> Facts:
    return Facts(publications=publications, **more)


# (level, facts, clock, status, observed, what the reason has)
FRESHNESS: list[tuple[dict[str, Any], Facts, Clock, str, timedelta | None, str]] = [
    (FOUR, at("2026-03-02 09:00"), NOON, "kept", timedelta(hours=3), ""),
    (FOUR, at("2026-03-02 08:00"), NOON, "kept", timedelta(hours=4), ""),
    (FOUR, at("2026-03-02 07:59"), NOON, "broken", timedelta(hours=4, minutes=1), "the newest at is 4 h 1 min old"),
    (FOUR, at("2026-03-02 06:00"), NOON, "broken", timedelta(hours=6), "6 h old"),
    # Clocks of two machines differ a little; more is a finding of its own, and no age.
    (FOUR, at("2026-03-02 12:01"), NOON, "kept", timedelta(0), ""),
    (FOUR, at("2026-03-02 12:02"), NOON, "unknown", None, "later than the clock"),
    (FOUR, at("2031-01-01"), NOON, "unknown", None, "later than the clock"),
    # An empty table, and one of which nothing is known.
    (FOUR, at(None), NOON, "unknown", None, "no row has a value of at"),
    (FOUR, Facts(), NOON, "unknown", None, "at was not measured"),
    # Data without a zone is in the column's default zone, or UTC.
    (FOUR, Facts(columns={"at": Extremes(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9))}), NOON, "kept", timedelta(hours=3), ""),
    (level("freshness", 4, "h", "local"), Facts(columns={"local": Extremes(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9))}), NOON, "kept", timedelta(hours=4), ""),
    (level("freshness", 3, "h", "local"), Facts(columns={"local": Extremes(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9))}), NOON, "broken", timedelta(hours=4), ""),
    # In summer the zone is an hour further: 09:00 is 07:00 UTC.
    (level("freshness", 4, "h", "local"), Facts(columns={"local": Extremes(datetime(2026, 7, 2, 9), datetime(2026, 7, 2, 9))}), watch("2026-07-02 12:00"), "broken", timedelta(hours=5), ""),
    # A date is its first moment; ODCS gives a date no zone.
    (level("freshness", 12, "h", "day"), Facts(columns={"day": Extremes(date(2026, 3, 2), date(2026, 3, 2))}), NOON, "kept", timedelta(hours=12), ""),
    (level("freshness", 11, "h", "day"), Facts(columns={"day": Extremes(date(2026, 3, 2), date(2026, 3, 2))}), NOON, "broken", timedelta(hours=12), ""),
    # Of several columns the oldest decides.
    (level("freshness", 4, "h", "at, things.local"), Facts(columns=column("at", "2026-03-01", "2026-03-02 11:00") | column("local", "2026-03-01", "2026-03-02 01:00")), NOON, "broken", timedelta(hours=11), "the newest local"),
    # Months are counted on the calendar, on from the event: 1 month after 31 January is 28 February, or the 29th.
    (level("freshness", 1, "mo", "at"), at("2026-01-31 12:00"), watch("2026-02-28 12:00"), "kept", timedelta(days=28), ""),
    (level("freshness", 1, "mo", "at"), at("2026-01-31 12:00"), watch("2026-02-28 12:01"), "broken", timedelta(days=28, minutes=1), ""),
    (level("freshness", 1, "mo", "at"), at("2028-01-31 12:00"), watch("2028-02-29 12:00"), "kept", timedelta(days=29), ""),
    (level("freshness", 1, "mo", "at"), at("2026-02-28 12:00"), watch("2026-03-31 06:00"), "broken", timedelta(days=30, hours=18), ""),
    (level("freshness", 1, "y", "at"), at("2028-02-29"), watch("2029-02-28"), "kept", timedelta(days=365), ""),
    (level("freshness", 1, "y", "at"), at("2028-02-29"), watch("2029-03-01"), "broken", timedelta(days=366), ""),
    # Hours are hours, on the day when clocks change too.
    (level("freshness", 24, "h", "at"), at("2026-03-28 12:00"), watch("2026-03-29 12:00"), "kept", timedelta(days=1), ""),
    # So long a time that there is no such date.
    (level("freshness", 9999, "y", "at"), at("2026-01-01"), NOON, "kept", timedelta(days=60, hours=12), ""),
    # Without a column: the end of the newest data interval that was published.
    (level("freshness", 24, "h"), ledger(*daily("2026-02-27", 3)), NOON, "kept", timedelta(hours=12), ""),
    (level("freshness", 6, "h"), ledger(*daily("2026-02-27", 3)), NOON, "broken", timedelta(hours=12), "the newest data interval is 12 h old"),
    (level("freshness", 6, "h"), ledger(published("2026-03-02 07:00")), NOON, "kept", timedelta(hours=5), ""),
    # A rerun of an old interval does not freshen, nor does keeping the last good version, nor a halt.
    (level("freshness", 24, "h"), ledger(published("2026-02-28 01:00", "2026-02-27/2026-02-28"), published("2026-03-02 11:00", "2026-02-20/2026-02-21")), NOON, "broken", timedelta(days=2, hours=12), ""),
    (level("freshness", 24, "h"), ledger(published("2026-02-28 01:00", "2026-02-27/2026-02-28"), published("2026-03-02 01:00", "2026-03-01/2026-03-02", HELD)), NOON, "broken", timedelta(days=2, hours=12), ""),
    (level("freshness", 24, "h"), ledger(published("2026-03-02 01:00", "2026-03-01/2026-03-02", Outcome.HALTED)), NOON, "unknown", None, "nothing was published yet"),
    (level("freshness", 24, "h"), ledger(published("2026-03-02 01:00", "2026-03-01/2026-03-02", Outcome.PUBLISHED_PARTLY)), NOON, "kept", timedelta(hours=12), ""),
    # What replaced the whole table is what is served, also where a rerun keeps when it was first published.
    *((level("freshness", 24, "h"), ledger(*each), NOON, status, timedelta(hours=hours), "") for each, status, hours in [
        ((NEW, OLDER), "broken", 60),
        ((NEW, replace(OLDER, published_at=t("2026-02-28 01:00"))), "broken", 60),
        ((NEW, replace(OLDER, outcome=HELD)), "kept", 12),
        ((NEW, replace(OLDER, whole=False)), "kept", 12),
        ((replace(NEW, whole=False), OLDER), "broken", 60),
        ((NEW, OLDER, NEW), "kept", 12),
        ((OLDER, NEW), "kept", 12),
        ((NEW, OLDER, published("2026-03-02 10:00", "2026-02-28/2026-03-01")), "broken", 36),
        ((NEW, OLDER, published("2026-03-02 10:00")), "kept", 2),
    ]),
    (FOUR, Facts(publications=(), failure="the table was not found"), NOON, "unknown", None, "at was not measured: the table was not found"),
    (level("freshness", 24, "h"), Facts(), NOON, "unknown", None, "no publications are known"),
    (level("freshness", 24, "h"), ledger(published("2026-03-02 01:00", "2026-03-01/2026-03-09")), NOON, "unknown", None, "later than the clock"),
    # A gate has the clock of its interval: a backfill is as fresh as it was on its day, and sees no later interval.
    (level("freshness", 24, "h"), ledger(published("2026-02-01 01:00", "2024-01-01/2024-01-02"), published("2026-02-01 02:00", "2026-01-30/2026-01-31")), gate("2024-01-02"), "kept", timedelta(0), ""),
    (FOUR, at("2024-01-01 22:00"), gate("2024-01-02"), "kept", timedelta(hours=2), ""),
    (FOUR, at("2024-01-01 19:00"), gate("2024-01-02"), "broken", timedelta(hours=5), ""),
]  # fmt: skip

LATE = {"at": Extremes(t("2026-03-01 02:00"), t("2026-03-01 23:00"), {Decimal(5): t("2026-03-01 20:00")})}
ONE = published("2026-03-02 01:00", "2026-03-01/2026-03-02", columns=LATE)
OLD = published("2026-02-01 01:00", "2026-01-31/2026-02-01")
LATENCY: list[tuple[dict[str, Any], Facts, Clock, str, timedelta | None, str]] = [
    # All rows: the oldest that came with the publication.
    (level("latency", 24, "h", "at"), ledger(OLD, ONE), NOON, "kept", timedelta(hours=23), ""),
    (level("latency", 23, "h", "at"), ledger(OLD, ONE), NOON, "kept", timedelta(hours=23), ""),
    (level("ly", 22, "h", "at"), ledger(OLD, ONE), NOON, "broken", timedelta(hours=23), "23 h after an event"),
    (level("LATENCY", 4, "h", "at"), ledger(OLD, ONE), NOON, "broken", timedelta(hours=23), ""),
    # A percentile of its rows: 95% are younger than the 5% that are the oldest.
    (level("latency", 5, "h", "at", valueExt=95), ledger(OLD, ONE), NOON, "kept", timedelta(hours=5), ""),
    (level("latency", 4, "h", "at", valueExt="p95"), ledger(OLD, ONE), NOON, "broken", timedelta(hours=5), ""),
    (level("latency", 5, "h", "at", valueExt="P95"), ledger(OLD, ONE), NOON, "kept", timedelta(hours=5), ""),
    # A quantile that was not measured lies between the oldest and the newest.
    (level("latency", 24, "h", "at", valueExt="99"), ledger(OLD, ONE), NOON, "kept", timedelta(hours=23), ""),
    (level("latency", 5, "h", "at", valueExt="99"), ledger(OLD, ONE), NOON, "unknown", None, "not known"),
    (level("latency", 1, "h", "at", valueExt="99"), ledger(OLD, ONE), NOON, "broken", timedelta(hours=2), "at least 2 h"),
    (level("latency", 1, "h", "at", valueExt="most"), ledger(OLD, ONE), NOON, "not_executable", None, "is not a percentile"),
    (level("latency", 1, "h", "at", valueExt=0), ledger(OLD, ONE), NOON, "not_executable", None, "is not a percentile"),
    (level("latency", 1, "h", "at", valueExt=101), ledger(OLD, ONE), NOON, "not_executable", None, "is not a percentile"),
    # Rows of the whole table: only what all of them are decides.
    (level("latency", 4, "h", "at"), ledger(published("2026-03-02 01:00"), columns=column("at", "2020-01-01", "2026-03-02 00:00")), NOON, "unknown", None, "which rows came with the last publication"),
    (level("latency", 4, "h", "at"), ledger(published("2026-03-02 01:00"), columns=column("at", "2020-01-01", "2026-03-01 20:00")), NOON, "broken", timedelta(hours=5), "at least 5 h"),
    (level("latency", 4, "h", "at"), ledger(published("2026-03-02 01:00"), columns=column("at", "2026-03-01 22:00", "2026-03-01 23:00")), NOON, "kept", timedelta(hours=3), ""),
    # Rows that came since, past the gate, are not those of the publication.
    (level("latency", 4, "h", "at"), ledger(published("2026-03-02 01:00"), columns=column("at", "2020-01-01", "2026-03-02 11:00")), NOON, "unknown", None, "which rows came"),
    # Each of several columns must be known.
    (level("latency", 24, "h", "at, things.local"), ledger(OLD, ONE), NOON, "unknown", None, "which rows came"),
    # Without a column: events lie in the data interval.
    (level("latency", 26, "h"), ledger(OLD, published("2026-03-02 01:00", "2026-03-01/2026-03-02")), NOON, "kept", timedelta(hours=25), ""),
    (level("latency", 4, "h"), ledger(OLD, published("2026-03-02 01:00", "2026-03-01/2026-03-02")), NOON, "unknown", None, ""),
    (level("latency", 4, "h"), ledger(OLD, published("2026-03-02 06:00", "2026-03-01/2026-03-02")), NOON, "broken", timedelta(hours=6), "at least 6 h"),
    # A rerun of an old interval is not judged, nor is a backfill of what was before the first publication.
    (level("latency", 26, "h"), ledger(OLD, published("2026-03-02 01:00", "2026-03-01/2026-03-02"), published("2026-03-02 05:00", "2026-02-10/2026-02-11")), NOON, "kept", timedelta(hours=25), ""),
    # What is served is judged: older data over newer came as late as it did.
    (level("latency", 26, "h"), ledger(OLD, NEW, OLDER), NOON, "broken", timedelta(days=2, hours=9), "an event"),
    (level("latency", 26, "h"), ledger(OLD, NEW, OLDER, published("2026-03-02 09:30", "2026-03-01/2026-03-02")), NOON, "unknown", None, "which rows came"),
    (level("latency", 26, "h"), ledger(published("2026-03-02 01:00", "2020-03-01/2020-03-02")), NOON, "unknown", None, "before the dataset was first published"),
    (level("latency", 26, "h"), ledger(OLD), NOON, "unknown", None, "before the dataset was first published"),
    (level("latency", 26, "h"), ledger(published("2026-03-02 01:00", "2026-03-01/2026-03-02", HELD)), NOON, "unknown", None, "nothing was published yet"),
    (level("latency", 26, "h"), ledger(OLD, published("2026-03-02 01:00", "2026-03-01/2026-03-02", exact=False)), NOON, "unknown", None, "is not recorded"),
    (level("latency", 26, "h"), ledger(), NOON, "unknown", None, "nothing was published yet"),
    (level("latency", 26, "h"), Facts(), NOON, "unknown", None, "no publications are known"),
    (level("latency", 1, "h", "at"), ledger(published("2026-03-02 01:00", columns=column("at", "2027-01-01", "2027-01-01"))), NOON, "unknown", None, "later than their publication"),
    (level("latency", 1, "h", "at"), ledger(published("2026-03-02 01:00", columns=column("at", None, None))), NOON, "unknown", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("one", "facts", "clock", "status", "age", "reason"), [*FRESHNESS, *LATENCY])
def test_ages(one: dict[str, Any], facts: Facts, clock: Clock, status: str, age: timedelta | None, reason: str) -> None:
    found = result(one, facts, clock)
    assert (found.status, found.observed.value if found.observed else None) == (status, age), found
    assert reason in found.reason
    assert (found.reason == "") == (status == "kept")
    assert (found.at, found.clock) == (clock.now, clock.kind)


def test_data_that_is_too_old_for_its_freshness_is_broken() -> None:
    """The nearest rival passes a latency of 4 h on data of 6 h."""
    found = result(FOUR, at("2026-03-02 06:00"), NOON)
    assert str(found) == "broken sla.freshness: the newest at is at most 4 h old: the newest at is 6 h old"
