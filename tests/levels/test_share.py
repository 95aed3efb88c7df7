"""Availability, error rate, throughput: shares and rates of 28 days."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from headgate.gate import Status as Outcome
from headgate.levels import Clock, Facts, Outage, ReportFact

from tests.support.levels import daily, gate, level, published, result, t, watch

CLOCK = watch("2026-03-29")  # 28 days after 1 March


def out(start: str, end: str | None = None) -> Outage:
    return Outage(t(start), t(end) if end else None)


def outages(*found: Outage, first: str | None = "2025-01-01") -> Facts:
    return Facts(outages=found, first_publication=t(first) if first else None)


def reports(*found: tuple[str, int, int]) -> Facts:
    return Facts(reports=tuple(ReportFact(t(text), rows, bad) for text, rows, bad in found))


def ledger(*publications: Any, **more: Any) -> Facts:
    return Facts(publications=publications, **more)


CASES: list[tuple[dict[str, Any], Facts, Clock, str, str, str]] = [
    # 99.5% of 28 days allow 201.6 minutes.
    (level("availability", "99.5%"), outages(), CLOCK, "kept", "100%", ""),
    (level("availability", "99.5%"), outages(out("2026-03-10", "2026-03-10 03:21")), CLOCK, "kept", "99.5015%", "outages of 3 h 21 min"),
    (level("availability", "99.5%"), outages(out("2026-03-10", "2026-03-10 03:22")), CLOCK, "broken", "99.499%", "outages of 3 h 22 min"),
    (level("availability", 75), outages(out("2026-03-10", "2026-03-17")), CLOCK, "kept", "75%", ""),
    (level("av", 100), outages(out("2026-03-10", "2026-03-10 00:01")), CLOCK, "broken", "99.9975%", ""),
    (level("AV", 99, "percent"), outages(out("2026-03-28 20:00")), CLOCK, "kept", "99.4048%", ""),
    (level("availability", 99), outages(out("2026-03-28 12:00")), CLOCK, "broken", "98.2143%", ""),
    # Readers had good data while newer data was held back.
    (level("availability", 100), outages(replace(out("2026-03-10"), readable=True)), CLOCK, "kept", "100%", ""),
    # What two outages share counts once; what is older than 28 days not at all.
    (level("availability", 99), outages(out("2026-03-10", "2026-03-10 04:00"), out("2026-03-10 02:00", "2026-03-10 06:00"), out("2026-03-10 03:00", "2026-03-10 03:30")), CLOCK, "kept", "99.1071%", "outages of 6 h in all"),
    (level("availability", 99), outages(out("2026-02-01", "2026-02-28")), CLOCK, "kept", "100%", ""),
    (level("availability", 99), outages(out("2026-02-01", "2026-03-01 06:00")), CLOCK, "kept", "99.1071%", "6 h"),
    (level("availability", 99), outages(out("2026-04-01", "2026-04-02")), CLOCK, "kept", "100%", ""),
    # A young dataset has only the time since its first publication.
    (level("availability", 99), outages(out("2026-03-28", "2026-03-28 06:00"), first="2026-03-27"), CLOCK, "broken", "87.5%", ""),
    (level("availability", 99), outages(first=None), CLOCK, "unknown", "", "nothing was published yet"),
    (level("availability", 99), Facts(first_publication=t("2025-01-01")), CLOCK, "unknown", "", "no history of incidents is known here"),
    (level("availability", "most of the time"), outages(), CLOCK, "not_executable", "", "is not a number"),
    # Bad rows of all rows, exactly.
    (level("errorRate", 1, "percent"), reports(("2026-03-10", 1000, 10)), CLOCK, "kept", "1%", "10 of 1,000 rows"),
    (level("errorRate", 1), reports(("2026-03-10", 1000, 11)), CLOCK, "broken", "1.1%", "11 of 1,000 rows"),
    (level("ER", "0.1%"), reports(("2026-03-10", 3000, 1), ("2026-03-11", 0, 0)), CLOCK, "kept", "0.0333%", ""),
    (level("er", 0), reports(("2026-03-10", 3000, 0)), CLOCK, "kept", "0%", ""),
    (level("errorrate", 0), reports(("2026-03-10", 10**12, 1)), CLOCK, "broken", "0%", "1 of 1,000,000,000,000 rows"),
    (level("errorRate", 1), reports(("2026-03-01", 1000, 500), ("2026-03-01 00:01", 1000, 0), ("2026-03-29 00:01", 1000, 500)), CLOCK, "kept", "0%", ""),
    (level("errorRate", 1), Facts(reports=(ReportFact(t("2026-03-10"), 1000, 9, 10),)), CLOCK, "kept", "0.9%", "at least 9 of 1,000 rows"),
    (level("errorRate", 1), Facts(reports=(ReportFact(t("2026-03-10"), 1000, 9, 11),)), CLOCK, "unknown", "", "9 to 11 of 1,000 rows are bad: one row can break several rules"),
    (level("errorRate", 1), Facts(reports=(ReportFact(t("2026-03-10"), 1000, 11, 20),)), CLOCK, "broken", "1.1%", "at least 11 of 1,000 rows"),
    (level("errorRate", 1), reports(("2026-03-10", 0, 0)), CLOCK, "unknown", "", "no row was checked"),
    (level("errorRate", 1), reports(), CLOCK, "unknown", "", "no row was checked"),
    (level("errorRate", 1), Facts(), CLOCK, "unknown", "", "no reports are known"),
    (level("errorRate", "low"), reports(), CLOCK, "not_executable", "", "is not a number"),
    # Rows or publications in a period: the mean of 28 days, or since the first publication.
    (level("throughput", 100, "rows/d"), ledger(*daily("2026-02-01", 56)), CLOCK, "kept", "100 rows/d", ""),
    (level("throughput", 101, "rows/d"), ledger(*daily("2026-02-01", 56)), CLOCK, "broken", "100 rows/d", ""),
    (level("th", "4 rows/h"), ledger(*daily("2026-02-01", 56)), CLOCK, "kept", "4.1667 rows/h", ""),
    (level("th", 1, "publications per day"), ledger(*daily("2026-02-01", 56)), CLOCK, "kept", "1 publications per day", ""),
    (level("Throughput", 2, "updates/d"), ledger(*daily("2026-02-01", 56)), CLOCK, "broken", "1 updates/d", ""),
    # 300 rows in the 71 hours since the first publication.
    (level("throughput", 100, "records/day"), ledger(*daily("2026-03-25", 4)), CLOCK, "kept", "101.4085 records/day", ""),
    (level("throughput", 100, "rows/d"), ledger(published("2026-03-10", rows=2700), published("2026-03-11", outcome=Outcome.HALTED, rows=10**6), first_publication=t("2026-01-01")), CLOCK, "broken", "96.4286 rows/d", ""),
    (level("throughput", 100, "rows/w"), ledger(published("2026-03-28", rows=100)), CLOCK, "unknown", "", "less than 7 d ago"),
    (level("throughput", 100, "rows/d"), ledger(), CLOCK, "unknown", "", "nothing was published yet"),
    (level("throughput", 100, "rows/d"), Facts(), CLOCK, "unknown", "", "no publications are known"),
    (level("throughput", 100, "rows/y"), ledger(published("2026-03-28", rows=100)), CLOCK, "unknown", "", "less than 1 year ago"),
    (level("throughput", 100, "MB/s"), ledger(), CLOCK, "not_executable", "", "expected one such as rows/h"),
    (level("throughput", 100, "rows"), ledger(), CLOCK, "not_executable", "", "expected one such as rows/h"),
    (level("throughput", 100), ledger(), CLOCK, "not_executable", "", "expected one such as rows/h"),
    (level("throughput", 100, "rows/m"), ledger(), CLOCK, "not_executable", "", "write min or mo"),
    (level("throughput", 100, "rows/fortnight"), ledger(), CLOCK, "not_executable", "", "is not a valid unit of time"),
    (level("throughput", 100, "rows/d"), ledger(*daily("2026-02-01", 56)), gate("2025-01-01"), "unknown", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("one", "facts", "clock", "status", "observed", "reason"), CASES)
def test_shares(one: dict[str, Any], facts: Facts, clock: Clock, status: str, observed: str, reason: str) -> None:
    found = result(one, facts, clock)
    assert (found.status, str(found.observed or "")) == (status, observed), found
    assert reason in found.reason
    assert found.reason or found.observed
