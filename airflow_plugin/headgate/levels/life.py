"""The life of a dataset: when it is available, and how long it is supported and there."""

from __future__ import annotations

from headgate.contract.service_levels import ServiceLevel
from headgate.levels.reading import Amount, Reading, length_words
from headgate.levels.scope import Scope


def general_availability(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure whether the time has come from which the data may be used."""
    return _life(level, scope, "generally available from", comes=True)


def end_of_support(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure whether the data is still supported."""
    return _life(level, scope, "supported until", comes=False)


def end_of_life(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure whether the data is still there to be used."""
    return _life(level, scope, "in service until", comes=False)


def _life(level: ServiceLevel, scope: Scope, said: str, *, comes: bool) -> Reading:
    promised, now = Amount(level.value), scope.clock.now
    reading = Reading(f"the data is {said} {promised}", promised)
    kept = now >= level.value if comes else now <= level.value
    away = length_words(abs(now - level.value))
    return reading.judged(kept, Amount(now), "" if kept else f"in {away}" if comes else f"that was {away} ago")
