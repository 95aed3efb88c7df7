"""Types about the distance of a value from the others: z-scores and outliers, in float64."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.aggregates import quantile
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

_NUMBERS = frozenset({"integer", "number"})


def _value(check: Check) -> exp.Expr:
    return sql.double(sql.column(check.columns[0]))


def _of_all(aggregate: exp.Expr, check: Check) -> exp.Expr:
    return sql.number_of_itself(aggregate, check.where)


def _distance(check: Check) -> exp.Expr:
    mean = _of_all(exp.Avg(this=_value(check)), check)
    return exp.paren(exp.Sub(this=_value(check), expression=mean))


def _spread(check: Check) -> exp.Expr:
    """Return the standard deviation of a sample; NULL if all values are equal."""
    return exp.func("NULLIF", _of_all(exp.StddevSamp(this=_value(check)), check), sql.double(sql.literal(0)))


def _certain(condition: exp.Expr) -> exp.Expr:
    return exp.func("COALESCE", condition, exp.false())


def _z_score(check: Check) -> exp.Expr:
    score: exp.Expr = exp.Div(this=_distance(check), expression=_spread(check))
    limit = check.args["threshold"]
    if check.args["double_sided"]:
        score, limit = exp.Abs(this=score), abs(limit)
    return _certain(exp.GTE(this=score, expression=sql.double(sql.literal(limit))))


def _outlier(check: Check) -> exp.Expr:
    return _outside_fences(check) if check.args["method"] == "iqr" else _far_from_mean(check)


def _outside_fences(check: Check) -> exp.Expr:
    """Return the condition: outside Tukey's fences. A value on a fence is inside. Quartiles are interpolated."""
    low, high = (
        _of_all(quantile(_value(check), sql.literal(share), between=True), check)
        for share in (Decimal("0.25"), Decimal("0.75"))
    )
    reach = exp.Mul(
        this=sql.double(sql.literal(check.args["multiplier"])),
        expression=exp.paren(exp.Sub(this=high.copy(), expression=low.copy())),
    )
    below = exp.LT(this=_value(check), expression=exp.Sub(this=low, expression=reach))
    above = exp.GT(this=_value(check), expression=exp.Add(this=high, expression=reach.copy()))
    return _certain(exp.or_(below, above))


def _far_from_mean(check: Check) -> exp.Expr:
    """Return the condition: at least that many standard deviations from the mean; for 0 of them, anything but the mean
    itself."""
    multiplier = check.args["multiplier"]
    reach = exp.Mul(this=sql.double(sql.literal(multiplier)), expression=_spread(check))
    distance = exp.Abs(this=_distance(check))
    far: exp.Expr = exp.GTE(this=distance, expression=reach)
    return _certain(far if multiplier > 0 else exp.and_(far, exp.GT(this=distance.copy(), expression=sql.literal(0))))


TYPES = (
    CheckType(
        "z_score",
        "accuracy",
        lambda check: (
            f"the z-score of {check.path} is below {check.args['threshold']}"
            + (" on both sides" if check.args["double_sided"] else "")
        ),
        condition=_z_score,
        wants=_NUMBERS,
    ),
    CheckType(
        "not_outlier",
        "accuracy",
        lambda check: f"{check.path} is not an outlier ({check.args['method']}, {check.args['multiplier']})",
        condition=_outlier,
        wants=_NUMBERS,
    ),
)
