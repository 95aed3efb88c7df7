"""Judges of schema objects and their properties: names, types, options, keys, enums."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from headgate.changes import types
from headgate.changes.change import ABSENT
from headgate.changes.delta import Delta, Node, items_of
from headgate.changes.judges.settings import inherited
from headgate.checks import DATE_OR_TIMESTAMP
from headgate.contract.values import implied_logical_type, integer_range, promised_type

# Logical types, each with one that holds all that it holds.
_WIDER = {("integer", "number"), ("date", DATE_OR_TIMESTAMP), ("timestamp", DATE_OR_TIMESTAMP)}
_EXACT = ("DECIMAL", "NUMERIC", "NUMBER")
_FLOATS = {"f32": 24, "f64": 53}
# What a reader sees alike: rows of columns.
_RELATIONS = {"table", "view", "materialized view", "materialized_view", "external table", "dynamic table"}
_CLASSES = ("public", "open", "internal", "private", "confidential", "restricted", "secret", "highly restricted")


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def column_of(item: Mapping[str, Any]) -> Any:
    return item.get("physicalName") or item.get("name")


def _name(delta: Delta) -> str:
    """A new name for the same column is a matter of the contract alone."""
    was, now = delta.old_trail[-1].value, delta.new_trail[-1].value
    return "label" if column_of(was) == column_of(now) else "changed"


def _physical_name(delta: Delta) -> str:
    was, now = delta.old_trail[-1].value, delta.new_trail[-1].value
    # Without a physicalName before, a new name has said already that the column is another.
    if column_of(was) == column_of(now):
        return "same"
    return "changed"


def _logical_type(delta: Delta) -> str:
    was, now = (
        _promised(side, trail)
        for side, trail in ((delta.before("property"), delta.old_trail), (delta.after("property"), delta.new_trail))
    )
    if was == now:
        return "same"
    if now is None:
        return "removed"
    if was is None:
        return "added"
    if (was, now) in _WIDER:
        return "widened"
    return "narrowed" if (now, was) in _WIDER else "family"


def _promised(prop: Mapping[str, Any], trail: tuple[Node, ...]) -> str | None:
    """The logical type of a property; of a `date` of ODCS 3.0, which of the two the physical type says that it is."""
    named = promised_type(prop, str(trail[0].value.get("apiVersion")))
    implied = implied_logical_type(prop.get("physicalType"))
    return implied if named == DATE_OR_TIMESTAMP and implied in ("date", "timestamp") else named


def _physical_type(delta: Delta) -> str:
    if not delta.old or not delta.new:
        return delta.event if _says_logical(delta) else f"{delta.event}-other"
    return types.direction(str(delta.old), str(delta.new), server_type(delta.new_trail))


def _says_logical(delta: Delta) -> bool:
    """Whether a physical type that came or went says no more of the kind of values than the logical one on the other
    side. Exact digits are another kind of number than `number` alone, of which schemas make a binary one."""
    came = bool(delta.new)
    side, trail = (delta.before("property"), delta.old_trail) if came else (delta.after("property"), delta.new_trail)
    promised, physical = _promised(side, trail), str(delta.new if came else delta.old)
    implied = implied_logical_type(physical)
    if promised == implied == "number":
        return not physical.upper().startswith(_EXACT)
    return promised in (None, implied) or {implied, promised} == {"integer", "number"} or (implied, promised) in _WIDER


def server_type(trail: tuple[Node, ...]) -> str | None:
    servers = items_of(trail[0].value.get("servers"))
    return next((str(s["type"]).lower() for s in servers if s.get("type")), None)


def _object_type(delta: Delta) -> str:
    old, new = (str(side or "table").lower() for side in (delta.old, delta.new))
    return "same" if old == new else "relation" if {old, new} <= _RELATIONS else "changed"


def _flag(delta: Delta) -> str:
    """A promise that is kept where the flag is true."""
    return tightening((delta.old or False) is True, (delta.new or False) is True)


def tightening(old: bool, new: bool) -> str:
    return "same" if old == new else "tightened" if new else "loosened"


def _required(delta: Delta) -> str:
    """A column of the primary key is required, whether it says so or not."""
    was, now = delta.before("property"), delta.after("property")
    return tightening(*(side.get("required") is True or side.get("primaryKey") is True for side in (was, now)))


def _unique(delta: Delta) -> str:
    """A column that is the primary key alone is unique, whether it says so or not."""

    def holds(trail: tuple[Node, ...]) -> bool:
        prop, around = trail[-1].value, trail[-2].value
        keys = [p for p in items_of(around.get("properties")) if p.get("primaryKey") is True]
        return prop.get("unique") is True or (len(keys) == 1 and keys[0] is prop)

    return tightening(holds(delta.old_trail), holds(delta.new_trail))


def _added_property(delta: Delta) -> str:
    needed = delta.new.get("required") is True or delta.new.get("primaryKey") is True
    return "added-required" if needed else "added"


def _removed_property(delta: Delta) -> str:
    return "removed-deprecated" if delta.old.get("deprecated") is True else "removed"


def _property(delta: Delta) -> str:
    return _added_property(delta) if delta.event == "added" else _removed_property(delta)


def _bound(sign: int, plain: str, strict: str) -> Any:
    """A judge of a bound; `sign` is 1 where a greater one is the tighter promise."""

    def judge(delta: Delta) -> str:
        old, new = (_effective(side or {}, sign, plain, strict) for side in (delta.old, delta.new))
        if old is None or new is None:
            return "same" if old is new else "tightened" if old is None else "loosened"
        return "same" if old == new else "tightened" if new > old else "loosened"

    return judge


def _effective(side: Mapping[str, Any], sign: int, plain: str, strict: str) -> tuple[Any, bool] | None:
    """The bound that decides, so that the greater one is the tighter: (number, whether it is itself excluded)."""
    found = [(_comparable(side[name], sign), name == strict) for name in (plain, strict) if side.get(name) is not None]
    return max(found) if found else None


def _comparable(value: Any, sign: int) -> Decimal:
    """A number, or a moment in ISO form as seconds; without a zone it is taken for UTC, before and now."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value) * sign
    text = str(value)
    if text[2:3] == ":":
        time = datetime.time.fromisoformat(text)
        seconds = Decimal(time.hour * 3600 + time.minute * 60 + time.second) + Decimal(time.microsecond) / 10**6
        return (seconds - Decimal((time.utcoffset() or datetime.timedelta()).total_seconds())) * sign
    moment = datetime.datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
    return Decimal((moment - _EPOCH) // datetime.timedelta(microseconds=1)) * sign


def _least(sign: int, default: int | None) -> Any:
    """A judge of a length or a number of items; `default` is what holds where nothing is said."""

    def judge(delta: Delta) -> str:
        old, new = (default if side is ABSENT or side is None else side for side in (delta.old, delta.new))
        if old == new:
            return "same"
        if old is None or new is None:
            return "tightened" if old is None else "loosened"
        return "tightened" if (new - old) * sign > 0 else "loosened"

    return judge


def _multiple(delta: Delta) -> str:
    if not delta.old or not delta.new:
        return "tightened" if delta.new else "loosened"
    old, new = Decimal(delta.old), Decimal(delta.new)
    return "same" if old == new else "tightened" if new % old == 0 else "loosened" if old % new == 0 else "changed"


def presence(delta: Delta) -> str:
    """Said is tighter than not said; what is said in another way cannot be compared."""
    return {"added": "tightened", "removed": "loosened"}.get(delta.event, delta.event)


def subset(delta: Delta) -> str:
    """A list of promises: more of them are tighter."""
    old, new = ({repr(item) for item in side or []} for side in (delta.old, delta.new))
    return "same" if old == new else "tightened" if old < new else "loosened" if new < old else "changed"


def _format(delta: Delta) -> str:
    """Of numbers, a range; of everything else, words that cannot be compared."""
    old, new = delta.old, delta.new
    before, after = (None if side is ABSENT else integer_range(str(side)) for side in (old, new))
    if (old is ABSENT or before) and (new is ABSENT or after):
        if before is None or after is None:
            return "range-" + presence(delta)
        (low1, high1), (low2, high2) = before, after
        return "widened" if low2 <= low1 and high1 <= high2 else "narrowed"
    if old in _FLOATS and new in _FLOATS:
        return "widened" if _FLOATS[new] > _FLOATS[old] else "narrowed"
    return delta.event


def _timezone(delta: Delta) -> str:
    default = "Etc/UTC" if delta.where.endswith("defaultTimezone") else False
    old, new = (default if side is ABSENT or side == "UTC" else side for side in (delta.old, delta.new))
    return "same" if old == new else "changed"


def _enum_value(delta: Delta) -> str:
    """An added value is a matter of what the consumers were told: whether more may come."""
    if delta.event == "removed":
        return "removed"
    policy = inherited(delta.old_trail, "enumPolicy")
    return f"added-{policy}" if policy else "added"


def _enum_item(delta: Delta) -> str:
    old, new = delta.old, delta.new
    return "same" if str(old) == str(new) and type(old) is type(new) else "changed"


def _classification(delta: Delta) -> str:
    if not delta.old or not delta.new:
        return "raised" if delta.new else "lowered"
    old, new = str(delta.old).lower(), str(delta.new).lower()
    if old == new:
        return "same"
    if old not in _CLASSES or new not in _CLASSES:
        return "changed"
    return "raised" if _CLASSES.index(new) > _CLASSES.index(old) else "lowered"


def _meaning(delta: Delta) -> str:
    """The words of what is computed are its definition; those of a plain column are documentation."""
    sides = (delta.old_trail[-1].value, delta.new_trail[-1].value)
    computed = any(side.get("semanticType") == "measure" or side.get("transformLogic") for side in sides)
    return "meaning" if computed else delta.event


def _critical(delta: Delta) -> str:
    return _flag(delta)


def _definition(delta: Delta) -> str:
    """Definitions of a business term say what a thing means; the others are links, and so is the first one: the thing
    meant something before."""
    sides = (delta.before("definition"), delta.after("definition"))
    if not any(_says_meaning(side) for side in sides):
        return delta.event
    owner = delta.old_trail[-1].value if delta.event == "added" and delta.old_trail else {}
    first = delta.event == "added" and not any(map(_says_meaning, owner.get("authoritativeDefinitions") or []))
    return delta.event if first else "meaning"


def _says_meaning(definition: Mapping[str, Any]) -> bool:
    return str(definition.get("type", "")).lower() in ("businessdefinition", "definition", "semantics")


def _deprecated(delta: Delta) -> str:
    return _flag(delta)


def _semantic_type(delta: Delta) -> str:
    return "same" if (delta.old or "column") == (delta.new or "column") else "changed"


def _position(delta: Delta) -> str:
    return "same" if {delta.old, delta.new} == {ABSENT, -1} else delta.event


JUDGES = {
    "object.name": _name,
    "object.physicalName": _physical_name,
    "object.physicalType": _object_type,
    "object.logicalType": lambda d: "same" if (d.old or "object") == (d.new or "object") else "changed",
    "object.description": lambda d: d.event,
    "object.deprecated": _deprecated,
    "property": _property,
    "property.name": _name,
    "property.physicalName": _physical_name,
    "property.logicalType": _logical_type,
    "property.physicalType": _physical_type,
    "property.required": _required,
    "property.unique": _unique,
    "property.primaryKey": _flag,
    "property.primaryKeyPosition": _position,
    "property.partitionKeyPosition": _position,
    "property.partitioned": _flag,
    "property.enum": presence,
    "property.classification": _classification,
    "property.criticalDataElement": _critical,
    "property.deprecated": _deprecated,
    "property.semanticType": _semantic_type,
    "property.description": _meaning,
    "property.businessName": _meaning,
    "options.lower": _bound(1, "minimum", "exclusiveMinimum"),
    "options.upper": _bound(-1, "maximum", "exclusiveMaximum"),
    "options.minLength": _least(1, 0),
    "options.maxLength": _least(-1, None),
    "options.minItems": _least(1, 0),
    "options.maxItems": _least(-1, None),
    "options.minProperties": _least(1, 0),
    "options.maxProperties": _least(-1, None),
    "options.uniqueItems": _flag,
    "options.multipleOf": _multiple,
    "options.pattern": presence,
    "options.required": subset,
    "options.format": _format,
    "options.timezone": _timezone,
    "options.defaultTimezone": _timezone,
    "enum": _enum_value,
    "enum.value": _enum_item,
    "definition": _definition,
    "definition.url": _definition,
    "definition.type": _definition,
}
