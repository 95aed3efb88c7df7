"""The rows that a check covers: its row filter, and what its type skips."""

from __future__ import annotations

from sqlglot import exp

from headgate.checks.check import Check
from headgate.checks.conditions import DATA


def is_true(condition: exp.Expr) -> exp.Expr:
    """Return the condition with two values: NULL counts as FALSE."""
    return exp.func("COALESCE", condition.copy(), exp.false())


def of_rows(condition: exp.Expr, check: Check) -> exp.Expr:
    """Return a condition on rows, TRUE only for rows that the filter of `check` lets through.

    Window functions see those rows alone.
    """
    if check.where is None:
        return condition
    where = check.where
    return exp.and_(
        is_true(where), condition.transform(lambda n: _filtered(n, where) if isinstance(n, exp.Window) else n)
    )


def of_aggregate(aggregate: exp.Expr, check: Check) -> exp.Expr:
    """Return an aggregate over the rows that the filter of `check` lets through.

    The columns of other rows are NULL in it, which no aggregate counts.
    """
    return aggregate if check.where is None else _filtered(aggregate, check.where)


def of_relation(relation: exp.Expr, check: Check) -> exp.Expr:
    """Return the relation, under the name DATA, with only the rows that the filter of `check` lets through."""
    if check.where is None:
        return relation
    kept = exp.select("*").from_(relation.copy()).where(check.where.copy())
    return exp.alias_(kept.subquery(), DATA, table=True, quoted=True)


def _filtered(expression: exp.Expr, where: exp.Expr) -> exp.Expr:
    def filtered(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and node.table == DATA):
            value = exp.Literal.number(1) if isinstance(node, exp.Star) else node.copy()
            return exp.Case().when(is_true(where), value)
        return node

    return expression.copy().transform(filtered)
