"""The results of a dataset's service levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from headgate.contract import Dataset
from headgate.contract.consumers import Consumer, Need
from headgate.contract.service_levels import (
    LEVELS,
    Duration,
    ServiceLevel,
    canonical,
    is_prose,
    service_level,
    unreadable,
)
from headgate.levels import age, keeping, life, response, rhythm, share
from headgate.levels.clock import Clock, ClockKind
from headgate.levels.facts import Facts
from headgate.levels.reading import Amount, ProseError, Reading, Status, length_words
from headgate.levels.scope import Scope, is_about, properties_of

_MEASURES: dict[str, Callable[[ServiceLevel, Scope], Reading]] = {
    "availability": share.availability,
    "throughput": share.throughput,
    "errorRate": share.error_rate,
    "generalAvailability": life.general_availability,
    "endOfSupport": life.end_of_support,
    "endOfLife": life.end_of_life,
    "retention": keeping.retention,
    "frequency": rhythm.frequency,
    "latency": age.latency,
    "timeToDetect": response.time_to_detect,
    "timeToNotify": response.time_to_notify,
    "timeToRepair": response.time_to_repair,
    "freshness": age.freshness,
    "timeOfAvailability": rhythm.time_of_availability,
}
# What a valueExt says something about.
_WITH_MORE = frozenset({"latency", "frequency", "timeToDetect", "timeToNotify", "timeToRepair"})
HALT = "halt"
# The name of the finding that there are events later than the clock. No contract promises it, and no clock excuses it.
FUTURE = "futureEvents"


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The result of one service level of a dataset.

    `key` is that of its rule, with #2 and so on where several have the same; `name` is ODCS's. `promised` and
    `observed` are None where there is nothing to say, `observed` also where it may not be shown. `at` is the time of
    the clock, and `clock` which one it is. `consumer` is whose need it is, empty for a promise of the contract. `halts`
    marks one that holds data back if it is not kept, as an error-level check does. `young` marks one that is unknown
    only because the dataset was not published long enough ago, or never. `faulty` marks one that is not executable
    because of a mistake in the contract, such as a unit that does not exist; others are prose.
    """

    key: str
    name: str
    status: Status
    statement: str
    at: datetime
    clock: ClockKind
    promised: Amount | None = None
    observed: Amount | None = None
    reason: str = ""
    consumer: str = ""
    halts: bool = False
    young: bool = False
    faulty: bool = False

    @property
    def measured(self) -> bool:
        """Whether it was found to be kept or broken."""
        return self.status in (Status.KEPT, Status.BROKEN)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values. `promised` and `observed` are {value, unit}, with numbers as numbers."""
        return {
            "key": self.key,
            "name": self.name,
            "status": str(self.status),
            "statement": self.statement,
            "promised": self.promised.to_dict() if self.promised else None,
            "observed": self.observed.to_dict() if self.observed else None,
            "reason": self.reason,
            "at": self.at.isoformat(),
            "clock": str(self.clock),
            "consumer": self.consumer,
            "halts": self.halts,
            "young": self.young,
            "faulty": self.faulty,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> LevelResult:
        """Return the result that `to_dict` gave. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            **{name: value[name] for name in ("key", "name", "statement", "reason", "consumer")},
            promised=Amount.from_dict(value["promised"]) if value["promised"] else None,
            observed=Amount.from_dict(value["observed"]) if value["observed"] else None,
            status=Status(value["status"]),
            at=datetime.fromisoformat(value["at"]),
            clock=ClockKind(value["clock"]),
            halts=value.get("halts", False),
            young=value.get("young", False),
            faulty=value.get("faulty", False),
        )

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.status} {self.key}: {self.statement}{reason}"


def measured(dataset: Dataset, facts: Facts, clock: Clock) -> tuple[LevelResult, ...]:
    """Return a result for each service level of the contract that is about a dataset, then for each need of its
    consumers, then for each column of event times that has events later than the clock."""
    scope, levels = Scope(dataset, facts, clock), levels_of(dataset)
    results = [_result(level, scope, name) for level, name in levels]
    return tuple(_numbered([*results, *_future([level for level, _ in levels], scope)]))


def unmeasured(dataset: Dataset, clock: Clock, reason: str) -> tuple[LevelResult, ...]:
    """Return the results where nothing could be read, and why: what the clock alone decides is known."""
    found = measured(dataset, Facts(), clock)
    return tuple(replace(each, reason=reason, young=False) if each.status is Status.UNKNOWN else each for each in found)


def levels_of(dataset: Dataset) -> list[tuple[ServiceLevel, str]]:
    """Return the service levels that are about a dataset, and whose need each is: empty for a promise of the
    contract."""
    contract = dataset.contract
    promised = [(level, "") for level in (*contract.service_levels, *contract.unreadable_levels)]
    needs = [(need_level(consumer, need), consumer.name) for consumer in dataset.consumers for need in consumer.needs]
    return [(level, name) for level, name in (*promised, *needs) if is_about(dataset, level)]


