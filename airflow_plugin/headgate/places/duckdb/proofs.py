"""What DuckDB proves cheaply, with queries that read every row at most once and need little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from headgate.checks import DATA
from headgate.checks.conditions import column
from headgate.checks.proofs import zero_if
from headgate.places.keys import distinct, number_of_rows, span, within
from headgate.places.place import DistinctValues, Proof, Relation

# A column with more distinct values than this is looked at row by row.
FEW = 1000
# A set of bits may be so many times longer than there are keys: of 10 M rows, 20 MB.
_SPARSE = 16
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


def values(relation: Relation, columns: Sequence[str]) -> Iterator[DistinctValues]:
    """Yield the distinct values. DISTINCT with a LIMIT ends as soon as there are too many, so it costs little if it is
    no use."""
    few = exp.LTE(this=number_of_rows(), expression=exp.Literal.number(FEW))
    for name in columns:
        found = exp.select(column(name)).distinct().from_(relation.as_data).limit(FEW + 1)
        yield DistinctValues((name,), exp.alias_(found.subquery(), DATA, table=True, quoted=True), few)


def unique(relation: Relation, columns: Sequence[str]) -> Iterator[Proof]:
    yield Proof("sorted", _sorted(relation, columns))
    if len(columns) == 1:
        if _is_integer(relation, columns[0]):
            yield Proof("dense", _dense(relation, columns[0]))
        yield Proof("distinct", distinct(relation, columns, column(columns[0])))
    elif not any("VARIANT" in relation.by_name[name].type for name in columns):
        # Equal keys have equal hashes, but for variants; so as many distinct hashes are as many distinct keys.
        yield Proof("distinct", distinct(relation, columns, exp.func("HASH", *map(column, columns))))


def held(relation: Relation, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> Iterator[Proof]:
    if len(columns) == 1 and _is_integer(relation, columns[0]):
        kind = exp.func("TYPEOF", exp.column("low", table="there"))
        is_integer = kind.isin(*map(exp.Literal.string, _INTEGERS))
        yield Proof("dense", within(relation, columns[0], to, to_columns[0], is_integer))


def _is_integer(relation: Relation, name: str) -> bool:
    return relation.by_name[name].type in _INTEGERS


def _sorted(relation: Relation, columns: Sequence[str]) -> exp.Select:
    """Return the proof that each key is above the one before it, in whatever order the rows come; only the first has no
    predecessor.

    A NULL is neither above nor below, so that it cannot hide a duplicate. The second violation ends the search.
    """
    parts = [column(name) for name in columns]
    key = parts[0] if len(parts) == 1 else exp.func("ROW", *parts)
    before = exp.Window(this=exp.Lag(this=key.copy()))
    pairs = exp.select(exp.alias_(key, "k"), exp.alias_(before, "p")).from_(relation.as_data).subquery("pairs")
    above = exp.GT(this=exp.column("k"), expression=exp.column("p"))
    faults = exp.select("1").from_(pairs).where(exp.Not(this=exp.func("COALESCE", above, exp.false()))).limit(2)
    at_most_one = exp.LTE(this=number_of_rows(), expression=exp.Literal.number(1))
    return exp.select(zero_if(at_most_one)).from_(faults.subquery("faults"))


def _dense(relation: Relation, name: str) -> exp.Select:
    """Return the proof that there are as many keys as bits in a bit set of all integers between the extremes.

    If the extremes are too far apart, no row is read and no set is built.
    """
    key, data = column(name), relation.as_data
    bits = exp.func("BIT_COUNT", exp.func("BITSTRING_AGG", key.copy()))
    as_many = exp.EQ(this=bits, expression=exp.Count(this=key.copy()))
    rows = exp.select(number_of_rows()).from_(data.copy()).subquery()
    most = exp.Mul(this=exp.Literal.number(_SPARSE), expression=rows)
    near = exp.LT(this=exp.select(span(key)).from_(data.copy()).subquery(), expression=most)
    return exp.select(zero_if(as_many)).from_(data).where(near)
