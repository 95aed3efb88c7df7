"""What PostgreSQL's catalogue says about a table, for people: comments, keys, CHECK conditions."""

from __future__ import annotations

from headgate.places.description import Description
from headgate.places.postgres.constraints import Rows

_COMMENTS = """
    SELECT a.attname::text, col_description(a.attrelid, a.attnum) FROM pg_attribute AS a
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
      AND col_description(a.attrelid, a.attnum) IS NOT NULL
    ORDER BY a.attnum
"""
# What holds for every row: a child of a table has keys of its own, and a constraint that was not validated promises
# nothing about older rows. The condition of a domain is in the words of the domain, VALUE.
_CONSTRAINTS = """
    SELECT c.contype::text, pg_get_expr(c.conbin, c.conrelid), r.nspname || '.' || t.relname,
           ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(n, i)
                 JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),
           ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(n, i)
                 JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i)
    FROM pg_constraint AS c JOIN pg_class AS o ON o.oid = c.conrelid
    LEFT JOIN pg_class AS t ON t.oid = c.confrelid LEFT JOIN pg_namespace AS r ON r.oid = t.relnamespace
    WHERE c.conrelid = %s AND c.contype IN ('p', 'u', 'c', 'f') AND c.convalidated
      AND to_jsonb(c) ->> 'conenforced' IS DISTINCT FROM 'false'
      AND (o.relkind = 'p' OR NOT o.relhassubclass OR c.contype = 'c')
    ORDER BY c.contype, c.conname
"""


def describe(oid: int, rows: Rows) -> Description:
    """Return the description of the relation `oid`."""
    ((comment,),) = rows("SELECT obj_description(%s, 'pg_class')", [oid])
    found = rows(_CONSTRAINTS, [oid])
    return Description(
        comment,
        dict(rows(_COMMENTS, [oid])),
        next((tuple(columns) for kind, _, _, columns, _ in found if kind == "p"), ()),
        tuple(tuple(columns) for kind, _, _, columns, _ in found if kind == "u"),
        {tuple(columns): f"{table} ({', '.join(held)})" for kind, _, table, columns, held in found if kind == "f"},
        tuple(condition for kind, condition, _, _, _ in found if kind == "c"),
    )
