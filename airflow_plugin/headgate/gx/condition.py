"""`row_condition`: the rows that an expectation looks at, in GX's three spellings.

NULLs are as in pandas: a NULL is not greater, less or equal, but != and NOT_IN keep it.
"""

from __future__ import annotations

import json
import keyword
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from headgate.errors import UnsupportedError
from headgate.expectations.row_condition import spelled
from headgate.gx.data import Data

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "IN": lambda column, values: column.isin(values),
    "NOT_IN": lambda column, values: ~column.isin(values),
}
# Numbers of more digits are read by GX itself.
_CERTAIN = 10**15


class Conditions:
    """The rows of `data` under each row condition of a suite, found once."""

    def __init__(self, data: Data) -> None:
        self.whole = data
        self._found: dict[str, Data] = {}

    def applied(self, kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], Data]:
        """The arguments as GX keeps them, and the rows they speak of."""
        kwargs = dict(kwargs)
        given, parser = kwargs.get("row_condition"), kwargs.get("condition_parser")
        if given is None and parser is None:
            return kwargs, self.whole
        condition = kwargs["row_condition"] = _normal(given, parser)
        key = json.dumps(condition, sort_keys=True)
        if key not in self._found:
            if condition["type"] == "pass_through":
                self._found[key] = self.whole.where(condition["pass_through_filter"])
            else:
                self._found[key] = self.whole.keep(_mask(condition, self.whole))
        return kwargs, self._found[key]


def _normal(given: Any, parser: Any) -> dict[str, Any]:
    """A row condition as the object that GX makes of it."""
    if isinstance(given, str) and parser == "pandas" and not re.search("[@`]", given):
        return {"type": "pass_through", "pass_through_filter": given}
    if isinstance(given, str) and parser == "great_expectations":
        condition = spelled(given)
        value = condition.get("parameter") if condition else None
        if condition and (isinstance(value, str | None) or abs(value) < _CERTAIN):
            return condition | ({"parameter": float(value)} if isinstance(value, Decimal) else {})
    if isinstance(given, Mapping) and parser is None:
        return dict(given)
    raise _unread()


def _unread() -> UnsupportedError:
    return UnsupportedError("a row condition that GX reads itself")


def _mask(condition: Any, data: Data, *, within: tuple[str, ...] = ("or", "and")) -> Any:
    """Whether each row is kept. `within`: the groups that may stand here."""
    match condition:
        case {"type": "comparison", "column": {"name": str(name)}, "operator": sign, "parameter": value, **rest}:
            if rest or sign not in _OPERATORS or not _comparable(value, listed=sign in ("IN", "NOT_IN")):
                raise _unread()
            column = _column(name, data)
            if column.dtype.kind == "M":
                raise _unread()
            return _booleans(lambda: _OPERATORS[sign](column, value))
        case {"type": "nullity", "column": {"name": str(name)}, "is_null": bool(null), **rest} if not rest:
            return _booleans(lambda: _column(name, data).isna() == null)
        case {"type": "and" | "or" as kind, "conditions": [_, _, *_] as parts, **rest} if not rest and kind in within:
            inner = ("and",) if kind == "or" else ()
            join = operator.and_ if kind == "and" else operator.or_
            return reduce(join, (_mask(part, data, within=inner) for part in parts))
    raise _unread()


def _comparable(value: Any, *, listed: bool) -> bool:
    if listed:
        texts = {isinstance(item, str) for item in value} if isinstance(value, list) else set()
        return len(texts) == 1 and all(_comparable(item, listed=False) for item in value)
    if isinstance(value, str):
        return not re.search("[\"'\\\\\n]", value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _column(name: str, data: Data) -> Any:
    if not data.plain or name not in data.names or not name.isidentifier() or keyword.iskeyword(name):
        raise _unread()
    return data.frame[name]


def _booleans(compare: Callable[[], Any]) -> Any:
    try:
        found = compare()
    except UnsupportedError:
        raise
    except Exception as error:  # whatever it is, GX tells it its own way
        raise UnsupportedError(f"the row condition fails: {type(error).__name__}") from None
    if str(found.dtype) != "bool":
        raise UnsupportedError("a row condition that gives no booleans")
    return found
