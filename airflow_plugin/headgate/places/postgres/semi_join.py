"""A key's existence in another table as PostgreSQL looks it up once for all rows, and not anew for each."""

from __future__ import annotations

from sqlglot import exp

from headgate.checks import DATA


def as_semi_join(condition: exp.Expr) -> exp.Expr:
    """Return EXISTS of nothing but equal columns as IN, which PostgreSQL hashes; any other condition as it is.

    The rows of both stand in WHERE, or hold keys that are complete, so that NULL makes no difference.
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
    """The two columns of an equation, that of the rows under check first; None where it is none of such columns."""
    if not isinstance(part, exp.EQ):
        return None
    one, other = part.left, part.right
    if not isinstance(one, exp.Column) or not isinstance(other, exp.Column):
        return None
    here, there = (one, other) if one.table == DATA else (other, one)
    return (here.copy(), there.copy()) if here.table == DATA != there.table else None
