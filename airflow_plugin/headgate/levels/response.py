"""How fast outages are found, told and repaired, over 28 days."""

from __future__ import annotations

from datetime import datetime

from headgate.contract.service_levels import ServiceLevel
from headgate.levels.clock import after
from headgate.levels.facts import WINDOW, Outage
from headgate.levels.percentile import nearest_rank, percentile_of, percentile_words
from headgate.levels.reading import Amount, Reading, length_words
from headgate.levels.scope import Scope


def time_to_detect(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the time from the start of an outage to when it was found."""
    return _response(level, scope, "found", [(o, o.start, o.detected or o.end) for o in scope.facts.outages or ()])


def time_to_notify(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the time from when an outage was found to when somebody had been told."""
    found = [(o, o.detected, o.notified or o.end) for o in scope.facts.outages or ()]
    return _response(level, scope, "told", [(o, start, end) for o, start, end in found if start])


def time_to_repair(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure the time from when an outage was found to its end."""
    return _response(level, scope, "repaired", [(o, o.detected or o.start, o.end) for o in scope.facts.outages or ()])


def _response(
    level: ServiceLevel, scope: Scope, done: str, times: list[tuple[Outage, datetime, datetime | None]]
) -> Reading:
    """Judge the times of the outages that ended in 28 days, or last: one that waits still counts with what it waited,
    as far as that is more than is promised."""
    percentile, now = percentile_of(level.more), scope.clock.now
    what = f"{percentile_words(percentile)}the outages of 28 days are {done} within {length_words(level.value)}"
    reading = Reading(what, Amount(level.value))
    if scope.facts.outages is None:
        return reading.unknown("no history of incidents is known here")
    recent = [(start, end) for o, start, end in times if start <= now and (o.end is None or o.end > now - WINDOW)]
    if not recent:
        return reading.judged(True, None, "there was no outage in 28 days")
    waits = [(start, min(end or now, now)) for start, end in recent]
    lengths = [end - start for start, end in waits]
    allowed = [after(level.value, start) - start for start, _ in waits]
    worst = nearest_rank(lengths, percentile)
    within = sum(length <= limit for length, limit in zip(lengths, allowed, strict=True))
    kept = within * 100 >= percentile * len(lengths)
    open_ = sum(end is None or end > now for _, end in recent)
    reason = f"{len(lengths) - within} of {len(lengths)} took longer" if within < len(lengths) else ""
    still = f"{open_} not {done} yet" if open_ else ""
    return reading.judged(kept, Amount(worst), "; ".join(filter(None, (reason, still))))
