"""The vocabulary of conditions in PostgreSQL's SQL, or why PostgreSQL cannot express one."""

from __future__ import annotations

from sqlglot import exp

from headgate.errors import UnsupportedError
from headgate.places.postgres.literal_patterns import literal_match
from headgate.places.postgres.patterns import postgres_pattern
from headgate.sql.vocabulary import Dialect

DIALECT = "postgres"
_NOT_INSIDE = "what is inside a value is not looked into on PostgreSQL"
_NUMERIC = exp.DataType.build("NUMERIC")


def _matching(node: exp.RegexpLike) -> exp.Expr:
    if not isinstance(node.expression, exp.Literal):
        return node  # it stands for a pattern that is PostgreSQL's own already
    if plain := literal_match(node.this, node.expression.name):
        return plain
    translated = postgres_pattern(node.expression.name)
    if translated is None:
        raise UnsupportedError(f"the pattern {node.expression.name} is not matched alike by PostgreSQL")
    return exp.RegexpLike(this=node.this.copy(), expression=exp.Literal.string(translated))


def _decimal(node: exp.TryCast) -> exp.Expr:
    """Return a number as a decimal with so many digits after the point: it is rounded, and never fails."""
    if not node.to.is_type("decimal"):  # only documents are cast to anything else
        raise UnsupportedError(_NOT_INSIDE)
    scale = node.to.expressions[1].this.copy()
    return exp.func("ROUND", exp.cast(node.this.copy(), _NUMERIC), scale)


def is_absent(node: exp.Is) -> exp.Expr:
    """Return IS NULL in a form that is FALSE for a row of NULLs, which is a value."""
    if not isinstance(node.expression, exp.Null):
        return node
    return exp.NullSafeEQ(this=node.this.copy(), expression=exp.null())


def _remainder(node: exp.Mod) -> exp.Expr:
    """Return the remainder of decimals: PostgreSQL has none for floats."""
    return exp.Mod(this=exp.cast(node.this.copy(), _NUMERIC), expression=node.expression.copy())


def _distinct(node: exp.ApproxDistinct) -> exp.Expr:
    """Return the exact number of different values: PostgreSQL estimates none."""
    return exp.Count(this=exp.Distinct(expressions=[node.this.copy()]))


def _count_if(node: exp.CountIf) -> exp.Expr:
    """Return a count with a filter, which costs less than a sum of ones and zeros."""
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=node.this.copy()))


POSTGRES = Dialect(
    DIALECT,
    "PostgreSQL",
    rewrites={exp.Is: is_absent, exp.RegexpLike: _matching, exp.TryCast: _decimal, exp.Mod: _remainder,
              exp.ApproxDistinct: _distinct, exp.CountIf: _count_if},
    unsupported=dict.fromkeys(
        (exp.Lambda, exp.ArrayFilter, exp.ArraySize, exp.StructExtract, exp.Bracket, exp.JSONExtract,
         exp.JSONExtractScalar, exp.JSONType), _NOT_INSIDE
    ),
)  # fmt: skip


def render(query: exp.Expr) -> str:
    """Return a query of the catalogue in PostgreSQL's SQL. Raises UnsupportedError."""
    return POSTGRES.render(query)
