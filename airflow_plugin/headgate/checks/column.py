"""A column as it is found in a place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is the platform's own name of the type; `logical` holds the ODCS logical types that it can serve.
    `zoned` says whether its values are moments with a time zone."""

    name: str
    type: str
    logical: frozenset[str]
    zoned: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the column has no type at all, since it holds nothing but NULL."""
        return self.type.strip('"') == "NULL"
