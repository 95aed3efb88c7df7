"""What is read from the history, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headgate.naming import PlaceName


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a dataset, without its results. Times are aware, in UTC; `moment` is what the run is about."""

    id: int
    kind: str
    run_key: str
    moment: datetime
    at: datetime
    interval: tuple[datetime | None, datetime | None]
    version: str
    commit: str | None
    owner: str
    draft: bool
    verdict: str
    outcome: str | None
    policy: str
    rows: int
    rows_published: int | None
    rows_quarantined: int | None


@dataclass(frozen=True, slots=True)
class DatasetStanding:
    """What stands of a dataset at a place: its newest run, and how many of that run's rules have which status.

    `broken` are error-level rules that failed, `warned` other rules that failed, `unmeasured` those without a result.
    `since` is the moment of the first of the runs since which a broken rule is broken. `recent` are the verdicts of the
    last 60 runs, one letter each (p, w, b, u), the newest last; checks of a part have none. Service levels that have a
    result of their own are not counted among the rules.
    """

    id: int
    contract: str
    dataset: str
    place: PlaceName | None
    last: RunLine
    rules: int
    broken: int
    warned: int
    unmeasured: int
    since: datetime | None
    recent: str


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """A rule of a dataset's newest run, and the moment since which it has its status. `about` is what it is about, as
    `ResultRecord.about`."""

    id: int
    key: str
    digest: str
    label: str
    severity: str
    status: str
    since: datetime
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """The result of a rule in the run `report` (an id). `failed` rows of `rows`; `value` is the measured number."""

    report: int
    severity: str
    status: str
    failed: int | None
    rows: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class RuleTrend:
    """The results of one rule, the oldest first."""

    id: int
    key: str
    digest: str
    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The last runs of a dataset, the oldest first, and the results of its rules in them."""

    runs: tuple[RunLine, ...]
    rules: tuple[RuleTrend, ...]


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One run with the results of its rules, one point each, and its service levels as `LevelResult.to_dict`."""

    run: RunLine
    results: tuple[RuleTrend, ...]
    levels: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class BadShare:
    """How many `runs` a dataset had in a window, and how many of them were `bad`: a breach, or unknown."""

    dataset: int
    runs: int
    bad: int


@dataclass(frozen=True, slots=True)
class BadRows:
    """The rows that a run looked at, and how many of them broke an error-level rule: `bad` at least, `at_most` at most,
    as one row can break several."""

    at: datetime
    rows: int
    bad: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Latest:
    """What was found last of a dataset at a place, by a check of all rows, of some rows, and by a publish; None where
    there was none."""

    check: RunLine | None
    part: RunLine | None
    publish: RunLine | None


@dataclass(frozen=True, slots=True)
class DatasetName:
    """A dataset of a contract at a place, by the id that the store gave it."""

    id: int
    contract: str
    dataset: str
    place: PlaceName | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How many `runs` a dataset had in a time, the first and the last of them by the clock."""

    runs: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows of a dataset wait in quarantine, and since when."""

    rows: int
    since: datetime


@dataclass(frozen=True, slots=True)
class QuarantineLine:
    """A run that quarantined rows: what the rows broke, in words, and what a person did about them, or None."""

    dataset: int
    run: RunLine
    reasons: tuple[str, ...]
    done: str | None
