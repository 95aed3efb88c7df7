"""The outputs of a model beside their labels, as counts and sums; and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from headgate.checks import Comparison
from headgate.checks.comparison import Number
from headgate.checks.model_metric import (
    BRIER_SCORE,
    CALIBRATION_ERROR,
    OF_PROBABILITIES,
    PRECISION,
    RECALL,
    ModelMetric,
)
from headgate.contract.service_levels import duration
from headgate.plural import counted

# A class of a prediction has no threshold: 1 is positive, 0 is not.
CLASS = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many of the judged rows are predicted to be positive, and how many of these are."""

    predicted: int
    right: int


@dataclass(frozen=True, slots=True)
class Outputs:
    """The rows of one segment. Rows are settled, or `pending`, or `undated`; of the settled ones some are labelled,
    and of these some are judged: those with a prediction.

    Attributes:
        strange: labels that are neither positive nor negative.
        unpredicted: labelled rows without a prediction: NULL or NaN.
        outside: predictions that are not from 0 to 1.
        positive: judged rows whose label is.
        squares: the sum of (prediction - label)².
        bins: of ten equal bins of predictions, the sum of predictions and the number of positive labels.
        confusions: by threshold.
    """

    segment: Any = None
    pending: int = 0
    undated: int = 0
    settled: int = 0
    labelled: int = 0
    strange: int = 0
    unpredicted: int = 0
    outside: int = 0
    judged: int = 0
    positive: int = 0
    squares: float = 0.0
    bins: tuple[tuple[float, int], ...] = ()
    confusions: Mapping[Decimal, Confusion] = field(default_factory=dict)

    @property
    def coverage(self) -> Fraction:
        """The share of the settled rows that have a label; 0 if there are none."""
        return Fraction(self.labelled, self.settled) if self.settled else Fraction(0)


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of a segment, or the reason why it has none."""

    outputs: Outputs
    score: Number | None = None
    reason: str = ""

    def slack(self, expect: Comparison) -> Fraction:
        """Return how far the score is within what is expected; negative if it is not."""
        assert self.score is not None
        x = Fraction(self.score)
        bounds = [Fraction(bound) for bound in expect.bounds if isinstance(bound, int | Decimal | Fraction)]
        match expect.operator:
            case "<" | "<=":
                return bounds[0] - x
            case ">" | ">=":
                return x - bounds[0]
            case "=":
                return -abs(x - bounds[0])
            case "!=":
                return abs(x - bounds[0])
            case "not between":
                return max(bounds[0] - x, x - bounds[1])
        return min(x - bounds[0], bounds[1] - x)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        of = self.outputs
        names = ("settled", "labelled", "judged", "pending", "undated", "unpredicted", "outside", "strange")
        told: dict[str, Any] = {name: getattr(of, name) for name in names} | {"coverage": float(of.coverage)}
        told |= {"score": float(self.score)} if self.score is not None else {}
        return told | ({"reason": self.reason} if self.reason else {})


def worst(scores: Sequence[Scored], expect: Comparison) -> Scored:
    """Return the segment that is the farthest from what is expected, or the nearest to its limit."""
    return min(scores, key=lambda one: one.slack(expect))


def scored(rule: ModelMetric, outputs: Outputs) -> Scored:
    """Return the score of a segment, or why it has none, such as too few labels."""
    reason = _why_not(rule, outputs)
    if reason:
        return Scored(outputs, reason=reason)
    score = _score(rule, outputs)
    if score is None:
        what, is_ = ("prediction", "precision") if rule.metric == PRECISION else ("label", "recall")
        return Scored(outputs, reason=f"no {what} of {outputs.judged:,} is positive, so that {is_} is not defined")
    return Scored(outputs, score)


def _why_not(rule: ModelMetric, of: Outputs) -> str:
    if not of.settled:
        return f"no row is settled: none is as old as {duration(rule.settled)}" if rule.settled else "no rows"
    if of.strange:
        return f"{counted(of.strange, 'label')} of {of.labelled:,} that are neither 0 nor 1"
    if of.coverage < rule.coverage:
        settled = counted(of.settled, "settled row")
        return f"labels for {share(of.coverage)} of {settled}, fewer than {share(rule.coverage)}"
    if of.judged < rule.minimum:
        return f"{counted(of.judged, 'settled row')} with a label and a prediction, fewer than {rule.minimum:,}"
    if of.outside and rule.metric in OF_PROBABILITIES:
        return f"{counted(of.outside, 'prediction')} of {of.judged:,} that are not from 0 to 1"
    return ""


def _score(rule: ModelMetric, of: Outputs) -> Number | None:
    if rule.metric == BRIER_SCORE:
        return Decimal(repr(of.squares / of.judged))
    if rule.metric == CALIBRATION_ERROR:
        apart = math.fsum(abs(predictions - labels) for predictions, labels in of.bins)
        return Decimal(repr(apart / of.judged))
    found = of.confusions[threshold_of(rule)]
    if rule.metric == PRECISION:
        return Fraction(found.right, found.predicted) if found.predicted else None
    if rule.metric == RECALL:
        return Fraction(found.right, of.positive) if of.positive else None
    negative = of.judged - found.predicted - of.positive + found.right
    return Fraction(found.right + negative, of.judged)


def threshold_of(rule: ModelMetric) -> Decimal:
    """Return from where on a prediction is positive."""
    return CLASS if rule.threshold is None else rule.threshold


def share(value: Fraction | Decimal) -> str:
    """Return a share in percent, rounded down: what is not all never reads as all."""
    return f"{math.floor(value * 1000) / 10:g} %"
