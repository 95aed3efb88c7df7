"""An expectation's arguments, read one by one: what is left over is not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.checks import Comparison
from headgate.checks.comparison import Value
from headgate.checks.re2 import wrong_pattern
from headgate.contract.model import Property
from headgate.contract.schema_object import IMPOSSIBLE, SchemaObject
from headgate.errors import UnsupportedError


@dataclass(frozen=True, slots=True)
class Said:
    """One check that an expectation promises; `expect` None is "not a single unexpected row". `part` names it among
    several of one expectation."""

    type: str
    columns: tuple[Property, ...] = ()
    args: Mapping[str, Any] = field(default_factory=dict)
    expect: Comparison | None = None
    where: exp.Expr | None = None
    classified: bool = False
    part: str = ""


class Arguments:
    """The arguments of one expectation in `schema`, at the property `prop` where its rule stands at one."""

    def __init__(self, schema: SchemaObject, prop: Property | None, given: Mapping[str, Any]) -> None:
        self.schema, self.prop = schema, prop
        self._given = dict(given)
        self._used: set[str] = set()

    def take(self, name: str, default: Any = None) -> Any:
        """An argument as it stands there; null is as good as none."""
        self._used.add(name)
        value = self._given.get(name)
        return default if value is None else value

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._given)

    def left(self) -> str | None:
        """An argument that nobody has taken."""
        return next((n for n, value in self._given.items() if n not in self._used and value is not None), None)

    def column(self, argument: str = "column", *, inside: bool = False) -> Property:
        """The property that is named, or that the rule stands at. `inside`: it may be a place inside a value."""
        name = self.take(argument)
        found = self.prop if name is None and argument == "column" and self.prop else self.named(name)
        if found.within and not inside:
            raise UnsupportedError("of a place inside a value this is not executed")
        return found

    def named(self, name: Any) -> Property:
        found = next((p for p in self.schema.properties if name in (p.name, p.column)), None)
        if found is None:
            raise UnsupportedError(f"the column '{str(name)[:80]}' is not a property of {self.schema.raw['name']}")
        return found

    def columns(self) -> tuple[Property, ...]:
        names = self.take("column_list")
        if not isinstance(names, list) or len(names) < 2:
            raise UnsupportedError("column_list must name at least two columns")
        found = tuple(self.named(name) for name in names)
        if len({prop.column for prop in found}) < len(found):
            raise UnsupportedError("column_list names a column twice")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name)
        if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
            raise UnsupportedError(f"{name} is not a list of strings")
        return tuple(value)

    def text(self, name: str) -> str:
        value = self.take(name)
        if not isinstance(value, str):
            raise UnsupportedError(f"{name} is not a string")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.take(name, default)
        if not isinstance(value, bool):
            raise UnsupportedError(f"{name} is neither true nor false")
        return value

    def word(self, name: str, words: Mapping[str, str], default: str) -> str:
        """One of GX's words, as ours."""
        value = self.take(name, default)
        if not isinstance(value, str) or value not in words:
            raise UnsupportedError(f"{name} is none of {', '.join(words)}")
        return words[value]

    def number(self, name: str) -> int | Decimal | None:
        value = self.take(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | Decimal)):
            raise UnsupportedError(f"{name} is not a number")
        return value

    def needed(self, name: str) -> int | Decimal:
        value = self.number(name)
        if value is None:
            raise UnsupportedError(f"{name} is not given")
        return value

    def literal(self, value: Any, prop: Property, what: str) -> Any:
        """`value` as the property's logical type has it."""
        typed = self.schema.loose(value, prop)
        if typed is IMPOSSIBLE:
            raise UnsupportedError(f"{what} is not a valid {prop.logical_type}")
        return typed

    def bound(self, name: str, prop: Property) -> Any:
        value = self.take(name)
        if value is None:
            return None
        typed = self.literal(value, prop, name)
        if prop.logical_type == "string":
            raise UnsupportedError("texts have another order on each platform")
        if prop.logical_type is None and isinstance(typed, str):
            raise UnsupportedError(f"{name} is a text; it is read by the property's logicalType, which is not given")
        return typed

    def values(self, prop: Property) -> tuple[tuple[Any, ...], int]:
        """value_set as the property's type has it, each once and without null, and how many the type cannot hold."""
        listed = self.take("value_set")
        if not isinstance(listed, list):
            raise UnsupportedError("value_set is not a list")
        typed = [self.schema.loose(value, prop) for value in listed if value is not None]
        held: dict[Any, Any] = {(isinstance(v, bool), v): v for v in typed if v is not IMPOSSIBLE}
        return tuple(held.values()), sum(v is IMPOSSIBLE for v in typed)

    def pattern(self, value: str) -> str:
        if wrong_pattern(value):
            raise UnsupportedError("the regex is not an RE2 pattern")
        return value

    def share(self) -> Comparison | None:
        """`mostly`; None where all rows must be as expected."""
        share = self.number("mostly")
        if share is None or share == 1:
            return None
        if not 0 <= share <= 1:
            raise UnsupportedError("mostly is not within 0 and 1")
        return Comparison(">=", (share,), "mostly")

    def ends(self) -> dict[str, bool]:
        return {f"strict_{end}imum": self.flag(f"strict_{end}") for end in ("min", "max")}

    def range(self, prop: Property | None = None) -> Comparison:
        """min_value and max_value as a comparison: numbers, or values of `prop`."""
        low, high = (
            self.number(name) if prop is None else _moment(self.bound(name, prop), prop)
            for name in ("min_value", "max_value")
        )
        open_low, open_high = self.flag("strict_min"), self.flag("strict_max")
        above, below = ">" if open_low else ">=", "<" if open_high else "<="
        if low is not None and high is not None:
            return Comparison("between" if not (open_low or open_high) else f"{above} {below}", (low, high))
        if low is not None:
            return Comparison(above, (low,))
        if high is not None:
            return Comparison(below, (high,))
        raise UnsupportedError("neither min_value nor max_value is given")


def _moment(value: Any, prop: Property) -> Value | None:
    if prop.logical_type == "date" and value is not None:
        return date.fromisoformat(value)
    if prop.logical_type == "timestamp" and value is not None:
        return datetime.fromisoformat(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | Decimal)):
        raise UnsupportedError(f"a bound of {prop.name} is not a number")
    return value
