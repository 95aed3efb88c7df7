"""A record that a schema describes, as a contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headgate.draft.quoting import quoted
from headgate.lint import personal

# How a contract orders the keys of a property.
ORDER = (
    "description", "logicalType", "physicalType", "classification", "required", "logicalTypeOptions", "enum",
    "properties", "items", "map", "customProperties",
)  # fmt: skip


@dataclass
class Described:
    """What a schema says of a record: `fields` are its properties as ODCS has them, by name; `notes` what it has no
    words for, by the name of the property."""

    name: str
    description: str = ""
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def note(self, path: str, said: str) -> None:
        """Note what a person has to know of the property that `path` is in."""
        top = path.partition(".")[0].rstrip("[]{}")
        self.notes.setdefault(top, []).append(said if path == top else f"{quoted(path)}: {said}")


def marked_shape(name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return a property, marked as confidential if its name says that its values are personal."""
    return {**shape, **({"classification": "confidential"} if personal.named(name) else {})}


def inner_property(name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return a property of an object as ODCS has it."""
    marked = marked_shape(name, shape)
    return {"name": name} | {key: marked[key] for key in ORDER if key in marked}


def placed(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is inside an array or a map as ODCS has it, without a name."""
    return {key: shape[key] for key in ORDER if key in shape}


def own(**settings: Any) -> list[dict[str, Any]]:
    """Return headgate's own settings of a property as ODCS has them."""
    return [{"property": name, "value": value, "vendor": "headgate"} for name, value in settings.items()]
