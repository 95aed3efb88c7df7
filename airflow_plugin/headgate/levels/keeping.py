"""How long rows are kept: at least, or, for the regulator, at most."""

from __future__ import annotations

from datetime import datetime

from headgate.contract.service_levels import ServiceLevel
from headgate.levels.clock import before
from headgate.levels.reading import Amount, ProseError, Reading, length_words
from headgate.levels.scope import Event, Scope, names

REGULATORY = "regulatory"


def retention(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the oldest row. Rows must go back as far as is promised, or to the dataset's first publication if that is
    later; with `driver: regulatory`, no row may be older than is promised. A length in days or more is counted in whole
    days of the column's time zone.

    Raises:
        ProseError: it names no column.
    """
    events = scope.events(level)
    if not events:
        raise ProseError("it names no column that says how old a row is; add an element such as orders.ordered_at")
    at_most = level.driver.strip().lower() == REGULATORY
    length = length_words(level.value)
    statement = (
        f"no row has a {names(events)} of more than {length} ago"
        if at_most
        else f"rows are kept until their {names(events)} is {length} ago"
    )
    reading = Reading(statement, Amount(level.value))
    limit, began = before(level.value, scope.clock.now), scope.facts.began
    for event in events:
        if event.extremes is None:
            return reading.unknown(scope.not_measured(event))
        if event.oldest is None and not at_most:
            return reading.unknown(f"no row has a value of {event.name}")
        if event.oldest is not None and scope.clock.is_later(event.oldest):
            return reading.unknown(f"every {event.name} is later than the clock")
    if not any(event.oldest for event in events):
        return reading.judged(True, None, "there are no rows")

    def at(moment: datetime, event: Event) -> datetime:
        """The moment, or the day of it where days are counted."""
        return moment if level.value.seconds else event.day(moment)

    known = [(event, event.oldest) for event in events if event.oldest]
    age = Amount(scope.clock.age((min if at_most else max)(moment for _, moment in known)))
    if at_most:
        kept = all(at(moment, event) >= at(limit, event) for event, moment in known)
        return reading.judged(kept, age, "" if kept else f"the oldest row is {age} old")
    if all(at(moment, event) <= at(limit, event) for event, moment in known):
        return reading.judged(True, age)
    if began is None:
        return reading.unknown(f"the oldest row is {age} old; when the dataset was first published is not known")
    if began <= limit:
        return reading.judged(False, age, f"the oldest row is {age} old")
    kept = all(at(moment, event) <= at(began, event) for event, moment in known)
    young = f"the dataset was first published {Amount(scope.clock.age(began))} ago"
    return reading.judged(kept, age, young if kept else f"{young}, but its oldest row is {age} old")
