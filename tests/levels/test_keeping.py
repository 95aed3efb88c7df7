"""Retention: how long rows are kept at least, or at most."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from headgate.levels import Clock, Extremes, Facts

from tests.support.levels import column, level, result, t, watch

CLOCK = watch("2026-03-31 12:00")
YEAR = level("retention", 1, "y", "at")
LAW = level("retention", 1, "y", "at", driver="regulatory")


def oldest(text: str | None, first: str | None = "2020-01-01", name: str = "at") -> Facts:
    return Facts(columns=column(name, text, text and "2026-03-31"), first_publication=(first and t(first)) or None)


CASES: list[tuple[dict[str, Any], Facts, Clock, str, str]] = [
    (YEAR, oldest("2024-05-01"), CLOCK, "kept", ""),
    (YEAR, oldest("2025-03-31 09:00"), CLOCK, "kept", ""),
    # A year is counted in days: the time of day on the last of them says nothing.
    (YEAR, oldest("2025-03-31 23:59"), CLOCK, "kept", ""),
    (YEAR, oldest("2025-04-01"), CLOCK, "broken", "the oldest row is 364 d 12 h old"),
    (level("re", 24, "h", "at"), oldest("2026-03-30 12:00"), CLOCK, "kept", ""),
    (level("re", 24, "h", "at"), oldest("2026-03-30 12:01"), CLOCK, "broken", "23 h 59 min old"),
    # 1 month before 31 March is 28 February, and 29 February in 2028; a year before that is 28 February.
    (level("retention", 1, "mo", "at"), oldest("2026-02-28"), CLOCK, "kept", ""),
    (level("retention", 1, "mo", "at"), oldest("2026-03-01"), CLOCK, "broken", ""),
    (level("retention", "P1M", element="at"), oldest("2028-02-29"), watch("2028-03-31"), "kept", ""),
    (level("Retention", 1, "y", "at"), oldest("2027-02-28"), watch("2028-02-29"), "kept", ""),
    (level("Retention", 1, "y", "at"), oldest("2027-03-01"), watch("2028-02-29"), "broken", ""),
    (level("retention", 2, "w", "at"), oldest("2026-03-17"), CLOCK, "kept", ""),
    # A young table keeps all that was ever published.
    (YEAR, oldest("2026-03-20", "2026-03-21 01:00"), CLOCK, "kept", "first published 10 d 11 h ago"),
    (YEAR, oldest("2026-03-25", "2026-03-21 01:00"), CLOCK, "broken", "first published 10 d 11 h ago, but its oldest row is 6 d 12 h old"),
    (YEAR, oldest("2026-03-20", None), CLOCK, "unknown", "when the dataset was first published is not known"),
    (YEAR, oldest("2024-05-01", None), CLOCK, "kept", ""),
    (YEAR, oldest(None), CLOCK, "unknown", "no row has a value of at"),
    (YEAR, Facts(), CLOCK, "unknown", "at was not measured"),
    (YEAR, oldest("2026-04-01"), CLOCK, "unknown", "every at is later than the clock"),
    (level("retention", 1, "y"), oldest("2024-05-01"), CLOCK, "not_executable", "it names no column"),
    (level("retention", 9999, "y", "at"), oldest("2024-05-01"), CLOCK, "broken", ""),
    (level("retention", 9999, "y", "west"), oldest("2026-03-20", "2026-03-21", name="west"), CLOCK, "kept", "first published"),
    (level("retention", 9999, "y", "at"), oldest("2026-03-20", "2026-03-21"), CLOCK, "kept", "first published"),
    # At most: no row is older.
    (LAW, oldest("2025-03-31 00:00"), CLOCK, "kept", ""),
    (LAW, oldest("2025-03-30 23:59"), CLOCK, "broken", "the oldest row is 365 d 12 h old"),
    (LAW, oldest("2026-03-20"), CLOCK, "kept", ""),
    (LAW, oldest("1999-03-20"), CLOCK, "broken", ""),
    (LAW, oldest(None), CLOCK, "kept", "there are no rows"),
    (LAW, Facts(), CLOCK, "unknown", "at was not measured"),
    (level("retention", 24, "h", "at", driver="Regulatory"), oldest("2026-03-30 11:59"), CLOCK, "broken", "1 d 1 min old"),
    (level("retention", 1, "d", "at", driver="analytics"), oldest("2026-03-30 11:59"), CLOCK, "kept", ""),
    # Days are those of the column's zone: 31 March begins in Berlin at 22:00 UTC of the day before.
    (level("retention", 1, "y", "local", driver="regulatory"), Facts(columns={"local": Extremes(datetime(2025, 3, 31), datetime(2026, 3, 31))}), CLOCK, "kept", ""),
    (level("retention", 1, "y", "local", driver="regulatory"), Facts(columns={"local": Extremes(datetime(2025, 3, 30, 23), datetime(2026, 3, 31))}), CLOCK, "broken", ""),
    (level("retention", 1, "y", "day"), Facts(columns={"day": Extremes(date(2025, 3, 31), date(2026, 3, 31))}), CLOCK, "kept", ""),
    # Each of several columns must go back.
    (level("retention", 1, "y", "at, things.local"), Facts(columns=column("at", "2020-01-01", "2026-01-01") | column("local", "2026-01-01", "2026-02-01"), first_publication=t("2020-01-01")), CLOCK, "broken", ""),
    (level("retention", "as long as needed", element="at"), oldest("2024-05-01"), CLOCK, "not_executable", "is not a number"),
    (level("retention", 6, "m", "at"), oldest("2024-05-01"), CLOCK, "not_executable", "write min or mo"),
    (level("retention", 1, "y", "at", valueExt=2), oldest("2024-05-01"), CLOCK, "not_executable", "valueExt 2 says nothing about retention"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "facts", "clock", "status", "reason"), CASES)
def test_retention(one: dict[str, Any], facts: Facts, clock: Clock, status: str, reason: str) -> None:
    found = result(one, facts, clock)
    assert found.status == status, found
    assert reason in found.reason
    assert found.reason or status == "kept"


@pytest.mark.parametrize(("driver", "age"), [("", "9 d"), ("regulatory", "29 d")])
def test_the_column_that_decides_is_observed(driver: str, age: str) -> None:
    """Of rows that must be there the youngest of the oldest, of rows that must be gone the oldest of all."""
    columns = column("at", "2026-03-02", "2026-03-31") | column("west", "2026-03-22", "2026-03-31")
    one = level("retention", 5, "d", "at, things.west", driver=driver)
    found = result(one, Facts(columns=columns), watch("2026-03-31"))
    assert str(found.observed) == age
