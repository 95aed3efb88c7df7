"""Types about the order of the rows, which files and DataFrames have, and tables of most platforms have not."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

_COMPARED = frozenset({"integer", "number", "date", "timestamp", "boolean"})


def _misplaced(wrong: type[exp.Binary], wrong_too: type[exp.Binary]) -> Callable[[Check, exp.Expr], exp.Select]:
    """Return the query of how many values are out of order with the present value before them."""

    def count(check: Check, relation: exp.Expr) -> exp.Select:
        value = exp.alias_(sql.column(check.columns[0]), "here")
        numbered = exp.select(value, exp.alias_(exp.Window(this=exp.RowNumber()), "n")).from_(relation)
        order = exp.Order(expressions=[exp.column("n")])
        before = exp.alias_(exp.Window(this=exp.Lag(this=exp.column("here")), order=order), "earlier")
        pairs = exp.select("here", before).from_(numbered.subquery("numbered"))
        pairs = pairs.where(exp.column("here").is_(exp.null()).not_())
        broken = wrong_too if check.args["strictly"] else wrong
        wanted = broken(this=exp.column("here"), expression=exp.column("earlier"))
        return exp.select(exp.Count(this=exp.Star())).from_(pairs.subquery("pairs")).where(wanted)

    return count


def _promise(words: str) -> Callable[[Check], str]:
    return lambda check: f"{check.path} {'strictly ' if check.args['strictly'] else ''}{words}"


TYPES = (
    CheckType(
        "increasing",
        "consistency",
        _promise("increases"),
        count=_misplaced(exp.LT, exp.LTE),
        wants=_COMPARED,
        ordered=True,
    ),
    CheckType(
        "decreasing",
        "consistency",
        _promise("decreases"),
        count=_misplaced(exp.GT, exp.GTE),
        wants=_COMPARED,
        ordered=True,
    ),
)
