"""What is inside a property, as ODCS writes it: in an object, an array, a map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headgate.checks import EACH, KEYS, VALUES
from headgate.contract.document import Path


def nested_of(raw: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Yield each property directly inside the property `raw`, and its path in the document."""
    for inner, where, _ in steps_of(raw, path):
        yield inner, where


def steps_of(raw: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path, str]]:
    """Yield the same as `nested_of`, with the step that leads there (see Check.within)."""
    for index, inner in enumerate(raw.get("properties") or []):
        yield inner, (*path, "properties", index), inner.get("physicalName") or inner["name"]
    if isinstance(raw.get("items"), Mapping):
        yield raw["items"], (*path, "items"), EACH
    for part, step in (("key", KEYS), ("value", VALUES)):
        if isinstance((raw.get("map") or {}).get(part), Mapping):
            yield raw["map"][part], (*path, "map", part), step
