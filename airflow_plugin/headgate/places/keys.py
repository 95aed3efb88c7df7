"""Proofs about keys that platforms share: queries that return 0 where the promise is certain, NULL where it is not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from headgate.checks.conditions import column, not_null, reference
from headgate.checks.proofs import zero_if
from headgate.places.place import Relation


def number_of_rows() -> exp.Count:
    return exp.Count(this=exp.Star())


def span(key: exp.Expr) -> exp.Expr:
    """Return how far the extremes of `key`, an integer of 64 bits, are apart; no difference is too large."""
    high, low = (exp.cast(end, "DECIMAL(38, 0)") for end in (exp.Max(this=key.copy()), exp.Min(this=key.copy())))
    return exp.Sub(this=high, expression=low)


def distinct(relation: Relation, columns: Sequence[str], key: exp.Expr) -> exp.Select:
    """Return the proof that there are as many distinct values of `key` as complete keys, so that no two rows have the
    same."""
    as_many = exp.EQ(this=exp.Count(this=exp.Distinct(expressions=[key])), expression=number_of_rows())
    return exp.select(zero_if(as_many)).from_(relation.as_data).where(not_null(columns))


def within(relation: Relation, name: str, to: str, to_name: str, is_integer: exp.Expr) -> exp.Select:
    """Return the proof that the referenced keys are all the integers between two, and that no key of an integer column
    is outside.

    If there are fewer keys than integers in between, no row is read and nothing is sorted. `is_integer` says whether
    the column `low` of `there` has an integer type.
    """
    key, there = column(name), column(to_name, "there_data")
    referred = exp.alias_(reference(to), "there_data", table=True)
    here = exp.select(_low(key), _high(key)).from_(relation.as_data).subquery("here")
    fits = exp.LT(this=span(there), expression=exp.Count(this=there.copy()))
    may_be_dense = exp.select(fits).from_(referred.copy()).subquery()
    count = exp.alias_(exp.Count(this=exp.Distinct(expressions=[there.copy()])), "n")
    dense = exp.select(_low(there), _high(there), count).from_(referred).where(may_be_dense)
    low, high, least, most = (exp.column(end, table=t) for t in ("here", "there") for end in ("low", "high"))
    integers = exp.Add(this=exp.Sub(this=most.copy(), expression=least.copy()), expression=exp.Literal.number(1))
    all_held = exp.and_(
        is_integer,
        exp.GTE(this=low, expression=least),
        exp.LTE(this=high, expression=most),
        exp.EQ(this=exp.column("n", table="there"), expression=integers),
    )
    return exp.select(zero_if(all_held)).from_(here).join(dense.subquery("there"), join_type="cross")


def _low(key: exp.Expr) -> exp.Expr:
    return exp.alias_(exp.Min(this=key.copy()), "low")


def _high(key: exp.Expr) -> exp.Expr:
    return exp.alias_(exp.Max(this=key.copy()), "high")
