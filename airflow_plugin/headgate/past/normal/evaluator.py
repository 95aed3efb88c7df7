"""Rules of a contract that a number is normal for its day, measured beside its other checks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from headgate.checks import Check, Column, Comparison
from headgate.checks.comparison import Number
from headgate.checks.normal import DISTINCT_COUNT, LATENESS, NULL_SHARE, ROW_COUNT, Normality
from headgate.gate.past import Known, past_of
from headgate.past.fault import measured_fault
from headgate.past.normal.calendar import Calendar
from headgate.past.normal.days import DayNumbers, lateness, measure_all, measure_days
from headgate.past.normal.rule import Normal, Past
from headgate.past.normal.scale import COUNT, DISTINCT, HOURS, SHARE, Scale
from headgate.places import Relation, Session
from headgate.scan import Measured

_SCALES: Mapping[str, Scale] = {ROW_COUNT: COUNT, NULL_SHARE: SHARE, DISTINCT_COUNT: DISTINCT, LATENESS: HOURS}
# So many days of the past are shown, and so many are read: a year of ends of months, and the weekdays before them.
SHOWN = 56
READ = timedelta(days=400)
_DAY = timedelta(days=1)
_DIGITS = 6


def evaluate(checks: Sequence[Check], relation: Relation, session: Session) -> dict[str, Measured]:
    """Return what was measured for each check, by its key; see `headgate.scan.evaluate.Evaluator`."""
    return {check.key: _alone(check, relation, session) for check in checks}


def _alone(check: Check, relation: Relation, session: Session) -> Measured:
    """Return what was measured for a check, whatever goes wrong: a fault of one rule is not one of the others."""
    try:
        return _measured(check, relation, session)
    except Exception as error:
        return measured_fault(error)


def _measured(check: Check, relation: Relation, session: Session) -> Measured:
    """Return what was measured for a check. Raises QueryError."""
    rule, known = Normality.of_check(check), past_of(check)
    if known is None:
        return Measured(reason="the run that it is about was not given")
    if known.missing and known.excused:
        return Measured(reason=known.missing, excused=True)
    if reason := _wrong_type(rule, relation):
        return Measured(reason=reason)
    zone = ZoneInfo(rule.zone)
    if rule.by:
        # The last whole day.
        day = known.now.astimezone(zone).date() - _DAY
        found = measure_days(rule, relation, session, day - READ, day)
        numbers = _by_day(rule, found, day, zone)
        one = found.get(day, DayNumbers(0))
        value = numbers.pop(day, None)
        past: Mapping[date, float] = {each: float(number) for each, number in numbers.items()}
    else:
        day = known.instant.astimezone(zone).date()
        one = measure_all(rule, relation, session)
        value = _number(rule, one, known.now, zone)
        past = _one_a_day(rule, known, zone, day)
    rows = one.rows
    if value is None:
        of_day = f" of {day}" if rule.by else ""
        if rule.kind == LATENESS and one.number is not None:
            return Measured(error=f"the last {rule.of}{of_day} is infinite, or not of the years 2 to 9998")
        return Measured(reason=f"there are no rows{of_day}")
    return _judged(rule, day, value, rows, past, known.missing)


def _judged(rule: Normality, day: date, value: Number, rows: int, past: Mapping[date, float], missing: str) -> Measured:
    """Return the measurement of a day. Its number is kept where it was not judged too: it is the past of later days."""
    calendar = Calendar(rule.holidays, rule.expected)
    direction: Any = rule.direction
    judge = Past(
        past, _SCALES[rule.kind], calendar, direction=direction, never_empty=rule.kind == ROW_COUNT, weeks=rule.weeks
    )
    normal = judge.judge(day, float(value), rows)
    details = {"normal": _details(rule, normal, past)}
    reason = missing if missing and not normal.excused and not normal.empty else normal.reason
    if reason:
        return Measured(value, "aggregate", rows, reason=reason, excused=normal.excused, details=details)
    return Measured(value, "aggregate", rows, expect=_comparison(rule, normal), details=details)


def _comparison(rule: Normality, normal: Normal) -> Comparison:
    """Return what the number must be. Limits of whole numbers are whole, those of others have six digits."""
    low, high = (None if bound is None else _bound(rule, bound) for bound in (normal.lower, normal.upper))
    if low is not None and high is not None:
        return Comparison("between", (max(low, 0) if rule.kind != LATENESS else low, high))
    return Comparison(">=", (low,)) if low is not None else Comparison("<=", (high or 0,))


def _bound(rule: Normality, bound: float) -> Number:
    """Return a limit as it is told and compared."""
    if rule.kind in (ROW_COUNT, DISTINCT_COUNT):
        return round(bound)
    return _rounded(bound)


def _details(rule: Normality, normal: Normal, past: Mapping[date, float]) -> dict[str, Any]:
    shown = sorted(day for day in past if day < normal.day)[-SHOWN:]
    told: dict[str, Any] = {
        "kind": rule.kind,
        "of": rule.of,
        "day": normal.day.isoformat(),
        "value": round(normal.value, _DIGITS),
        "past": [[day.isoformat(), round(past[day], _DIGITS)] for day in shown],
        "days": normal.days,
        "scale": _SCALES[rule.kind].name,
    }
    for name in ("expected", "lower", "upper", "spread"):
        number = getattr(normal, name)
        if number is not None:
            told[name] = round(number, _DIGITS)
    if normal.reason:
        told["reason"] = normal.reason
    return told


def _by_day(rule: Normality, found: Mapping[date, DayNumbers], day: date, zone: ZoneInfo) -> dict[date, Number]:
    """Return the numbers of all days up to one. A day without rows has 0 of them, and no share, no distinct values and
    no lateness."""
    numbers: dict[date, Number] = {}
    for each, of_day in found.items():
        end = datetime.combine(each + _DAY, datetime.min.time(), zone)
        number = _number(rule, of_day, end, zone)
        if number is not None:
            # What came before the end of its day has a negative lateness, not an age.
            numbers[each] = -number if rule.kind == LATENESS else number
    if rule.kind == ROW_COUNT:
        first = min(found, default=day)
        for count in range((day - first).days + 1):
            numbers.setdefault(first + count * _DAY, 0)
    return numbers


def _number(rule: Normality, of_day: DayNumbers, end: datetime, zone: ZoneInfo) -> Number | None:
    """Return what a rule measures, of the rows until `end`; None if that has no number."""
    if rule.kind == ROW_COUNT:
        return of_day.rows
    if rule.kind == DISTINCT_COUNT:
        return int(of_day.number) if of_day.rows else None
    if rule.kind == NULL_SHARE:
        if not of_day.rows:
            return None
        return _rounded((of_day.rows - int(of_day.number)) / of_day.rows)
    late = lateness(of_day.number, end, zone)
    return None if late is None else _rounded(late)


def _rounded(number: float) -> Decimal:
    return Decimal(repr(round(number, _DIGITS)))


def _one_a_day(rule: Normality, known: Known, zone: ZoneInfo, day: date) -> dict[date, float]:
    """Return the number of each day before one: that of its newest run. A number that the rule cannot have measured is
    left out: the rule was another one then."""
    found = {moment.astimezone(zone).date(): value for moment, value in sorted(known.values, key=lambda one: one[0])}
    return {each: value for each, value in found.items() if day - READ <= each < day and _possible(rule, value)}


def _possible(rule: Normality, value: float) -> bool:
    if rule.kind == LATENESS:
        return math.isfinite(value)
    return 0 <= value <= 1 if rule.kind == NULL_SHARE else 0 <= value < math.inf


def _wrong_type(rule: Normality, relation: Relation) -> str:
    """Return why a rule cannot be measured on the types of its columns; empty if it can."""
    if rule.by and not _has_days(column := relation.by_name[rule.by]):
        return f"{rule.by} is {column.type}, which has no days; `by` takes a date or a timestamp"
    if rule.kind == LATENESS and not _has_days(column := relation.by_name[rule.of]) and not column.nothing:
        return f"{rule.of} is {column.type}; lateness takes a date or a timestamp"
    return ""


def _has_days(column: Column) -> bool:
    return bool(column.logical & {"date", "timestamp"})
