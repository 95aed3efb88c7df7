"""Expectations of the table: its rows, its columns and their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from headgate.checks import NONE, Comparison
from headgate.errors import UnsupportedError
from headgate.expectations.arguments import Arguments, Said


def _exists(e: Arguments) -> Said:
    position = e.number("column_index")
    if position is not None and (not isinstance(position, int) or position < 0):
        raise UnsupportedError("column_index is counted from 0")
    return Said(
        "column_exists", (e.column(inside=position is None),), {} if position is None else {"position": position}
    )


def _equal(kind: str) -> Callable[[Arguments], Said]:
    return lambda e: Said(kind, (), {}, Comparison("=", (e.needed("value"),)))


def _between(kind: str) -> Callable[[Arguments], Said]:
    return lambda e: Said(kind, (), {}, e.range())


def _rows_as_in(e: Arguments) -> Said:
    name = e.text("other_table_name")
    to = {known.lower(): dataset for known, dataset in e.schema.tables.items()}.get(name.lower())
    if to is None:
        raise UnsupportedError(f"the table '{name[:80]}' is not a dataset of this contract")
    return Said("rows_as_in", (), {"to": to}, NONE)


def _columns_are(e: Arguments) -> Said:
    return Said("columns_are", (), {"names": e.texts("column_set"), "exact": e.flag("exact_match", default=True)})


def _columns_in_order(e: Arguments) -> Said:
    return Said("columns_in_order", (), {"names": e.texts("column_list")})


def _stored_as(argument: str) -> Callable[[Arguments], Said]:
    def said(e: Arguments) -> Said:
        names = e.texts(argument) if argument == "type_list" else (e.text(argument),)
        return Said("stored_as", (e.column(),), {"types": names})

    return said


EXPECTATIONS: Mapping[str, Callable[[Arguments], Said]] = {
    "expect_column_to_exist": _exists,
    "expect_column_type_to_be": _stored_as("type_"),
    "expect_column_values_to_be_in_type_list": _stored_as("type_list"),
    "expect_column_values_to_be_of_type": _stored_as("type_"),
    "expect_table_column_count_to_be_between": _between("column_count"),
    "expect_table_column_count_to_equal": _equal("column_count"),
    "expect_table_columns_to_match_ordered_list": _columns_in_order,
    "expect_table_columns_to_match_set": _columns_are,
    "expect_table_row_count_to_be_between": _between("row_count"),
    "expect_table_row_count_to_equal": _equal("row_count"),
    "expect_table_row_count_to_equal_other_table": _rows_as_in,
}
