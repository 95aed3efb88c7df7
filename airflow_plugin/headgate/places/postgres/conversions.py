"""Whether a value stays the same in another type of PostgreSQL, which has no TRY_CAST, as a SQL condition."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp

_INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
# All integers up to these are floats too.
_EXACT = {"real": 2**24, "double precision": 2**53}
# What a real can hold, but for 0 and infinity.
_REAL = ("1.17549435e-38", "3.40282346e+38")
_TEXTS = ("text", "character varying", "character", "bpchar")
_MOMENTS = ("timestamp without time zone", "timestamp with time zone")
# The condition where no value is another one.
NEVER = "FALSE"


def misfit(value: str, given: str, wanted: str) -> str | None:
    """Return the condition under which `value`, of the type `given`, becomes another value, or none, in the type
    `wanted`.

    NULL fits every type. Types have the names of PostgreSQL's format_type. None if no condition can decide it.
    """
    old, new = _Type(given), _Type(wanted)
    if given == wanted:
        return NEVER
    if new.base in _TEXTS:
        return _text(value, old, new)
    if old.base in _INTEGERS:
        return _integer(value, old, new)
    if old.base == "numeric":
        return _numeric(value, new)
    if old.base in _EXACT:
        return _float(value, old, new)
    if old.base == "date" and new.base in _MOMENTS:
        return f"{value} BETWEEN '294277-01-01' AND '5874897-12-31'"
    if old.base in _MOMENTS and new.base == "date":
        return f"{value} <> date_trunc('day', {value})"
    if old.base in _MOMENTS and new.base in _MOMENTS:
        return f"CAST({value} AS {wanted}) <> {value}" if new.arguments else NEVER
    if {old.base, new.base} == {"json", "jsonb"}:
        return NEVER if new.base == "json" else None
    return None


def conformed(value: exp.Expr, given: str, wanted: str) -> exp.Expr | None:
    """Return `value` in the type `wanted`, NULL where it changes there; None if that cannot be decided."""
    condition = misfit(value.sql("postgres"), given, wanted)
    if condition is None:
        return None
    kind = exp.DataType.build(wanted, dialect="postgres")
    there = exp.cast(value.copy(), kind)
    if condition == NEVER:
        return there
    fits = exp.Not(this=exp.Is(this=exp.paren(sqlglot.parse_one(condition, dialect="postgres")), expression=exp.true()))
    return exp.cast(exp.Case().when(fits, there), kind.copy())  # a CASE forgets how long its type is


class _Type:
    def __init__(self, name: str) -> None:
        self.base = re.sub(r"\([0-9,-]+\)", "", name)
        found = re.search(r"\(([0-9,-]+)\)", name)
        self.arguments = [int(n) for n in found[1].split(",")] if found else []

    @property
    def scale(self) -> int:
        """Return the number of digits after the decimal point of a limited decimal."""
        return (*self.arguments, 0)[1]

    @property
    def beyond(self) -> int:
        """Return the smallest whole number that a limited decimal cannot hold."""
        value: int = 10 ** max(self.arguments[0] - self.scale, 0)
        return value


def _text(value: str, old: _Type, new: _Type) -> str:
    text = value if old.base in _TEXTS else f"CAST({value} AS text)"
    padded = f" OR {text} <> rtrim({text})" if new.base in ("character", "bpchar") else ""
    longer = f"char_length({text}) > {new.arguments[0]}" if new.arguments else NEVER
    return f"{longer}{padded}"


def _integer(value: str, old: _Type, new: _Type) -> str | None:
    held = _INTEGERS[old.base]
    if new.base in _INTEGERS:
        limit = _INTEGERS[new.base]
        return _outside(value, -limit, limit - 1, held)
    if new.base in _EXACT:
        return _outside(value, -_EXACT[new.base], _EXACT[new.base], held)
    if new.base == "numeric":
        return _outside(value, 1 - new.beyond, new.beyond - 1, held) if new.arguments else NEVER
    return None


def _outside(value: str, low: int, high: int, held: int) -> str:
    """Return the condition that an integer is outside; FALSE if its type cannot hold so large a number."""
    return NEVER if high >= held - 1 else f"{value} NOT BETWEEN {low} AND {high}"


def _numeric(value: str, new: _Type) -> str | None:
    if new.base in _INTEGERS:
        limit = _INTEGERS[new.base]
        return f"{value} NOT BETWEEN {-limit} AND {limit - 1} OR {value} <> trunc({value})"
    if new.base == "numeric" and new.arguments:
        if new.scale > new.arguments[0]:
            return None
        return f"abs({value}) >= {new.beyond} OR {value} <> round({value}, {new.scale})"
    return NEVER if new.base == "numeric" else None


def _float(value: str, old: _Type, new: _Type) -> str | None:
    if new.base in _INTEGERS:
        limit = _INTEGERS[new.base]
        return f"{value} < {-limit} OR {value} >= {limit} OR {value} <> trunc({value})"
    if new.base == "double precision":
        return NEVER
    if new.base == "real":
        low, high = _REAL
        same = f"CAST(CAST({value} AS real) AS double precision) <> {value}"
        beyond = f"{value} <> 0 AND abs({value}) < 'Infinity'"
        return f"CASE WHEN abs({value}) BETWEEN {low} AND {high} THEN {same} ELSE {beyond} END"
    return None
