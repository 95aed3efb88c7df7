"""Expectations of the values of one column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from headgate.checks.parsing import wrong_schema
from headgate.checks.patterns import wrong_like
from headgate.contract.model import Property
from headgate.contract.values import typing_of
from headgate.errors import UnsupportedError
from headgate.expectations.arguments import Arguments, Said

_ANY_OR_ALL = {"any": "", "all": "all"}


def _text(e: Arguments) -> Property:
    prop = e.column()
    if prop.logical_type not in (None, "string"):
        raise UnsupportedError(
            f"{prop.name} is not a string, and a {prop.logical_type} is written otherwise on each platform"
        )
    return prop


def _in_set(e: Arguments) -> Said:
    prop = e.column(inside=True)
    return Said("in_set", (prop,), {"values": e.values(prop)[0], **typing_of(prop)})


def _not_in_set(e: Arguments) -> Said:
    prop = e.column(inside=True)
    return Said("not_in_set", (prop,), {"values": e.values(prop)[0], **typing_of(prop)})


def _between(e: Arguments) -> Said:
    prop = e.column(inside=True)
    args = {"minimum": e.bound("min_value", prop), "maximum": e.bound("max_value", prop)}
    if args["minimum"] is None and args["maximum"] is None:
        raise UnsupportedError("neither min_value nor max_value is given")
    return Said("between", (prop,), {**args, **e.ends(), **typing_of(prop)})


def _lengths_between(e: Arguments) -> Said:
    prop = e.column(inside=True)
    args = {"minimum": e.number("min_value"), "maximum": e.number("max_value")}
    if args["minimum"] is None and args["maximum"] is None:
        raise UnsupportedError("neither min_value nor max_value is given")
    return Said("length_between", (prop,), {**args, **e.ends(), "type": prop.logical_type})


def _lengths_equal(e: Arguments) -> Said:
    prop, exact = e.column(inside=True), e.needed("value")
    return Said("length_between", (prop,), {"minimum": exact, "maximum": exact, "type": prop.logical_type})


def _matches(e: Arguments) -> Said:
    prop, pattern = e.column(inside=True), e.pattern(e.text("regex"))
    return Said("matches", (prop,), {"pattern": pattern, "type": prop.logical_type})


def _not_matches(e: Arguments) -> Said:
    return Said("not_matches", (_text(e),), {"patterns": (e.pattern(e.text("regex")),)})


def _patterns(e: Arguments) -> tuple[str, ...]:
    return tuple(e.pattern(pattern) for pattern in e.texts("regex_list"))


def _matches_list(e: Arguments) -> Said:
    every = bool(e.word("match_on", _ANY_OR_ALL, "any"))
    return Said("matches_list", (_text(e),), {"patterns": _patterns(e), "all": every})


def _matches_none(e: Arguments) -> Said:
    return Said("not_matches", (_text(e),), {"patterns": _patterns(e)})


def _like(kind: str, *, several: bool) -> Callable[[Arguments], Said]:
    def said(e: Arguments) -> Said:
        patterns = e.texts("like_pattern_list") if several else (e.text("like_pattern"),)
        for pattern in patterns:
            if wrong := wrong_like(pattern):
                raise UnsupportedError(f"the pattern {pattern[:80]}: {wrong}")
        args: dict[str, Any] = {"patterns": patterns}
        if several and kind == "like":
            args["all"] = bool(e.word("match_on", _ANY_OR_ALL, "any"))
        return Said(kind, (_text(e),), args)

    return said


def _z_score(e: Arguments) -> Said:
    args = {"threshold": e.needed("threshold"), "double_sided": e.flag("double_sided")}
    return Said("z_score", (e.column(),), args)


def _not_outlier(e: Arguments) -> Said:
    method = e.word("method", {"iqr": "iqr", "std": "std"}, "iqr")
    multiplier = e.number("multiplier")
    if multiplier is None:
        multiplier = Decimal("1.5")
    if multiplier < 0:
        raise UnsupportedError("multiplier is below 0")
    return Said("not_outlier", (e.column(),), {"method": method, "multiplier": multiplier})


def _ordered(kind: str) -> Callable[[Arguments], Said]:
    return lambda e: Said(kind, (e.column(),), {"strictly": e.flag("strictly")})


def _written_as(e: Arguments) -> Said:
    form = e.text("strftime_format")
    try:
        datetime.strptime(datetime(2001, 2, 3, 4, 5, 6).strftime(form), form)
    except ValueError:
        raise UnsupportedError("strftime_format is not a format that can be parsed") from None
    return Said("strptime", (_text(e),), {"format": form})


def _json_schema(e: Arguments) -> Said:
    schema = _plain(e.take("json_schema"))
    if wrong := wrong_schema(schema):
        raise UnsupportedError(f"the JSON schema is not executed: {wrong}")
    return Said("json_schema", (_text(e),), {"schema": schema})


def _plain(value: Any) -> Any:
    """As JSON would have it: YAML's numbers with a fraction are decimals."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else float(value)


EXPECTATIONS: Mapping[str, Callable[[Arguments], Said]] = {
    "expect_column_value_lengths_to_be_between": _lengths_between,
    "expect_column_value_lengths_to_equal": _lengths_equal,
    "expect_column_value_z_scores_to_be_less_than": _z_score,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_dateutil_parseable": lambda e: Said("date_text", (_text(e),)),
    "expect_column_values_to_be_decreasing": _ordered("decreasing"),
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_be_increasing": _ordered("increasing"),
    "expect_column_values_to_be_json_parseable": lambda e: Said("json", (_text(e),)),
    "expect_column_values_to_be_null": lambda e: Said("null", (e.column(),)),
    "expect_column_values_to_be_unique": lambda e: Said("unique", (e.column(),)),
    "expect_column_values_to_match_json_schema": _json_schema,
    "expect_column_values_to_match_like_pattern": _like("like", several=False),
    "expect_column_values_to_match_like_pattern_list": _like("like", several=True),
    "expect_column_values_to_match_regex": _matches,
    "expect_column_values_to_match_regex_list": _matches_list,
    "expect_column_values_to_match_strftime_format": _written_as,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_values_to_not_be_null": lambda e: Said("not_null", (e.column(inside=True),)),
    "expect_column_values_to_not_be_outliers": _not_outlier,
    "expect_column_values_to_not_match_like_pattern": _like("not_like", several=False),
    "expect_column_values_to_not_match_like_pattern_list": _like("not_like", several=True),
    "expect_column_values_to_not_match_regex": _not_matches,
    "expect_column_values_to_not_match_regex_list": _matches_none,
}
