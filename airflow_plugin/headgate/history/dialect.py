"""What SQLite and PostgreSQL say each in its own way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """Return an insert into a table that can say what happens where the row is there already."""
    return _INSERT[connection.dialect.name](table)


def storable(text: str | None) -> Any:
    """Return a text as PostgreSQL can hold it: without U+0000, and without halves of characters, which names of files
    may have."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
