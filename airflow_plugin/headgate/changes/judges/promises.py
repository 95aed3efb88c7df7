"""Judges of quality rules and service levels."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from headgate.changes import ranges, service_levels
from headgate.changes.delta import Delta
from headgate.changes.judges.columns import presence, subset
from headgate.rules.operators import OPERATORS, UNITS
from headgate.rules.quality import WARNINGS

_PERCENT: ranges.Ranges = (((0, 0), (100, 1)),)
_COUNT: ranges.Ranges = (((0, 0), ranges.ALL[0][1]),)
_TURNED = {"tightened": "loosened", "loosened": "tightened"}


def _is_warning(rule: Mapping[str, Any]) -> bool:
    return str(rule.get("severity") or "").lower() in WARNINGS


def _rule(delta: Delta) -> str:
    """A text promises nothing that can be measured, a warning holds nothing back."""
    rule = delta.old if delta.event == "removed" else delta.new
    if rule.get("type") == "text":
        return f"{delta.event}-text"
    return f"{delta.event}-warning" if _is_warning(rule) else delta.event


def _expect(delta: Delta) -> str:
    """The numbers allowed before and now. A library metric counts rows (whole numbers from 0) or is a percentage."""
    old, new = delta.old or {}, delta.new or {}
    units = [UNITS.get(str(side.get("unit") or "rows").lower()) for side in (old, new)]
    library = all(
        (side.get("type") or "library") == "library" and side.get("metric")
        for side in (delta.before("rule"), delta.after("rule"))
    )
    if units[0] != units[1]:
        return "unit"
    sets = [_allowed(side) for side in (old, new)]
    if library and units[0] == "rows":
        sets = [ranges.whole(ranges.both(s, _COUNT)) for s in sets]
    elif library and units[0] == "percent":
        sets = [ranges.both(s, _PERCENT) for s in sets]
    return ranges.direction(*sets)


def _allowed(side: Mapping[str, Any]) -> ranges.Ranges:
    found = ranges.ALL
    for operator in OPERATORS:
        if operator in side:
            bounds = side[operator] if isinstance(side[operator], list) else [side[operator]]
            if any(isinstance(bound, bool) or not isinstance(bound, int | Decimal) for bound in bounds):
                raise ValueError(bounds)
            found = ranges.both(found, ranges.allowed(operator, bounds))
    return found


def _measures(delta: Delta) -> str:
    """`type: library` is implied by a metric."""
    old, new = ({"type": "library", **(side or {})} for side in (delta.old, delta.new))
    return "same" if old == new else "changed"


def _description(delta: Delta) -> str:
    """Of a text rule, the description is the rule."""
    return "meaning" if delta.after("rule").get("type") == "text" else delta.event


def _severity(delta: Delta) -> str:
    old, new = (_is_warning(side) for side in (delta.before("rule"), delta.after("rule")))
    return "same" if old == new else "tightened" if old else "loosened"


def _fewer(delta: Delta) -> str:
    """A list of what is valid: fewer of them are tighter."""
    if delta.event != "changed":
        return presence(delta)
    return _TURNED.get(found := subset(delta), found)


def _more(delta: Delta) -> str:
    """A list of what counts as missing: more of them are tighter. None listed means null and the empty text."""
    default = [None, ""]
    old, new = (
        {repr(item) for item in (side if isinstance(side, list) else default)} for side in (delta.old, delta.new)
    )
    return "same" if old == new else "tightened" if old < new else "loosened" if new < old else "changed"


def _level(delta: Delta) -> str:
    before, after = delta.before("sla"), delta.after("sla")
    old, new = ((side.get("value"), side.get("unit")) for side in (before, after))
    regulatory = any(str(side.get("driver") or "").lower() == "regulatory" for side in (before, after))
    return service_levels.direction(after.get("property"), old, new, regulatory)


def _level_name(delta: Delta) -> str:
    return "same" if service_levels.canonical(delta.old) == service_levels.canonical(delta.new) else "changed"


JUDGES = {
    "rule": _rule,
    "rule.expect": _expect,
    "rule.measures": _measures,
    "rule.description": _description,
    "rule.severity": _severity,
    "rule.arguments.validValues": _fewer,
    "rule.arguments.missingValues": _more,
    "sla.level": _level,
    "sla.property": _level_name,
}
