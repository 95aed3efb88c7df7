"""The kinds of things in a contract: what each holds, and what its items are recognised by.

An item of a list is matched by its `id`, else by the first of its kind's natural keys that finds a partner, else (where
the last key is empty) by position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from headgate.changes import service_levels
from headgate.contract.settings import VENDOR
from headgate.rules.operators import OPERATORS

Key = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """`lists` and `single` name the kind behind a field; a list in `whole` is one change where it comes or goes as a
    whole, and so is a `single` in it. `groups` are fields that only together say something."""

    keys: tuple[Key, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    single: Mapping[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordered: bool = False


def _by(*names: str) -> Key:
    """The values of fields; None, which matches nothing, where all are missing."""

    def key(item: Mapping[str, Any]) -> Any:
        values = tuple(repr(item.get(name)) if item.get(name) is not None else None for name in names)
        return values if any(values) else None

    return key


def _position(item: Mapping[str, Any]) -> Any:
    return ()


def custom_name(item: Mapping[str, Any]) -> str:
    """`setting.onBreach` of headgate's own, `custom.unit` of all others, whatever their vendor or prefix."""
    name = str(item.get("property"))
    if item.get("vendor") == VENDOR or name.startswith(f"{VENDOR}."):
        return f"setting.{name.removeprefix(f'{VENDOR}.')}"
    return f"custom.{name.rpartition('.')[2].lower()}"


def _custom(item: Mapping[str, Any]) -> Any:
    return custom_name(item), str(item.get("property")).lower().removeprefix(f"{VENDOR}."), item.get("vendor")


def _sla(*names: str) -> Key:
    fields = _by(*names)
    return lambda item: (service_levels.canonical(item.get("property")), fields(item))


_SHARED = {"customProperties": "custom", "authoritativeDefinitions": "definition"}
_PROPERTY = _SHARED | {
    "properties": "property",
    "quality": "rule",
    "relationships": "relationship",
    "enum": "enum",
    "synonyms": "synonym",
}

KINDS: dict[str, Kind] = {
    "contract": Kind(
        lists=_SHARED
        | {"schema": "object", "servers": "server", "slaProperties": "sla", "roles": "role", "support": "support"},
        single={"team": "team", "price": "price"},
        whole=frozenset({"price", "team"}),
    ),
    "object": Kind(keys=(_by("name"), _by("physicalName")), lists={**_PROPERTY}),
    "property": Kind(
        keys=(_by("name"),),
        lists=_PROPERTY,
        single={"items": "property", "logicalTypeOptions": "options", "map": "map"},
        whole=frozenset({"items", "enum", "map"}),
        ordered=True,
    ),
    "map": Kind(single={"key": "property", "value": "property"}, whole=frozenset({"key", "value"})),
    "options": Kind(
        groups={"lower": ("minimum", "exclusiveMinimum"), "upper": ("maximum", "exclusiveMaximum")},
    ),
    "rule": Kind(
        keys=(
            _by("name", "metric", "type"),
            _by("name"),
            _by("metric", "arguments"),
            _by("query"),
            _by("metric"),
            _by("engine", "type"),
            _by("type"),
        ),
        lists=_SHARED,
        groups={"expect": (*OPERATORS, "unit"), "measures": ("type", "metric", "rule")},
    ),
    "relationship": Kind(keys=(_by("from", "to"), _by("from"), _by("to"), _position), lists=_SHARED),
    "sla": Kind(
        keys=(_sla("element", "driver"), _sla("element"), _sla("driver"), _sla()),
        lists=_SHARED,
        groups={"level": ("value", "unit")},
    ),
    "server": Kind(keys=(_by("server", "environment"), _by("server")), lists=_SHARED | {"roles": "role"}),
    "role": Kind(keys=(_by("role"),), lists=_SHARED),
    "support": Kind(keys=(_by("channel", "url"), _by("channel"), _by("url")), lists=_SHARED),
    "team": Kind(lists=_SHARED | {"members": "member"}),
    "member": Kind(keys=(_by("username", "role", "dateIn"), _by("username", "role"), _by("username")), lists=_SHARED),
    "price": Kind(),
    "enum": Kind(keys=(_by("value"),), lists=_SHARED),
    "synonym": Kind(keys=(_by("synonym"),), lists=_SHARED),
    "definition": Kind(keys=(_by("type", "url"), _by("type"), _by("url"), _position)),
    "custom": Kind(keys=(_custom, lambda item: custom_name(item))),
}
