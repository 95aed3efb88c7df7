"""The arguments of an expectation as GX's own models make them, of values whose reading is certain.

GX reads each argument by pydantic: a bound that can be a float becomes one, an argument equal to its default is
dropped. What is not plainly of its kind is left to GX itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headgate.errors import UnsupportedError

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?([+-]\d{2}:\d{2})?\Z")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Kind:
    """How an argument is read. An argument equal to `default` is dropped; one without default is required."""

    read: Callable[[Any], Any]
    default: Any = None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _unsure(value: Any) -> Any:
    raise UnsupportedError(f"an argument of type {type(value).__name__} is read by GX itself")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _unsure(value)


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else _unsure(value)


def _float(value: Any) -> float:
    return float(value) if _is_number(value) else _unsure(value)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else _unsure(value)


def _share(value: Any) -> float:
    return float(value) if _is_number(value) and 0 <= value <= 1 else _unsure(value)


def _bound(value: Any) -> float | datetime:
    if isinstance(value, str):
        if _NUMBER.match(value):
            return float(value)
        if _MOMENT.match(value):
            return datetime.fromisoformat(value)
    return _float(value)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bool) or _is_number(value) else _unsure(value)


def _set(value: Any) -> list[Any]:
    return [_plain(item) for item in value] if isinstance(value, list) else _unsure(value)


def _two(value: Any) -> tuple[Any, ...]:
    return tuple(_set(value)) if isinstance(value, list) and len(value) == 2 else _unsure(value)


def _names(value: Any) -> list[str]:
    return (
        [_text(item) for item in value] if isinstance(value, list) and len(set(map(str, value))) > 1 else _unsure(value)
    )


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) and value else _unsure(value)


def _one_of(*words: str) -> Callable[[Any], str]:
    return lambda value: value if value in words else _unsure(value)


def _as_given(value: Any) -> Any:
    return value


REQUIRED = object()
COLUMN = Kind(_text, REQUIRED)
COLUMNS = Kind(_names, REQUIRED)
MOSTLY = Kind(_share, 1)
BOUND, WHOLE, FLOAT = Kind(_bound), Kind(_whole), Kind(_float)
NEEDED_WHOLE, NEEDED_FLOAT = Kind(_whole, REQUIRED), Kind(_float, REQUIRED)
STRICT, FLAG = Kind(_flag, False), Kind(_flag)
SET = Kind(_set, REQUIRED)
SOME = Kind(lambda value: _set(value) or _unsure(value), REQUIRED)
PAIRS = Kind(lambda value: [_two(pair) for pair in value] if isinstance(value, list) else _unsure(value), REQUIRED)
NEEDED_FLAG = Kind(_flag, REQUIRED)
PATTERN, PATTERNS = Kind(_text, REQUIRED), Kind(_texts, REQUIRED)
MATCH_ON = Kind(_one_of("any", "all"), "any")
PAIR_NULLS = Kind(_one_of("both_values_are_missing", "either_value_is_missing", "neither"), "both_values_are_missing")
ROW_NULLS = Kind(_one_of("all_values_are_missing", "any_value_is_missing", "never"), "all_values_are_missing")
CONDITION = Kind(_as_given)
TRUE = Kind(_flag, True)
SCHEMA = Kind(lambda value: value if isinstance(value, dict) else _unsure(value), REQUIRED)

Kinds = Mapping[str, Kind]


def read_kwargs(given: Mapping[str, Any], kinds: Kinds) -> dict[str, Any]:
    """The arguments that GX would keep.

    Raises:
        UnsupportedError: one is not certain, is missing or is unknown.
    """
    if unknown := [name for name in given if name not in kinds]:
        raise UnsupportedError(f"the argument {unknown[0]} is read by GX itself")
    kept: dict[str, Any] = {}
    for name, kind in kinds.items():
        value = given.get(name, _MISSING)
        if value is _MISSING or value is None:
            if kind.default is REQUIRED or (value is None and kind.default is not None):
                raise UnsupportedError(f"the argument {name} is missing")
            continue
        value = kind.read(value)
        if kind.default is REQUIRED or kind.default is None or value != kind.default:
            kept[name] = value
    return kept
