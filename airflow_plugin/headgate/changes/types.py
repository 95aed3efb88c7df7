"""Physical types: whether one holds all that another held."""

from __future__ import annotations

from typing import Any

from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError

from headgate.sql.dialects import DIALECTS

_BITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64, "INT128": 128, "INT256": 256}
_SERIALS = {"SMALLSERIAL": "SMALLINT", "SERIAL": "INT", "BIGSERIAL": "BIGINT"}
_MANTISSA = {"FLOAT": 24, "DOUBLE": 53}
_FIXED_TEXT = {"CHAR", "NCHAR"}
_TEXT = {"VARCHAR", "NVARCHAR", "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT"} | _FIXED_TEXT
_NATIONAL = {"NCHAR", "NVARCHAR"}
_MOMENTS = {
    "TIMESTAMP": False,
    "DATETIME": False,
    "DATETIME2": False,
    "TIMESTAMPNTZ": False,
    "TIMESTAMPTZ": True,
    "TIMESTAMPLTZ": True,
    "TIME": False,
    "TIMETZ": True,
}
# The texts of MySQL hold so many bytes; its TEXT is one of them only beside the others.
_MYSQL_TEXT = {"TINYTEXT": 2**8 - 1, "TEXT": 2**16 - 1, "MEDIUMTEXT": 2**24 - 1, "LONGTEXT": 2**32 - 1}
_CLOCKS = {"TIME", "TIMETZ"}


def direction(old: str, new: str, server_type: str | None) -> str:
    """From `old` to `new`: same, widened (holds all that the old one held), narrowed, scale, timezone, family (another
    kind of value), or changed where that cannot be told."""
    first, second = _parsed(old, server_type), _parsed(new, server_type)
    if first is None or second is None:
        return "same" if " ".join(old.lower().split()) == " ".join(new.lower().split()) else "changed"
    return _compared(first, second)


def _parsed(text: str, server_type: str | None) -> exp.DataType | None:
    dialect = DIALECTS.get(server_type or "", server_type or "")
    if dialect and Dialect.get(dialect) is None:
        dialect = ""
    try:
        kind = exp.DataType.build(text, dialect=dialect or None)
    except (SqlglotError, ValueError):
        return None
    return None if kind.this == exp.DataType.Type.USERDEFINED else kind


def _compared(old: exp.DataType, new: exp.DataType) -> str:
    if old == new:
        return "same"
    a, b = _name(old), _name(new)
    if _is_number(a) and _is_number(b):
        return _numbers(old, new)
    if a in _TEXT and b in _TEXT:
        return _texts(old, new)
    if a in _MOMENTS and b in _MOMENTS and (a in _CLOCKS) == (b in _CLOCKS):
        if _MOMENTS[a] != _MOMENTS[b]:
            return "timezone"
        if a.removesuffix("NTZ") != b.removesuffix("NTZ"):
            return "changed"  # their ranges and digits differ from platform to platform
        return _wider(_size(old, 6), _size(new, 6))
    if a == b == "ARRAY" and old.expressions and new.expressions:
        inner = _compared(old.expressions[0], new.expressions[0])
        # varchar[10] is an array of ten to some platforms, and a text of ten to some who write it.
        return "changed" if inner == "same" and _lengths(old) != _lengths(new) else inner
    if a == b:
        return "same" if old.sql().lower() == new.sql().lower() else "changed"
    return "family"


def _lengths(kind: exp.DataType) -> list[str]:
    return [value.sql() for value in kind.args.get("values") or []]


def _name(kind: exp.DataType) -> str:
    name = getattr(kind.this, "name", str(kind.this))
    return _SERIALS.get(name, name)


def _is_number(name: str) -> bool:
    return name.removeprefix("U") in _BITS or name in ("DECIMAL", *_MANTISSA)


def _numbers(old: exp.DataType, new: exp.DataType) -> str:
    a, b = _name(old), _name(new)
    if a in _MANTISSA and b in _MANTISSA:
        return _wider(_mantissa(old), _mantissa(new))
    if a == b == "DECIMAL":
        (p1, s1), (p2, s2) = _decimal(old), _decimal(new)
        if s1 != s2:
            return "scale"
        return _wider(p1, p2)
    if "DECIMAL" in (a, b) and {a, b} & set(_MANTISSA):
        return "family"  # exact numbers become binary ones, or the other way round
    if b in _MANTISSA:
        low, high = _range(old)
        return "widened" if max(-low, high) <= 2 ** _mantissa(new) else "family"
    if a in _MANTISSA or a == "DECIMAL":
        return "narrowed"  # fractions are lost
    if b == "DECIMAL":
        low, high = _range(old)
        precision, scale = _decimal(new)
        limit = 10 ** (precision - (scale or 0)) - 1 if precision is not None else None
        return "widened" if limit is None or max(-low, high) <= limit else "narrowed"
    (low1, high1), (low2, high2) = _range(old), _range(new)
    if (low1, high1) == (low2, high2):
        return "same"
    return "widened" if low2 <= low1 and high1 <= high2 else "narrowed"


def _range(kind: exp.DataType) -> tuple[int, int]:
    name = _name(kind)
    bits = _BITS[name.removeprefix("U")]
    return (0, 2**bits - 1) if name.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _mantissa(kind: exp.DataType) -> int:
    """float(n) has the bits that it asks for, of the two that there are."""
    size = _size(kind, None)
    return _MANTISSA[_name(kind)] if size is None else 24 if size <= 24 else 53


def _decimal(kind: exp.DataType) -> tuple[int | None, int | None]:
    """(precision, scale); where nothing is said, both are the platform's matter: some keep every digit."""
    sizes = _sizes(kind)
    return (sizes[0] if sizes else None), (sizes[1] if len(sizes) > 1 else 0 if sizes else None)


def _texts(old: exp.DataType, new: exp.DataType) -> str:
    a, b = _name(old), _name(new)
    if (a in _FIXED_TEXT) != (b in _FIXED_TEXT):
        return "changed"  # one of them is padded with spaces
    defaults = _MYSQL_TEXT if {a, b} & (set(_MYSQL_TEXT) - {"TEXT"}) else {}
    length = _wider(
        *(_size(kind, 1 if name in _FIXED_TEXT else defaults.get(name)) for kind, name in ((old, a), (new, b)))
    )
    if (a in _NATIONAL) == (b in _NATIONAL):
        return length
    letters = "widened" if b in _NATIONAL else "narrowed"
    return letters if length in ("same", letters) else "narrowed"


def _wider(old: int | None, new: int | None) -> str:
    """None is without bound."""
    if old == new:
        return "same"
    return "widened" if new is None or (old is not None and new > old) else "narrowed"


def _size(kind: exp.DataType, default: int | None) -> int | None:
    return next(iter(_sizes(kind)), default)


def _sizes(kind: exp.DataType) -> list[int]:
    texts: list[Any] = [part.name for part in kind.expressions if hasattr(part, "name")]
    return [int(text) for text in texts if text.isdigit()]
