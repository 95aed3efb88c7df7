"""The properties of a dataset as the fields of an event, each with the checks that concern it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headgate.checks import EACH, KEYS, VALUES, Check
from headgate.contract import Dataset, Property
from headgate.contract.values import implied_logical_type, integer_range

_DECIMAL = re.compile(r"\s*(?:decimal|numeric|number|dec)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*", re.IGNORECASE)
_BYTES = frozenset({"bytes", "binary", "varbinary", "blob", "bytea"})
_LOCAL = re.compile(r"\s*(timestamp_ntz|datetime|timestamp(\s*\(\d+\))?\s+without\s+time\s+zone)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A property, or a place inside one, as an event has it.

    `name` is its name in the event, `line` where it is in the contract. `checks` are those that a schema could say: of
    this place alone, for every event, of severity error. `fields` are those of an object, `items` of an array, `key`
    and `value` of a map.
    """

    prop: Property
    name: str
    line: int
    checks: tuple[Check, ...] = ()
    fields: tuple[Field, ...] = ()
    items: Field | None = None
    key: Field | None = None
    value: Field | None = None

    @property
    def kind(self) -> str | None:
        """The logical type; of a `date` of ODCS 3.0, the one that its physical type implies, else a timestamp."""
        if self.prop.dated and implied_logical_type(self.prop.physical_type) == "date":
            return "date"
        return self.prop.logical_type

    @property
    def never_null(self) -> bool:
        return any(check.type == "not_null" for check in self.checks)

    @property
    def decimal(self) -> tuple[int, int] | None:
        """The precision and scale of a decimal number, as the physical type says; None of any other property."""
        match = _DECIMAL.fullmatch(self.prop.physical_type or "") if self.kind == "number" else None
        return (int(match[1]), int(match[2] or 0)) if match and int(match[1]) else None

    @property
    def integers(self) -> tuple[int, int] | None:
        """The least and the greatest integer of the property's format (i32, u64); None without one."""
        return integer_range(str(self.prop.options.get("format", ""))) if self.kind == "integer" else None

    @property
    def single(self) -> bool:
        """Whether it is a number of 32 bits."""
        return self.kind == "number" and self.prop.options.get("format") == "f32" and self.decimal is None

    @property
    def bytes(self) -> bool:
        return self.kind == "string" and (self.prop.physical_type or "").partition("(")[0].strip().lower() in _BYTES

    @property
    def local(self) -> bool:
        """Whether a timestamp is a local time, no moment: `timezone: false`, or a physical type without a zone.

        Without either, a text without a zone is a moment in `defaultTimezone`, else in UTC.
        """
        zoned = self.prop.options.get("timezone")
        return self.kind == "timestamp" and (
            not zoned if isinstance(zoned, bool) else bool(_LOCAL.fullmatch(self.prop.physical_type or ""))
        )

    @property
    def default(self) -> Any:
        return self.prop.settings.get("default")

    @property
    def enum(self) -> tuple[tuple[Any, ...], tuple[Check, ...]]:
        """The values of the first list of values, and the checks that say exactly this list; nothing without one."""
        listed = [check for check in self.checks if _values(check) is not None]
        if not listed:
            return (), ()
        first = _values(listed[0]) or ()
        return first, tuple(check for check in listed if set(_values(check) or ()) == set(first))

    def inside(self) -> Iterator[Field]:
        """Yield the places directly inside."""
        yield from self.fields
        yield from (each for each in (self.items, self.key, self.value) if each is not None)


def _values(check: Check) -> tuple[Any, ...] | None:
    """Return the values that a check allows, if it says nothing else."""
    alone = check.type == "in_set" or (check.type == "valid" and check.args.get("pattern") is None)
    return tuple(check.args["values"]) if alone and check.args.get("values") else None


def is_whole(check: Check) -> bool:
    """Return whether a check holds for every event, and refuses the ones that break it."""
    return check.severity == "error" and check.where is None and check.expect.is_none


def holds(check: Check, low: int, high: int) -> bool:
    """Return whether all integers from `low` to `high` keep the bounds of a check."""
    least, most = check.args.get("minimum"), check.args.get("maximum")
    above = least is None or least < low or (least == low and not check.args.get("strict_minimum"))
    return above and (most is None or most > high or (most == high and not check.args.get("strict_maximum")))


def fields_of(dataset: Dataset) -> tuple[Field, ...]:
    """Return the fields of an event of `dataset`, in the order of the contract."""
    places: dict[tuple[str, ...], list[Check]] = {}
    lines: dict[tuple[str, ...], int] = {}
    for check in dataset.checks:
        if len(check.columns) == 1:
            place = (check.columns[0], *check.within)
            if is_whole(check):
                places.setdefault(place, []).append(check)
            if check.type == "column_exists":
                lines.setdefault(place, check.source.line)
    return tuple(_fields(dataset.properties, places, lines))


def _fields(
    properties: tuple[Property, ...],
    places: Mapping[tuple[str, ...], list[Check]],
    lines: Mapping[tuple[str, ...], int],
) -> Iterator[Field]:
    """Yield a field for each property except measures, which are not columns."""
    for prop in properties:
        here = (prop.column, *prop.within)
        if here not in lines:
            continue
        last = here[-1]
        inner = {each.prop.within[-1]: each for each in _fields(prop.nested, places, lines)}
        yield Field(
            prop,
            last,
            lines[here],
            tuple(places.get(here, ())),
            tuple(each for step, each in inner.items() if step not in (EACH, KEYS, VALUES)),
            inner.get(EACH),
            inner.get(KEYS),
            inner.get(VALUES),
        )
