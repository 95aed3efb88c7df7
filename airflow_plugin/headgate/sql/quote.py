"""Names and values as SQL text."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def text(value: Any) -> str:
    """Return a value as a SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ '{value.isoformat()}'"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def ident(*parts: str) -> str:
    """Return a quoted name: a table with its schema, or a column."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)
