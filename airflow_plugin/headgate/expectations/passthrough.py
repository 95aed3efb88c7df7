"""Expectations that Great Expectations itself is asked: those that headgate has no check type for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from headgate.checks import Check
from headgate.errors import UnsupportedError
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.kwargs import Kwargs
from headgate.expectations.names import why_unknown

_NAME = re.compile(r"[a-z][a-z0-9_]{0,119}\Z")
# The rows are chosen before GX is asked.
_OF_ROWS = frozenset({"row_condition", "condition_parser"})


def of_gx(kind: str, arguments: Arguments) -> Said:
    if not _NAME.match(kind):
        raise UnsupportedError(f"'{kind[:120]}' is not the name of an expectation")
    if reason := why_unknown(kind):
        raise UnsupportedError(reason)
    kwargs = {name: _json(arguments.take(name)) for name in arguments.names if name not in _OF_ROWS}
    if arguments.prop is not None and not arguments.prop.within:
        kwargs.setdefault("column", arguments.prop.column)
    args = {"expectation": kind, "kwargs": kwargs}
    return Said("expectation", (), args, classified=arguments.schema.hides(()))


def to_gx(check: Check) -> tuple[str, Kwargs]:
    return check.args["expectation"], dict(check.args["kwargs"])


def _json(value: Any) -> Any:
    """What YAML has read, as JSON's values."""
    if isinstance(value, Mapping):
        return {str(name): _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
