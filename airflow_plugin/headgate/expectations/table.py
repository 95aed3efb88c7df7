"""Expectations of the table: its rows, its columns and their types."""

from __future__ import annotations

from collections.abc import Mapping

from headgate.checks import NONE, Check, Comparison
from headgate.errors import UnsupportedError
from headgate.expectations import kwargs as k
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation
from headgate.expectations.kwargs import Kwargs


def _exists(e: Arguments) -> Said:
    position = e.number("column_index")
    if position is not None and (not isinstance(position, int) or position < 0):
        raise UnsupportedError("column_index is counted from 0")
    return Said(
        "column_exists", (e.column(inside=position is None),), {} if position is None else {"position": position}
    )


def _from_exists(check: Check) -> Kwargs:
    position = check.args.get("position")
    if position == 0:
        raise UnsupportedError("GX takes the position 0 for none")
    return {"column": check.columns[0]} | ({} if position is None else {"column_index": position})


def _equal(kind: str, what: str) -> Expectation:
    def back(check: Check) -> Kwargs | None:
        return {"value": k.whole(what)(check.expect.bounds[0])} if check.expect.operator == "=" else None

    return Expectation(lambda e: Said(kind, (), {}, Comparison("=", (e.needed("value"),))), (kind,), back)


def _between(kind: str, what: str, *, strict: bool = True) -> Expectation:
    def back(check: Check) -> Kwargs | None:
        if check.expect.operator == "=":
            return None
        if not strict and not {*check.expect.operator.split()} <= {"between", ">=", "<="}:
            raise UnsupportedError(f"GX cannot say that the {what} is {check.expect}")
        return k.expected(check.expect, f"the {what}", k.whole(what))

    return Expectation(lambda e: Said(kind, (), {}, e.range()), (kind,), back)


def _rows_as_in(e: Arguments) -> Said:
    name = e.text("other_table_name")
    to = {known.lower(): dataset for known, dataset in e.schema.tables.items()}.get(name.lower())
    if to is None:
        raise UnsupportedError(f"the table '{name[:80]}' is not a dataset of this contract")
    return Said("rows_as_in", (), {"to": to}, NONE)


def _columns_are(e: Arguments) -> Said:
    return Said("columns_are", (), {"names": e.texts("column_set"), "exact": e.flag("exact_match", default=True)})


def _from_columns_are(check: Check) -> Kwargs:
    return {"column_set": list(check.args["names"]), "exact_match": check.args["exact"]}


def _columns_in_order(e: Arguments) -> Said:
    return Said("columns_in_order", (), {"names": e.texts("column_list")})


def _stored_as(argument: str) -> Expectation:
    def said(e: Arguments) -> Said:
        names = e.texts(argument) if argument == "type_list" else (e.text(argument),)
        return Said("stored_as", (e.column(),), {"types": names})

    return Expectation(said, ("stored_as",), why_not="GX names the types of pandas")


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_to_exist": Expectation(_exists, ("column_exists",), _from_exists),
    "expect_column_type_to_be": _stored_as("type_"),
    "expect_column_values_to_be_in_type_list": _stored_as("type_list"),
    "expect_column_values_to_be_of_type": _stored_as("type_"),
    "expect_table_column_count_to_be_between": _between("column_count", "number of columns", strict=False),
    "expect_table_column_count_to_equal": _equal("column_count", "number of columns"),
    "expect_table_columns_to_match_ordered_list": Expectation(
        _columns_in_order, ("columns_in_order",), lambda check: {"column_list": list(check.args["names"])}
    ),
    "expect_table_columns_to_match_set": Expectation(_columns_are, ("columns_are",), _from_columns_are),
    "expect_table_row_count_to_be_between": _between("row_count", "number of rows"),
    "expect_table_row_count_to_equal": _equal("row_count", "number of rows"),
    "expect_table_row_count_to_equal_other_table": Expectation(
        _rows_as_in, ("rows_as_in",), why_not="GX knows tables by their names in the database, no datasets"
    ),
}
