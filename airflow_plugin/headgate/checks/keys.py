"""Types about keys: of one row among the others, and of rows in another dataset."""

from __future__ import annotations

from sqlglot import exp

from headgate.checks import conditions as c
from headgate.checks import records
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType


def _key(check: Check) -> str:
    return check.place if len(check.columns) == 1 else f"({', '.join(check.columns)})"


def _count_repeated(check: Check, relation: exp.Expr) -> exp.Select:
    keys = [c.column(name) for name in check.columns]
    groups = (
        exp.select(exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(relation)
        .where(exp.paren(records.skipped(check)).not_())
        .group_by(*keys)
        .having("COUNT(*) > 1")
    )
    return exp.select("COALESCE(SUM(n), 0)").from_(groups.subquery("repeated"))


def _rows_beyond(check: Check) -> exp.Select:
    here = c.of_itself(exp.Count(this=exp.Star()), where=check.where)
    there = exp.select(exp.Count(this=exp.Star())).from_(exp.alias_(c.reference(check.args["to"]), "there", table=True))
    return exp.select(exp.Sub(this=here.subquery(), expression=there.subquery()))


def _orphaned(check: Check) -> exp.Expr:
    return c.orphaned(check.columns, check.args["to"], check.args["to_columns"])


def _count_orphaned(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_orphaned(check))


def _known(check: Check) -> exp.Expr:
    return c.known(check.columns, check.args["to"], check.args["to_columns"])


def _count_known(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_known(check))


TYPES = (
    CheckType(
        "unique",
        "uniqueness",
        lambda k: f"{_key(k)} is unique",
        condition=lambda k: c.repeated(k.columns, records.skipped(k)),
        skips=records.skipped,
        count=_count_repeated,
        keys="unique",
    ),
    CheckType(
        "foreign_key",
        "consistency",
        lambda k: f"{_key(k)} is found in {k.args['to']}.{', '.join(k.args['to_columns'])}",
        condition=_orphaned,
        count=_count_orphaned,
        keys="foreign",
    ),
    CheckType(
        "key_is_new",
        "uniqueness",
        lambda k: f"{_key(k)} is not among {k.args['to']}",
        condition=_known,
        count=_count_known,
    ),
    CheckType(
        "rows_as_in",
        "consistency",
        lambda k: f"the number of rows more than in {k.args['to']}",
        query=_rows_beyond,
    ),
)
