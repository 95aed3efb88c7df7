"""Types about keys: of one row among the others, and of rows in another dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks import records
from headgate.checks.argument import DATASET, IGNORE_ROW_IF, REFERENCE_TO, Argument
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType
from headgate.checks.identity import digest_of


def _key(check: Check) -> str:
    return check.path if len(check.columns) == 1 else f"({', '.join(check.columns)})"


def count_repeated(names: Sequence[str], relation: exp.Expr, skipped: exp.Expr) -> exp.Select:
    """Return the query of the number of rows, without the `skipped`, whose values of `names` other rows have too."""
    keys = [sql.column(name) for name in names]
    groups = (
        exp.select(exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(relation)
        .where(exp.paren(skipped).not_())
        .group_by(*keys)
        .having("COUNT(*) > 1")
    )
    return exp.select("COALESCE(SUM(n), 0)").from_(groups.subquery("repeated"))


def _count_repeated(check: Check, relation: exp.Expr) -> exp.Select:
    return count_repeated(check.columns, relation, records.skipped(check))


def _rows_beyond(check: Check) -> exp.Select:
    here = sql.of_itself(exp.Count(this=exp.Star()), where=check.where)
    there = exp.select(exp.Count(this=exp.Star())).from_(
        exp.alias_(sql.reference(check.args["to"]), "there", table=True)
    )
    return exp.select(exp.Sub(this=here.subquery(), expression=there.subquery()))


def _orphaned(check: Check) -> exp.Expr:
    return sql.orphaned(check.columns, check.args["to"], check.args["to_columns"])


def _count_orphaned(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_orphaned(check))


def _known(check: Check) -> exp.Expr:
    return sql.known(check.columns, check.args["to"], check.args["to_columns"])


def _count_known(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_known(check))


def key_is_new(check: Check, to: str) -> Check:
    """Return the rule of the key `check` for rows that are added to those of the dataset `to`: none of them has it."""
    kind, digest = "key_is_new", digest_of("key_is_new", check.digest)
    args = {"to": to, "to_columns": check.columns}
    return replace(check, key=f"{check.key}.new", type=kind, args=args, digest=digest)


TYPES = (
    CheckType(
        "unique",
        "uniqueness",
        lambda check: f"{_key(check)} is unique",
        condition=lambda check: sql.repeated(check.columns, records.skipped(check)),
        skips=records.skipped,
        count=_count_repeated,
        guaranteed_by="unique",
        arguments=(IGNORE_ROW_IF,),
    ),
    CheckType(
        "foreign_key",
        "consistency",
        lambda check: f"{_key(check)} is found in {check.args['to']}.{', '.join(check.args['to_columns'])}",
        condition=_orphaned,
        count=_count_orphaned,
        guaranteed_by="foreign",
        arguments=REFERENCE_TO,
    ),
    CheckType(
        "key_is_new",
        "uniqueness",
        lambda check: f"{_key(check)} is not among {check.args['to']}",
        condition=_known,
        count=_count_known,
        of_publish=True,
        arguments=REFERENCE_TO,
    ),
    CheckType(
        "rows_as_in",
        "consistency",
        lambda check: f"the number of rows more than in {check.args['to']}",
        query=_rows_beyond,
        of_size=True,
        arguments=(Argument("to", DATASET),),
    ),
)
