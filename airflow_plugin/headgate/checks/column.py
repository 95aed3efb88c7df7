"""A column of a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The steps from a value into what it holds, other than the fields of an object.
# No field can be called so: no engine takes a NUL in a name.
EACH, KEYS, VALUES = "\0[]", "\0{key}", "\0{value}"
# What a `date` of ODCS 3.0 is, which has no other word for a moment.
DATE_OR_TIMESTAMP = "date or timestamp"


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is the platform's own name of the type; `logical` holds the ODCS logical types that it can serve.
    `zoned` says whether its values are moments with a time zone. `inner` is what one value holds: the fields of an
    object by name, the items of an array as EACH, the keys and values of a map as KEYS and VALUES."""

    name: str
    type: str
    logical: frozenset[str]
    zoned: bool = False
    inner: tuple[Column, ...] = ()

    def at(self, steps: Sequence[str]) -> Column | None:
        """Return what is inside this column at `steps`; None if its type has no such place."""
        here: Column | None = self
        for step in steps:
            here = next((column for column in here.inner if column.name == step), None) if here else None
        return here

    def serves(self, logical_type: str) -> bool:
        """Return whether the column can hold values of a logical type, or of DATE_OR_TIMESTAMP."""
        either = {"date", "timestamp"} if logical_type == DATE_OR_TIMESTAMP else {logical_type}
        return bool(self.logical & either)

    @property
    def bytes(self) -> bool:
        """Whether it holds bytes, which each platform writes as a text of its own."""
        return self.type.upper() in ("BLOB", "BYTEA")

    @property
    def document(self) -> bool:
        """Whether a value is a document of any content, JSON for example; its type says nothing about its inside."""
        return not self.nothing and {"array", "object"} <= self.logical

    @property
    def nothing(self) -> bool:
        """Whether the column has no type at all because it holds only NULL."""
        return self.type.strip('"') == "NULL"


def format_path(column: str, *steps: str) -> str:
    """Return a column, and the steps to a place inside it, as a person writes the path: address.zip, tags[]."""
    return column + "".join(step[1:] if step in (EACH, KEYS, VALUES) else f".{step}" for step in steps)
