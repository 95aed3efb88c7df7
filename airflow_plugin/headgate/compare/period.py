"""Which periods are settled: those that ended long enough ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlglot import exp

from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.side import Side, Value
from headgate.errors import CallError
from headgate.places.canonical import Family

_UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")
_SYNONYMS = {f"{unit}s": unit for unit in _UNITS} | {"mon": "month", "mons": "month", "min": "minute", "mins": "minute",
             "h": "hour", "d": "day", "w": "week", "y": "year", "yr": "year", "yrs": "year"}  # fmt: skip
_MOMENTS: frozenset[Family] = frozenset({"date", "timestamp"})


@dataclass(frozen=True, slots=True)
class Watermark:
    """The moment before which data is settled. `own` and `other` are the SQL of the time of a row on either side."""

    at: datetime
    own: Value
    other: Value

    def late(self, value: Value) -> exp.Expr:
        """Return the condition under which a row is not settled yet; a row without a time always is."""
        assert value.kind is not None
        moment = self.at.astimezone(UTC)
        text, kind = moment.strftime("%Y-%m-%d %H:%M:%S.%f"), "TIMESTAMP"
        if value.kind.zoned:
            text, kind = f"{text}+00", "TIMESTAMPTZ"
        bound = exp.cast(exp.Literal.string(text), kind)
        return exp.func("COALESCE", exp.GTE(this=value.tree.copy(), expression=bound), exp.false())


def watermark(own: Side, other: Side, rule: Reconciliation, now: datetime) -> Watermark | None:
    """Return the moment before which both sides are settled; None if all data counts as settled.

    A period is settled once it ended `rule.settled` before `now`: what has not arrived by then is missing, also where
    a whole side stands still.

    Raises:
        CallError: nothing among what the groups are made of is a time.
    """
    if rule.settled is None:
        return None
    for pair in (rule.as_of,) if rule.as_of else rule.by:
        (a,), (b,) = own.values([pair.own]), other.values([pair.other])
        if _is_moment(a) and _is_moment(b):
            unit = _truncated(a, pair) or _truncated(b, pair) or _day(a) or _day(b)
            return Watermark(_start(now.astimezone(UTC) - rule.settled, unit), a, b)
        if rule.as_of:
            raise CallError(_not_a_time(pair))
    raise CallError(
        "settled: nothing that the groups are made of is a date or a timestamp on both sides; say by `as_of` which "
        "column is the time"
    )


def _not_a_time(pair: Pair) -> str:
    return f"as_of: {pair} is not a date or a timestamp on both sides"


def _is_moment(value: Value) -> bool:
    return value.kind is not None and value.kind.family in _MOMENTS


def _truncated(value: Value, pair: Pair) -> str | None:
    """Return the length of the period that a value is made to stand for; None of a column, or of a day.

    Raises:
        CallError: it is made of a column in a way that does not say how long its period is.
    """
    tree = value.tree
    while isinstance(tree, exp.Paren | exp.Cast):
        tree = tree.this
    if isinstance(tree, exp.DateTrunc | exp.TimestampTrunc):
        unit = str(tree.args["unit"].name).lower()
        unit = _SYNONYMS.get(unit, unit)
        if unit in _UNITS:
            return unit
        raise CallError(f"settled: the unit '{unit}' in {pair}; expected one of {', '.join(_UNITS)}")
    if isinstance(tree, exp.Column) or _day(value):
        return None
    raise CallError(
        f"settled: how long the period of {pair} is cannot be told from it; use date_trunc, or say by `as_of` which "
        "column is the time"
    )


def _day(value: Value) -> str | None:
    return "day" if value.kind and value.kind.family == "date" else None


def _start(moment: datetime, unit: str | None) -> datetime:
    """Return when the period began that a moment is in."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "year":
            return day.replace(month=1, day=1)
        case "quarter":
            return day.replace(month=(moment.month - 1) // 3 * 3 + 1, day=1)
        case "month":
            return day.replace(day=1)
        case "week":
            return day - timedelta(days=day.weekday())
        case "day":
            return day
        case "hour":
            return moment.replace(minute=0, second=0, microsecond=0)
        case "minute":
            return moment.replace(second=0, microsecond=0)
    return moment
