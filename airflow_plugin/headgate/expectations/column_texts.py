"""Expectations of the text of the values of one column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headgate.checks import Check
from headgate.checks.parsing import wrong_schema
from headgate.checks.patterns import wrong_like
from headgate.contract.model import Property
from headgate.errors import UnsupportedError
from headgate.expectations import kwargs as k
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation, of_column_alone
from headgate.expectations.kwargs import Kwargs, of_column

_ANY_OR_ALL = {"any": "", "all": "all"}
_PYTHON_RE = "GX matches with Python's re ($ also before a last newline, \\d of every script)"
_SQL_ONLY = "GX has LIKE on its SQL engines alone; on pandas it raises"


def _text(e: Arguments) -> Property:
    prop = e.column()
    if prop.logical_type not in (None, "string"):
        raise UnsupportedError(
            f"{prop.name} is not a string, and a {prop.logical_type} is written otherwise on each platform"
        )
    return prop


def _matches(e: Arguments) -> Said:
    prop, pattern = e.column(inside=True), e.pattern(e.text("regex"))
    return Said("matches", (prop,), {"pattern": pattern, "type": prop.logical_type})


def _from_matches(check: Check) -> Kwargs:
    if check.args.get("values") is not None:
        raise UnsupportedError("GX says values and a pattern in two expectations")
    if check.args.get("type") not in (None, "string"):
        raise UnsupportedError("GX matches numbers as pandas writes them")
    return {"regex": k.regex(check.args["pattern"])}


def _not_matches(e: Arguments) -> Said:
    return Said("not_matches", (_text(e),), {"patterns": (e.pattern(e.text("regex")),)})


def _from_not_matches(check: Check) -> Kwargs | None:
    patterns = check.args["patterns"]
    return {"regex": k.regex(patterns[0])} if len(patterns) == 1 else None


def _patterns(e: Arguments) -> tuple[str, ...]:
    return tuple(e.pattern(pattern) for pattern in e.texts("regex_list"))


def _matches_list(e: Arguments) -> Said:
    every = bool(e.word("match_on", _ANY_OR_ALL, "any"))
    return Said("matches_list", (_text(e),), {"patterns": _patterns(e), "all": every})


def _from_matches_list(check: Check) -> Kwargs:
    return _from_patterns(check) | _match_on(check)


def _match_on(check: Check) -> Kwargs:
    return {"match_on": "all" if check.args["all"] else "any"}


def _matches_none(e: Arguments) -> Said:
    return Said("not_matches", (_text(e),), {"patterns": _patterns(e)})


def _from_matches_none(check: Check) -> Kwargs | None:
    return _from_patterns(check) if len(check.args["patterns"]) > 1 else None


def _from_patterns(check: Check) -> Kwargs:
    return {"regex_list": [k.regex(pattern) for pattern in check.args["patterns"]]}


def _like(kind: str, *, several: bool) -> Expectation:
    chooses = several and kind == "like"

    def said(e: Arguments) -> Said:
        patterns = e.texts("like_pattern_list") if several else (e.text("like_pattern"),)
        for pattern in patterns:
            if wrong := wrong_like(pattern):
                raise UnsupportedError(f"the pattern {pattern[:80]}: {wrong}")
        args: dict[str, Any] = {"patterns": patterns}
        if chooses:
            args["all"] = bool(e.word("match_on", _ANY_OR_ALL, "any"))
        return Said(kind, (_text(e),), args)

    def back(check: Check) -> Kwargs | None:
        patterns = check.args["patterns"]
        if several is not ("all" in check.args or len(patterns) > 1):
            return None
        if any("\\" in pattern for pattern in patterns):
            raise UnsupportedError("GX knows no escape in LIKE")
        if not several:
            return {"like_pattern": patterns[0]}
        return {"like_pattern_list": list(patterns)} | (_match_on(check) if chooses else {})

    return Expectation(said, (kind,), of_column(back), _SQL_ONLY)


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


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_values_to_be_dateutil_parseable": of_column_alone("date_text", _text),
    "expect_column_values_to_be_json_parseable": of_column_alone("json", _text),
    "expect_column_values_to_match_json_schema": Expectation(
        _json_schema,
        ("json_schema",),
        of_column(lambda check: {"json_schema": check.args["schema"]}),
        "GX raises where a text is not JSON",
    ),
    "expect_column_values_to_match_like_pattern": _like("like", several=False),
    "expect_column_values_to_match_like_pattern_list": _like("like", several=True),
    "expect_column_values_to_match_regex": Expectation(
        _matches, ("matches", "valid"), of_column(_from_matches), _PYTHON_RE
    ),
    "expect_column_values_to_match_regex_list": Expectation(
        _matches_list, ("matches_list",), of_column(_from_matches_list), _PYTHON_RE
    ),
    "expect_column_values_to_match_strftime_format": Expectation(
        _written_as, ("strptime",), of_column(lambda check: {"strftime_format": check.args["format"]})
    ),
    "expect_column_values_to_not_match_like_pattern": _like("not_like", several=False),
    "expect_column_values_to_not_match_like_pattern_list": _like("not_like", several=True),
    "expect_column_values_to_not_match_regex": Expectation(
        _not_matches, ("not_matches",), of_column(_from_not_matches), _PYTHON_RE
    ),
    "expect_column_values_to_not_match_regex_list": Expectation(
        _matches_none, ("not_matches",), of_column(_from_matches_none), _PYTHON_RE
    ),
}
