"""Types about several columns of a row."""

from __future__ import annotations

from functools import reduce
from itertools import combinations

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.argument import FLAG, IGNORE_ROW_IF, VALUE, Argument
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

_COMPARED = frozenset({"integer", "number", "date", "timestamp", "boolean"})
_NUMBERS = frozenset({"integer", "number"})


def skipped(check: Check) -> exp.Expr:
    """Return the rows that `ignore_row_if` names: any (the default), all, never."""
    return sql.skipped(check.columns, check.args.get("ignore_row_if", "any"))


def _unless(check: Check, expected: exp.Expr) -> exp.Expr:
    return sql.unless(expected, skipped(check))


def _pair_equal(check: Check) -> exp.Expr:
    a, b = map(sql.column, check.columns)
    return _unless(check, exp.EQ(this=a, expression=b))


def _pair_greater(check: Check) -> exp.Expr:
    a, b = map(sql.column, check.columns)
    return _unless(check, (exp.GTE if check.args["or_equal"] else exp.GT)(this=a, expression=b))


def _pair_in_set(check: Check) -> exp.Expr:
    def is_(name: str, value: object, kind: str | None) -> exp.Expr:
        if value is None:
            return sql.is_null(name)
        return exp.EQ(this=sql.operand(name, kind), expression=sql.literal(value, kind))

    pairs = [
        exp.and_(*(is_(*part) for part in zip(check.columns, pair, check.args["types"], strict=True)))
        for pair in check.args["pairs"]
    ]
    return _unless(check, sql.any_of(pairs))


def _sum_equal(check: Check) -> exp.Expr:
    # A BIGINT to begin with: the sum of two INTEGERs must not overflow.
    start: exp.Expr = exp.cast(sql.literal(0), "BIGINT")
    total = reduce(lambda left, name: exp.Add(this=left, expression=sql.column(name)), check.columns, start)
    return _unless(check, exp.EQ(this=exp.paren(total), expression=sql.literal(check.args["total"])))


def _all_equal(check: Check) -> exp.Expr:
    first, *others = map(sql.column, check.columns)
    return _unless(check, exp.and_(*(exp.NullSafeEQ(this=o, expression=first.copy()) for o in others)))


def _all_differ(check: Check) -> exp.Expr:
    pairs = combinations(check.columns, 2)
    same = [exp.NullSafeEQ(this=sql.column(a), expression=sql.column(b)) for a, b in pairs]
    return _unless(check, exp.paren(exp.or_(*same)).not_())


def _together(check: Check) -> str:
    return ", ".join(check.columns)


TYPES = (
    CheckType(
        "pair_equal",
        "consistency",
        lambda check: f"{check.columns[0]} equals {check.columns[1]}",
        condition=_pair_equal,
        skips=skipped,
        arguments=(IGNORE_ROW_IF,),
    ),
    CheckType(
        "pair_greater",
        "consistency",
        lambda check: f"{check.columns[0]} is {'not below' if check.args['or_equal'] else 'above'} {check.columns[1]}",
        condition=_pair_greater,
        skips=skipped,
        wants=_COMPARED,
        arguments=(Argument("or_equal", FLAG), IGNORE_ROW_IF),
    ),
    CheckType(
        "pair_in_set",
        "consistency",
        lambda check: f"({_together(check)}) is one of {len(check.args['pairs'])} pairs",
        condition=_pair_in_set,
        skips=skipped,
    ),
    CheckType(
        "sum_equal",
        "accuracy",
        lambda check: f"{' + '.join(check.columns)} is {check.args['total']}",
        condition=_sum_equal,
        skips=skipped,
        wants=_NUMBERS,
        arguments=(Argument("total", VALUE), IGNORE_ROW_IF),
    ),
    CheckType(
        "all_equal", "consistency", lambda check: f"{_together(check)} are equal", condition=_all_equal, skips=skipped
    ),
    CheckType(
        "all_differ",
        "uniqueness",
        lambda check: f"{_together(check)} differ from one another in each row",
        condition=_all_differ,
        skips=skipped,
    ),
)