def fresh_until(dataset: Dataset, facts: Facts, clock: Clock) -> tuple[tuple[str, datetime], ...]:
    """Return, by the key of its result, when each freshness will have passed by the clock alone, as far as that is
    known. That of a classified column is not told: it is the time of the clock, as the answer holds for now only."""
    scope, levels = Scope(dataset, facts, clock), levels_of(dataset)
    keys = _numbered([_result(level, scope, name) for level, name in levels])
    found = []
    for key, (level, _) in zip((result.key for result in keys), levels, strict=True):
        with suppress(ValueError):  # the dataset lacks the property: the level says so
            if level.name != "freshness" or level.problem or (end := age.fresh_until(level, scope)) is None:
                continue
            # The end would tell the newest value.
            hidden = any(prop.classified for prop in properties_of(dataset, level))
            found.append((key, clock.now if hidden else end))
    return tuple(found)


def need_level(consumer: Consumer, need: Need) -> ServiceLevel:
    """Return the need of a consumer as a service level; with its `problem` if its value is not valid."""
    raw = need.to_dict() | {"value": need.value}
    key = f"consumers.{consumer.name}.{canonical(need.property)}"
    try:
        return service_level(raw, key)
    except ValueError as error:
        return unreadable(raw, key, str(error))


def _result(level: ServiceLevel, scope: Scope, consumer: str) -> LevelResult:
    try:
        reading = _reading(level, scope)
    except ValueError as error:
        faulty = not isinstance(error, ProseError)
        said = f"{level.name}: {_said(level)}"
        reading = Reading(said, status=Status.NOT_EXECUTABLE, reason=str(error), faulty=faulty)
    halts = level.settings.get("onLate") == HALT
    return _of(level.key, level.name, reading, scope, consumer, halts=halts)


def _said(level: ServiceLevel) -> str:
    """Return what the contract promises, in its own words where its value could not be read."""
    match level.value:
        case Duration():
            return length_words(level.value)
        case (Decimal() as number, str() as unit):
            return str(Amount(number, unit))
        case Decimal():
            return str(Amount(level.value, "percent"))
    return f"{level.value} {level.unit}".strip()


def _reading(level: ServiceLevel, scope: Scope) -> Reading:
    """Measure one service level. Raises ValueError, with the reason, if it cannot be executed; a ProseError where that
    is no mistake."""
    if level.problem:
        raise (ProseError if is_prose(level.value) else ValueError)(level.problem)
    if level.name not in LEVELS:
        raise ProseError(f"'{level.name}' is not one of ODCS's service levels")
    if level.more not in (None, "") and level.name not in _WITH_MORE:
        raise ValueError(f"valueExt {level.more!r} says nothing about {level.name}; remove it")
    reading = _MEASURES[level.name](level, scope)
    hidden = [prop.name for prop in properties_of(scope.dataset, level) if prop.classified]
    if hidden and reading.observed:
        return replace(reading, observed=None, reason=f"what was observed is not shown: {hidden[0]} is classified")
    return reading


def _future(levels: list[ServiceLevel], scope: Scope) -> Iterator[LevelResult]:
    """Yield a finding for each column with events later than the clock, of those that the levels name."""
    seen: set[str] = set()
    for level in levels:
        if level.name not in LEVELS or level.problem:
            continue
        with suppress(ValueError):  # the dataset lacks the property: the level says so
            for event, prop in zip(scope.events(level), properties_of(scope.dataset, level), strict=True):
                if event.name in seen or event.newest is None or not scope.clock.is_later(event.newest):
                    continue
                seen.add(event.name)
                observed = None if prop.classified else Amount(event.newest)
                reading = Reading(f"no {event.name} is later than the clock")
                found = f"a value of {event.name} is later than the clock{f': {observed}' if observed else ''}"
                yield _of(f"{FUTURE}.{event.name}", FUTURE, reading.judged(False, observed, found), scope, "")


def _of(key: str, name: str, reading: Reading, scope: Scope, consumer: str, *, halts: bool = False) -> LevelResult:
    return LevelResult(
        key=key,
        name=name,
        status=reading.status,
        statement=reading.statement,
        at=scope.clock.now,
        clock=scope.clock.kind,
        promised=reading.promised,
        observed=reading.observed,
        reason=reading.reason,
        consumer=consumer,
        halts=halts,
        young=reading.young,
        faulty=reading.faulty,
    )


def _numbered(results: list[LevelResult]) -> Iterator[LevelResult]:
    """Yield the results with keys that differ."""
    seen: Counter[str] = Counter()
    for result in results:
        seen[result.key] += 1
        number = seen[result.key]
        yield replace(result, key=f"{result.key}#{number}") if number > 1 else result
