"""When data comes: frequency, and the time of day by which it is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise

from headgate.contract.service_levels import Duration, ServiceLevel
from headgate.levels.clock import after, of_new_intervals
from headgate.levels.facts import NOT_EXACT, WINDOW
from headgate.levels.reading import Amount, Reading, length_words
from headgate.levels.schedule import Schedule
from headgate.levels.scope import Scope

# One of a unit: with such a value, a valueExt of 1 can be read in one way only.
_SINGLE = {Duration(days=1), Duration(days=7), Duration(months=1), Duration(months=12)} | {
    Duration(seconds=Decimal(seconds)) for seconds in (1, 60, 3600)
}


def frequency(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the longest time between publications of new data intervals, up to the clock, in 28 days, or in twice the
    promised time if that is longer.

    Raises:
        ValueError: its valueExt can be read in two ways.
    """
    if level.more not in (None, "") and not (str(level.more).strip() == "1" and level.value in _SINGLE):
        raise ValueError(
            f"value {level.value} with valueExt {level.more!r} can be read as several times in one period, or once in "
            "several; write the time between two publications, such as value: 6, unit: h"
        )
    more = 1 + level.settings.get("tolerance", Decimal(0)) / 100
    within = f", or {(more * 100 - 100).normalize():f}% longer" if more > 1 else ""
    reading = Reading(f"new data comes at least every {length_words(level.value)}{within}", Amount(level.value))
    if scope.facts.publications is None:
        return reading.unknown("no publications are known")
    times = [scope.clock.time_of(p) for p in of_new_intervals(scope.clock.published(scope.facts))]
    if not times:
        return reading.unknown("nothing was published yet", young=True)
    now = scope.clock.now
    promised = after(level.value, now) - now
    since = now - max(WINDOW, 2 * min(promised, timedelta(days=36500)))
    gaps = [(start, end) for start, end in pairwise([*times, now]) if end >= since]
    start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    late = [(a, b) for a, b in gaps if Decimal(str((b - a).total_seconds())) > more * _seconds(level.value, a)]
    gap = Amount(end - start)
    return reading.judged(not late, gap, f"nothing new came for {gap} from {minute(start)}" if late else "")


def _seconds(length: Duration, start: datetime) -> Decimal:
    return Decimal(str((after(length, start) - start).total_seconds()))


def time_of_availability(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure whether what was due last came in time: a publication of a data interval that ended since it was due
    before, or, where a publication has no interval, any since then. Days are due by the level's schedule, in its zone,
    without its holidays.

    Raises:
        ValueError: the schedule cannot be read.
    """
    schedule = Schedule.of(level)
    reading = Reading(f"new data is there by {schedule}")
    if scope.facts.publications is None:
        return reading.unknown("no publications are known")
    dues = list(islice(schedule.until(scope.clock.now), 2))
    if len(dues) < 2:
        return reading.unknown("nothing was due yet", young=True)
    due, previous = dues
    reading, said = Reading(reading.statement, Amount(due)), minute(due)
    if (began := scope.facts.began) and began > due:
        return reading.unknown(f"the dataset was first published after {said}, when it was last due", young=True)
    if any(each.name == "generalAvailability" and each.value > due for each in scope.dataset.contract.service_levels):
        return reading.unknown("the data is not generally available yet", young=True)
    published = sorted(scope.clock.published(scope.facts), key=lambda p: p.published_at)
    if not published:
        return reading.judged(False, None, f"nothing was ever published; it was due by {said}")
    for publication in published:
        came = publication.published_at
        if (publication.interval[1] or came) > previous:
            if not publication.exact:
                return reading.unknown(NOT_EXACT)
            late = length_words(came - due) if came > due else ""
            return reading.judged(not late, Amount(came), f"due by {said}, it came {late} later" if late else "")
    newest = published[-1].published_at
    return reading.judged(
        False, Amount(newest), f"nothing new came by {said}; the last publication was at {minute(newest)}"
    )


def minute(moment: datetime) -> str:
    """Return a time in UTC, to the minute."""
    return moment.astimezone(UTC).isoformat(timespec="minutes")
