"""CSV, JSON and Parquet files as relations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from headgate.errors import CallError, QueryError
from headgate.places.duckdb import files
from headgate.places.duckdb.column_views import with_every_nan
from headgate.places.duckdb.csv.table import Csv
from headgate.places.duckdb.parquet_parts import Parts
from headgate.places.duckdb.places import Files
from headgate.places.place import Relation

if TYPE_CHECKING:
    from headgate.places.duckdb.session import DuckDB

_WIDE = 100
# What comparing a column with all others costs, in rows whose cell of it is cast once more.
_ROWS_A_COLUMN = 5


def read_files(place: Files, found: list[str], session: DuckDB) -> Relation:
    """Return the rows of files.

    Args:
        found: the files that `place` means.

    Raises:
        CallError: they are not one table.
        QueryError: one of them cannot be read.
    """
    session.allow(found)
    return {"csv": _csv, "json": _json, "parquet": _parquet}[place.format](place, found, session)


def _csv(place: Files, found: list[str], session: DuckDB) -> Relation:
    table = Csv.of(found, place.dialect)
    session.examine_later(table.examine)
    session.allow(file.path for file in table.files)
    if len(table.names) > max(_WIDE, table.rows / _ROWS_A_COLUMN):
        # It takes the square of the columns, which is more than what it saves on so few rows.
        session.rows("SET disabled_optimizers = 'common_subexpressions'")
    for threads in (True, False):
        relation = session.relation(table.query(threads=threads), str(place)).as_text()
        if not table.guessed or _count(relation, session) == table.rows:
            return relation
    table.examine()
    raise QueryError(f"{place}: DuckDB does not read all of its {table.rows} rows; write it as Parquet")


def _count(relation: Relation, session: DuckDB) -> int | None:
    """Return how many rows DuckDB reads; None if it fails."""
    query = session.sql(exp.select(exp.Count(this=exp.Star())).from_(relation.source.copy()))
    try:
        ((rows,),) = session.executed(lambda: session.connection.execute(query).fetchall())
    except duckdb.Error:
        return None
    return int(rows)


def _json(place: Files, found: list[str], session: DuckDB) -> Relation:
    names = [name for (name,) in session.rows(files.keys(found))]
    if None in names:
        raise CallError(f"{place}: a row is not a JSON object")
    if not names:
        raise CallError(f"{place} is empty: the keys of JSON objects are the columns")
    if len({name.lower() for name in names}) < len(names) or "" in names:
        raise CallError(f"{place}: keys that differ in nothing but case, or are empty, cannot be columns")
    return session.relation(files.texts(found, names), str(place)).as_text()


def _parquet(place: Files, found: list[str], session: DuckDB) -> Relation:
    def whole(path: str) -> exp.Expr:
        return files.parquet([path], partitioned=False)

    def read(path: str) -> None:
        # An aggregate of every column, so that every page is read.
        session.connection.execute(exp.select("max(COLUMNS(*)::VARCHAR)").from_(whole(path)).sql(session.dialect))

    parts = Parts.of(found, lambda path: session.columns(whole(path)))
    session.examine_later(lambda: parts.examine(read))
    source = files.parquet(found, partitioned=place.partitioned, by_name=not parts.alike)
    relation = with_every_nan(session.relation(source, str(place)))
    texts = frozenset(relation.by_name) - {column.name for column in parts.columns}
    return replace(relation, texts=texts)
