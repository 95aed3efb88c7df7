"""logicalTypeOptions and enum: bounds, lengths, patterns, formats."""

from __future__ import annotations

from typing import Any

from ..kit import BREACH, CONTRACT_WRONG, FAILED, NOT_EXECUTED, PASS, PASSED, UNKNOWN, Case, Columns

SECTION = "schema, logicalTypeOptions"
_OWN = "a NULL keeps every option"
_WHY = "whether NULL may be is what required says"


def _option(
    name: str, kind: str, values: list[Any], logical: str, options: dict[str, Any], number: int | None, reading: str = _OWN,
    reason: str = _WHY, key: str | None = None, status: str | None = "", verdict: str | None = "", place: str = "table",
) -> Case:  # fmt: skip
    columns: Columns = {"v": (kind, values)}
    prop = {"name": "v", "logicalType": logical, "logicalTypeOptions": options}
    if status == "":
        status, verdict = (FAILED, BREACH) if number else (PASSED, PASS)
    key = key or next(iter(options))
    return Case(f"{logical}: {name}", SECTION, columns, {"properties": [prop]}, f"v.{key}", status, number, verdict or None,
                reading, reason, place=place)  # fmt: skip


_POINTS = ("lengths count code points", "the standard: characters")
_EXACT = ("bounds are exact decimals", "19.99 is no binary fraction")
BOUNDS = (
    _option("minLength", "VARCHAR", ["", "a", "ab", None], "string", {"minLength": 1}, 1),
    _option("maxLength", "VARCHAR", ["日本", "日本語", "🎯🎯"], "string", {"maxLength": 2}, 1, *_POINTS),
    _option("minimum", "INTEGER", [-1, 0, 1, None], "integer", {"minimum": 0}, 1),
    _option("maximum", "INTEGER", [9, 10, 11], "integer", {"maximum": 10}, 1),
    _option("exclusiveMinimum", "INTEGER", [-1, 0, 1], "integer", {"exclusiveMinimum": 0}, 2),
    _option("exclusiveMaximum", "INTEGER", [9, 10, 11], "integer", {"exclusiveMaximum": 10}, 2),
    _option("maximum with a fraction", "DECIMAL(9,2)", ["19.98", "19.99", "20.00"], "number", {"maximum": 19.99}, 1, *_EXACT),
    _option("maximum above 2**53", "BIGINT", [2**53, 2**53 + 1], "integer", {"maximum": 2**53}, 1, *_EXACT),
    _option("minimum", "DATE", ["2023-12-31", "2024-01-01"], "date", {"minimum": "2024-01-01"}, 1),
    _option("maximum in another zone", "TIMESTAMPTZ", ["2024-01-01 11:00:00Z", "2024-01-01 13:00:00Z"], "timestamp", {"maximum": "2024-01-01T14:00:00+02:00"}, 1, "moments are compared", "their spelling is no property of theirs"),
    _option("maximum without a zone", "TIMESTAMPTZ", ["2024-07-01 10:00:00Z", "2024-07-01 10:30:00Z"], "timestamp", {"maximum": "2024-07-01 12:00:00", "defaultTimezone": "Europe/Berlin"}, 1, "it takes defaultTimezone", "the standard: the zone where none is said"),
    _option("minimum", "TIME", ["07:59:59", "08:00:00"], "time", {"minimum": "08:00:00"}, 1),
    _option("minimum above maximum", "INTEGER", [1], "integer", {"minimum": 2, "maximum": 1}, 1, "both are executed, and nothing keeps both", "lint warns of it"),
    _option("a bound that is no number", "INTEGER", [1], "integer", {"minimum": "a lot"}, None, "a bound is a number", "the standard's JSON schema says so", status=CONTRACT_WRONG),
    _option("an option of another type", "INTEGER", [1], "integer", {"maxLength": 2}, None, "a number has no length", "the standard's JSON schema says so", status=CONTRACT_WRONG),
)  # fmt: skip

