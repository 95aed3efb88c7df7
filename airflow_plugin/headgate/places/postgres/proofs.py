"""What PostgreSQL proves more cheaply than by counting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlglot import exp

from headgate.checks import DATA
from headgate.checks.conditions import column
from headgate.places.keys import distinct, within
from headgate.places.place import DistinctValues, Proof, Relation

# A column is one of few values if so many of its first rows hold no more than so many of them.
_SAMPLE, _FEW = 1000, 50
# Columns are looked at together as long as they may have no more combinations than this.
_COMBINATIONS = 5000
_INTEGERS = ("smallint", "integer", "bigint")

Rows = Callable[[exp.Expr], list[tuple[Any, ...]]]


def values(relation: Relation, columns: Sequence[str], rows: Rows) -> Iterator[DistinctValues]:
    """Yield the value combinations of the columns with few values, in one pass. The sample only decides what is worth
    trying."""
    if not columns:
        return
    sample = exp.select(*map(column, columns)).from_(relation.as_data).limit(_SAMPLE).subquery(DATA)
    counted = [exp.Count(this=exp.Distinct(expressions=[column(name)])) for name in columns]
    ((read, *found),) = rows(exp.select(exp.Count(this=exp.Star()), *counted).from_(sample))
    together: list[str] = []
    combinations = 1
    for name, several in sorted(zip(columns, found, strict=True), key=lambda pair: pair[1]):
        if several > _FEW or 2 * several > read or combinations * (several + 1) > _COMBINATIONS:
            break
        together.append(name)
        combinations *= several + 1
    if together:
        found_values = exp.select(*map(column, together)).distinct().from_(relation.as_data)
        yield DistinctValues(
            tuple(together), exp.alias_(found_values.subquery(), DATA, table=True, quoted=True), exp.true()
        )


def unique(relation: Relation, columns: Sequence[str]) -> Iterator[Proof]:
    """Yield proofs of uniqueness. Integers are sorted faster than they are grouped; texts are not."""
    if len(columns) == 1 and _is_integer(relation, columns[0]):
        yield Proof("distinct", distinct(relation, columns, column(columns[0])))


def held(relation: Relation, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> Iterator[Proof]:
    if len(columns) == 1 and _is_integer(relation, columns[0]):
        kind = exp.cast(exp.func("PG_TYPEOF", exp.column("low", table="there")), "TEXT")
        is_integer = kind.isin(*map(exp.Literal.string, _INTEGERS))
        yield Proof("dense", within(relation, columns[0], to, to_columns[0], is_integer))


def _is_integer(relation: Relation, name: str) -> bool:
    return relation.by_name[name].type in _INTEGERS
