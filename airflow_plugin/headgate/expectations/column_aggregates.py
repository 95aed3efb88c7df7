"""Expectations of one number, or of the distinct values, of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from headgate.checks import NONE, Check, Comparison
from headgate.contract.values import typing_of
from headgate.errors import UnsupportedError
from headgate.expectations import kwargs as k
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation
from headgate.expectations.kwargs import Kwargs, of_column


def _extreme(kind: str) -> Expectation:
    def said(e: Arguments) -> Said:
        prop = e.column()
        if prop.logical_type not in (None, "integer", "number", "date", "timestamp"):
            raise UnsupportedError(f"the extremes of a {prop.logical_type} are not executed")
        return Said(kind, (prop,), typing_of(prop), e.range(prop))

    return Expectation(said, (kind,), of_column(_from_extreme))


def _from_extreme(check: Check) -> Kwargs:
    kind = check.args.get("type")
    k.in_utc(check)

    def read(value: Any) -> Any:
        return value.isoformat() if kind == "date" and isinstance(value, date) else k.bound(value, kind)

    return k.expected(check.expect, f"the {check.type}", read)


def _number(kind: str, what: str, read: Callable[[Any], int | float] = k.number) -> Expectation:
    return Expectation(
        lambda e: Said(kind, (e.column(),), {}, e.range()),
        (kind,),
        of_column(lambda check: k.expected(check.expect, f"the {what}", read)),
    )


def _quantiles(e: Arguments) -> list[Said]:
    prop, ranges = e.column(), e.take("quantile_ranges")
    if e.take("allow_relative_error"):
        raise UnsupportedError("allow_relative_error is not executed: quantiles are exact")
    shares = ranges.get("quantiles") if isinstance(ranges, Mapping) else None
    ends = ranges.get("value_ranges") if isinstance(ranges, Mapping) else None
    if not isinstance(shares, list) or not isinstance(ends, list) or len(shares) != len(ends) or not shares:
        raise UnsupportedError("quantile_ranges must have `quantiles` and as many `value_ranges`")
    return [
        Said("quantile", (prop,), {"share": _share(share)}, _between(pair), part=str(share))
        for share, pair in zip(shares, ends, strict=True)
    ]


def _share(value: object) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        raise UnsupportedError("a quantile is a number within 0 and 1")
    return value


def _between(pair: Any) -> Comparison:
    ends = pair if isinstance(pair, list) and len(pair) == 2 else [None, None]
    given = tuple(end for end in ends if end is not None)
    if not given or any(isinstance(end, bool) or not isinstance(end, int | Decimal) for end in given):
        raise UnsupportedError("a range of quantile_ranges is [least, greatest], numbers of which one may be null")
    return Comparison("between" if len(given) == 2 else ">=" if ends[1] is None else "<=", given)


def _of_set(kind: str) -> Expectation:
    def said(e: Arguments) -> Said:
        prop = e.column()
        values, impossible = e.values(prop)
        if not values and kind == "distinct_in_set" and not impossible:
            raise UnsupportedError("value_set is empty")
        return Said(kind, (prop,), {"values": values, "impossible": impossible, **typing_of(prop)}, NONE)

    return Expectation(said, (kind,), of_column(_from_set))


def _from_set(check: Check) -> Kwargs:
    k.must_be(NONE, check)
    if check.args["impossible"]:
        raise UnsupportedError("a value of the set is none of the column's type")
    return k.value_set(check)


def _most_common(e: Arguments) -> Said:
    prop, ties = e.column(), e.flag("ties_okay")
    values, _ = e.values(prop)
    return Said("most_common", (prop,), {"values": values, "ties": ties, **typing_of(prop)}, _one(ties))


def _from_most_common(check: Check) -> Kwargs:
    ties = check.args["ties"]
    k.must_be(_one(ties), check)
    return k.value_set(check) | {"ties_okay": ties}


def _one(ties: bool) -> Comparison:
    return Comparison(">=" if ties else "=", (1,))


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_distinct_values_to_be_in_set": _of_set("distinct_in_set"),
    "expect_column_distinct_values_to_contain_set": _of_set("distinct_contain_set"),
    "expect_column_distinct_values_to_equal_set": _of_set("distinct_equal_set"),
    "expect_column_max_to_be_between": _extreme("maximum"),
    "expect_column_mean_to_be_between": _number("mean", "mean"),
    "expect_column_median_to_be_between": _number("median", "median"),
    "expect_column_min_to_be_between": _extreme("minimum"),
    "expect_column_most_common_value_to_be_in_set": Expectation(
        _most_common, ("most_common",), of_column(_from_most_common)
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": _number("present_share", "share of values"),
    "expect_column_proportion_of_unique_values_to_be_between": _number("distinct_share", "share of distinct values"),
    "expect_column_quantile_values_to_be_between": Expectation(
        _quantiles, ("quantile",), why_not="GX takes the nearest value as a quantile on pandas"
    ),
    "expect_column_stdev_to_be_between": _number("deviation", "standard deviation"),
    "expect_column_sum_to_be_between": _number("sum", "sum"),
    "expect_column_unique_value_count_to_be_between": _number(
        "distinct_count", "number of distinct values", k.whole("number of values")
    ),
}
