"""What a database says about a table besides its columns: comments, keys and conditions of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Description:
    """What people said about a table, and what its database enforces.

    `comments` are those of columns, by name. `key` is the primary key, empty if there is none; `unique` are further
    keys. `references` maps the columns of a foreign key to what they refer to, as a person writes it. `conditions`
    hold for every row in which they are not NULL, in the SQL of the platform.
    """

    comment: str | None = None
    comments: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
