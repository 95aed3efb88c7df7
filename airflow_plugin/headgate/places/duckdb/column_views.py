"""Columns shown otherwise than they lie, where DuckDB would take one value for another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from headgate.places.place import Relation

# Types that hold floats, at whatever depth.
_FLOATS = re.compile("FLOAT|DOUBLE")


def compared_exactly(relation: Relation) -> Relation:
    """Texts are compared as they are, whatever collation their column has."""
    binary = exp.to_identifier("binary", quoted=True)
    return _shown(relation, lambda kind: kind == "VARCHAR", lambda value: exp.Collate(this=value, expression=binary))


def with_every_nan(relation: Relation) -> Relation:
    """Parquet's extremes leave NaN out, and DuckDB takes them for those of all values (its issue 25521).

    Of what comes out of a CASE it knows none.
    """
    return _shown(relation, lambda kind: bool(_FLOATS.search(kind)), _present)


def _present(value: exp.Expr) -> exp.Expr:
    return exp.Case().when(value.is_(exp.null()).not_(), value.copy())


def _shown(relation: Relation, concerns: Callable[[str], bool], show: Callable[[exp.Expr], exp.Expr]) -> Relation:
    """The relation, its columns of the types that are concerned shown in another way."""
    if not any(concerns(column.type) for column in relation.columns):
        return relation
    columns = [(column, exp.column(column.name, quoted=True)) for column in relation.columns]
    values = [exp.alias_(show(value), c.name, quoted=True) if concerns(c.type) else value for c, value in columns]
    return replace(relation, source=exp.select(*values).from_(relation.source).subquery("__headgate_source"))
