"""A number of a dataset that must be normal for its day: what a rule says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

NORMAL = "normal"
ROW_COUNT, NULL_SHARE, DISTINCT_COUNT, LATENESS = KINDS = ("rowCount", "nullShare", "distinctCount", "lateness")
DIRECTIONS = ("both", "lower", "upper")
# How many same weekdays must be known; of more, most would be older than what a dataset is like now.
WEEKS, FEWEST, MOST = 8, 4, 20
_WORDS = {
    ROW_COUNT: "the number of rows",
    NULL_SHARE: "the share of NULLs in {of}",
    DISTINCT_COUNT: "the number of distinct values of {of}",
    LATENESS: "the lateness of {of}",
}


@dataclass(frozen=True, slots=True)
class Normality:
    """What must be normal, and what its past is.

    Attributes:
        kind: one of KINDS.
        of: the column that it is of; empty of a number of rows.
        by: the column whose days make the past; empty: the past is what earlier runs of the rule measured.
        zone: in which time zone days begin.
        direction: on which side a number may not be normal: one of DIRECTIONS.
        weeks: how many earlier same weekdays must be known.
        holidays, expected: days that are not judged, and are no part of the past; of the latter, why.
    """

    kind: str
    of: str = ""
    by: str = ""
    zone: str = "UTC"
    direction: str = "both"
    weeks: int = WEEKS
    holidays: frozenset[date] = frozenset()
    expected: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def of_check(cls, check: Check) -> Normality:
        """Return what a check of this type says; its `args` are the fields, as plain values."""
        args: Mapping[str, Any] = check.args
        return cls(
            args["kind"],
            args.get("of", ""),
            args.get("by", ""),
            args["zone"],
            args["direction"],
            args["weeks"],
            frozenset(args["holidays"]),
            dict(args["expected"]),
        )


def _promise(check: Check) -> str:
    rule = Normality.of_check(check)
    about = _WORDS[rule.kind].format(of=rule.of)
    than = {"both": "", "lower": ", or more", "upper": ", or less"}[rule.direction]
    past = f" of {rule.by}" if rule.by else ""
    return f"{about} is normal for the day{past}{than}"


TYPES = (CheckType(NORMAL, "completeness", _promise, in_full=True, numeric=True, evaluator=NORMAL),)
