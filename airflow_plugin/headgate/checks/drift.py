"""Drift: how far a column may be from its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from headgate.checks.baseline import Baseline, PinnedColumn
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

DRIFT = "drift"
# Under this argument stands the baseline; it is not part of what the rule says.
_BASELINE = "pinned"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A measure of distance. `threshold` is the usual one, None where it depends on the unit of the column. `tested`:
    its noise is known, and what is not above that is no drift; `distinct`: it needs every value, not bins."""

    title: str
    threshold: Decimal | None
    tested: bool = True
    distinct: bool = False


STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {
        "psi": Statistic("PSI", Decimal("0.02")),
        "jensen_shannon": Statistic("Jensen-Shannon distance", Decimal("0.1")),
        "chi_square": Statistic("chi-square", Decimal(0)),
        "kolmogorov_smirnov": Statistic("Kolmogorov-Smirnov distance", Decimal("0.1"), distinct=True),
        "wasserstein": Statistic("Wasserstein distance", None, tested=False, distinct=True),
    }
)
SIGNIFICANCE = Decimal("0.00001")
MINIMUM = 1_000


@dataclass(frozen=True, slots=True)
class Drift:
    """What a check of this type says.

    Attributes:
        file: the baseline's file as the contract names it.
        statistic: one of STATISTICS.
        threshold: below it nothing counts as drift, however certain it is.
        significance: how often data of the same population may be taken for drift: a distance that chance exceeds more
            often counts as none.
        minimum: with fewer rows nothing is measured.
        baseline: what the file holds.
    """

    file: str
    statistic: str
    threshold: Decimal
    significance: Decimal
    minimum: int
    baseline: Baseline

    @classmethod
    def of(cls, check: Check) -> Drift:
        """Return what a check says; its `args` are the fields."""
        args = check.args
        return cls(
            args["file"],
            args["statistic"],
            args["threshold"],
            args["significance"],
            args["minimum"],
            args[_BASELINE],
        )


def with_baseline(check: Check, baseline: Baseline) -> Check:
    """Return a check with what its baseline holds; its identity is what it says, whatever that is."""
    return replace(check, args={**check.args, _BASELINE: baseline})


def pinned_column(check: Check) -> PinnedColumn:
    """Return the column of a check in its baseline."""
    return Drift.of(check).baseline.columns[check.columns[0]]


def _promise(check: Check) -> str:
    segment = f" by {check.args['segment']}" if check.args.get("segment") else ""
    return f"{check.path} is distributed as in {check.args['file']}{segment}"


TYPES = (CheckType(DRIFT, "conformity", _promise, numeric=True, evaluator="drift", in_full=True),)
