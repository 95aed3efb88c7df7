"""Proofs: aggregates that evaluate to the exact number of unexpected rows, or to NULL where they cannot tell."""

from __future__ import annotations

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.check import Check
from headgate.sql.names import raw_name


def zero_if(condition: exp.Expr) -> exp.Case:
    """0 where `condition` holds, else NULL."""
    return exp.Case(ifs=[exp.If(this=condition, true=exp.Literal.number(0))])


def count_missing(check: Check) -> exp.Expr:
    present = exp.Count(this=sql.column(check.columns[0]))
    return exp.Sub(this=exp.Count(this=exp.Star()), expression=present)


def count_raw(check: Check) -> exp.Expr:
    return exp.Count(this=sql.column(raw_name(check.columns[0])))


def extremes_within(value: exp.Expr, bounds: sql.Bounds) -> exp.Expr:
    parts: list[exp.Expr] = []
    if bounds.low is not None:
        parts.append((exp.GT if bounds.low_open else exp.GTE)(this=exp.Min(this=value), expression=bounds.low))
    if bounds.high is not None:
        parts.append((exp.LT if bounds.high_open else exp.LTE)(this=exp.Max(this=value.copy()), expression=bounds.high))
    return zero_if(exp.Coalesce(this=exp.and_(*parts, copy=False), expressions=[exp.true()]))
