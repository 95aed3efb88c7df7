"""The numbers of days, from the rows of a dataset: one query for all that are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from headgate.checks import Column
from headgate.checks.normal import DISTINCT_COUNT, LATENESS, NULL_SHARE, Normality
from headgate.places import Relation, Session


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """How many rows there are, and of them: values that are not NULL, distinct values, or the last moment; None where
    only the rows are counted, or there is none."""

    rows: int
    number: Any = None


def measure_all(rule: Normality, relation: Relation, session: Session) -> DayNumbers:
    """Return the numbers of all rows. Raises QueryError."""
    ((rows, *more),) = session.rows(session.sql(exp.select(*_numbers(rule)).from_(relation.as_data)))
    return DayNumbers(int(rows), *more)


def measure_days(
    rule: Normality, relation: Relation, session: Session, first: date, last: date
) -> dict[date, DayNumbers]:
    """Return the numbers of the days that have rows, from the first to the last. Raises QueryError."""
    column = relation.by_name[rule.by]
    day = _day(column, rule.zone)
    query = (
        exp.select(exp.alias_(day, "day", quoted=True), *_numbers(rule))
        .from_(relation.as_data)
        .where(_at_least(column, first))
        .where(exp.Between(this=day.copy(), low=_date(first), high=_date(last)))
        .group_by(day.copy())
    )
    return {each: DayNumbers(int(rows), *more) for each, rows, *more in session.rows(session.sql(query))}


def lateness(moment: Any, end: datetime, zone: ZoneInfo) -> float | None:
    """Return how many hours before `end` the last moment is; None if there is none. One without a time zone is one of
    `zone`, and a date is the first moment of its day."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    late: timedelta = end.astimezone(UTC) - moment.astimezone(UTC)
    return late / timedelta(hours=1)


def _numbers(rule: Normality) -> list[exp.Expr]:
    of = exp.column(rule.of, quoted=True)
    found: list[exp.Expr] = [exp.alias_(exp.Count(this=exp.Star()), "rows_of_day", quoted=True)]
    if rule.kind == NULL_SHARE:
        found.append(exp.alias_(exp.Count(this=of), "number", quoted=True))
    elif rule.kind == DISTINCT_COUNT:
        found.append(exp.alias_(exp.Count(this=exp.Distinct(expressions=[of])), "number", quoted=True))
    elif rule.kind == LATENESS:
        found.append(exp.alias_(exp.Max(this=of), "number", quoted=True))
    return found


def _day(column: Column, zone: str) -> exp.Expr:
    """Return the day of a moment; without a time zone it is the day that it shows."""
    value: exp.Expr = exp.column(column.name, quoted=True)
    if column.zoned:
        value = exp.AtTimeZone(this=value, zone=exp.Literal.string(zone))
    return exp.cast(value, "DATE")


def _at_least(column: Column, first: date) -> exp.Expr:
    """Return a condition that leaves out old rows, and that a platform can skip files or use an index by."""
    before = first - timedelta(days=2)  # a day begins earlier in the east
    kind, text = ("TIMESTAMPTZ", f"{before} 00:00:00+00") if column.zoned else ("DATE", str(before))
    return exp.GTE(this=exp.column(column.name, quoted=True), expression=exp.cast(exp.Literal.string(text), kind))


def _date(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")
