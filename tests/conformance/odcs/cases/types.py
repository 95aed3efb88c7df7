"""Logical types, physical types, time zones: each checked for itself."""

from __future__ import annotations

from typing import Any

from ..kit import BREACH, CONTRACT_WRONG, FAILED, NOT_EXECUTED, PASSED, UNKNOWN, Case, Columns

SECTION = "schema, types"
_MOMENT = "2024-01-01 10:00:00"

# the column's type, a value, the logical type, whether it serves, the reading, its reason
LOGICAL: list[tuple[str, Any, str, bool, str, str]] = [
    ("INTEGER", 1, "integer", True, "", ""),
    ("BIGINT", 1, "integer", True, "every width of integer serves", "width is physical"),
    ("HUGEINT", 1, "integer", True, "every width of integer serves", "width is physical"),
    ("DECIMAL(9,0)", 1, "integer", True, "a decimal without a fraction is an integer", "its type cannot hold anything else"),
    ("DECIMAL(9,2)", 1, "integer", False, "a decimal with a fraction is no integer", "its type can hold what an integer cannot"),
    ("DOUBLE", 1.0, "integer", False, "in a table, a double is no integer, whatever it holds", "its type can hold what an integer cannot"),
    ("VARCHAR", "1", "integer", False, "text is no number", "consumers read text"),
    ("BOOLEAN", True, "integer", False, "a boolean is no number", "consumers read a boolean"),
    ("INTEGER", 1, "number", True, "an integer is a number", "every integer is one"),
    ("BIGINT", 1, "number", True, "an integer is a number", "every integer is one"),
    ("DECIMAL(9,2)", 1, "number", True, "", ""),
    ("DOUBLE", 1.5, "number", True, "", ""),
    ("VARCHAR", "1.5", "number", False, "text is no number", "consumers read text"),
    ("VARCHAR", "a", "string", True, "", ""),
    ("INTEGER", 1, "string", False, "a number is no text", "consumers read a number"),
    ("UUID", "5b1d7b9e-0000-4000-8000-000000000000", "string", True, "a UUID is a string", "ODCS has it as a format of string"),
    ("DATE", "2024-01-01", "date", True, "", ""),
    ("TIMESTAMP", _MOMENT, "date", False, "a timestamp is no date", "the standard has both"),
    ("TIMESTAMP", _MOMENT, "timestamp", True, "", ""),
    ("TIMESTAMPTZ", _MOMENT, "timestamp", True, "", ""),
    ("DATE", "2024-01-01", "timestamp", False, "a date is no timestamp", "the standard has both"),
    ("TIME", "10:00:00", "time", True, "", ""),
    ("TIMESTAMP", _MOMENT, "time", False, "a timestamp is no time of day", "the standard has both"),
    ("BOOLEAN", True, "boolean", True, "", ""),
    ("INTEGER", 1, "boolean", False, "0 and 1 are numbers", "consumers read a number"),
    ("VARCHAR", "true", "boolean", False, "text is no boolean", "consumers read text"),
    ("INTEGER[]", [1], "array", True, "", ""),
    ("INTEGER", 1, "array", False, "", ""),
    ("STRUCT(x INTEGER)", {"x": 1}, "object", True, "", ""),
    ("JSON", '{"x": 1}', "object", True, "JSON may hold an object", "its type does not say more"),
    ("VARCHAR", '{"x": 1}', "object", False, "text is no object", "consumers read text"),
]  # fmt: skip


def _case(
    name: str, kind: str, values: list[Any], prop: dict[str, Any], key: str, status: str, reading: str = "",
    reason: str = "", number: int | None = None, verdict: str | None = None, section: str = SECTION, **more: Any,
) -> Case:  # fmt: skip
    columns: Columns = {"v": (kind, values)}
    contract = {"properties": [{"name": "v", **prop}], **more.pop("contract", {})}
    return Case(name, section, columns, contract, f"v.{key}", status, number, verdict, reading, reason, **more)


TABLES = tuple(
    _case(f"{logical} on {kind}", kind, [value], {"logicalType": logical}, "logicalType", PASSED if serves else FAILED, reading, reason)
    for kind, value, logical, serves, reading, reason in LOGICAL
)  # fmt: skip

