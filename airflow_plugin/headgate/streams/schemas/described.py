"""A record that a schema describes, as a contract has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headgate.draft.quoting import quoted
from headgate.errors import CallError
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


def chosen(names: Sequence[str], used: Callable[[], Collection[str]], name: str | None, kind: str) -> str:
    """Return which of the records of a file is read: the one called `name`, else the only one that no other uses.

    Raises:
        CallError: there is none, or there are several.
    """
    if not names:
        raise CallError(f"the file has no {kind}")
    if name in names:
        return str(name)
    tops = [each for each in names if each not in used()] or list(names)
    if len(tops) > 1:
        said = f"the file has several {kind}s that no other one uses: {', '.join(map(quoted, tops))}"
        raise CallError(f"{said}; choose one with --name")
    return tops[0]
