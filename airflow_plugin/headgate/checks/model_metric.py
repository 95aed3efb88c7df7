"""How good the outputs of a model are, once the labels are there: what a rule of a model metric says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from headgate.checks.check import Check
from headgate.checks.check_type import CheckType, Obstacle
from headgate.checks.column import Column
from headgate.checks.shape import Canonical, Columns

BRIER_SCORE, CALIBRATION_ERROR = "brier_score", "calibration_error"
PRECISION, RECALL, ACCURACY = "precision", "recall", "accuracy"
# Each metric, and what it is of a prediction and its label.
METRICS: Mapping[str, str] = {
    BRIER_SCORE: "the Brier score",
    CALIBRATION_ERROR: "the calibration error",
    PRECISION: "the precision",
    RECALL: "the recall",
    ACCURACY: "the accuracy",
}
# Those of a probability, 0 to 1; the others are of a class, or of a score and its threshold.
OF_PROBABILITIES = frozenset({BRIER_SCORE, CALIBRATION_ERROR})
DEFAULT_THRESHOLD, DEFAULT_COVERAGE, DEFAULT_MINIMUM = Decimal("0.5"), Decimal("0.9"), 1_000
# What the labels of two classes are.
_BINARY = ("boolean", "number")
_CLASSES = ("boolean", "integer", "string")


@dataclass(frozen=True, slots=True)
class ModelMetric:
    """One metric of a prediction and its label.

    Attributes:
        metric: one of METRICS.
        prediction, label: their columns.
        threshold: of scores: from it on, a prediction is positive; None of classes and probabilities.
        settled: how long after `as_of` a label is there, as ISO 8601 has it; empty: all rows count.
        as_of: the column of the time of the prediction.
        zone: of moments in `as_of` that have none.
        segment: the column whose values are judged apart; the worst decides.
        coverage: which share of the settled rows must have a label.
        minimum: how many rows must be judged.
        where: a condition in SQL: only these rows are looked at; empty: all.
        now: what `settled` is counted from.
    """

    metric: str
    prediction: str
    label: str
    threshold: Decimal | None
    settled: str
    as_of: str
    zone: str
    segment: str
    coverage: Decimal
    minimum: int
    where: str
    now: datetime

    @classmethod
    def of(cls, check: Check) -> ModelMetric:
        """Return what a check of this type says; its `args` are the fields. Without an audit, now is now."""
        return cls(**{"now": datetime.now(UTC), **check.args})

    @property
    def by_class(self) -> bool:
        """Whether classes are compared, of which there may be more than two."""
        return self.metric == ACCURACY and self.threshold is None


def _promise(check: Check) -> str:
    rule = ModelMetric.of(check)
    at = f" at {rule.threshold}" if rule.threshold is not None else ""
    segment = f", of each {rule.segment}" if rule.segment else ""
    return f"{METRICS[rule.metric]} of {rule.prediction}{at} against {rule.label}{segment}"


def kind_of(column: Column, kinds: tuple[str, ...]) -> str | None:
    """Return the first of `kinds`, logical types, that a column serves; None if it serves none."""
    return next((kind for kind in kinds if kind in column.logical and not column.document), None)


def _why_not(check: Check, columns: Columns, canonical: Canonical) -> Obstacle | None:
    rule = ModelMetric.of(check)
    prediction, label = columns[rule.prediction], columns[rule.label]
    if rule.as_of and kind_of(columns[rule.as_of], ("date", "timestamp")) is None:
        return Obstacle(f"as_of: {rule.as_of} is {columns[rule.as_of].type}, which is not a date or a timestamp")
    if rule.by_class:
        kinds = kind_of(prediction, _CLASSES), kind_of(label, _CLASSES)
        if None in kinds or kinds[0] != kinds[1]:
            types = f"{rule.prediction} is {prediction.type} and {rule.label} {label.type}"
            return Obstacle(f"accuracy compares classes, and {types}; of a score, give its `threshold`")
        return None
    if kind_of(label, _BINARY) is None:
        return Obstacle(f"the label {rule.label} is {label.type}; it must be a boolean, or 0 and 1")
    if kind_of(prediction, ("number",) if rule.metric in OF_PROBABILITIES else _BINARY) is None:
        return Obstacle(f"the prediction {rule.prediction} is {prediction.type}, which is not a number")
    return None


TYPES = (
    CheckType(
        "model_metric", "accuracy", _promise, why_not=_why_not, evaluator="model_metric", numeric=True, timed=True
    ),
)
