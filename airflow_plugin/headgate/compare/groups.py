"""Sums by group, computed where the data is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.matched import Matched, match, within
from headgate.compare.period import Watermark
from headgate.compare.side import Side, Value
from headgate.errors import UnsupportedError
from headgate.places.canonical import DIGITS


@dataclass(frozen=True)
class Groups:
    """The groups of both sides, as rows: the aliases of `keys` and `columns` are columns of either."""

    own: Side
    other: Side
    keys: list[Matched]
    columns: list[Matched]


def groups_of(own: Side, other: Side, rule: Reconciliation, mark: Watermark | None) -> Groups:
    """Return the sums of both sides by group, of the periods that are settled.

    The sum of nothing, or of NULLs alone, is 0.

    Raises:
        UnsupportedError: what is summed up is not a number, or two types have no form in common.
    """
    keys, sums = match(own, other, rule.by, "k"), match(own, other, rule.sums, "s")
    for one in sums:
        if one.family not in ("integer", "decimal", "double"):
            raise UnsupportedError(f"sums: {one.name} is of type {one.own.type}, which is not a number")
    left = _grouped(own, [k.own for k in keys], [s.own for s in sums], mark.late(mark.own) if mark else None)
    right = _grouped(other, [k.other for k in keys], [s.other for s in sums], mark.late(mark.other) if mark else None)
    by, totals = (
        [replace(m, name=str(pair)) for m, pair in zip(_again(left, right, some, letter), pairs, strict=True)]
        for some, pairs, letter in ((keys, rule.by, "k"), (sums, rule.sums, "s"))
    )
    return Groups(left, right, by, _tolerant(totals, rule))


def _again(own: Side, other: Side, matched: Sequence[Matched], letter: str) -> list[Matched]:
    """Return the columns of the groups, called as what was matched before."""
    return match(own, other, [Pair(m.alias, m.alias) for m in matched], letter)


def _grouped(side: Side, by: Sequence[Value], sums: Sequence[Value], late: exp.Expr | None) -> Side:
    shown = [exp.alias_(value.tree.copy(), f"k{i}", quoted=True) for i, value in enumerate(by)]
    shown += [exp.alias_(_sum(value), f"s{i}", quoted=True) for i, value in enumerate(sums)]
    shown += [
        exp.alias_(_sum(replace(value, tree=exp.Abs(this=value.tree.copy()))), f"a{i}", quoted=True)
        for i, value in enumerate(sums)
        if value.kind is not None and value.kind.family == "double"
    ]
    query = exp.select(*shown).from_(side.relation.as_data)
    if late is not None:
        query = query.where(exp.Not(this=late))
    if by:
        query = query.group_by(*(exp.Literal.number(i + 1) for i in range(len(by))))
    return replace(side, relation=side.session.keep(query, side.name))


def _sum(value: Value) -> exp.Expr:
    kind = value.kind
    assert kind is not None
    total: exp.Expr = exp.Coalesce(this=exp.Sum(this=value.tree.copy()), expressions=[exp.Literal.number(0)])
    if kind.family == "double":
        return exp.cast(total, "DOUBLE")
    # As wide as sums can be on every platform; a decimal without limits stays one.
    return total if kind.digits is None else exp.cast(total, f"DECIMAL({DIGITS}, {kind.scale or 0})")


def _tolerant(matched: Sequence[Matched], rule: Reconciliation) -> list[Matched]:
    return [
        replace(one, how="float", magnitude=f"a{i}" if _floats(one) else "") if one.family == "double" else one
        for i, one in enumerate(within(matched, rule))
    ]


def _floats(one: Matched) -> bool:
    """Whether both sums are of floating-point numbers, which depend on the order of the rows."""
    return all(value.kind is not None and value.kind.family == "double" for value in (one.own, one.other))