_ANYWHERE = ("found anywhere unless anchored", "ECMA-262, which the standard names, tests so")
PATTERNS = (
    _option("pattern", "VARCHAR", ["xay", "b", None], "string", {"pattern": "a"}, 1, *_ANYWHERE),
    _option("pattern with anchors", "VARCHAR", ["a", "xa", "ax"], "string", {"pattern": "^a$"}, 2, *_ANYWHERE),
    _option("pattern: $ is the very end", "VARCHAR", ["a\n", "a"], "string", {"pattern": "^a$"}, 1, "no line feed may follow", "ECMA-262 without the flag m"),
    _option("pattern: digits are ASCII", "VARCHAR", ["٣", "3"], "string", {"pattern": "^\\d$"}, 1, "\\d is [0-9]", "ECMA-262 says so"),
    _option("pattern with a look-ahead", "VARCHAR", ["a1"], "string", {"pattern": "^(?=.*[0-9])a"}, None, "not executed, said so, and no verdict without it", "RE2, which runs patterns in linear time, has no such thing", status=NOT_EXECUTED, verdict=UNKNOWN),
)  # fmt: skip

_MULTIPLE = ("a multiple as decimal numbers", "0.3 is a multiple of 0.1 for whoever wrote the contract")
MULTIPLES = (
    _option("multipleOf", "INTEGER", [0, 5, 10, -5, 7, None], "integer", {"multipleOf": 5}, 1),
    _option("multipleOf a fraction", "DECIMAL(9,2)", ["0.30", "0.35"], "number", {"multipleOf": 0.1}, 1, *_MULTIPLE),
    _option("multipleOf a fraction, doubles", "DOUBLE", [0.3, 0.35], "number", {"multipleOf": 0.1}, 1, *_MULTIPLE),
)


def _format(form: str, good: list[str], bad: list[str], reading: str, reason: str) -> Case:
    return _option(
        f"format {form}", "VARCHAR", [*good, *bad, None], "string", {"format": form}, len(bad), reading, reason
    )


_UUID = "5b1d7b9e-1c2d-4e3f-8a9b-0c1d2e3f4a5b"
_HINT = ("says how the text is stored or shown; no text is wrong", "as in OpenAPI, where the word comes from")
_NAMED = ("the text as a whole has the format", "a format that is not checked promises nothing")
STRING_FORMATS = (
    _format("email", ["a@b.org", "first.last+tag@sub.example.com"], ["no-at", "a@", "@b.org", "a b@c.org"], *_NAMED),
    _format("uuid", [_UUID, _UUID.upper()], ["5b1d7b9e", _UUID + "0", _UUID.replace("b", "g")], *_NAMED),
    _format("uri", ["https://example.org/a?b=c#d", "mailto:a@b.org"], ["not a uri", "/path/only"], "a URI has a scheme", "RFC 3986"),
    _format("hostname", ["example.org", "a-b.example"], ["-bad-.org", "a b", "a..b"], "labels of letters, digits and inner hyphens", "RFC 1123"),
    _format("ipv4", ["1.2.3.4", "255.255.255.255"], ["1.2.3.256", "1.2.3", "1.2.3.4.5"], *_NAMED),
    _format("ipv6", ["::1", "2001:db8::8a2e:370:7334", "fe80::1"], ["12345::", "1.2.3.4", ":::"], *_NAMED),
    _format("byte", ["aGk=", ""], ["a$b=", "abc"], "base64 with its padding", "as in OpenAPI, where the word comes from"),
    *(
        _option(f"format {form}", "VARCHAR", ["a", None], "string", {"format": form}, None, *_HINT, status=None, verdict=PASS)
        for form in ("binary", "password")
    ),
)  # fmt: skip

