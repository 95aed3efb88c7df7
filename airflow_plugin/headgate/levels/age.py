"""How old data is: freshness at the clock, latency when it was published."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from headgate.contract.service_levels import ServiceLevel
from headgate.levels.clock import SKEW, after, before, of_new_intervals
from headgate.levels.facts import NOT_EXACT, PublicationFact
from headgate.levels.percentile import ALL, percentile_of, percentile_words
from headgate.levels.reading import Amount, Reading, length_words
from headgate.levels.scope import Event, Scope, names


def freshness(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the time from the newest event to the clock; where no column is named, from the end of the newest data
    interval that was published and is served: what replaced the whole table since counts alone."""
    events = scope.events(level)
    what = names(events) or "data interval that was published"
    reading = Reading(f"the newest {what} is at most {length_words(level.value)} old", Amount(level.value))
    if not events and scope.facts.publications is None:
        return reading.unknown("it names no column, and no publications are known")
    for event in events:
        if event.extremes is None:
            return reading.unknown(scope.not_measured(event))
    newest = _newest(events, scope)
    for name, moment in newest:
        if moment is None:
            if not events:
                return reading.unknown("nothing was published yet", young=True)
            return reading.unknown(f"no row has a value of {name}")
        if scope.clock.is_later(moment):
            return reading.unknown(f"the newest {name} is later than the clock, so that its age says nothing")
    name, moment = min(((name, moment) for name, moment in newest if moment), key=lambda item: item[1])
    age = Amount(scope.clock.age(moment))
    # Counted on from the event, so that time alone never makes it fresh again: months differ in length.
    kept = scope.clock.now <= after(level.value, moment)
    return reading.judged(kept, age, "" if kept else f"the newest {name} is {age} old")


def fresh_until(level: ServiceLevel, scope: Scope) -> datetime | None:
    """Return when a freshness will have passed by the clock alone; None if what is newest is not known."""
    known = [moment for _, moment in _newest(scope.events(level), scope)]
    return after(level.value, min(moment for moment in known if moment)) if known and all(known) else None


def _newest(events: list[Event], scope: Scope) -> list[tuple[str, datetime | None]]:
    return [(event.name, event.newest) for event in events] or [("data interval", _newest_interval(scope))]


def _newest_interval(scope: Scope) -> datetime | None:
    return max((p.interval[1] or p.published_at for p in scope.clock.served(scope.facts)), default=None)


def latency(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the time from events to their publication, of the rows of the last publication of a new data interval
    among those that are served.

    Where its rows cannot be told from others, the earliest and the latest time that their events can have decide, if
    they can; where no column is named, its data interval has both.
    """
    events, percentile = scope.events(level), percentile_of(level.more)
    what = f"{percentile_words(percentile)}the rows are published"
    their = f"their {names(events)}" if events else "the events"
    reading = Reading(f"{what} at most {length_words(level.value)} after {their}", Amount(level.value))
    if scope.facts.publications is None:
        return reading.unknown("no publications are known")
    published = of_new_intervals(scope.clock.served(scope.facts))
    if not published:
        return reading.unknown("nothing was published yet", young=True)
    last, began = published[-1], scope.facts.began
    _, end = last.interval
    if end and began and end <= began:
        return reading.unknown("the data interval ended before the dataset was first published", young=True)
    if not last.exact:
        return reading.unknown(NOT_EXACT)
    spans = [_span(event, last, percentile) for event in events] or [last.interval]
    latest = [moment for _, moment in spans if moment]
    earliest = [moment for moment, _ in spans if moment]
    if any(moment - last.published_at > SKEW for moment in latest):
        return reading.unknown("there are events that are later than their publication")
    limit = before(level.value, last.published_at)
    if latest and min(latest) < limit:
        age = Amount(last.published_at - min(latest))
        exactly = "" if min(latest) in earliest else "at least "
        return reading.judged(False, age, f"the last publication came {exactly}{age} after an event")
    if len(earliest) == len(spans) and min(earliest) >= limit:
        age = Amount(max(last.published_at - min(earliest), timedelta()))
        return reading.judged(True, age)
    return reading.unknown("which rows came with the last publication is not known")


def _span(event: Event, publication: PublicationFact, percentile: Decimal) -> tuple[datetime | None, datetime | None]:
    """Return the earliest and the latest time that the event can have which so many percent of the rows of a
    publication are not older than."""
    own = publication.columns.get(event.name)
    if own is None:
        return event.oldest, min(event.newest, publication.published_at) if event.newest else None
    exact = own.oldest if percentile == ALL else own.quantiles.get(ALL - percentile)
    if exact is not None:
        return event.utc(exact), event.utc(exact)
    return event.utc(own.oldest), event.utc(own.newest)
