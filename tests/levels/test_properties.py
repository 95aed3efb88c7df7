"""What holds of every service level, whatever the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from headgate.gate import Status as Outcome
from headgate.levels import Clock, ClockKind, Extremes, Facts, Outage, PublicationFact, measured
from headgate.levels.share import lost
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.levels import level, things

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(-3000, 3000).map(lambda hours: BEGIN + timedelta(hours=hours, minutes=hours % 60))
LENGTHS = st.tuples(st.integers(1, 40), st.sampled_from(["min", "h", "d", "w", "mo", "y"]))
OUTCOMES = st.sampled_from(list(Outcome))
KINDS = st.sampled_from(list(ClockKind))
DATASET = things(
    level("freshness", 1, "mo", "at"),
    level("freshness", 30, "h"),
    level("latency", 4, "h", "at", valueExt=95),
    level("latency", 4, "h"),
    level("frequency", "daily"),
    level("retention", 1, "y", "at"),
    level("retention", 1, "mo", "at", driver="regulatory"),
    level("timeOfAvailability", "02:30 Europe/Berlin"),
    level("timeToRepair", 4, "h"),
    level("availability", 99),
    level("endOfLife", "2026-02-01"),
)


@st.composite
def publications(draw: Any) -> PublicationFact:
    interval: tuple[datetime | None, datetime | None] = (None, None)
    if draw(st.booleans()):
        start = draw(MOMENTS)
        interval = (start, start + timedelta(hours=draw(st.integers(1, 200))))
    oldest, newest = sorted([draw(MOMENTS), draw(MOMENTS)])
    columns = {"at": Extremes(oldest, newest)} if draw(st.booleans()) else {}
    return PublicationFact(draw(MOMENTS), draw(OUTCOMES), interval, rows=draw(st.integers(0, 9)), columns=columns)


@st.composite
def facts(draw: Any) -> Facts:
    oldest, newest = sorted([draw(MOMENTS), draw(MOMENTS)])
    outages = [
        Outage(start, start + timedelta(hours=draw(st.integers(0, 99))))
        for start in draw(st.lists(MOMENTS, max_size=4))
    ]
    return Facts(
        publications=tuple(draw(st.lists(publications(), max_size=5))) if draw(st.booleans()) else None,
        columns={"at": Extremes(oldest, newest)} if draw(st.booleans()) else {},
        outages=tuple(outages) if draw(st.booleans()) else None,
    )


@settings(max_examples=200, deadline=None)
@given(facts(), MOMENTS, KINDS)
def test_no_length_of_time_is_negative(known: Facts, now: datetime, kind: ClockKind) -> None:
    for found in measured(DATASET, known, Clock(now, kind)):
        if found.observed and isinstance(found.observed.value, timedelta):
            assert found.observed.value >= timedelta(0), found
        assert found.reason or found.observed, found


@settings(max_examples=200, deadline=None)
@given(facts(), LENGTHS, MOMENTS, st.integers(0, 5000), st.sampled_from(["", "at"]))
def test_time_alone_never_makes_data_fresh(
    known: Facts, length: tuple[int, str], now: datetime, hours: int, column: str
) -> None:
    dataset = things(level("freshness", *length, column))
    later = Clock(now + timedelta(hours=hours))
    published = tuple(p for p in known.publications or () if p.published_at <= now)
    same = Facts(published if known.publications is not None else None, known.columns)
    before, after = (measured(dataset, same, clock)[0] for clock in (Clock(now), later))
    assert not (before.status == "broken" and after.status == "kept"), (before, after)


@settings(max_examples=150, deadline=None)
@given(st.lists(publications(), min_size=1, max_size=5), MOMENTS, OUTCOMES, st.integers(1, 500))
def test_a_rerun_of_an_old_interval_freshens_nothing(
    known: list[PublicationFact], again: datetime, outcome: Outcome, hours: int
) -> None:
    """Nor does it fill a gap: what was kept or broken stays it."""
    now = BEGIN + timedelta(hours=4000)
    dated = [p for p in known if p.visible and p.interval[1] is not None and p.interval[1] <= p.published_at]
    if not dated:
        return
    oldest = min(p.interval[1] for p in dated if p.interval[1])
    rerun = PublicationFact(
        max(again, *(p.published_at for p in dated)),
        outcome,
        (oldest - timedelta(hours=hours), oldest - timedelta(minutes=1)),
    )
    dataset = things(level("freshness", 30, "h"), level("frequency", "weekly"), level("timeOfAvailability", "09:00"))
    first = min(p.published_at for p in dated)
    one, two = (
        [(r.status, r.key) for r in measured(dataset, Facts(tuple(each), first_publication=first), Clock(now))]
        for each in (dated, [*dated, rerun])
    )
    assert one == two


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(-50, 400), st.integers(0, 100)), max_size=8), st.integers(0, 300))
def test_what_outages_took_is_each_minute_once(spans: list[tuple[int, int]], window: int) -> None:
    def at(minute: int) -> datetime:
        return BEGIN + timedelta(minutes=minute)

    outages = [Outage(at(start), at(start + length)) for start, length in spans]
    minutes = {minute for start, length in spans for minute in range(start, start + length) if 0 <= minute < window}
    assert lost(outages, at(0), at(window)) == timedelta(minutes=len(minutes))
