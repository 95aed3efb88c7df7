"""Rewriting the existence of a key in another table so that PostgreSQL hashes it once instead of looking it up for each
row."""

from __future__ import annotations

from sqlglot import exp

from headgate.checks import DATA


def as_semi_join(condition: exp.Expr) -> exp.Expr:
    """Return an EXISTS over equal columns alone as IN, which PostgreSQL hashes; any other condition unchanged.

    Rows of both sides are in WHERE, or hold complete keys, so that NULL makes no difference.
    """

    def replaced(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Exists) or not isinstance(node.this, exp.Select):
            return node
        where = node.this.args.get("where")
        pairs = [_sides(part) for part in where.this.flatten()] if where and isinstance(where.this, exp.And) else []
        if where and isinstance(where.this, exp.EQ):
            pairs = [_sides(where.this)]
        if not pairs or None in pairs:
            return node
        here = [pair[0] for pair in pairs if pair]
        there = [pair[1] for pair in pairs if pair]
        query = exp.select(*there).from_(node.this.args["from_"].this.copy())
        query = query.where(*(column.copy().is_(exp.null()).not_() for column in there))
        key = here[0] if len(here) == 1 else exp.Tuple(expressions=here)
        return exp.In(this=key, query=exp.Subquery(this=query))

    return condition.copy().transform(replaced)


def _sides(part: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """Return the two columns of an equation, the one of the rows under check first; None if it does not compare such
    columns."""
    if not isinstance(part, exp.EQ):
        return None
    one, other = part.left, part.right
    if not isinstance(one, exp.Column) or not isinstance(other, exp.Column):
        return None
    here, there = (one, other) if one.table == DATA else (other, one)
    return (here.copy(), there.copy()) if here.table == DATA != there.table else None
