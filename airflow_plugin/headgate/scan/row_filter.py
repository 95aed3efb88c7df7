"""A part of the rows of a relation, a partition for example, as the caller says in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from headgate.checks import DATA, Column
from headgate.errors import CallError, ConditionError, QueryError
from headgate.places import Relation, Session
from headgate.sql.admit import admit_condition, admit_expression
from headgate.sql.clock import at
from headgate.sql.names import RAW


def filter_rows(relation: Relation, where: str, session: Session, now: datetime | None = None) -> Relation:
    """Return the rows for which the condition `where` is TRUE; engines skip files and blocks that have none.

    `now` is the current time that the condition reads; without it, the engine's.

    Raises:
        ConditionError: it is no condition on the columns of the relation, or uses what a contract's query may not use.
    """
    kept = exp.select("*").from_(relation.as_data).where(parse_condition(relation.columns, where, session, DATA, now))
    return replace(relation, source=kept.subquery("__headgate_part"), name=f"{relation.name} where {where}")


def validate_condition(relation: Relation, where: str, session: Session, now: datetime) -> None:
    """Raise CallError where the condition fails on these rows: a value does not cast, a number overflows."""
    rows = filter_rows(relation, where, session, now).as_data
    try:
        session.rows(exp.select(exp.Count(this=exp.Star())).from_(rows))
    except QueryError as error:
        raise CallError(f"where {where!r} fails on this data: {error}") from None


def parse_condition(
    columns: Iterable[Column], where: str, session: Session, table: str | None = None, now: datetime | None = None
) -> exp.Expr:
    """Return `where` as a condition on columns of `table`, as of `now`. Raises ConditionError as `filter_rows` does."""
    if not where.strip():
        raise ConditionError("where is empty; give one condition on the columns of the data, or no where")
    try:
        tree = admit_condition(where, session.dialect).tree
    except ValueError as error:
        raise ConditionError(f"where {where!r}: {error}") from None
    parts = {name for name, value in tree.args.items() if value} - {"expressions", "from_", "where"}
    condition = tree.args.get("where")
    if not isinstance(tree, exp.Select) or parts or condition is None or condition.find(exp.Query):
        raise ConditionError(f"where {where!r}: give one condition on the columns of the data")
    value: exp.Expr = _named(condition, columns, f"where {where!r}", table).this
    return at(value, now) if now else value


def parse_expression(columns: Iterable[Column], text: str, session: Session, table: str | None = None) -> exp.Expr:
    """Return `text` as an expression on columns of `table`: one value of each row. Raises ConditionError."""
    said = f"the expression {text!r}"
    try:
        tree = admit_expression(text, session.dialect).tree
    except ValueError as error:
        raise ConditionError(f"{said}: {error}") from None
    parts = {name for name, value in tree.args.items() if value} - {"expressions", "from_"}
    only = tree.expressions[0] if isinstance(tree, exp.Select) and len(tree.expressions) == 1 else None
    several = (exp.Query, exp.AggFunc, exp.Window, exp.Star, exp.Columns)
    if parts or not isinstance(only, exp.Paren) or only.find(*several):
        raise ConditionError(f"{said}: give one expression on the columns of the data, without aggregates")
    value: exp.Expr = _named(only, columns, said, table).this
    try:
        value.sql(session.dialect, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise ConditionError(f"{said}: {session.dialect} cannot say it: {error}") from None
    return value


def _named(tree: exp.Expr, columns: Iterable[Column], said: str, table: str | None) -> exp.Expr:
    """Return the tree with each column by its own name. Raises ConditionError if the data has no such column."""
    names = [column.name for column in columns if not column.name.startswith(RAW)]
    # Of columns that differ in case alone, it is the one that is written so.
    known = {name.lower(): name for name in names} | {name: name for name in names}
    for column in list(tree.find_all(exp.Column)):
        name = known.get(column.name) or known.get(column.name.lower())
        if name is None:
            message = f"{said}: the data has no column '{column.name}'; it has {', '.join(names)}"
            raise ConditionError(message, unknown=column.name)
        column.replace(exp.column(name, table=table, quoted=True))
    return tree
