"""Schemas as lines that can be compared."""

from __future__ import annotations

import difflib
import json

from headgate.streams.registry.client import SchemaText


def lines_of(schema: SchemaText) -> list[str]:
    """Return the lines of a schema, alike for texts that differ in white space alone."""
    if schema.type == "PROTOBUF":
        return [" ".join(line.split()) for line in schema.text.splitlines() if line.strip()]
    try:
        return json.dumps(json.loads(schema.text), ensure_ascii=False, indent=2).splitlines()
    except (ValueError, RecursionError):
        return schema.text.splitlines()


def same_text(one: SchemaText, other: SchemaText) -> bool:
    """Return whether two schemas say the same in the same order."""
    return one.type == other.type and lines_of(one) == lines_of(other)


def differing_lines(old: SchemaText, new: SchemaText) -> tuple[str, ...]:
    """Return a unified diff of two schemas, without a head; empty where they are the same."""
    found = difflib.unified_diff(lines_of(old), lines_of(new), n=2, lineterm="")
    return tuple(line for line in found if not line.startswith(("---", "+++")))
