"""Shares and rates over 28 days: availability, error rate, throughput."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from headgate.contract.service_levels import ServiceLevel, duration
from headgate.levels.clock import Clock, before
from headgate.levels.facts import WINDOW, Outage
from headgate.levels.reading import Amount, Reading, length_words
from headgate.levels.scope import Scope

_RATE = re.compile(r"([a-z]+)\s*(?:/|\bper\b)\s*([a-z]+)\Z")
_ROWS = frozenset({"row", "rows", "record", "records", "event", "events"})
_PUBLICATIONS = frozenset({"publication", "publications", "update", "updates"})


def availability(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the share of time, of 28 days or since the first publication, in which no outage was."""
    promised = Amount(level.value, "percent")
    reading = Reading(f"good data can be read {promised} of the time, over 28 days", promised)
    if scope.facts.outages is None:
        return reading.unknown("no history of incidents is known here")
    start = window_start(scope)
    if start is None or start >= scope.clock.now:
        return reading.unknown("nothing was published yet", young=True)
    down = lost(scope.facts.outages, start, scope.clock.now)
    share = 100 * (1 - _ratio(down, scope.clock.now - start))
    kept = share >= level.value
    return reading.judged(kept, _percent(share), f"outages of {length_words(down)} in all" if down else "")


def window_start(scope: Scope) -> datetime | None:
    """Return when the 28 days began, or the dataset if it is younger; None if nothing was published yet."""
    began = scope.facts.began
    return None if began is None else max(began, scope.clock.now - WINDOW)


def lost(outages: Iterable[Outage], start: datetime, now: datetime) -> timedelta:
    """Return how much of the time from `start` to `now` outages took; what two of them share counts once."""
    return sum((end - begin for begin, end in spans(outages, start, now)), timedelta())


def spans(outages: Iterable[Outage], start: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times between `start` and `now` in which readers had no good data, in their order and without
    overlap."""
    found: list[tuple[datetime, datetime]] = []
    for outage in sorted((each for each in outages if not each.readable), key=lambda each: each.start):
        begin, end = max(outage.start, start), min(outage.end or now, now)
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif begin < end:
            found.append((begin, end))
    return found


def error_rate(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the share of rows that broke an error-level rule, of all rows that reports of 28 days are about."""
    promised = Amount(level.value, "percent")
    reading = Reading(f"at most {promised} of the rows are bad, over 28 days", promised)
    if scope.facts.reports is None:
        return reading.unknown("no reports are known")
    reports = [r for r in scope.facts.reports if _since(scope.clock) < r.at <= scope.clock.now]
    rows = sum(report.rows for report in reports)
    if not rows:
        return reading.unknown("no row was checked in 28 days")
    bad = sum(report.bad_rows for report in reports)
    most = sum(report.bad_rows if report.at_most is None else report.at_most for report in reports)
    share, highest = Fraction(100 * bad, rows), Fraction(100 * most, rows)
    if share <= level.value < highest:
        return reading.unknown(f"{bad:,} to {most:,} of {rows:,} rows are bad: one row can break several rules")
    said = f"{'at least ' if most > bad else ''}{bad:,} of {rows:,} rows" if bad else ""
    return reading.judged(share <= level.value, _percent(share), said)


def throughput(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the mean number of rows or publications in a period, over 28 days or since the first publication.

    Raises:
        ValueError: its unit is not rows or publications in a period.
    """
    number, unit = level.value
    match = _RATE.match(unit)
    if match is None or match[1] not in _ROWS | _PUBLICATIONS:
        raise ValueError(f"the unit {unit!r} is not measured; expected one such as rows/h or publications/d")
    period = duration(1, match[2])
    promised = Amount(number, unit)
    reading = Reading(f"{promised} or more are published, over 28 days", promised)
    if scope.facts.publications is None:
        return reading.unknown("no publications are known")
    start = window_start(scope)
    if start is None:
        return reading.unknown("nothing was published yet", young=True)
    now = scope.clock.now
    length = now - before(period, now)
    if now - start < length:
        return reading.unknown(f"the dataset was first published less than {length_words(period)} ago", young=True)
    known = [p for p in scope.clock.published(scope.facts) if scope.clock.time_of(p) >= start]
    done = sum(p.rows for p in known) if match[1] in _ROWS else len(known)
    rate = done * _ratio(length, now - start)
    return reading.judged(rate >= number, Amount(_rounded(rate), unit))


def _since(clock: Clock) -> datetime:
    return clock.now - WINDOW


def _ratio(part: timedelta, whole: timedelta) -> Fraction:
    return Fraction(part // _TICK, whole // _TICK)


def _percent(share: Fraction) -> Amount:
    return Amount(_rounded(share), "percent")


def _rounded(value: Fraction) -> Decimal:
    """Return a number to four decimal places."""
    return Decimal(round(value * 10000)) / 10000


_TICK = timedelta(microseconds=1)
