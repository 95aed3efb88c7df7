"""Predictions beside their labels, counted and summed up where the data is, in one query."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from headgate.checks import Column
from headgate.checks import conditions as sql
from headgate.checks.model_metric import CALIBRATION_ERROR, OF_PROBABILITIES, ModelMetric, kind_of
from headgate.contract.service_levels import duration
from headgate.past.outputs.found import Confusion, Outputs, threshold_of
from headgate.places import Relation, Session

# The upper edges of ten equal bins, of which each holds its upper edge: as numpy.linspace has them.
EDGES = tuple(bin_ * 0.1 for bin_ in range(1, 10))
BINS = len(EDGES) + 1
# What is smaller has a square that is no number any more, which PostgreSQL refuses.
_TINY = 1e-150


@dataclass(frozen=True, slots=True)
class Asked:
    """What rules must have in common to share one query."""

    prediction: str
    label: str
    by_class: bool
    settled: str
    as_of: str
    zone: str
    segment: str
    where: str
    now: datetime

    @classmethod
    def of(cls, rule: ModelMetric) -> Asked:
        return cls(
            rule.prediction,
            rule.label,
            rule.by_class,
            rule.settled,
            rule.as_of,
            rule.zone,
            rule.segment,
            rule.where,
            rule.now,
        )


def ask(
    asked: Asked, rules: Iterable[ModelMetric], relation: Relation, session: Session, *, limit: int
) -> Sequence[Outputs]:
    """Return the outputs of each segment, of at most `limit` and one more.

    Raises:
        QueryError: the rows cannot be read, or a value of them cannot be computed with.
    """
    rules = list(rules)
    thresholds = sorted({threshold_of(rule) for rule in rules if rule.metric not in OF_PROBABILITIES})
    binned = any(rule.metric == CALIBRATION_ERROR for rule in rules)
    by = [exp.column("segment"), *([exp.column("bin")] if binned else [])]
    query = exp.select(*by, *_counts(thresholds)).from_(_binned(asked, relation).subquery("outputs")).group_by(*by)
    if not asked.segment:
        found = session.rows(query)
        return [_outputs(found, thresholds, binned=binned)] if found else []
    segments: dict[Any, list[tuple[Any, ...]]] = {}
    for row in session.rows(query.order_by(exp.column("segment")).limit((limit + 1) * (BINS + 1))):
        segments.setdefault(_identity(row[0]), []).append(row)
    return [_outputs(rows, thresholds, binned=binned) for rows in segments.values()]


def _identity(value: Any) -> Any:
    """Return what tells a segment from others: also of lists, which have no hash, and of NaN, which equals nothing."""
    return value if isinstance(value, Hashable) and value == value else repr(value)


_SUMMED = ("pending", "undated", "settled", "labelled", "strange", "unpredicted", "outside", "judged", "positive")


def _counts(thresholds: Sequence[Decimal]) -> list[exp.Expr]:
    """Return the aggregates over rows of `settled` (TRUE, FALSE, NULL), `label` (1, 0, 2, NULL) and `prediction`."""
    settled, label, prediction = (exp.column(name) for name in ("settled", "label", "prediction"))
    labelled = exp.and_(settled, exp.Not(this=_null(label)))
    judged = exp.and_(settled, exp.LT(this=label, expression=sql.literal(2)), exp.Not(this=_null(prediction)))
    positive = exp.and_(judged, exp.EQ(this=label, expression=sql.literal(1)))
    inside = exp.and_(
        exp.GTE(this=prediction, expression=_double(0)), exp.LTE(this=prediction.copy(), expression=_double(1))
    )
    error = exp.paren(exp.Sub(this=prediction.copy(), expression=label.copy()))
    large = exp.GTE(this=exp.Abs(this=error), expression=_double(_TINY))
    conditions = {
        "pending": exp.Not(this=settled.copy()),
        "undated": _null(settled),
        "settled": settled,
        "labelled": labelled,
        "strange": exp.and_(settled, exp.EQ(this=label.copy(), expression=sql.literal(2))),
        "unpredicted": exp.and_(labelled, _null(prediction)),
        "outside": exp.and_(judged, exp.Not(this=exp.paren(inside))),
        "judged": judged,
        "positive": positive,
    }
    found: list[exp.Expr] = [_count(conditions[name]) for name in _SUMMED]
    found.append(_sum(exp.and_(judged, inside, large), exp.Mul(this=error.copy(), expression=error.copy())))
    found.append(_sum(exp.and_(judged, inside), prediction))
    for threshold in thresholds:
        predicted = exp.GTE(this=prediction.copy(), expression=_double(threshold))
        found += [_count(exp.and_(judged, predicted)), _count(exp.and_(positive, predicted))]
    return found


def _outputs(rows: Sequence[tuple[Any, ...]], thresholds: Sequence[Decimal], *, binned: bool) -> Outputs:
    """Return one segment of its rows, one a bin."""
    first = 2 if binned else 1
    sums = first + len(_SUMMED)
    names = {name: sum(row[first + i] for row in rows) for i, name in enumerate(_SUMMED)}
    at = _SUMMED.index("positive") + first
    confusions = {
        threshold: Confusion(*(sum(row[sums + 2 + 2 * i + j] for row in rows) for j in range(2)))
        for i, threshold in enumerate(thresholds)
    }
    return Outputs(
        segment=rows[0][0],
        squares=sum(row[sums] for row in rows),
        bins=tuple((row[sums + 1], row[at]) for row in rows),
        confusions=confusions,
        **names,
    )


def _binned(asked: Asked, relation: Relation) -> exp.Select:
    """Return the rows with the bin of each prediction; a value that is not a prediction has no bin."""
    prediction = exp.column("prediction")
    bin_ = exp.Case().when(_null(prediction), exp.null())
    for number, edge in enumerate(EDGES):
        bin_ = bin_.when(exp.LTE(this=prediction.copy(), expression=_double(edge)), sql.literal(number))
    names = [exp.column(name) for name in ("segment", "settled", "label", "prediction")]
    return exp.select(*names, exp.alias_(bin_.else_(sql.literal(BINS - 1)), "bin")).from_(
        _plain(asked, relation).subquery("plain")
    )


def _plain(asked: Asked, relation: Relation) -> exp.Select:
    """Return of each row its segment, whether it is settled, its label as 1 or 0, and its prediction as a double."""
    columns = relation.by_name
    if asked.by_class:
        label, prediction = _of_classes(columns[asked.prediction], columns[asked.label])
    else:
        label, prediction = _label(columns[asked.label]), _prediction(columns[asked.prediction])
    segment = sql.column(asked.segment) if asked.segment else sql.literal(0)
    settled = _settled(asked, columns[asked.as_of]) if asked.settled else exp.true()
    values = {"segment": segment, "settled": settled, "label": label, "prediction": prediction}
    return exp.select(*(exp.alias_(value, name) for name, value in values.items())).from_(relation.as_data)


def _of_classes(prediction: Column, label: Column) -> tuple[exp.Expr, exp.Expr]:
    """Return a label, which is always 1, and a prediction, which is 1 where the two are one class, else 0."""
    told: list[exp.Expr] = [sql.column(column.name) for column in (prediction, label)]
    if kind_of(label, ("string",)):
        told = [exp.cast(each, "TEXT") for each in told]
    right = exp.EQ(this=told[0], expression=told[1])
    given = exp.Case().when(exp.Not(this=_null(told[1])), sql.literal(1))
    return given, exp.Case().when(right, _double(1)).when(exp.Not(this=exp.paren(right.copy())), _double(0))


def _label(column: Column) -> exp.Expr:
    value = sql.column(column.name)
    if kind_of(column, ("boolean",)):
        return exp.Case().when(value, sql.literal(1)).when(exp.Not(this=value.copy()), sql.literal(0))
    case = exp.Case()
    for known in (1, 0):
        case = case.when(exp.EQ(this=value.copy(), expression=sql.literal(known)), sql.literal(known))
    return case.when(exp.Not(this=_null(value)), sql.literal(2))


def _prediction(column: Column) -> exp.Expr:
    """Return a prediction as a double; NULL where it is NaN."""
    value = sql.column(column.name)
    if kind_of(column, ("boolean",)):
        return exp.Case().when(value, _double(1)).when(exp.Not(this=value.copy()), _double(0))
    number = sql.double(value)
    return exp.Case().when(exp.NEQ(this=number, expression=_double("NaN")), number.copy())


def _settled(asked: Asked, column: Column) -> exp.Expr:
    """Return whether a row is old enough; NULL if its time is not known. A day is as old as its end."""
    value, moment = sql.column(column.name), duration(asked.settled).before(asked.now.astimezone(UTC))
    if column.zoned and not column.type.endswith("_NS"):
        text = f"{moment:%Y-%m-%d %H:%M:%S.%f}+00"
        return exp.LTE(this=value, expression=exp.cast(exp.Literal.string(text), "TIMESTAMPTZ"))
    local = moment if column.zoned else moment.astimezone(ZoneInfo(asked.zone))
    if kind_of(column, ("timestamp",)) is None:
        last = local.date() - timedelta(days=1)
        return exp.LTE(this=value, expression=exp.cast(exp.Literal.string(last.isoformat()), "DATE"))
    bound = exp.cast(exp.Literal.string(f"{local:%Y-%m-%d %H:%M:%S.%f}"), "TIMESTAMP")
    return exp.LTE(this=value, expression=bound)


def _null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value.copy(), expression=exp.null())


def _double(value: Any) -> exp.Expr:
    """Return a double, to the last digit."""
    return exp.cast(exp.Literal.string(str(value)), "DOUBLE")


def _count(condition: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Case().when(condition.copy(), sql.literal(1)))


def _sum(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    of = exp.Case().when(condition.copy(), value.copy()).else_(_double(0))
    return exp.func("COALESCE", exp.Sum(this=of), _double(0))
