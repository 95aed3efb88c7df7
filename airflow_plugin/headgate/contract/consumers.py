"""Who reads a dataset: the setting `consumers`, in its one shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from headgate.contract.service_levels import LEVELS, READERS, canonical
from headgate.suggest import did_you_mean

_TEXTS = ("name", "contact", "dataset")
_KEYS = (*_TEXTS, "reads", "needs")
# What a need says, by the words of ODCS's slaProperties.
_NEED_KEYS = ("property", "value", "unit", "element")


@dataclass(frozen=True, slots=True)
class Need:
    """A service level that a consumer needs: `property`, `value` and `unit` as in ODCS's slaProperties, `element` the
    column that it is about."""

    property: str
    value: int | Decimal | str
    unit: str = ""
    element: str = ""

    def to_dict(self) -> dict[str, Any]:
        value = str(self.value) if isinstance(self.value, Decimal) else self.value
        said = {"property": self.property, "value": value, "unit": self.unit, "element": self.element}
        return {key: item for key, item in said.items() if item != ""}


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who reads a dataset. `reads` are the names of the properties; empty where that is not known, so that
    any may be read. `dataset` is what they make of it."""

    name: str
    contact: str = ""
    reads: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    dataset: str = ""

    def may_read(self, column: str) -> bool:
        """Return whether a column, or what is inside it, is read as far as is known."""
        one = column.lower()
        return not self.reads or any(
            one == read or one.startswith((f"{read}.", f"{read}[")) or read.startswith((f"{one}.", f"{one}["))
            for read in map(str.lower, self.reads)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the consumer as the contract may write it; what is not known is left out."""
        said = {
            "name": self.name,
            "contact": self.contact,
            "reads": list(self.reads),
            "needs": [need.to_dict() for need in self.needs],
            "dataset": self.dataset,
        }
        return {key: item for key, item in said.items() if item}


def consumers_of(value: Any) -> tuple[Consumer, ...]:
    """Return the consumers that `value` names: a name, an object, or a list of both.

    Raises:
        ValueError: with the value that is wrong, and what is expected.
    """
    return tuple(_consumer(item) for item in (value if isinstance(value, list) else [value]))


def _consumer(item: Any) -> Consumer:
    entry = {"name": item} if isinstance(item, str) else item
    if not isinstance(entry, Mapping):
        raise ValueError(
            f"{item!r} is not a valid consumer; expected a name, or {{name, contact, reads, needs, dataset}}"
        )
    for key in entry:
        if key not in _KEYS:
            raise ValueError(
                f"{key!r} is not a field of a consumer{did_you_mean(key, _KEYS)}; expected {', '.join(_KEYS)}"
            )
    for key in _TEXTS:
        if not isinstance(entry.get(key, ""), str):
            raise ValueError(f"{entry[key]!r} is not a valid {key} of a consumer; expected a string")
    name = entry.get("name", "").strip()
    if not name:
        raise ValueError(f"{item!r} is not a valid consumer; give it a name")
    reads: Any = entry.get("reads", [])
    if not isinstance(reads, list) or not all(isinstance(read, str) and read for read in reads):
        raise ValueError(f"{reads!r} is not what the consumer {name} reads; expected a list of properties' names")
    needs: Any = entry.get("needs", [])
    if not isinstance(needs, list):
        raise ValueError(
            f"{needs!r} is not what the consumer {name} needs; expected a list of {{property, value, unit}}"
        )
    return Consumer(
        name,
        entry.get("contact", "").strip(),
        tuple(reads),
        tuple(_need(need, name) for need in needs),
        entry.get("dataset", "").strip(),
    )


def _need(need: Any, name: str) -> Need:
    if not isinstance(need, Mapping) or set(need) - set(_NEED_KEYS) or not {"property", "value"} <= set(need):
        raise ValueError(
            f"{need!r} is not a valid need of the consumer {name}; expected {{property, value}}, and optionally unit "
            "and element"
        )
    value = need["value"]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(
            f"{value!r} is not a valid value of a need of the consumer {name}; expected a number or a string"
        )
    for key in ("property", "unit", "element"):
        if not isinstance(need.get(key, ""), str):
            raise ValueError(f"{need[key]!r} is not a valid {key} of a need of the consumer {name}; expected a string")
    exact = Decimal(str(value)) if isinstance(value, float) else value
    level = canonical(need["property"])
    if level not in LEVELS:
        hint = did_you_mean(level, LEVELS)
        raise ValueError(f"{level!r} is not a service level that the consumer {name} can need{hint}; see slaProperties")
    try:
        READERS[LEVELS[level].value](exact, need.get("unit", ""))
    except ValueError as error:
        raise ValueError(f"the need {level} of the consumer {name}: {error}") from None
    return Need(need["property"], exact, need.get("unit", ""), need.get("element", ""))


_TEXT = {"type": "string"}
_NAME = {"type": "string", "minLength": 1}
_NEED_SCHEMA = {
    "type": "object",
    "properties": {"property": _NAME, "value": {"type": ["number", "string"]}, "unit": _TEXT, "element": _TEXT},
    "required": ["property", "value"],
    "additionalProperties": False,
}
_ONE = {
    "anyOf": [
        _NAME,
        {
            "type": "object",
            "properties": {
                "name": _NAME,
                "contact": _TEXT,
                "reads": {"type": "array", "items": _NAME},
                "needs": {"type": "array", "items": _NEED_SCHEMA},
                "dataset": _TEXT,
            },
            "required": ["name"],
            "additionalProperties": False,
        },
    ]
}
# The JSON schema of the values that `consumers_of` takes.
SCHEMA = {"anyOf": [*_ONE["anyOf"], {"type": "array", "items": _ONE}]}
