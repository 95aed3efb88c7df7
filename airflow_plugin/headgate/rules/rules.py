"""The checks that a contract implies: ODCS, translated into the algebra of `checks`.

Whatever is not translated becomes Unchecked with its reason; no part of a contract is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from headgate.checks import Check, Unchecked
from headgate.checks.identity import with_unique_keys
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.properties import nested_of
from headgate.contract.values import typing_of
from headgate.errors import Problem
from headgate.rules.builder import RuleBuilder
from headgate.rules.keys import is_named, shared_names
from headgate.rules.options import Options
from headgate.rules.quality import Quality
from headgate.rules.references import References


class Rules:
    """The rules of one schema object. `all` holds them in the order of the file."""

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder
        self.quality = Quality(builder)
        self.options = Options(builder)
        self.references = References(builder)
        rules = tuple(self._rules())
        self.all = tuple(map(self._waived, with_unique_keys(rules)))
        for name, group in shared_names(rules):
            self._note_shared(name, group)

    def _rules(self) -> Iterator[Check | Unchecked]:
        for index, prop in enumerate(self.build.properties):
            yield from self._property(
                prop, self.build.raw["properties"][index], (*self.build.path, "properties", index)
            )
        yield from self._primary_key()
        yield from self._publish_keys()
        yield from self._extra_columns()
        for index, link in enumerate(self.build.raw.get("relationships") or []):
            yield from self.references.rules(link, (*self.build.path, "relationships", index), None)
        for index, rule in enumerate(self.build.raw.get("quality") or []):
            yield from self.quality.rules(rule, (*self.build.path, "quality", index), None)
        yield from self._service_levels()

    def _note_shared(self, name: str, group: Sequence[Check | Unchecked]) -> None:
        keys = ", ".join(rule.key for rule in group)
        said = f"{len(group)} rules share the name '{name}' and are told apart as {keys}; give each an `id`"
        line = group[-1].source.line
        self.build.problems.append(Problem(self.build.document.file, line, 1, "rule-id", said, "warning"))

    def _waived(self, rule: Check | Unchecked) -> Check | Unchecked:
        if isinstance(rule, Unchecked) and is_named(rule, self.build.settings["allowNotExecuted"]):
            return replace(rule, excused=True)
        return rule

    def _property(self, prop: Property, raw: Mapping[str, Any], path: Path) -> Iterator[Check | Unchecked]:
        if raw.get("semanticType") == "measure":
            yield self.build.unchecked(
                f"{prop.name}.measure", path, f"{prop.name} is a measure", "an aggregate, no column", excused=True
            )
            return
        yield self.build.check(f"{prop.name}.exists", "column_exists", path, prop)
        if prop.logical_type:
            yield self.build.check(
                f"{prop.name}.logicalType",
                "type",
                (*path, "logicalType"),
                prop,
                {"type": prop.promised_type, **({"zoned": True} if prop.needs_zone else {})},
            )
        if prop.physical_type:
            yield self.build.check(
                f"{prop.name}.physicalType",
                "physical_type",
                (*path, "physicalType"),
                prop,
                {"type": prop.physical_type},
            )
        if raw.get("required") is True and prop not in self.build.keys:
            yield self.build.check(f"{prop.name}.required", "not_null", (*path, "required"), prop)
        yield from self._unique(prop, raw, path)
        yield from self.options.rules(prop, path)
        if raw.get("enum"):
            where = (*path, "enum")
            enum = self._enum(prop, raw["enum"], where)
            yield from self.build.listed(enum, f"{prop.name}.enum", where, f"{prop.name} is one of a list")
        for index, link in enumerate(raw.get("relationships") or []):
            yield from self.references.rules(link, (*path, "relationships", index), prop)
        for index, rule in enumerate(raw.get("quality") or []):
            yield from self.quality.rules(rule, (*path, "quality", index), prop)
        for inner, (inner_raw, inner_path) in zip(prop.nested, nested_of(raw, path), strict=True):
            yield from self._property(inner, inner_raw, inner_path)

    def _unique(self, prop: Property, raw: Mapping[str, Any], path: Path) -> Iterator[Check | Unchecked]:
        if prop.within:
            for name in ("unique", "primaryKey"):
                if raw.get(name) is True:
                    said = f"{prop.name} is unique"
                    reason = "uniqueness of a place inside a value is not executed"
                    yield self.build.unchecked(f"{prop.name}.{name}", (*path, name), said, reason)
        elif raw.get("unique") is True and self.build.keys != [prop]:
            yield self.build.check(f"{prop.name}.unique", "unique", (*path, "unique"), prop)

    def _enum(self, prop: Property, entries: list[Any], path: Path) -> Iterator[Check | Unchecked]:
        values = [
            self.build.value(entry["value"], prop, (*path, i, "value"))
            for i, entry in enumerate(entries)
            if entry["value"] is not None
        ]
        args = {"values": tuple(values), **typing_of(prop)}
        yield self.build.check(f"{prop.name}.enum", "in_set", path, prop, args)

    def _primary_key(self) -> Iterator[Check]:
        """Yield the checks of the primary key: each part is not null, and the whole is unique; `required` and `unique`
        repeat that."""
        for prop in self.build.keys:
            where = (*self.build.path, "properties", self.build.properties.index(prop), "primaryKey")
            yield self.build.check(f"{prop.name}.primaryKey", "not_null", where, prop)
        if self.build.keys:
            where = (
                *self.build.path,
                "properties",
                self.build.properties.index(self.build.keys[0]),
                "primaryKey",
            )
            yield self.build.check("primaryKey", "unique", where, *self.build.keys)

    def _publish_keys(self) -> Iterator[Check]:
        """Yield the checks of the keys by which an upsert finds rows: they are complete, and no two rows have the
        same."""
        names = self.build.settings["publishKeys"]
        unknown = [name for name in names if name not in self.build.by_name or self.build.by_name[name].within]
        if unknown:
            self.build.problem(self.build.path, "publish-keys", f"publishKeys: property '{unknown[0]}' not found")
        props = [self.build.by_name[name] for name in names if not unknown]
        if not props or {p.column for p in props} == {p.column for p in self.build.keys}:
            return
        for prop in props:
            if prop not in self.build.keys:
                yield self.build.check(f"{prop.name}.publishKeys", "not_null", self.build.path, prop)
        yield self.build.check("publishKeys", "unique", self.build.path, *props)

    def _extra_columns(self) -> Iterator[Check]:
        if self.build.properties and self.build.settings["extraColumns"] != "ignore":
            severity = "error" if self.build.settings["extraColumns"] == "fail" else "warning"
            declared = frozenset(p.column for p in self.build.properties)
            yield self.build.check(
                "extraColumns", "no_extra_columns", self.build.path, args={"declared": declared}, severity=severity
            )

    def _service_levels(self) -> Iterator[Unchecked]:
        """Yield the service levels of the datasets that their element names, or of all datasets if it names none."""
        for index, level in enumerate(self.build.root.get("slaProperties") or []):
            elements = str(level.get("element") or "")
            named = {e.strip().split(".")[0] for e in elements.split(",")}
            datasets = {d["name"] for d in self.build.root.get("schema") or []}
            if named & datasets and self.build.raw["name"] not in named:
                continue
            said = f"{level['property']} {level['value']} {level.get('unit') or ''}".strip()
            key = f"sla.{level.get('id') or level['property']}"
            yield self.build.unchecked(key, ("slaProperties", index), said, "service level", excused=True)
