"""What PostgreSQL itself guarantees for a table: valid constraints on that table, which hold for every row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlglot import exp

from headgate.places.place import Constraint

# Of a table alone: the children of one may break what it promises, and nothing watches over a foreign one.
_TABLE = "SELECT 1 FROM pg_class WHERE oid = %s AND relkind = 'r' AND NOT relhassubclass"
_NOT_NULL = """
    SELECT ARRAY[a.attname::text] FROM pg_attribute AS a
    WHERE a.attrelid = %s AND a.attnotnull AND a.attnum > 0 AND NOT a.attisdropped
      AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conrelid = a.attrelid AND c.contype = 'n'
                      AND c.conkey = ARRAY[a.attnum] AND NOT c.convalidated)
"""
# Another operator class than the default may tell apart what is equal.
_UNIQUE = """
    SELECT ARRAY(SELECT a.attname::text FROM generate_series(0, i.indnkeyatts - 1) AS k
                 JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k])
    FROM pg_index AS i
    WHERE i.indrelid = %s AND i.indisunique AND i.indisvalid AND i.indimmediate AND NOT i.indisexclusion
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (SELECT 1 FROM pg_opclass AS o WHERE o.oid = ANY(i.indclass) AND NOT o.opcdefault)
"""
# A key whose triggers are switched off is not watched over; PostgreSQL 18 has some that never are.
_FOREIGN = """
    SELECT ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(n, i)
                 JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),
           s.nspname::text, r.relname::text,
           ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(n, i)
                 JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i)
    FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.confrelid JOIN pg_namespace AS s ON s.oid = r.relnamespace
    WHERE c.conrelid = %s AND c.contype = 'f' AND c.convalidated
      AND to_jsonb(c) ->> 'conenforced' IS DISTINCT FROM 'false'
      AND NOT EXISTS (SELECT 1 FROM pg_trigger AS t WHERE t.tgconstraint = c.oid AND t.tgenabled NOT IN ('O', 'A'))
"""
Rows = Callable[[str, Any], list[tuple[Any, ...]]]


def may_guarantee(oid: int, rows: Rows) -> bool:
    """Return whether PostgreSQL watches over constraints of the relation: of a table, and no view."""
    return bool(rows(_TABLE, [oid]))


def constraints(oid: int, changed: Collection[str], rows: Rows) -> Iterator[Constraint]:
    """Yield the constraints of the table `oid`, except those that compare columns which are read `changed`."""
    if not may_guarantee(oid, rows):
        return
    for (columns,) in rows(_NOT_NULL, [oid]):
        yield Constraint("not_null", tuple(columns))
    for (columns,) in rows(_UNIQUE, [oid]):
        if not set(columns) & set(changed):
            yield Constraint("unique", tuple(columns))
    for columns, schema, name, held in rows(_FOREIGN, [oid]):
        if not set(columns) & set(changed):
            yield Constraint("foreign", tuple(columns), exp.table_(name, db=schema, quoted=True), tuple(held))
