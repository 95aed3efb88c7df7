"""What a change does not show: the defaults and examples of a property that is classified, which are values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headgate.changes.change import ABSENT
from headgate.changes.delta import Delta, Node, items_of
from headgate.changes.kinds import custom_name
from headgate.contract.model import classifies

_MASK = "***"
_DEFAULT = "setting.default"
_VALUES = ("property.setting.default", "property.examples")


def masked(delta: Delta) -> tuple[Any, Any]:
    """Return the old and the new side of a difference, with *** in place of values of classified properties.

    A property that is classified on one side is so on both; what is inside it is as well.
    """
    hidden = _hides(delta.old_trail) or _hides(delta.new_trail)
    if delta.where in _VALUES:
        return (_mask(delta.old), _mask(delta.new)) if hidden else (delta.old, delta.new)
    return _inside(delta.old, hidden), _inside(delta.new, hidden)


def _hides(trail: tuple[Node, ...]) -> bool:
    return any(node.kind == "property" and _classified(node.value) for node in trail)


def _classified(prop: Mapping[str, Any]) -> bool:
    options = prop.get("logicalTypeOptions")
    said = prop.get("classification")
    return classifies(
        str(said) if said else None, prop.get("logicalType"), options if isinstance(options, dict) else {}
    )


def _mask(value: Any) -> Any:
    return value if value is ABSENT or value is None else _MASK


def _inside(value: Any, hidden: bool) -> Any:
    """Return a whole thing that came or went, its values masked; anything else as it is."""
    if isinstance(value, list):
        return [_inside(each, hidden) for each in value]
    if not isinstance(value, dict):
        return value
    here = hidden or _classified(value)
    found = {key: _inside(each, here) for key, each in value.items()}
    if not here:
        return found
    if "examples" in found:
        found["examples"] = _mask(found["examples"])
    if custom := items_of(value.get("customProperties")):
        found["customProperties"] = [
            {**each, "value": _mask(each.get("value"))} if custom_name(each) == _DEFAULT else each for each in custom
        ]
    return found
