"""Expectations of several columns of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headgate.checks import Check
from headgate.contract.model import Property
from headgate.contract.values import typing_of
from headgate.errors import UnsupportedError
from headgate.expectations import kwargs as k
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation
from headgate.expectations.kwargs import Kwargs

_PAIRS = {"both_values_are_missing": "all", "either_value_is_missing": "any", "neither": "never"}
_RECORDS = {"all_values_are_missing": "all", "any_value_is_missing": "any", "never": "never"}


def _pair(e: Arguments) -> tuple[tuple[Property, Property], dict[str, Any]]:
    a, b = e.column("column_A"), e.column("column_B")
    if a is b:
        raise UnsupportedError("a column beside itself")
    return (a, b), {"ignore_row_if": e.word("ignore_row_if", _PAIRS, "both_values_are_missing")} | _zone(a, b)


def _from_pair(check: Check) -> Kwargs:
    k.in_utc(check)
    a, b = check.columns
    return {"column_A": a, "column_B": b, "ignore_row_if": k.word(_PAIRS, check.args.get("ignore_row_if", "any"))}


def _zone(*props: Property) -> dict[str, Any]:
    """How moments without a time zone are read, which must be alike in all columns that are compared."""
    zones = {typing_of(prop).get("zone") for prop in props if prop.logical_type == "timestamp"}
    if len(zones) > 1:
        raise UnsupportedError("the columns have several defaultTimezones")
    zone = next(iter(zones), None)
    return {"zone": zone} if zone else {}


def _record(kind: str, e: Arguments) -> Said:
    columns = e.columns()
    rule = e.word("ignore_row_if", _RECORDS, "all_values_are_missing")
    # Whether two local times are the same is seen without their zone.
    return Said(kind, columns, {"ignore_row_if": rule} | ({} if kind == "unique" else _zone(*columns)))


def _from_record(check: Check) -> Kwargs:
    k.in_utc(check)
    skipped = k.word(_RECORDS, check.args.get("ignore_row_if", "any"))
    return {"column_list": list(check.columns), "ignore_row_if": skipped}


def _from_unique(check: Check) -> Kwargs | None:
    return _from_record(check) if len(check.columns) > 1 else None


def _pair_equal(e: Arguments) -> Said:
    return Said("pair_equal", *_pair(e))


def _pair_greater(e: Arguments) -> Said:
    columns, args = _pair(e)
    return Said("pair_greater", columns, {**args, "or_equal": e.flag("or_equal")})


def _from_pair_greater(check: Check) -> Kwargs:
    return _from_pair(check) | {"or_equal": check.args["or_equal"]}


def _pair_in_set(e: Arguments) -> Said:
    columns, args = _pair(e)
    pairs = e.take("value_pairs_set")
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise UnsupportedError("value_pairs_set is not a list of pairs")
    typed = [
        tuple(None if v is None else e.literal(v, p, f"{v!r}") for v, p in zip(pair, columns, strict=True))
        for pair in pairs
    ]
    kinds = tuple(prop.logical_type for prop in columns)
    return Said("pair_in_set", columns, {**args, "pairs": tuple(typed), "types": kinds})


def _from_pair_in_set(check: Check) -> Kwargs:
    pairs = [
        [None if value is None else k.plain(value, kind) for value, kind in zip(pair, check.args["types"], strict=True)]
        for pair in check.args["pairs"]
    ]
    return _from_pair(check) | {"value_pairs_set": pairs}


def _sum_equal(e: Arguments) -> Said:
    said = _record("sum_equal", e)
    return Said(said.type, said.columns, {**said.args, "total": e.needed("sum_total")})


def _from_sum_equal(check: Check) -> Kwargs:
    return _from_record(check) | {"sum_total": k.number(check.args["total"])}


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_pair_values_a_to_be_greater_than_b": Expectation(
        _pair_greater, ("pair_greater",), _from_pair_greater
    ),
    "expect_column_pair_values_to_be_equal": Expectation(_pair_equal, ("pair_equal",), _from_pair),
    "expect_column_pair_values_to_be_in_set": Expectation(_pair_in_set, ("pair_in_set",), _from_pair_in_set),
    "expect_compound_columns_to_be_unique": Expectation(lambda e: _record("unique", e), ("unique",), _from_unique),
    "expect_multicolumn_sum_to_equal": Expectation(_sum_equal, ("sum_equal",), _from_sum_equal),
    "expect_multicolumn_values_to_be_equal": Expectation(
        lambda e: _record("all_equal", e), ("all_equal",), _from_record
    ),
    "expect_select_column_values_to_be_unique_within_record": Expectation(
        lambda e: _record("all_differ", e), ("all_differ",), _from_record
    ),
}
