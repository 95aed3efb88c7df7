"""The classifications of a contract in the draft of a schema, which has none: a change must not show their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headgate.changes.delta import items_of

# Of a field that the contract does not have (any more): nobody says that its values may be shown.
_UNKNOWN = "unknown"


def with_classes(drafted: list[dict[str, Any]], said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the properties of a draft, each classified as the contract says of the one of its name."""
    known = {str(each.get(key)): each for key in ("name", "physicalName") for each in said if each.get(key)}
    return [_one(each, known.get(str(each.get("name")))) for each in drafted]


def _one(drafted: dict[str, Any], said: Mapping[str, Any] | None) -> dict[str, Any]:
    if said is None:
        return {**drafted, "classification": _UNKNOWN}
    found = {key: value for key, value in drafted.items() if key != "classification"}
    if said.get("classification"):
        found["classification"] = said["classification"]
    if isinstance(drafted.get("properties"), list):
        found["properties"] = with_classes(drafted["properties"], items_of(said.get("properties")))
    if isinstance(drafted.get("items"), dict) and isinstance(said.get("items"), dict):
        found["items"] = _one(drafted["items"], said["items"])
    return found
