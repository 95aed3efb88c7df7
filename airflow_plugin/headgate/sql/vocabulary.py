"""The closed vocabulary of SQL that conditions may use, and how a platform says it.

A condition of the catalogue is a sqlglot tree. Which kinds of node it may have is listed here (NODES); a platform is a
table of how it says some of them otherwise, and of those that it cannot say, with the reason. What is in neither table
is said as sqlglot's dialect of that name says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.errors import UnsupportedError

Rewrite = Callable[[Any], exp.Expr]  # of the kind of node that it is the rewrite of

# What conditions are made of. A test holds that no condition of the catalogue has anything else.
LOGIC = (exp.And, exp.Or, exp.Not, exp.Paren, exp.Boolean, exp.Null, exp.Is, exp.NullSafeEQ, exp.Coalesce, exp.Case,
         exp.If, exp.In)  # fmt: skip
VALUES = (exp.Column, exp.Identifier, exp.Literal, exp.Cast, exp.DataType, exp.DataTypeParam)
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
NUMBERS = (exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Abs, exp.Round, exp.Least, exp.TryCast)
TEXTS = (exp.Length, exp.RegexpLike, exp.Like, exp.Escape)
MOMENTS = (exp.AtTimeZone, exp.Extract, exp.TimestampTrunc, exp.Interval, exp.Var)
STATISTICS = (exp.Count, exp.Min, exp.Max, exp.Avg, exp.StddevSamp, exp.PercentileCont, exp.WithinGroup, exp.Nullif)
INSIDE = (exp.Lambda, exp.ArrayFilter, exp.ArraySize, exp.StructExtract, exp.Bracket, exp.JSONExtract,
          exp.JSONExtractScalar, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey, exp.JSONType, exp.MapKeys,
          exp.Anonymous)  # fmt: skip
QUERIES = (exp.Exists, exp.Select, exp.From, exp.Where, exp.Table, exp.TableAlias, exp.Alias, exp.Subquery, exp.Star,
           exp.Window, exp.Order, exp.Ordered)  # fmt: skip
NODES: frozenset[type[exp.Expr]] = frozenset(
    (*LOGIC, *VALUES, *COMPARISONS, *NUMBERS, *TEXTS, *MOMENTS, *STATISTICS, *INSIDE, *QUERIES)
)

# Functions that sqlglot has no node for.
FUNCTIONS = frozenset({"LIST_UNIQUE", "MAP_VALUES", "TO_JSON"})

# Types that conditions name, in the tree's own terms.
LIST_OF_DOCUMENTS = exp.DataType.build("JSON[]", dialect="duckdb")
MAP_OF_DOCUMENTS = exp.DataType.build("MAP(VARCHAR, JSON)", dialect="duckdb")
MAP_OF_TEXTS = exp.DataType.build("MAP(VARCHAR, VARCHAR)", dialect="duckdb")
LONG_INTEGER = exp.DataType.build("HUGEINT", dialect="duckdb")


def document_field(document: exp.Expr, pointer: str) -> exp.Expr:
    """Return the part of a JSON document that a JSON pointer leads to, a document as well; NULL where there is none."""
    return exp.func("JSON_EXTRACT", document.copy(), exp.Literal.string(pointer), dialect="duckdb")


def document_text(document: exp.Expr) -> exp.Expr:
    """Return the text of a JSON document that is a plain value."""
    return exp.func("JSON_EXTRACT_STRING", document.copy(), exp.Literal.string("$"), dialect="duckdb")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform says the vocabulary.

    Attributes:
        name: sqlglot's.
        title: what a person calls the platform.
        rewrites: how it says a kind of node otherwise; what is inside the node has been rewritten before.
        unsupported: why it cannot say a kind of node.
        proven: the kinds of node that it was shown to answer as the catalogue means them.
    """

    name: str
    title: str
    rewrites: Mapping[type[exp.Expr], Rewrite] = field(default_factory=dict)
    unsupported: Mapping[type[exp.Expr], str] = field(default_factory=dict)
    proven: frozenset[type[exp.Expr]] = NODES

    def render(self, query: exp.Expr) -> str:
        """Return the text of a query in the platform's words. Raises UnsupportedError."""
        tree = query.copy()
        for node in reversed(list(tree.walk(bfs=False))):  # what is inside comes first
            if reason := self.unsupported.get(type(node)):
                raise UnsupportedError(reason)
            rewrite = self.rewrites.get(type(node))
            if rewrite is not None and (said := rewrite(node)) is not node:
                tree = said if node is tree else tree
                node.replace(said)
        try:
            return str(tree.sql(self.name))
        except SqlglotError as error:
            raise UnsupportedError(f"{self.title} has no words for {error}") from None

    def refuses(self, condition: exp.Expr) -> str | None:
        """Return why the platform cannot answer a condition as the catalogue means it; None where it can."""
        for stranger in strangers(condition, self.proven):
            return f"{self.title} was not shown to answer {stranger} as it is meant"
        try:
            self.render(condition)
        except UnsupportedError as error:
            return str(error)
        return None


def strangers(condition: exp.Expr, known: frozenset[type[exp.Expr]] = NODES) -> Iterator[str]:
    """Yield the kinds of node, and the functions, of a condition that are not known."""
    for node in condition.walk():
        if type(node) not in known:
            yield type(node).__name__
        elif isinstance(node, exp.Anonymous) and node.name.upper() not in FUNCTIONS:
            yield node.name.upper()
