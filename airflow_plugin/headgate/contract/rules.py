"""The checks that a contract implies: ODCS, translated into the algebra of `checks`.

Whatever is not translated becomes Unchecked with its reason; nothing a contract says is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from headgate.checks import Check, Unchecked
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.quality import Quality
from headgate.contract.rulebook import Rulebook

_FULLY_QUALIFIED = re.compile(r"/?schema/([A-Za-z0-9_-]+)((?:/properties/[A-Za-z0-9_-]+)+)\Z")
_INTEGER_FORMAT = re.compile(r"([iu])(8|16|32|64|128)\Z")


class Rules:
    """The rules of one schema object. `all` holds them in the order of the file."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.quality = Quality(book)
        self.all = tuple(self._rules())

    def _rules(self) -> Iterator[Check | Unchecked]:
        for index, prop in enumerate(self.book.properties):
            yield from self._property(prop, self.book.raw["properties"][index], (*self.book.path, "properties", index))
        yield from self._primary_key()
        yield from self._extra_columns()
        for index, link in enumerate(self.book.raw.get("relationships") or []):
            yield from self._relationship(link, (*self.book.path, "relationships", index), None)
        for index, rule in enumerate(self.book.raw.get("quality") or []):
            yield from self.quality.rules(rule, (*self.book.path, "quality", index), None)
        yield from self._service_levels()

    def _property(self, prop: Property, raw: Mapping[str, Any], path: Path) -> Iterator[Check | Unchecked]:
        if raw.get("semanticType") == "measure":
            yield self.book.unchecked(
                f"{prop.name}.measure", path, f"{prop.name} is a measure", "an aggregate, no column"
            )
            return
        yield self.book.check(f"{prop.name}.exists", "column_exists", path, prop)
        if prop.logical_type:
            yield self.book.check(
                f"{prop.name}.logicalType", "type", (*path, "logicalType"), prop, {"type": prop.logical_type}
            )
        if prop.physical_type:
            yield self.book.check(
                f"{prop.name}.physicalType",
                "physical_type",
                (*path, "physicalType"),
                prop,
                {"type": prop.physical_type},
            )
        if raw.get("required") is True and not prop.primary_key:
            yield self.book.check(f"{prop.name}.required", "not_null", (*path, "required"), prop)
        if raw.get("unique") is True and self.book.keys != [prop]:
            yield self.book.check(f"{prop.name}.unique", "unique", (*path, "unique"), prop)
        yield from self._options(prop, path)
        if raw.get("enum"):
            yield from self._enum(prop, raw["enum"], (*path, "enum"))
        for nested in ("properties", "items", "map"):
            if raw.get(nested):
                yield self.book.unchecked(
                    f"{prop.name}.{nested}", (*path, nested), f"what {prop.name} holds inside", "nested rules"
                )
        for index, link in enumerate(raw.get("relationships") or []):
            yield from self._relationship(link, (*path, "relationships", index), prop)
        for index, rule in enumerate(raw.get("quality") or []):
            yield from self.quality.rules(rule, (*path, "quality", index), prop)

    def _options(self, prop: Property, path: Path) -> Iterator[Check | Unchecked]:
        options, here = prop.options, (*path, "logicalTypeOptions")
        kind = prop.logical_type
        for option, value in options.items():
            where, key = (*here, option), f"{prop.name}.{option}"
            if option in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                bound = self.book.value(value, prop, where)
                if bound is None:
                    continue
                end = "minimum" if option.endswith("inimum") else "maximum"
                args = {end: bound, f"strict_{end}": option.startswith("exclusive"), **_typing(prop)}
                yield self.book.check(key, "between", where, prop, args)
            elif option in ("minLength", "maxLength"):
                end = "minimum" if option == "minLength" else "maximum"
                yield self.book.check(key, "length_between", where, prop, {end: value, "type": kind})
            elif option == "pattern":
                yield from self.book.pattern(
                    key, where, value, lambda k, w, v: self.book.check(k, "matches", w, prop, v), kind
                )
            elif option == "format" and kind == "integer":
                match = _INTEGER_FORMAT.match(value)
                assert match is not None, value  # the JSON schema lists the formats
                signed, bits = match[1] == "i", int(match[2])
                low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
                yield self.book.check(key, "between", where, prop, {"minimum": low, "maximum": high, "type": kind})
            elif option == "timezone":
                yield self.book.check(key, "timezone", where, prop, {"zoned": value})
            elif option == "defaultTimezone":
                continue  # says how naive texts are read, and promises nothing
            else:
                yield self.book.unchecked(
                    key,
                    where,
                    f"{prop.name}: {option} {'***' if prop.classified else value}",
                    f"the option '{option}' is not executed yet",
                )
        self._check_order(options, prop, here)

    def _check_order(self, options: Mapping[str, Any], prop: Property, path: Path) -> None:
        for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
            first, second = options.get(low), options.get(high)
            if type(first) is type(second) and first is not None and first > second:
                self.book.problem(
                    (*path, low),
                    "bounds-order",
                    f"{prop.name}: {low} {first} is above {high} {second}; nothing keeps both",
                )

    def _enum(self, prop: Property, entries: list[Any], path: Path) -> Iterator[Check]:
        if self.book.root["apiVersion"] < "v3.2":
            self.book.problem(
                path, "odcs-version", f"'enum' came with ODCS v3.2.0; this contract is {self.book.root['apiVersion']}"
            )
        values = [self.book.value(entry["value"], prop, (*path, i, "value")) for i, entry in enumerate(entries)]
        args = {"values": tuple(v for v in values if v is not None), **_typing(prop)}
        yield self.book.check(f"{prop.name}.enum", "in_set", path, prop, args)

    def _primary_key(self) -> Iterator[Check]:
        """A primary key is not null in each part, and unique as a whole; `required` and `unique` only say it again."""
        for prop in self.book.keys:
            where = (*self.book.path, "properties", self.book.properties.index(prop), "primaryKey")
            yield self.book.check(f"{prop.name}.primaryKey", "not_null", where, prop)
        if self.book.keys:
            where = (*self.book.path, "properties", self.book.properties.index(self.book.keys[0]), "primaryKey")
            yield self.book.check("primaryKey", "unique", where, *self.book.keys)

    def _extra_columns(self) -> Iterator[Check]:
        if self.book.properties and self.book.chosen["extraColumns"] != "ignore":
            severity = "error" if self.book.chosen["extraColumns"] == "fail" else "warning"
            declared = frozenset(p.column for p in self.book.properties)
            yield self.book.check(
                "extraColumns", "no_extra_columns", self.book.path, args={"declared": declared}, severity=severity
            )

    def _relationship(self, link: Mapping[str, Any], path: Path, prop: Property | None) -> Iterator[Check | Unchecked]:
        sources = [prop.name] if prop else _names(link["from"])
        targets = _names(link["to"])
        key = f"{prop.name}.foreignKey" if prop else str(link.get("id") or "foreignKey")
        said = f"{', '.join(sources)} is found in {', '.join(targets)}"
        if any("#" in name for name in (*sources, *targets)):
            yield self.book.unchecked(key, path, said, "a foreign key to another contract is not executed yet")
            return
        if len(sources) != len(targets):
            self.book.problem(
                path, "relationship-length", f"{len(sources)} from and {len(targets)} to; they go in pairs"
            )
            return
        here = {name: self._resolve(name) if prop is None else (self.book.raw, prop.name) for name in sources}
        there = {name: self._resolve(name) for name in targets}
        dangling = [name for name, found in (here | there).items() if found is None]
        if dangling:
            yield self.book.unchecked(key, path, said, f"'{dangling[0]}' names no property in this contract")
            return
        objects = {id(found[0]): found[0] for found in there.values() if found}
        if len(objects) != 1 or any(found and found[0] is not self.book.raw for found in here.values()):
            self.book.problem(path, "relationship-object", "'from' names columns of this object, 'to' of one other")
            return
        target = next(iter(objects.values()))
        columns = {p["name"]: p.get("physicalName") or p["name"] for p in target.get("properties") or []}
        props = [self.book.by_name[found[1]] for found in here.values() if found]
        args = {"to": target["name"], "to_columns": tuple(columns[found[1]] for found in there.values() if found)}
        yield self.book.check(key, "foreign_key", path, *props, args=args)

    def _resolve(self, reference: str) -> tuple[Mapping[str, Any], str] | None:
        """A reference by id (schema/x/properties/y) or by name (x.y) as (schema object, property name)."""
        by, parts = "name", reference.split(".")
        if match := _FULLY_QUALIFIED.match(reference):
            by, parts = "id", [match[1], *match[2].split("/properties/")[1:]]
        for candidate in self.book.root.get("schema") or []:
            for prop in candidate.get("properties") or []:
                if [candidate.get(by), prop.get(by)] == parts:
                    return candidate, prop["name"]
        return None

    def _service_levels(self) -> Iterator[Unchecked]:
        """A service level belongs to the datasets that its element names, or to all where it names none of them."""
        for index, level in enumerate(self.book.root.get("slaProperties") or []):
            elements = str(level.get("element") or "")
            named = {e.strip().split(".")[0] for e in elements.split(",")}
            datasets = {d["name"] for d in self.book.root.get("schema") or []}
            if named & datasets and self.book.raw["name"] not in named:
                continue
            said = f"{level['property']} {level['value']} {level.get('unit') or ''}".strip()
            key = f"sla.{level.get('id') or level['property']}"
            yield self.book.unchecked(key, ("slaProperties", index), said, "service level", excused=True)


def _typing(prop: Property) -> dict[str, Any]:
    """What literals are compared as; `zone` is that of values without one, where it is not UTC."""
    zone = prop.options.get("defaultTimezone", "UTC")
    local = prop.logical_type == "timestamp" and zone not in ("UTC", "Etc/UTC")
    return {"type": prop.logical_type} | ({"zone": zone} if local else {})


def _names(reference: Any) -> list[str]:
    return list(reference) if isinstance(reference, list) else [reference]
