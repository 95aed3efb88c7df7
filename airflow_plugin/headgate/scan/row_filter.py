"""A part of the rows of a relation, a partition for example, as the caller says in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from headgate.checks import DATA, Column
from headgate.errors import CallError, ConditionError, QueryError
from headgate.places import Relation, Session
from headgate.sql.admit import admit_condition
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
    known = {column.name.lower(): column.name for column in columns if not column.name.startswith(RAW)}
    for column in list(condition.find_all(exp.Column)):
        if column.name.lower() not in known:
            message = f"where {where!r}: the data has no column '{column.name}'; it has {', '.join(known.values())}"
            raise ConditionError(message, unknown=column.name)
        column.replace(exp.column(known[column.name.lower()], table=table, quoted=True))
    value: exp.Expr = condition.this
    return at(value, now) if now else value
