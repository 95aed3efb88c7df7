"""PostgreSQL's types, and the ODCS logical types that they can serve."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DOCUMENT = frozenset({"object", "array", "map", "vector", "string"})
# PostgreSQL's own names of its types without arguments (format_type), and the ODCS logical types that they serve.
_LOGICAL = {
    **dict.fromkeys(("smallint", "integer", "bigint"), frozenset({"integer", "number"})),
    **dict.fromkeys(("numeric", "real", "double precision"), frozenset({"number"})),
    "date": frozenset({"date"}),
    **dict.fromkeys(("timestamp without time zone", "timestamp with time zone"), frozenset({"timestamp"})),
    **dict.fromkeys(("time without time zone", "time with time zone"), frozenset({"time"})),
    "boolean": frozenset({"boolean"}),
    **dict.fromkeys(("json", "jsonb"), _DOCUMENT),
    **dict.fromkeys(
        ("text", "character varying", "character", "bpchar", '"char"', "name", "citext", "uuid", "bytea", "inet",
         "cidr", "macaddr", "macaddr8", "bit", "bit varying", "xml"),
        frozenset({"string"}),
    ),
}  # fmt: skip
_TEXTS = ("text", "character varying")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type as pg_type describes it. `base` is its name without domain, `typtype` and `typcategory` are the
    catalogue's."""

    base: str
    typtype: str
    typcategory: str

    @property
    def plain(self) -> str:
        """The base type's name without its arguments."""
        return re.sub(r"\([0-9,-]+\)", "", self.base).rpartition(".")[2]

    @property
    def logical(self) -> frozenset[str]:
        """The ODCS logical types that a column of this type can serve."""
        if self.base.endswith("[]"):
            return frozenset({"array", "vector"})
        if re.fullmatch(r"numeric\(\d+,0\)", self.base):
            return frozenset({"number", "integer"})
        if self.typtype == "e":
            return frozenset({"string"})
        if self.typtype == "c":
            return frozenset({"object"})
        return _LOGICAL.get(self.plain, frozenset())

    @property
    def zoned(self) -> bool:
        return self.plain == "timestamp with time zone"

    @property
    def as_text(self) -> bool:
        """Whether values must be cast to text before they are compared with texts."""
        return "string" in self.logical and self.plain not in _TEXTS
