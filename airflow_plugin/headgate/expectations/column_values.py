"""Expectations of the values of one column."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from headgate.checks import Check
from headgate.contract.values import typing_of
from headgate.errors import UnsupportedError
from headgate.expectations import kwargs as k
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation, of_column_alone
from headgate.expectations.kwargs import Kwargs, of_column


def _from_unique(check: Check) -> Kwargs | None:
    if "keep" in check.args:
        raise UnsupportedError("GX knows no row to keep")
    return {"column": check.columns[0]} if len(check.columns) == 1 else None


def _in_set(e: Arguments) -> Said:
    prop = e.column(inside=True)
    return Said("in_set", (prop,), {"values": e.values(prop)[0], **typing_of(prop)})


def _from_in_set(check: Check) -> Kwargs | None:
    return None if "pattern" in check.args else k.value_set(check)


def _not_in_set(e: Arguments) -> Said:
    prop = e.column(inside=True)
    return Said("not_in_set", (prop,), {"values": e.values(prop)[0], **typing_of(prop)})


def _from_not_in_set(check: Check) -> Kwargs:
    if None in check.args["values"]:
        raise UnsupportedError("GX skips NULL, it cannot be among the values")
    return k.value_set(check)


def _between(e: Arguments) -> Said:
    prop = e.column(inside=True)
    args = {"minimum": e.bound("min_value", prop), "maximum": e.bound("max_value", prop)}
    if args["minimum"] is None and args["maximum"] is None:
        raise UnsupportedError("neither min_value nor max_value is given")
    return Said("between", (prop,), {**args, **e.ends(), **typing_of(prop)})


def _from_between(check: Check) -> Kwargs:
    return k.ends(check, lambda value: k.bound(value, check.args.get("type")))


def _lengths_between(e: Arguments) -> Said:
    prop = e.column(inside=True)
    args = {"minimum": e.number("min_value"), "maximum": e.number("max_value")}
    if args["minimum"] is None and args["maximum"] is None:
        raise UnsupportedError("neither min_value nor max_value is given")
    return Said("length_between", (prop,), {**args, **e.ends(), "type": prop.logical_type})


def _from_lengths_between(check: Check) -> Kwargs:
    return k.ends(check, k.whole("length"))


def _lengths_equal(e: Arguments) -> Said:
    prop, exact = e.column(inside=True), e.needed("value")
    return Said("length_between", (prop,), {"minimum": exact, "maximum": exact, "type": prop.logical_type})


def _z_score(e: Arguments) -> Said:
    args = {"threshold": e.needed("threshold"), "double_sided": e.flag("double_sided")}
    return Said("z_score", (e.column(),), args)


def _from_z_score(check: Check) -> Kwargs:
    return {"threshold": k.number(check.args["threshold"]), "double_sided": check.args["double_sided"]}


def _not_outlier(e: Arguments) -> Said:
    method = e.word("method", {"iqr": "iqr", "std": "std"}, "iqr")
    multiplier = e.number("multiplier")
    if multiplier is None:
        multiplier = Decimal("1.5")
    if multiplier < 0:
        raise UnsupportedError("multiplier is below 0")
    return Said("not_outlier", (e.column(),), {"method": method, "multiplier": multiplier})


def _from_not_outlier(check: Check) -> Kwargs:
    return {"method": check.args["method"], "multiplier": k.number(check.args["multiplier"])}


def _ordered(kind: str) -> Expectation:
    return Expectation(
        lambda e: Said(kind, (e.column(),), {"strictly": e.flag("strictly")}),
        (kind,),
        of_column(lambda check: {"strictly": check.args["strictly"]}),
        "GX orders numbers and moments, booleans it does not",
    )


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_value_lengths_to_be_between": Expectation(
        _lengths_between, ("length_between",), of_column(_from_lengths_between)
    ),
    "expect_column_value_lengths_to_equal": Expectation(_lengths_equal),
    "expect_column_value_z_scores_to_be_less_than": Expectation(_z_score, ("z_score",), of_column(_from_z_score)),
    "expect_column_values_to_be_between": Expectation(_between, ("between",), of_column(_from_between)),
    "expect_column_values_to_be_decreasing": _ordered("decreasing"),
    "expect_column_values_to_be_in_set": Expectation(_in_set, ("in_set", "valid"), of_column(_from_in_set)),
    "expect_column_values_to_be_increasing": _ordered("increasing"),
    "expect_column_values_to_be_null": of_column_alone("null"),
    "expect_column_values_to_be_unique": Expectation(
        lambda e: Said("unique", (e.column(),)), ("unique",), _from_unique
    ),
    "expect_column_values_to_not_be_in_set": Expectation(_not_in_set, ("not_in_set",), of_column(_from_not_in_set)),
    "expect_column_values_to_not_be_null": of_column_alone("not_null", lambda e: e.column(inside=True)),
    "expect_column_values_to_not_be_outliers": Expectation(
        _not_outlier, ("not_outlier",), of_column(_from_not_outlier)
    ),
}
