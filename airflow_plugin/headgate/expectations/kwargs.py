"""What a check says, as arguments of an expectation in the values of JSON: the way back of `arguments`.

All raise UnsupportedError, with the reason, where GX would mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.checks import CATALOGUE, Check, Comparison
from headgate.errors import UnsupportedError

Kwargs = dict[str, Any]
FromCheck = Callable[[Check], Kwargs | None]

_EXACT = 2**53


def of_column(arguments: FromCheck = lambda check: {}) -> FromCheck:
    """With the column that the check is about."""

    def said(check: Check) -> Kwargs | None:
        others = arguments(check)
        return None if others is None else {"column": check.columns[0], **others}

    return said


def mostly(check: Check) -> Kwargs:
    """How many rows may break the promise: GX has a share of the rows that it looks at, and it knows "at most" only."""
    kind, expect = CATALOGUE[check.type], check.expect
    if not kind.counts or expect.is_none:
        return {}
    if expect.unit == "mostly":
        return {"mostly": float(Decimal(str(expect.bounds[0])))}
    of_all = kind.skips(check) == exp.false()
    if not of_all or expect.operator != "<=" or expect.unit != "percent":
        raise UnsupportedError(f"GX cannot say that unexpected rows are {expect}")
    return {"mostly": float(1 - Decimal(str(expect.bounds[0])) / 100)}


def number(value: Any) -> int | float:
    if isinstance(value, int):
        if abs(value) > _EXACT:
            raise UnsupportedError(f"GX rounds {value} to a float")
        return value
    if Decimal(repr(float(value))) != value:
        raise UnsupportedError(f"GX rounds {value} to a float")
    return float(value)


def whole(what: str) -> Callable[[Any], int]:
    """Read the number of `what`."""

    def read(value: Any) -> int:
        if isinstance(value, date) or value != int(value):
            raise UnsupportedError(f"a {what} that is not a whole number")
        return int(value)

    return read


def plain(value: Any, kind: str | None) -> Any:
    """A member of a set."""
    if kind in ("date", "timestamp", "time"):
        raise UnsupportedError("GX does not match dates and times with their texts")
    return number(value) if isinstance(value, Decimal) else value


def value_set(check: Check) -> Kwargs:
    return {"value_set": [plain(value, check.args.get("type")) for value in check.args["values"]]}


def bound(value: Any, kind: str | None) -> Any:
    if kind == "timestamp":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        return moment.isoformat()
    if kind in ("date", "time") or isinstance(value, str):
        raise UnsupportedError(f"GX does not compare a {kind or 'text'}")
    return number(value)


def ends(check: Check, read: Callable[[Any], Any]) -> Kwargs:
    """The range that the check's args say."""
    kwargs: Kwargs = {}
    for end in ("min", "max"):
        if check.args.get(f"{end}imum") is not None:
            kwargs[f"{end}_value"] = read(check.args[f"{end}imum"])
        if check.args.get(f"strict_{end}imum"):
            kwargs[f"strict_{end}"] = True
    return kwargs


def expected(expect: Comparison, what: str, read: Callable[[Any], Any] = number) -> Kwargs:
    """The range that the number of the check must be in; `what` names the number."""
    words = [">=", "<="] if expect.operator == "between" else expect.operator.split()
    if not set(words) <= {">", ">=", "<", "<="}:
        raise UnsupportedError(f"GX cannot say that {what} is {expect}")
    kwargs: Kwargs = {}
    for word, value in zip(words, expect.bounds, strict=True):
        end = "min" if word[0] == ">" else "max"
        kwargs[f"{end}_value"] = read(value)
        if word in (">", "<"):
            kwargs[f"strict_{end}"] = True
    return kwargs


def must_be(expect: Comparison, check: Check) -> None:
    if check.expect != expect:
        raise UnsupportedError(f"GX cannot say that its number is {check.expect}")


def in_utc(check: Check) -> None:
    if "zone" in check.args:
        raise UnsupportedError(f"GX does not read moments as those of {check.args['zone']}")


def regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise UnsupportedError(f"the pattern is none of Python's: {error}") from None
    return pattern


def word(words: Mapping[str, str], ours: str) -> str:
    """GX's word for one of ours; `words` are ours by GX's."""
    return next(gx for gx, known in words.items() if known == ours)
