"""Expressions of the catalogue, which are DuckDB's, as PostgreSQL says them; or why it cannot."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.places.postgres.patterns import postgres_pattern
from headgate.places.postgres.plain import plain_match

DIALECT = "postgres"
# What looks inside a value.
_INSIDE = (exp.Lambda, exp.ArrayFilter, exp.ArraySize, exp.StructExtract, exp.Bracket, exp.JSONExtract,
           exp.JSONExtractScalar, exp.JSONType)  # fmt: skip
_NOT_INSIDE = "what is inside a value is not looked into on PostgreSQL"
_NUMERIC = exp.DataType.build("NUMERIC", dialect=DIALECT)


class UnsupportedError(Exception):
    """PostgreSQL cannot answer this as the catalogue means it; says why."""


def render(query: exp.Expr) -> str:
    """A query of the catalogue in PostgreSQL's words. Raises UnsupportedError."""
    tree = query.copy()
    for node in reversed(list(tree.walk(bfs=False))):  # what is inside comes first
        if (said := _said(node)) is not node:
            node.replace(said)
    try:
        return tree.sql(DIALECT)
    except SqlglotError as error:
        raise UnsupportedError(f"PostgreSQL has no words for {error}") from None


def _said(node: exp.Expr) -> exp.Expr:
    if isinstance(node, _INSIDE):
        raise UnsupportedError(_NOT_INSIDE)
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        # A row of NULLs IS NULL, although it is there.
        return exp.NullSafeEQ(this=node.this.copy(), expression=exp.null())
    if isinstance(node, exp.RegexpLike):
        return _matching(node)
    if isinstance(node, exp.TryCast):
        return _decimal(node)
    if isinstance(node, exp.Mod):
        # There is a remainder of decimals and integers, none of floats.
        return exp.Mod(this=exp.cast(node.this.copy(), _NUMERIC), expression=node.expression.copy())
    return node


def _matching(node: exp.RegexpLike) -> exp.Expr:
    if plain := plain_match(node.this, node.expression.name):
        return plain
    translated = postgres_pattern(node.expression.name)
    if translated is None:
        raise UnsupportedError(f"the pattern {node.expression.name} is not matched alike by PostgreSQL")
    return exp.RegexpLike(this=node.this.copy(), expression=exp.Literal.string(translated))


def _decimal(node: exp.TryCast) -> exp.Expr:
    """A number as a decimal of so many digits behind the point: rounded, it never fails."""
    if not node.to.is_type("decimal"):  # only documents are cast to anything else
        raise UnsupportedError(_NOT_INSIDE)
    scale = node.to.expressions[1].this.copy()
    return exp.func("ROUND", exp.cast(node.this.copy(), _NUMERIC), scale)