_CONVERTED = (
    "a typed file is converted where no value changes, and a row whose value would change is unexpected",
    "files come from tools that have no other type: a nullable integer of pandas is a double",
)
_CAST = (
    "text is cast by a fixed grammar; a cell that does not cast makes its row unexpected",
    "CSV has no types, and guessing them from the data makes the type depend on other cells",
)
FILES = (
    _case("integer on DOUBLE in Parquet", "DOUBLE", [1.0, None, 3.0], {"logicalType": "integer"}, "logicalType", PASSED, *_CONVERTED, place="parquet"),
    _case("integer on DOUBLE in Parquet, with a fraction", "DOUBLE", [1.0, 1.5], {"logicalType": "integer"}, "logicalType", FAILED, *_CONVERTED, number=1, place="parquet"),
    _case("date on TIMESTAMP in Parquet, at midnight", "TIMESTAMP", ["2024-01-01 00:00:00"], {"logicalType": "date"}, "logicalType", PASSED, *_CONVERTED, place="parquet"),
    _case("date on TIMESTAMP in Parquet, at ten", "TIMESTAMP", [_MOMENT], {"logicalType": "date"}, "logicalType", FAILED, *_CONVERTED, number=1, place="parquet"),
    _case("integer in CSV", "VARCHAR", ["1", "-2", "NA", "1.5"], {"logicalType": "integer"}, "logicalType", FAILED, *_CAST, number=2, place="csv"),
    _case("number in CSV", "VARCHAR", ["1", "1e3", ".5", "1,5"], {"logicalType": "number"}, "logicalType", FAILED, *_CAST, number=1, place="csv"),
    _case("date in CSV", "VARCHAR", ["2024-02-29", "2023-02-29", "29/02/2024"], {"logicalType": "date"}, "logicalType", FAILED, *_CAST, number=2, place="csv"),
    _case("boolean in CSV", "VARCHAR", ["true", "No", "perhaps"], {"logicalType": "boolean"}, "logicalType", FAILED, *_CAST, number=1, place="csv"),
    _case("leading zeros of a string in CSV", "VARCHAR", ["007"], {"logicalType": "string", "logicalTypeOptions": {"pattern": "^00"}}, "pattern", PASSED, "a string stays as it is written", "a reader that guesses would make it 7", number=0, place="csv"),
)  # fmt: skip

_ASIDE = (
    "physicalType and logicalType are two promises",
    "each is optional, and one may hold where the other does not",
)
_BOTH = {"logicalType": "integer", "physicalType": "INTEGER"}
PHYSICAL = (
    _case("physicalType INTEGER on INTEGER", "INTEGER", [1], _BOTH, "physicalType", PASSED, *_ASIDE),
    _case("physicalType INTEGER on BIGINT", "BIGINT", [1], _BOTH, "physicalType", FAILED, *_ASIDE, verdict=BREACH),
    _case("logicalType integer on BIGINT, physicalType INTEGER", "BIGINT", [1], _BOTH, "logicalType", PASSED, *_ASIDE, verdict=BREACH),
    _case("physicalType VARCHAR on VARCHAR, logicalType integer", "VARCHAR", ["1"], {"logicalType": "integer", "physicalType": "VARCHAR"}, "physicalType", PASSED, *_ASIDE, verdict=BREACH),
    _case("physicalType as the platform also calls it", "BIGINT", [1], {"physicalType": "int8"}, "physicalType", PASSED, "two names of one type are the same", "the platform says so", verdict="pass"),
    _case("physicalType DECIMAL(9,2) on DECIMAL(12,2)", "DECIMAL(12,2)", [1], {"physicalType": "DECIMAL(9,2)"}, "physicalType", FAILED, "precision and scale belong to the type", "it holds other values", verdict=BREACH),
    _case("physicalType that the platform does not know", "VARCHAR", ["a"], {"physicalType": "SPARKLE"}, "physicalType", NOT_EXECUTED, "not executed, said so, and no verdict without it", "nothing can be compared", verdict=UNKNOWN),
    _case("physicalType alone, on another type", "VARCHAR", ["1"], {"physicalType": "INTEGER"}, "physicalType", FAILED, *_ASIDE, verdict=BREACH),
    _case("a logicalType that ODCS does not have", "VARCHAR", ["a"], {"logicalType": "varchar"}, "logicalType", CONTRACT_WRONG, "the logical types are a closed list", "the standard's JSON schema says so"),
)  # fmt: skip

_ZONE = ("whether the column's type has a time zone", "the standard: whether the timestamp defines one")
ZONES = tuple(
    _case(f"timezone: {str(zone).lower()} on {kind}", kind, [_MOMENT], {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": zone}},
          "timezone", PASSED if zone == (kind == "TIMESTAMPTZ") else FAILED, *_ZONE, verdict="pass" if zone == (kind == "TIMESTAMPTZ") else BREACH)
    for zone in (True, False) for kind in ("TIMESTAMPTZ", "TIMESTAMP")
)  # fmt: skip

CASES = (*TABLES, *FILES, *PHYSICAL, *ZONES)
