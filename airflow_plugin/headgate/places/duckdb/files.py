"""Queries of Parquet and JSON files. No types are guessed."""

from __future__ import annotations

import glob
from collections.abc import Sequence

from sqlglot import exp


def parquet(files: Sequence[str], *, partitioned: bool, by_name: bool = False) -> exp.Expr:
    """Return the query that reads Parquet files.

    With `partitioned`, the name of a folder (day=2026-01-01) is a column of text; with `by_name`, the columns of the
    files are found by their names, and one that some of them lack is NULL there.
    """
    options = [_option("hive_partitioning", exp.true() if partitioned else exp.false())]
    if partitioned:
        options.append(_option("hive_types_autocast", exp.false()))
    if by_name:
        options.append(_option("union_by_name", exp.true()))
    return exp.func("read_parquet", _listed(files), *options)


def united(files: Sequence[str], file: str | None = None) -> exp.Expr:
    """Return the query that reads Parquet files as one table: a column that some of them lack is NULL there. `file`
    names an additional column with the path of the file that each row is in."""
    options = [_option("union_by_name", exp.true()), _option("hive_partitioning", exp.false())]
    if file is not None:
        options.append(_option("filename", exp.Literal.string(file)))
    return exp.Table(this=exp.func("read_parquet", _listed(files), *options))


def objects(files: Sequence[str]) -> exp.Expr:
    """Return the query that reads JSON objects, one after the other or in an array, into the column `json`."""
    return exp.func("read_json_objects", _listed(files), _option("format", exp.Literal.string("auto")),
                    _option("hive_partitioning", exp.false()))  # fmt: skip


def keys(files: Sequence[str]) -> exp.Select:
    """Return the query of the keys of all JSON objects; a NULL among them means that some item is not an object."""
    kind = exp.func("JSON_TYPE", exp.column("json"))
    of_object = exp.Case().when(kind.eq(exp.Literal.string("OBJECT")), exp.func("JSON_KEYS", exp.column("json")))
    nothing = exp.Array(expressions=[exp.cast(exp.null(), "TEXT")])
    one = exp.Unnest(expressions=[of_object.else_(nothing)])
    return exp.select(exp.alias_(one, "key")).distinct().from_(objects(files)).order_by("key")


def texts(files: Sequence[str], names: Sequence[str]) -> exp.Expr:
    """Return the query of the values of JSON objects under these keys, as text; a nested object or array is JSON
    text."""
    pointers = (name.replace("~", "~0").replace("/", "~1") for name in names)
    cells = [
        exp.alias_(
            exp.func("JSON_EXTRACT_STRING", exp.column("json"), exp.Literal.string(f"/{pointer}")), name, quoted=True
        )
        for name, pointer in zip(names, pointers, strict=True)
    ]
    return exp.select(*cells).from_(objects(files)).subquery("__headgate_source")


def _listed(files: Sequence[str]) -> exp.Expr:
    # DuckDB takes every path for a glob.
    return exp.Array(expressions=[exp.Literal.string(glob.escape(file)) for file in files])


def _option(name: str, value: exp.Expr) -> exp.Expr:
    return exp.EQ(this=exp.column(name), expression=value)
