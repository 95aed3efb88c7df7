"""Types about one number of a column: extremes, means, quantiles, numbers of values.

Means, medians and deviations are float64, and computed from float64; sums of integers and decimals are exact. A column
without values has no such number, so the check fails; but its sum is 0, and so is its number of distinct values.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.argument import Argument
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType
from headgate.checks.comparison import Comparison
from headgate.checks.shape import listed

_NUMBERS = frozenset({"integer", "number"})
_ORDERED = _NUMBERS | {"date", "timestamp"}


def quantile(value: exp.Expr, share: exp.Expr, *, between: bool) -> exp.Expr:
    """Return the value that this share of the values does not exceed; with `between`, interpolated between the two
    nearest."""
    function = exp.PercentileCont if between else exp.PercentileDisc
    order = exp.Order(expressions=[exp.Ordered(this=value)])
    return exp.WithinGroup(this=function(this=share), expression=order)


def _value(check: Check) -> exp.Expr:
    return sql.column(check.columns[0])


def _double(check: Check) -> exp.Expr:
    return sql.double(_value(check))


def _distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _share(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """Return a share; 0 if the total is 0."""
    some = exp.func("NULLIF", whole, exp.Literal.number(0))
    return exp.func("COALESCE", exp.Div(this=sql.double(part), expression=sql.double(some)), exp.Literal.number(0))


def _outside(check: Check) -> exp.Expr:
    """Return the number of distinct values that are not in the set."""
    stranger = exp.Case().when(
        sql.not_in_set(check.columns[0], check.args["values"], check.args["type"]), _value(check)
    )
    return _distinct(stranger)


def _absent(check: Check) -> exp.Expr:
    """Return the number of members of the set that no row has. `impossible` is how many the column's type cannot
    hold."""
    member = exp.Case().when(sql.in_set(check.columns[0], check.args["values"], check.args["type"]), _value(check))
    all_of_them = sql.literal(len(check.args["values"]) + check.args["impossible"])
    return exp.paren(exp.Sub(this=all_of_them, expression=_distinct(member)))


def _most_common(check: Check) -> exp.Select:
    """Return how many of the most common values are in the set; without `ties` 0 where there are several."""
    member = sql.in_set(check.columns[0], check.args["values"], check.args["type"])
    groups = sql.of_itself(
        exp.alias_(exp.Max(this=exp.Case().when(member, sql.literal(1)).else_(sql.literal(0))), "member"),
        exp.alias_(exp.Count(this=exp.Star()), "size"),
        where=check.where,
    )
    groups = groups.where(sql.not_null(check.columns)).group_by(_value(check))
    largest = exp.Window(this=exp.Max(this=exp.column("size")))
    ranked = exp.select("member", "size", exp.alias_(largest, "largest")).from_(groups.subquery("of_value"))
    found = exp.func("COALESCE", exp.Sum(this=exp.column("member")), sql.literal(0))
    if not check.args["ties"]:
        alone = exp.EQ(this=exp.Count(this=exp.Star()), expression=sql.literal(1))
        found = exp.Case().when(alone, found).else_(sql.literal(0))
    return exp.select(found).from_(ranked.subquery("ranked")).where("size = largest")


def _number(
    name: str,
    words: str,
    aggregate: Callable[[Check], exp.Expr],
    wants: frozenset[str] = frozenset(),
    dimension: str = "accuracy",
    *,
    reveals: bool = False,
    arguments: tuple[Argument, ...] | None = None,
) -> CheckType:
    return CheckType(
        name,
        dimension,
        lambda check: f"{words} {check.path}",
        aggregate=aggregate,
        wants=wants,
        reveals=reveals,
        arguments=arguments,
    )


# What a publish promises where no rows would take the place of some.
NOT_EMPTY = Check(
    "notEmpty",
    "not_empty",
    expect=Comparison(">", (0,)),
    dimension="completeness",
    description="Nothing takes the place of rows unless the dataset says allowEmpty, or a rule on rowCount decides",
)

TYPES = (
    CheckType(
        "row_count",
        "completeness",
        lambda check: "the number of rows",
        aggregate=lambda check: exp.Count(this=exp.Star()),
        proof=lambda check: exp.Count(this=exp.Star()),
        of_size=True,
        arguments=(),
    ),
    CheckType(
        "not_empty",
        "completeness",
        lambda check: "the new version has rows, or the dataset says allowEmpty",
        aggregate=lambda check: exp.Count(this=exp.Star()),
        proof=lambda check: exp.Count(this=exp.Star()),
        in_full=True,
        of_publish=True,
    ),
    _number("minimum", "the least value of", lambda check: exp.Min(this=_value(check)), _ORDERED, reveals=True),
    _number("maximum", "the greatest value of", lambda check: exp.Max(this=_value(check)), _ORDERED, reveals=True),
    _number("mean", "the mean of", lambda check: sql.double(exp.Avg(this=_value(check))), _NUMBERS),
    _number(
        "median",
        "the median of",
        lambda check: quantile(_double(check), sql.literal(Decimal("0.5")), between=True),
        _NUMBERS,
        reveals=True,
    ),
    CheckType(
        "quantile",
        "accuracy",
        lambda check: f"the {check.args['share']} quantile of {check.path}",
        aggregate=lambda check: quantile(_value(check), sql.literal(check.args["share"]), between=False),
        wants=_NUMBERS,
        reveals=True,
    ),
    _number("deviation", "the standard deviation of", lambda check: exp.StddevSamp(this=_double(check)), _NUMBERS),
    _number(
        "sum", "the sum of", lambda check: exp.func("COALESCE", exp.Sum(this=_value(check)), sql.literal(0)), _NUMBERS
    ),
    _number(
        "distinct_count",
        "the number of distinct values of",
        lambda check: _distinct(_value(check)),
        dimension="uniqueness",
        arguments=(),
    ),
    _number(
        "distinct_share",
        "the share of distinct values among those of",
        lambda check: _share(_distinct(_value(check)), exp.Count(this=_value(check))),
        dimension="uniqueness",
    ),
    _number(
        "present_share",
        "the share of rows with a value of",
        lambda check: _share(exp.Count(this=_value(check)), exp.Count(this=exp.Star())),
        dimension="completeness",
    ),
    CheckType(
        "distinct_in_set",
        "conformity",
        lambda check: f"the number of values of {check.path} other than {listed(check.args['values'])}",
        aggregate=_outside,
    ),
    CheckType(
        "distinct_contain_set",
        "completeness",
        lambda check: f"the number of {listed(check.args['values'])} that {check.path} does not have",
        aggregate=_absent,
    ),
    CheckType(
        "distinct_equal_set",
        "conformity",
        lambda check: (
            f"the number of differences between the values of {check.path} and {listed(check.args['values'])}"
        ),
        aggregate=lambda check: exp.Add(this=_outside(check), expression=_absent(check)),
    ),
    CheckType(
        "most_common",
        "conformity",
        lambda check: (
            f"the number of most common values of {check.path} that are one of {listed(check.args['values'])}"
        ),
        query=_most_common,
    ),
)
