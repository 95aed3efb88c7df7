"""ODCS's logicalTypeOptions, translated into checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from headgate.checks import Check, Unchecked
from headgate.checks.formats import FORMATS, HINTS
from headgate.checks.formats import pattern as format_pattern
from headgate.contract.datetime_format import datetime_format
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.values import integer_range, typed, typing_of, zone_problem
from headgate.rules.builder import RuleBuilder

_LARGEST_F32 = Decimal("340282346638528859811704183484516925440")
# Options of which the first must not be above the second.
_ORDERED = (
    *((low, high) for low in ("minimum", "exclusiveMinimum") for high in ("maximum", "exclusiveMaximum")),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_SIZES = {"Length": "length_between", "Items": "items_between", "Properties": "properties_between"}
# They describe how the values came to be or are used; nothing of it can be seen in the values.
_DOCUMENTATION = frozenset({"distanceMetric", "embeddingModel", "embeddingModelVersion"})
_SHOWN = 80


class Options:
    """The logicalTypeOptions of the properties of one dataset."""

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder

    def rules(self, prop: Property, path: Path) -> Iterator[Check | Unchecked]:
        here = (*path, "logicalTypeOptions")
        for option, value in prop.options.items():
            where, key = (*here, option), f"{prop.name}.{option}"
            shown = "***" if prop.classified else str(value)[:_SHOWN]
            rules = self._rule(option, value, prop, where)
            yield from self.build.listed(rules, key, where, f"{prop.name}: {option} {shown}")
        self._check_order(prop, here)

    def _rule(self, option: str, value: Any, prop: Property, path: Path) -> Iterator[Check | Unchecked]:
        zone = self.build.document.at((*path[:-1], "defaultTimezone"))  # as it is written
        if isinstance(zone, str) and option in (*_BOUNDS, "defaultTimezone") and (wrong := zone_problem(zone)):
            self.build.refuse(path, "value-type", wrong)
        if option == "defaultTimezone":  # says how naive texts are read, and promises nothing
            return
        if isinstance(value, bool) and option in _BOUNDS:
            return  # ODCS 3.0's exclusiveMinimum: it is part of minimum
        key, kind = f"{prop.name}.{option}", prop.logical_type
        size = _SIZES.get(option[3:])
        if option in _BOUNDS:
            end = "minimum" if option.endswith("inimum") else "maximum"
            strict = option.startswith("exclusive") or prop.options.get(f"exclusive{end.capitalize()}") is True
            args = {end: self.build.value(value, prop, path), f"strict_{end}": strict, **typing_of(prop)}
            yield self.build.check(key, "between", path, prop, args)
        elif size and option[:3] in ("min", "max"):
            yield self.build.check(key, size, path, prop, {f"{option[:3]}imum": value, "type": kind})
        elif option == "pattern":
            yield from self.build.pattern(
                key, path, value, lambda k, w, v: self.build.check(k, "matches", w, prop, v), kind
            )
        elif option == "format":
            yield from self._format(key, value, prop, path)
        elif option == "multipleOf":
            yield self.build.check(key, "multiple_of", path, prop, {"of": value, "type": kind})
        elif option == "uniqueItems":
            if value is True:
                yield self.build.check(key, "items_unique", path, prop, {"type": kind})
        elif option == "required":
            yield self.build.check(
                key, "has_properties", path, prop, {"names": self._columns(prop, value), "type": kind}
            )
        elif option == "timezone":
            yield self.build.check(key, "timezone", path, prop, {"zoned": value})
        elif option == "dimensions":
            yield self.build.check(key, "items_between", path, prop, {"minimum": value, "maximum": value, "type": kind})
        else:
            shown = "***" if prop.classified else str(value)[:_SHOWN]
            excused = option in _DOCUMENTATION
            reason = "documentation" if excused else f"the option '{option}' is not executed"
            yield self.build.unchecked(key, path, f"{prop.name}: {option} {shown}", reason, excused=excused)

    def _format(self, key: str, value: str, prop: Property, path: Path) -> Iterator[Check | Unchecked]:
        kind = prop.logical_type
        if bounds := integer_range(value) if kind == "integer" else None:
            low, high = bounds
            yield self.build.check(key, "between", path, prop, {"minimum": low, "maximum": high, "type": kind})
        elif kind == "number" and value == "f32":
            args = {"minimum": -_LARGEST_F32, "maximum": _LARGEST_F32, "type": kind}
            yield self.build.check(key, "between", path, prop, args)
        elif kind == "number" and value == "f64":
            yield self.build.check(key, "type", path, prop, {"type": kind})
        elif kind == "string" and value in FORMATS:
            args = {"pattern": format_pattern(value), "name": FORMATS[value][0], "type": kind}
            yield self.build.check(key, "matches", path, prop, args)
        elif kind == "string" and value in HINTS:
            yield self.build.unchecked(key, path, f"{prop.name} is a {value}", "documentation", excused=True)
        elif kind in ("date", "timestamp", "time"):
            try:
                datetime_format(value)
            except ValueError as error:
                yield self.build.unchecked(key, path, f"{prop.name} is written as {value[:_SHOWN]}", str(error))
            else:
                yield self.build.check(key, "text_format", path, prop, {"format": value})
        else:
            known = ", ".join(sorted((*FORMATS, *HINTS)))
            said = f"{prop.name} is of the format {value[:_SHOWN]}"
            yield self.build.unchecked(key, path, said, f"the format '{value[:_SHOWN]}' is not known; known: {known}")

    def _columns(self, prop: Property, names: list[str]) -> tuple[str, ...]:
        """Return the names that properties of an object have in the data."""
        physical = {p.name.removeprefix(f"{prop.name}."): p.within[-1] for p in prop.nested}
        return tuple(physical.get(name, name) for name in names)

    def _check_order(self, prop: Property, path: Path) -> None:
        """Tell of two bounds that no value keeps."""
        options: Mapping[str, Any] = prop.options
        for low, high in _ORDERED:
            first, second = _comparable(options.get(low), prop), _comparable(options.get(high), prop)
            if first is None or second is None:
                continue
            strict = "exclusive" in low + high
            if first > second or (strict and first == second):
                how = "above" if first > second else "not below"
                self.build.problem(
                    (*path, low),
                    "bounds-order",
                    f"{prop.name}: {low} {options[low]} is {how} {high} {options[high]}; nothing keeps both",
                    "warning",
                )


def _comparable(bound: Any, prop: Property) -> Any:
    """Return a bound as it compares with another one, moments in UTC; None for what is no bound."""
    if prop.logical_type in ("date", "timestamp", "time") and bound is not None:
        try:
            return typed(bound, prop)
        except ValueError:  # which is a problem of its own
            return None
    return bound if isinstance(bound, int | Decimal) and not isinstance(bound, bool) else None
