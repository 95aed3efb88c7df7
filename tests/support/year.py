"""A year of findings, with breaches planted in it, and what must come of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from headgate.incidents import Broken, Finding, Kind

BEGIN = datetime(2025, 11, 26, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
RULES = tuple(f"r{number}" for number in range(8))
KINDS = ("plain", "mapped", "partitioned", "retried", "cleared", "backfilled", "flapping")


@dataclass(frozen=True)
class Planted:
    """A breach of a rule from the run of one day until that of another, which holds again."""

    rule: str
    first: int
    end: int
    flaps: bool = False

    def breaks(self, day: int) -> bool:
        return self.first <= day < self.end and not (self.flaps and (day - self.first) % 2)

    @property
    def episodes(self) -> int:
        return (self.end - self.first + 1) // 2 if self.flaps else 1


@dataclass(frozen=True)
class Year:
    """The findings of a dataset of a kind, by the clock, and what was planted."""

    kind: str
    findings: tuple[Finding, ...]
    planted: tuple[Planted, ...]


def year(kind: str, seed: int, days: int = 365) -> Year:
    """Return a year of a kind of pipeline, one run a day."""
    chance = random.Random(f"{kind} {seed}")
    planted: list[Planted] = []
    for _ in range(8):
        rule, first = chance.choice(RULES[:-1]), chance.randrange(5, days - 20)
        end = first + chance.choice([1, 1, 2, 5])
        if all(each.rule != rule or abs(each.first - first) > 12 for each in planted):
            planted.append(Planted(rule, first, end))
    if kind == "flapping":
        planted.append(Planted(RULES[-1], days // 2, days // 2 + 9, flaps=True))
    runs = {"mapped": _mapped, "partitioned": _partitioned, "retried": _retried, "cleared": _cleared,
            "backfilled": _backfilled}.get(kind, _plain)  # fmt: skip
    found: list[Finding] = []
    for day in range(days):
        broken = [each.rule for each in planted if each.breaks(day)]
        found += runs(day, broken)
    return Year(kind, tuple(sorted(found, key=lambda each: each.order)), tuple(planted))


def _finding(day: int, minute: float, broken: list[str], **more: Any) -> Finding:
    end = BEGIN + day * DAY
    known: dict[str, Any] = {
        "at": end + (5 + minute) * MINUTE,
        "run_key": f"day {day}",
        "kind": Kind.PUBLISH,
        "version": "1",
        "interval_end": end,
        "promises": frozenset(RULES),
        "broken": {rule: Broken(f"{rule} holds", failed=day, rows=1000) for rule in broken},
        "visible": not broken,
    }
    return Finding(**known | more)


def _plain(day: int, broken: list[str]) -> Iterator[Finding]:
    yield _finding(day, 0, broken)


def _mapped(day: int, broken: list[str]) -> Iterator[Finding]:
    """Three mapped tasks, of which one finds it, one after the other and never in the same order."""
    for number in random.Random(day).sample(range(3), 3):
        mine = broken if number == 1 else []
        yield _finding(day, number, mine, part=f"map {number}", run_key=f"day {day}/{number}")


def _partitioned(day: int, broken: list[str]) -> Iterator[Finding]:
    """Each day is a partition of two; the other one is good all the time."""
    for number, part in enumerate(("shop = 'a'", "shop = 'b'")):
        yield _finding(day, number, broken if number else [], part=part, run_key=f"day {day}/{number}")


def _retried(day: int, broken: list[str]) -> Iterator[Finding]:
    """Where it breaks, somebody has left retries on."""
    for number in range(3 if broken else 1):
        yield _finding(day, number, broken)


def _cleared(day: int, broken: list[str]) -> Iterator[Finding]:
    """Somebody clears a run that broke before it is repaired, and some that hold."""
    yield _finding(day, 0, broken)
    if broken or day % 7 == 0:
        yield _finding(day, 300, broken)


def _backfilled(day: int, broken: list[str]) -> Iterator[Finding]:
    """Every tenth day the runs of the week before are done again, and are good."""
    yield _finding(day, 0, broken)
    if day % 10 == 0 and day >= 10:
        for number in range(1, 8):
            old = _finding(day - number, 0, [])
            yield replace(old, at=BEGIN + day * DAY + (60 + number) * MINUTE)
