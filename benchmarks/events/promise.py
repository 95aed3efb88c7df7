"""An event of twenty fields with 33 rules besides the types, in the words of each tool; and events that break it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
# Name, logical type, options (JSON Schema's words, which are ODCS's); `required` and `enum` among them.
FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("event_id", "string", {"required": True, "pattern": _ID}),
    ("order_id", "string", {"required": True, "pattern": "^A-[0-9]+$"}),
    ("customer_id", "string", {"required": True, "minLength": 3, "maxLength": 12}),
    ("amount_eur", "number", {"required": True, "minimum": 0, "maximum": 500}),
    ("tax_eur", "number", {"minimum": 0, "maximum": 100}),
    ("quantity", "integer", {"required": True, "minimum": 1, "maximum": 1000}),
    ("status", "string", {"required": True, "enum": ["paid", "open", "cancelled"]}),
    ("currency", "string", {"required": True, "enum": ["EUR", "USD", "GBP"]}),
    ("channel", "string", {"enum": ["web", "app", "shop"]}),
    ("country", "string", {"required": True, "pattern": "^[A-Z]{2}$"}),
    ("zip", "string", {"maxLength": 10}),
    ("city", "string", {"minLength": 1, "maxLength": 80}),
    ("email", "string", {"pattern": r"^[^@ ]+@[^@ ]+\.[a-z]+$"}),
    ("coupon", "string", {"maxLength": 20}),
    ("weight", "number", {"minimum": 0}),
    ("is_gift", "boolean", {}),
    ("items", "integer", {"minimum": 1, "maximum": 100}),
    ("created_at", "timestamp", {"required": True}),
    ("updated_at", "timestamp", {}),
    ("note", "string", {"minLength": 1, "maxLength": 500}),
]
RULES = sum(len(options) for _, _, options in FIELDS)


def contract() -> dict[str, Any]:
    """Return the ODCS document."""
    properties = []
    for name, kind, options in FIELDS:
        said: dict[str, Any] = {"name": name, "logicalType": kind}
        rest = {word: value for word, value in options.items() if word not in ("required", "enum")}
        if options.get("required"):
            said["required"] = True
        if "enum" in options:
            said["enum"] = [{"value": value} for value in options["enum"]]
        if rest:
            said["logicalTypeOptions"] = rest
        properties.append(said)
    things = {"name": "orders", "properties": properties}
    own = [{"property": "extraColumns", "value": "fail", "vendor": "headgate"}]
    return {
        "apiVersion": "v3.2.0", "kind": "DataContract", "id": "orders", "version": "1.0.0", "status": "active",
        "schema": [things | {"customProperties": own}],
    }  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the JSON Schema."""
    properties = {}
    for name, kind, options in FIELDS:
        rest = {word: value for word, value in options.items() if word != "required"}
        typed = {"type": "string", "format": "date-time"} if kind == "timestamp" else {"type": kind}
        properties[name] = typed | rest
    return {
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "orders", "type": "object",
        "properties": properties, "required": [name for name, _, options in FIELDS if options.get("required")],
        "additionalProperties": False,
    }  # fmt: skip


def event(chance: random.Random, number: int) -> dict[str, Any]:
    """Return a good event of about 480 bytes."""
    found = {
        "event_id": f"{chance.getrandbits(32):08x}-1234-4321-abcd-{number:012x}", "order_id": f"A-{number}",
        "customer_id": f"C-{number % 997}", "amount_eur": round(chance.random() * 500, 2),
        "tax_eur": round(chance.random() * 90, 2), "quantity": chance.randint(1, 9),
        "status": chance.choice(["paid", "open"]), "currency": "EUR", "channel": "web", "country": "DE", "zip": "10115",
        "city": "Berlin", "email": f"u{number}@example.org", "weight": chance.random() * 9, "is_gift": bool(number % 2),
        "items": chance.randint(1, 9), "created_at": "2026-03-02T10:11:12.123456Z",
        "updated_at": "2026-03-02T10:11:12.123456Z", "note": "x" * 60,
    }  # fmt: skip
    return found if number % 3 else found | {"coupon": "X10"}


_GOOD = event(random.Random(0), 1)
_TEXT = json.dumps(_GOOD)
# What breaks the promise, as the bytes that arrive.
BROKEN: Mapping[str, bytes] = {
    name: json.dumps(_GOOD | changed).encode()
    for name, changed in {
        "a required field is NULL": {"status": None},
        "an unknown word": {"status": "Paid"},
        "below its minimum": {"amount_eur": -1},
        "too long": {"customer_id": "C" * 13},
        "another pattern": {"country": "de"},
        "a text for a number": {"amount_eur": "12"},
        "true for an integer": {"quantity": True},
        "1.5 for an integer": {"quantity": 1.5},
        "a day that is none": {"created_at": "2026-02-30T10:00:00Z"},
        "a misspelt field": {"amont_eur": 1},
    }.items()
} | {
    "NaN": _TEXT.replace(f'"weight": {_GOOD["weight"]}', '"weight": NaN').encode(),
    "a key twice": (_TEXT[:-1] + ', "status": "open"}').encode(),
    "cut off": _TEXT[:-2].encode(),
    "nothing": b"",
}
TWO_FAULTS = json.dumps(_GOOD | {"status": "Paid", "amount_eur": -1}).encode()
