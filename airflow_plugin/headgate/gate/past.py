"""The past of the numbers that a dataset promises to be normal, as a value for what measures them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from headgate.checks import Check
from headgate.checks.normal import NORMAL
from headgate.contract import Dataset
from headgate.gate.levels import clock_of
from headgate.report import Run

# What earlier runs measured of each rule, by its key: when (see `instant_of`) and what, the oldest first.
PastValues = Mapping[str, Sequence[tuple[datetime, float]]]
_ARGUMENT = "past"
_NOT_GIVEN = "what earlier runs measured was not given"
_PART = "only some of the rows are looked at; a check of the whole dataset judges what is normal"


@dataclass(frozen=True, slots=True)
class Known:
    """What the evaluator needs besides the rows.

    `values` are what earlier runs measured, of a rule whose past is not in the data; `missing` says why they are not
    known, `excused` that they need not be. `instant` is what the run is about, `now` the end of its time.
    """

    instant: datetime
    now: datetime
    values: Sequence[tuple[datetime, float]] = ()
    missing: str = ""
    excused: bool = False


def instant_of(interval_end: datetime | None, otherwise: datetime) -> datetime:
    """Return a moment of the day that a run is about: the last of its data interval, else another one."""
    return otherwise if interval_end is None else interval_end - timedelta(microseconds=1)


def needs_past(dataset: Dataset) -> bool:
    """Return whether the dataset has a rule whose past is what earlier runs measured."""
    return any(check.type == NORMAL and not check.args.get("by") for check in dataset.checks)


def with_past(dataset: Dataset, past: PastValues | str | None, run: Run, *, whole: bool = True) -> Dataset:
    """Return the dataset with, in each rule on what is normal, the past that it is compared with.

    Args:
        past: what earlier runs measured, by the key of the rule; or why that is not known.
        whole: whether the rows under audit are those of a whole run; some of them are not normal.
    """
    if not any(check.type == NORMAL for check in dataset.checks):
        return dataset
    now = clock_of(run).now
    instant = instant_of(run.interval_end, now)
    missing = past if isinstance(past, str) else _NOT_GIVEN if past is None else ""
    values: Mapping[str, Any] = past if isinstance(past, Mapping) else {}

    def known(key: str, *, in_data: bool) -> Known:
        if not whole:
            return Known(instant, now, missing=_PART, excused=True)
        return Known(instant, now, tuple(values.get(key, ())), "" if in_data else missing)

    rules = tuple(
        replace(rule, args={**rule.args, _ARGUMENT: known(rule.key, in_data=bool(rule.args.get("by")))})
        if isinstance(rule, Check) and rule.type == NORMAL
        else rule
        for rule in dataset.rules
    )
    return replace(dataset, rules=rules)


def past_of(check: Check) -> Known | None:
    """Return what a check is compared with; None if nobody said."""
    found: Known | None = check.args.get(_ARGUMENT)
    return found
