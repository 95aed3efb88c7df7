"""What DuckDB's catalogue says about a table, for people: comments, keys, CHECK conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from headgate.places.description import Description


def describe(catalogued: Callable[..., list[tuple[Any, ...]]]) -> Description:
    """Return the description of a table; `catalogued(of, *columns)` returns its rows of a catalog function."""
    comments = [comment for (comment,) in catalogued("duckdb_tables()", "comment")]
    names = ("constraint_type", "expression", "constraint_column_names", "referenced_table", "referenced_column_names")
    found = catalogued("duckdb_constraints()", *names)
    of_columns = catalogued("duckdb_columns()", "column_name", "comment")
    return Description(
        comments[0] if comments else None,
        {name: comment for name, comment in of_columns if comment is not None},
        next((tuple(columns) for kind, _, columns, *_ in found if kind == "PRIMARY KEY"), ()),
        tuple(tuple(columns) for kind, _, columns, *_ in found if kind == "UNIQUE"),
        {tuple(columns): f"{table} ({', '.join(held)})" for kind, _, columns, table, held in found
         if kind == "FOREIGN KEY"},
        tuple(condition for kind, condition, *_ in found if kind == "CHECK"),
    )  # fmt: skip
