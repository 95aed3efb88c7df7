"""Time to detect, to notify, to repair."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.levels import Facts, Outage

from tests.support.levels import level, result, t, watch

CLOCK = watch("2026-03-29")


def out(*times: str) -> Outage:
    """Start, detected, notified, end: hours and minutes of 10 March, empty where it has not happened."""
    start, detected, notified, end = [t(f"2026-03-10 {each}") if each else None for each in times]
    assert start
    return Outage(start, end, detected, notified)


QUICK = out("09:00", "09:05", "09:06", "10:00")
SLOW = out("12:00", "13:00", "13:30", "20:00")
OPEN = out("09:00", "09:05", "", "")
UNSEEN = out("09:00", "", "", "")
OLD = Outage(t("2026-01-01"), t("2026-01-20"), t("2026-01-10"), t("2026-01-12"))
QUICKS = (QUICK,) * 19

CASES: list[tuple[dict[str, Any], tuple[Outage, ...] | None, str, str, str]] = [
    (level("timeToDetect", 5, "min"), (QUICK,), "kept", "5 min", ""),
    (level("td", 4, "min"), (QUICK,), "broken", "5 min", "1 of 1 took longer"),
    (level("TD", "PT30M"), (QUICK, SLOW), "broken", "1 h", "1 of 2 took longer"),
    (level("timeToDetect", 30, "min", valueExt=95), (*QUICKS, SLOW), "kept", "5 min", "1 of 20 took longer"),
    (level("timeToDetect", 30, "min", valueExt="p96"), (*QUICKS, SLOW), "broken", "1 h", ""),
    (level("timeToDetect", 1, "h"), (UNSEEN,), "broken", "18 d 15 h", "1 not found yet"),
    (level("timeToDetect", 1, "h"), (OLD,), "kept", "", "no outage in 28 days"),
    (level("timeToDetect", 1, "h"), (), "kept", "", "no outage in 28 days"),
    (level("timeToDetect", 1, "h"), None, "unknown", "", "no history of incidents is known here"),
    (level("timeToDetect", "quickly"), (), "not_executable", "", "is not a number"),
    (level("timeToNotify", 1, "min"), (QUICK,), "kept", "1 min", ""),
    (level("tn", 10, "min"), (QUICK, SLOW), "broken", "30 min", ""),
    (level("TN", 1, "d"), (OPEN,), "broken", "18 d 14 h", "not told yet"),
    (level("timeToNotify", 30, "d"), (OPEN,), "kept", "18 d 14 h", "1 not told yet"),
    (level("TimeToNotify", 1, "d"), (UNSEEN,), "kept", "", "no outage"),
    (level("timeToNotify", 1, "d"), None, "unknown", "", ""),
    (level("timeToRepair", 1, "h"), (QUICK,), "kept", "55 min", ""),
    (level("tr", 6, "h"), (QUICK, SLOW), "broken", "7 h", ""),
    (level("TR", 1, "mo"), (OPEN,), "kept", "18 d 14 h", "1 not repaired yet"),
    (level("timetorepair", 2, "d"), (UNSEEN,), "broken", "18 d 15 h", "not repaired yet"),
    (level("timeToRepair", 8, "h"), (QUICK, SLOW), "kept", "7 h", ""),
    (level("timeToRepair", 8, "h", valueExt="worst"), (QUICK, SLOW), "not_executable", "", "is not a percentile"),
]


@pytest.mark.parametrize(("one", "outages", "status", "observed", "reason"), CASES)
def test_responses(
    one: dict[str, Any], outages: tuple[Outage, ...] | None, status: str, observed: str, reason: str
) -> None:
    found = result(one, Facts(outages=outages), CLOCK)
    assert (found.status, str(found.observed or "")) == (status, observed), found
    assert reason in found.reason
