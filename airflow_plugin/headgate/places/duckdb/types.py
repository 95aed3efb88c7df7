"""DuckDB's types, and the ODCS logical types that they can serve."""

from __future__ import annotations

import re

import duckdb

from headgate.checks import EACH, KEYS, VALUES, Column

# The first word of DuckDB's own type names, and the ODCS logical types that such a column can serve.
_LOGICAL = {
    **dict.fromkeys(
        (
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
        ),
        frozenset({"integer", "number"}),
    ),
    **dict.fromkeys(("FLOAT", "DOUBLE"), frozenset({"number"})),
    **dict.fromkeys(("VARCHAR", "UUID", "ENUM", "BLOB", "BIT"), frozenset({"string"})),
    "DATE": frozenset({"date"}),
    **dict.fromkeys(
        ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMPTZ_NS"), frozenset({"timestamp"})
    ),
    **dict.fromkeys(("TIME", "TIME_NS"), frozenset({"time"})),
    "BOOLEAN": frozenset({"boolean"}),
    "STRUCT": frozenset({"object"}),
    "MAP": frozenset({"object", "map"}),
    "JSON": frozenset({"object", "array", "map", "vector", "string"}),
}


# A column that holds nothing but NULL has no type yet, and can serve as any.
NO_TYPE = '"NULL"'


def shown_type(type_name: str) -> str:
    """Return DuckDB's name of a type without the members of an ENUM, which are values of the data."""
    return re.sub(r"ENUM\((?:'(?:[^']|'')*'(?:, ?)?)*\)", "ENUM", type_name)


def column_of(name: str, type_name: str) -> Column:
    """Return the column `name` of DuckDB's type `type_name`, with the fields, items, keys and values inside it."""
    zoned = type_name.endswith("WITH TIME ZONE") or type_name == "TIMESTAMPTZ_NS"
    return Column(name, shown_type(type_name), logical_types(type_name), zoned, _inner(type_name))


def _inner(type_name: str) -> tuple[Column, ...]:
    if not type_name.endswith("]") and not type_name.startswith(("STRUCT", "MAP")):
        return ()
    kind = duckdb.sqltype(type_name)
    # DuckDB's names of what is inside; those of a struct are the user's own.
    steps = {"list": (EACH,), "array": (EACH,), "map": (KEYS, VALUES)}.get(kind.id)
    children = [
        (steps[i] if steps else name, str(child))
        for i, (name, child) in enumerate(kind.children[: len(steps) if steps else None])
    ]
    return tuple(column_of(name, child) for name, child in children)


def logical_types(type_name: str) -> frozenset[str]:
    """Return the ODCS logical types that a column of DuckDB's type `type_name` can serve."""
    if type_name == NO_TYPE:
        return frozenset().union(*_LOGICAL.values(), {"array", "vector"})
    if type_name.endswith("]"):
        return frozenset({"array", "vector"})
    if match := re.match(r"DECIMAL\(\d+,(\d+)\)", type_name):
        return frozenset({"number", "integer"} if match[1] == "0" else {"number"})
    return _LOGICAL.get(re.split(r"[ (]", type_name)[0], frozenset())
