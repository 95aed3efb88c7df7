"""Columns that are rewritten before they are compared, where DuckDB would mistake one value for another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from headgate.places.place import Relation

# Types that hold floats, at whatever depth.
_FLOATS = re.compile("FLOAT|DOUBLE")


def compared_exactly(relation: Relation) -> Relation:
    """Return the relation with texts compared byte by byte, whatever collation their column has."""
    binary = exp.to_identifier("binary", quoted=True)
    return _shown(relation, lambda kind: kind == "VARCHAR", lambda value: exp.Collate(this=value, expression=binary))


def with_every_nan(relation: Relation) -> Relation:
    """Return the relation with floats inside a CASE, of which DuckDB keeps no extremes.

    Parquet's extremes leave NaN out, and DuckDB takes them for the extremes of all values (its issue 25521).
    """
    return _shown(relation, lambda kind: bool(_FLOATS.search(kind)), _present)


def _present(value: exp.Expr) -> exp.Expr:
    return exp.Case().when(value.is_(exp.null()).not_(), value.copy())


def _shown(relation: Relation, concerns: Callable[[str], bool], show: Callable[[exp.Expr], exp.Expr]) -> Relation:
    """Return the relation with the columns of the given types rewritten."""
    if not any(concerns(column.type) for column in relation.columns):
        return relation
    columns = [(column, exp.column(column.name, quoted=True)) for column in relation.columns]
    values = [exp.alias_(show(value), c.name, quoted=True) if concerns(c.type) else value for c, value in columns]
    return replace(relation, source=exp.select(*values).from_(relation.source).subquery("__headgate_source"))
