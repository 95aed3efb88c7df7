"""Error budgets: the minutes of 28 rolling days in which data may be out, what spent them, and when they are spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from headgate.contract import Dataset
from headgate.contract.service_levels import Duration, ServiceLevel
from headgate.levels.clock import Clock, after
from headgate.levels.facts import WINDOW, Facts, Outage, PublicationFact
from headgate.levels.level import need_level
from headgate.levels.reading import length_words
from headgate.levels.scope import Event, Scope, is_about
from headgate.levels.share import lost

# The pace is that of the last days; an older outage says little about the next.
_PACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spent:
    """An outage's part of a budget: `minutes` of it are in the 28 days, and were not spent by an earlier one."""

    outage: Outage
    minutes: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of an availability: `allowed` minutes in 28 days, and by which outages they are spent, in order of
    their start.

    `consumer` is whose it is, empty for the contract's promise to all: stale data is an outage to those who need it
    fresher. `spent_on` is the day on which it is spent if it goes on as in the last 7 days, within the next 28; None if
    it is not.
    """

    key: str
    allowed: Decimal
    spent: tuple[Spent, ...]
    at: datetime
    spent_on: date | None = None
    consumer: str = ""

    @property
    def used(self) -> Decimal:
        """The minutes that are spent."""
        return sum((each.minutes for each in self.spent), Decimal(0))

    @property
    def left(self) -> Decimal:
        """The minutes that are left; negative if more are spent than allowed."""
        return self.allowed - self.used

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; numbers are minutes."""
        return {
            "key": self.key,
            "consumer": self.consumer,
            "allowed": float(self.allowed),
            "used": float(self.used),
            "left": float(self.left),
            "spent_on": self.spent_on.isoformat() if self.spent_on else None,
            "at": self.at.isoformat(),
            "spent": [
                {
                    "start": each.outage.start.isoformat(),
                    "end": each.outage.end.isoformat() if each.outage.end else None,
                    "minutes": float(each.minutes),
                    "why": each.why,
                }
                for each in self.spent
            ],
        }


def budgets(dataset: Dataset, facts: Facts, clock: Clock) -> tuple[Budget, ...]:
    """Return the budget of each availability that the contract promises for a dataset: of all, with its own freshness,
    then of each consumer that has needs, with the freshness, and the availability, that it needs.

    Where no outages are known, as without a history, there are none: their budget is not known.
    """
    if facts.outages is None:
        return ()
    contract, scope = dataset.contract, Scope(dataset, facts, clock)
    levels = [level for level in contract.service_levels if is_about(dataset, level)]
    promised = [level for level in levels if level.name == "availability"]
    fresh = [level for level in levels if level.name == "freshness"]
    found = [_budget(level, fresh, scope, "") for level in promised]
    for consumer in dataset.consumers:
        needs = [level for level in (need_level(consumer, need) for need in consumer.needs) if not level.problem]
        own = [level for level in needs if level.name == "availability"]
        fresher = [level for level in needs if level.name == "freshness"]
        if own or fresher:
            found += [_budget(level, fresher or fresh, scope, consumer.name) for level in own or promised]
    return tuple(found)


def _budget(level: ServiceLevel, fresh: Sequence[ServiceLevel], scope: Scope, consumer: str) -> Budget:
    now = scope.clock.now
    causes = [(outage, "outage") for outage in scope.facts.outages or () if not outage.readable]
    for each in fresh:
        causes += [(outage, f"older than {length_words(each.value)}") for outage in stale(each, scope)]
    recent = [(o, why) for o, why in causes if o.start < now and (o.end is None or o.end > now - WINDOW)]
    recent.sort(key=lambda cause: cause[0].start)
    allowed = (100 - level.value) * _minutes(WINDOW) / 100
    spent_on = _spent_on([outage for outage, _ in recent], allowed, now)
    return Budget(level.key, allowed, tuple(_spent(recent, now)), now, spent_on, consumer)


def _spent(causes: Sequence[tuple[Outage, str]], now: datetime) -> Iterator[Spent]:
    """Yield what each outage, in the order of their start, spends of the budget; what several share is spent by the
    first."""
    reached = now - WINDOW
    for outage, why in causes:
        begin, end = max(outage.start, reached), min(outage.end or now, now)
        if begin < end:
            yield Spent(outage, _minutes(end - begin), why)
            reached = end


def _spent_on(outages: Sequence[Outage], allowed: Decimal, now: datetime) -> date | None:
    """Return the first day on which no less than the budget is spent. Each day adds what a day of the last 7 had, and
    drops what is older than 28 days by then."""
    pace = _minutes(lost(outages, now - _PACE, now)) / _PACE.days
    for days in range(WINDOW.days + 1):
        then = now + timedelta(days=days)
        used = _minutes(lost(outages, then - WINDOW, now)) + pace * days
        if used > allowed or (used == allowed and used):
            return then.date()
    return None


def stale(level: ServiceLevel, scope: Scope) -> list[Outage]:
    """Return the times at which data was older than a freshness allows, as far as publications tell what they brought,
    and since when it is now."""
    published = sorted(scope.clock.published(scope.facts), key=lambda p: p.published_at)
    try:
        events: list[Event | None] = list(scope.events(level)) or [None]
    except ValueError:  # the dataset has no such property: the level is not executable
        return []
    return [outage for event in events for outage in _stale(level.value, event, published, scope)]


def _stale(
    allowed: Duration, event: Event | None, published: Sequence[PublicationFact], scope: Scope
) -> Iterator[Outage]:
    points = [(p.published_at, _point(event, p), p.whole) for p in published]
    if any(point is None for _, point, _ in points):
        points = points[-1:]
    now, best = scope.clock.now, None
    for number, (at, point, whole) in enumerate(points):
        last = number + 1 == len(points)
        best = None if whole else best
        known = [moment for moment in (best, point, event.newest if event and last else None) if moment]
        if not known:
            return
        best = max(known)
        begin, end = max(after(allowed, best), at), now if last else points[number + 1][0]
        if begin < end:
            yield Outage(begin, None if last else end)


def _point(event: Event | None, publication: PublicationFact) -> datetime | None:
    """Return the newest time that a publication is about."""
    if event is None:
        return publication.interval[1] or publication.published_at
    own = publication.columns.get(event.name)
    return event.utc(own.newest) if own else None


def _minutes(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(seconds=1)) / 60