_SIZES = ("a format of an integer is its range", "the standard names the width and the sign")
_DATE_FORMAT = (
    "a JDK pattern says how the text of a date is written",
    "the standard: format of the date, as DateTimeFormatter has it",
)
OTHER_FORMATS = (
    *(
        _option(f"format {'i' if signed else 'u'}{bits}", "HUGEINT", [low - 1, low, high, high + 1, None], "integer", {"format": f"{'i' if signed else 'u'}{bits}"}, 2, *_SIZES)
        for bits in (8, 16, 32, 64)
        for signed, low, high in ((True, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1), (False, 0, 2**bits - 1))
    ),
    _option("format i128", "HUGEINT", [-(2**126), 2**126], "integer", {"format": "i128"}, 0, *_SIZES),
    _option("format u128", "HUGEINT", [-1, 0, 2**126], "integer", {"format": "u128"}, 1, *_SIZES),
    _option("format i7", "INTEGER", [1], "integer", {"format": "i7"}, None, "the formats are a closed list", "the standard's JSON schema says so", status=CONTRACT_WRONG),
    _option("format dd/MM/yyyy in CSV", "VARCHAR", ["29/02/2024", "01/12/2024"], "date", {"format": "dd/MM/yyyy"}, 0, *_DATE_FORMAT, key="logicalType", place="csv"),
    _option("format dd/MM/yyyy in CSV, written otherwise", "VARCHAR", ["29/02/2024", "2024-02-29", "31/02/2024"], "date", {"format": "dd/MM/yyyy"}, 2, *_DATE_FORMAT, key="logicalType", place="csv"),
    _option("format yyyy-MM-dd HH:mm:ss in CSV", "VARCHAR", ["2024-02-29 10:00:00", "2024-02-29T10:00:00"], "timestamp", {"format": "yyyy-MM-dd HH:mm:ss"}, 1, *_DATE_FORMAT, key="logicalType", place="csv"),
    _option("format on a column of dates", "DATE", ["2024-02-29"], "date", {"format": "dd/MM/yyyy"}, None, "a column of dates has no spelling: nothing can be wrong", "format is about text", status=None, verdict=PASS),
)  # fmt: skip

ARRAYS = (
    _option("minItems", "INTEGER[]", [[1], [1, 2], [], None], "array", {"minItems": 1}, 1),
    _option("maxItems", "INTEGER[]", [[1], [1, 2], []], "array", {"maxItems": 1}, 1),
    _option("uniqueItems", "INTEGER[]", [[1, 1], [1, 2], [], None], "array", {"uniqueItems": True}, 1),
    _option("uniqueItems: false", "INTEGER[]", [[1, 1]], "array", {"uniqueItems": False}, None, "promises nothing", "it is the default", status=None, verdict=PASS),
)  # fmt: skip

_OBJECTS = ['{"a": 1}', '{"a": 1, "b": 2}', "{}", None]
OBJECTS = (
    _option("minProperties", "JSON", _OBJECTS, "object", {"minProperties": 1}, 1),
    _option("maxProperties", "JSON", _OBJECTS, "object", {"maxProperties": 1}, 1),
    _option(
        "required",
        "JSON",
        _OBJECTS,
        "object",
        {"required": ["b"]},
        2,
        "the object has the property",
        "the standard: required to exist",
    ),
)


def _enum(name: str, kind: str, values: list[Any], logical: str, allowed: list[Any], number: int) -> Case:
    prop = {"name": "v", "logicalType": logical, "enum": [{"value": value} for value in allowed]}
    contract = {"apiVersion": "v3.2.0", "properties": [prop]}
    status, verdict = (FAILED, BREACH) if number else (PASSED, PASS)
    return Case(f"enum: {name}", "schema, enum", {"v": (kind, values)}, contract, "v.enum", status, number, verdict,
                "NULL is in every enum; texts are compared exactly", _WHY)  # fmt: skip


ENUMS = (
    _enum("texts", "VARCHAR", ["paid", "Paid", "open", None], "string", ["paid", "open"], 1),
    _enum("integers", "INTEGER", [0, 1, 2, None], "integer", [0, 1], 1),
    _enum("kept", "VARCHAR", ["paid"], "string", ["paid", "open"], 0),
)

CASES = (*BOUNDS, *PATTERNS, *MULTIPLES, *STRING_FORMATS, *OTHER_FORMATS, *ARRAYS, *OBJECTS, *ENUMS)
