"""The decision: what follows from a report under a policy. Pure: no queries and no side effects.

Whatever can apply it (a publish, a dbt model, a stream) tries its steps in order, and takes the first that it can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from headgate.contract import Dataset
from headgate.gate.policy import Override, Policy, policy_for
from headgate.plural import agreeing, counted
from headgate.report import Report, Verdict


class Step(StrEnum):
    """What can be done with audited data: publish all of it, publish it without the unexpected rows, keep the last good
    version, or halt the pipeline."""

    PUBLISH = "publish"
    QUARANTINE = "quarantine"
    KEEP_LAST_GOOD = "keep_last_good"
    HALT = "halt"


_STEPS = {"warn": Step.PUBLISH, "quarantine": Step.QUARANTINE, "last_known_good": Step.KEEP_LAST_GOOD}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, in order; the last step can always be done: publish or halt."""

    steps: tuple[Step, ...]
    policy: Policy


def decide(dataset: Dataset, report: Report, override: Override | None = None) -> Decision:
    """Return the decision about a report under the policy of its dataset, or under one that overrides it. After the
    endOfLife of a dataset nothing is published, whatever the policy."""
    policy = policy_for(dataset, report, override)
    return Decision(tuple(_steps(report, policy)), policy)


def _steps(report: Report, policy: Policy) -> Iterator[Step]:
    if report.ended and not report.draft:
        yield Step.HALT
        return
    if report.verdict is Verdict.UNKNOWN:
        yield Step.PUBLISH if report.draft else Step.HALT
        return
    for name in policy.chain if report.verdict is Verdict.BREACH else ("warn",):
        yield _STEPS.get(name, Step.HALT)
        if name in ("warn", "halt"):
            return
    yield Step.HALT


def too_many(dataset: Dataset, quarantined: int, rows: int) -> str | None:
    """Return why that many rows are not quarantined; None if they may be."""
    limit = dataset.max_quarantine_percent
    if quarantined == rows:
        return "no row would be left"
    if Fraction(100 * quarantined, rows) > Fraction(limit):
        bad = f"{quarantined:,} of {counted(rows, 'row')} {agreeing(quarantined, 'is', 'are')} bad"
        return f"{bad}, more than {limit} %"
    return None
