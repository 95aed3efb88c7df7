"""The checks that a contract implies: ODCS's rules, translated into the algebra of `checks`.

Whatever is not translated becomes Unchecked with its reason; nothing a contract says is dropped.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from headgate.checks import CATALOGUE, NONE, Check, Comparison, Source, Unchecked
from headgate.contract import settings
from headgate.contract.document import Document, Path, path_text
from headgate.contract.model import Property
from headgate.errors import Problem

# ODCS's operators. mustBeBetween is inclusive: its symbol in the standard is a closed interval.
OPERATORS = {
    "mustBe": "=",
    "mustNotBe": "!=",
    "mustBeGreaterThan": ">",
    "mustBeGreaterOrEqualTo": ">=",
    "mustBeLessThan": "<",
    "mustBeLessOrEqualTo": "<=",
    "mustBeBetween": "between",
    "mustNotBeBetween": "not between",
}
# ODCS leaves the words of severity open; what is not known here counts as an error.
WARNINGS = frozenset({"info", "warning", "warn", "low", "minor", "trivial"})
UNITS = {"rows": "rows", "row": "rows", "percent": "percent", "%": "percent"}

# What RE2 has no notion of: look-around and back-references.
_NOT_RE2 = re.compile(r"\(\?(=|!|<=|<!)|\\[1-9]|\\k<")

_FULLY_QUALIFIED = re.compile(r"/?schema/([A-Za-z0-9_-]+)((?:/properties/[A-Za-z0-9_-]+)+)\Z")
_INTEGER_FORMAT = re.compile(r"([iu])(8|16|32|64|128)\Z")


class Rules:
    """The rules of one schema object. `all` holds them in the order of the file; `problems` what is wrong in them."""

    def __init__(
        self,
        document: Document,
        root: Mapping[str, Any],
        raw: Mapping[str, Any],
        path: Path,
        properties: tuple[Property, ...],
        chosen: Mapping[str, Any],
    ) -> None:
        self.document, self.root, self.raw, self.path = document, root, raw, path
        self.properties = properties
        self.by_name = {p.name: p for p in properties}
        self.chosen = chosen
        self.keys = sorted((p for p in properties if p.primary_key), key=lambda p: p.primary_key_position)
        self.problems: list[Problem] = []
        self._keys: dict[str, int] = {}
        self.all = tuple(self._rules())

    def _rules(self) -> Iterator[Check | Unchecked]:
        for index, prop in enumerate(self.properties):
            yield from self._property(prop, self.raw["properties"][index], (*self.path, "properties", index))
        yield from self._primary_key()
        yield from self._extra_columns()
        for index, link in enumerate(self.raw.get("relationships") or []):
            yield from self._relationship(link, (*self.path, "relationships", index), None)
        for index, rule in enumerate(self.raw.get("quality") or []):
            yield from self._quality(rule, (*self.path, "quality", index), None)
        yield from self._service_levels()

    # --- one property --------------------------------------------------------------------------------------------

    def _property(self, prop: Property, raw: Mapping[str, Any], path: Path) -> Iterator[Check | Unchecked]:
        if raw.get("semanticType") == "measure":
            yield self._unchecked(f"{prop.name}.measure", path, f"{prop.name} is a measure", "an aggregate, no column")
            return
        yield self._check(f"{prop.name}.exists", "column_exists", path, prop)
        if prop.logical_type:
            yield self._check(
                f"{prop.name}.logicalType", "type", (*path, "logicalType"), prop, {"type": prop.logical_type}
            )
        if prop.physical_type:
            yield self._check(
                f"{prop.name}.physicalType",
                "physical_type",
                (*path, "physicalType"),
                prop,
                {"type": prop.physical_type},
            )
        if raw.get("required") is True and not prop.primary_key:
            yield self._check(f"{prop.name}.required", "not_null", (*path, "required"), prop)
        if raw.get("unique") is True and self.keys != [prop]:
            yield self._check(f"{prop.name}.unique", "unique", (*path, "unique"), prop)
        yield from self._options(prop, path)
        if raw.get("enum"):
            yield from self._enum(prop, raw["enum"], (*path, "enum"))
        for nested in ("properties", "items", "map"):
            if raw.get(nested):
                yield self._unchecked(
                    f"{prop.name}.{nested}", (*path, nested), f"what {prop.name} holds inside", "nested rules"
                )
        for index, link in enumerate(raw.get("relationships") or []):
            yield from self._relationship(link, (*path, "relationships", index), prop)
        for index, rule in enumerate(raw.get("quality") or []):
            yield from self._quality(rule, (*path, "quality", index), prop)

    def _options(self, prop: Property, path: Path) -> Iterator[Check | Unchecked]:
        options, here = prop.options, (*path, "logicalTypeOptions")
        kind = prop.logical_type
        for option, value in options.items():
            where, key = (*here, option), f"{prop.name}.{option}"
            if option in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                bound = self._value(value, prop, where)
                if bound is None:
                    continue
                end = "minimum" if option.endswith("inimum") else "maximum"
                args = {end: bound, "type": kind, f"strict_{end}": option.startswith("exclusive")}
                yield self._check(key, "between", where, prop, args)
            elif option in ("minLength", "maxLength"):
                end = "minimum" if option == "minLength" else "maximum"
                yield self._check(key, "length_between", where, prop, {end: value})
            elif option == "pattern":
                yield from self._pattern(key, where, value, lambda k, w, v: self._check(k, "matches", w, prop, v), kind)
            elif option == "format" and kind == "integer":
                match = _INTEGER_FORMAT.match(value)
                assert match is not None, value  # the JSON schema lists the formats
                signed, bits = match[1] == "i", int(match[2])
                low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
                yield self._check(key, "between", where, prop, {"minimum": low, "maximum": high, "type": kind})
            elif option == "timezone":
                yield self._check(key, "timezone", where, prop, {"zoned": value})
            elif option == "defaultTimezone":
                continue  # says how naive texts are read, and promises nothing
            else:
                yield self._unchecked(
                    key, where, f"{prop.name}: {option} {value}", f"the option '{option}' is not executed yet"
                )
        self._check_order(options, prop, here)

    def _check_order(self, options: Mapping[str, Any], prop: Property, path: Path) -> None:
        for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
            first, second = options.get(low), options.get(high)
            if type(first) is type(second) and first is not None and first > second:
                self._problem(
                    (*path, low),
                    "bounds-order",
                    f"{prop.name}: {low} {first} is above {high} {second}; nothing keeps both",
                )

    def _enum(self, prop: Property, entries: list[Any], path: Path) -> Iterator[Check]:
        if self.root["apiVersion"] < "v3.2":
            self._problem(
                path, "odcs-version", f"'enum' came with ODCS v3.2.0; this contract is {self.root['apiVersion']}"
            )
        values = [self._value(entry["value"], prop, (*path, i, "value")) for i, entry in enumerate(entries)]
        args = {"values": tuple(v for v in values if v is not None), "type": prop.logical_type}
        yield self._check(f"{prop.name}.enum", "in_set", path, prop, args)

    # --- the whole object ----------------------------------------------------------------------------------------

    def _primary_key(self) -> Iterator[Check]:
        """A primary key is not null in each part, and unique as a whole; `required` and `unique` only say it again."""
        for prop in self.keys:
            where = (*self.path, "properties", self.properties.index(prop), "primaryKey")
            yield self._check(f"{prop.name}.primaryKey", "not_null", where, prop)
        if self.keys:
            where = (*self.path, "properties", self.properties.index(self.keys[0]), "primaryKey")
            yield self._check("primaryKey", "unique", where, *self.keys)

    def _extra_columns(self) -> Iterator[Check]:
        if self.properties and self.chosen["extraColumns"] != "ignore":
            severity = "error" if self.chosen["extraColumns"] == "fail" else "warning"
            declared = frozenset(p.column for p in self.properties)
            yield self._check(
                "extraColumns", "no_extra_columns", self.path, args={"declared": declared}, severity=severity
            )

    def _relationship(self, link: Mapping[str, Any], path: Path, prop: Property | None) -> Iterator[Check | Unchecked]:
        sources = [prop.name] if prop else _names(link["from"])
        targets = _names(link["to"])
        key = f"{prop.name}.foreignKey" if prop else str(link.get("id") or "foreignKey")
        said = f"{', '.join(sources)} is found in {', '.join(targets)}"
        if any("#" in name for name in (*sources, *targets)):
            yield self._unchecked(key, path, said, "a foreign key to another contract is not executed yet")
            return
        if len(sources) != len(targets):
            self._problem(path, "relationship-length", f"{len(sources)} from and {len(targets)} to; they go in pairs")
            return
        here = {name: self._resolve(name) if prop is None else (self.raw, prop.name) for name in sources}
        there = {name: self._resolve(name) for name in targets}
        dangling = [name for name, found in (here | there).items() if found is None]
        if dangling:
            yield self._unchecked(key, path, said, f"'{dangling[0]}' names no property in this contract")
            return
        objects = {id(found[0]): found[0] for found in there.values() if found}
        if len(objects) != 1 or any(found and found[0] is not self.raw for found in here.values()):
            self._problem(path, "relationship-object", "'from' names columns of this object, 'to' of one other")
            return
        target = next(iter(objects.values()))
        columns = {p["name"]: p.get("physicalName") or p["name"] for p in target.get("properties") or []}
        props = [self.by_name[found[1]] for found in here.values() if found]
        args = {"to": target["name"], "to_columns": tuple(columns[found[1]] for found in there.values() if found)}
        yield self._check(key, "foreign_key", path, *props, args=args)

    def _resolve(self, reference: str) -> tuple[Mapping[str, Any], str] | None:
        """A reference by id (schema/x/properties/y) or by name (x.y) as (schema object, property name)."""
        by, parts = "name", reference.split(".")
        if match := _FULLY_QUALIFIED.match(reference):
            by, parts = "id", [match[1], *match[2].split("/properties/")[1:]]
        for candidate in self.root.get("schema") or []:
            for prop in candidate.get("properties") or []:
                if [candidate.get(by), prop.get(by)] == parts:
                    return candidate, prop["name"]
        return None

    def _service_levels(self) -> Iterator[Unchecked]:
        """A service level belongs to the datasets that its element names, or to all where it names none of them."""
        for index, level in enumerate(self.root.get("slaProperties") or []):
            elements = str(level.get("element") or "")
            named = {e.strip().split(".")[0] for e in elements.split(",")}
            datasets = {d["name"] for d in self.root.get("schema") or []}
            if named & datasets and self.raw["name"] not in named:
                continue
            said = f"{level['property']} {level['value']} {level.get('unit') or ''}".strip()
            key = f"sla.{level.get('id') or level['property']}"
            yield self._unchecked(key, ("slaProperties", index), said, "service level", excused=True)

    # --- quality rules -------------------------------------------------------------------------------------------

    def _quality(self, rule: Mapping[str, Any], path: Path, prop: Property | None) -> Iterator[Check | Unchecked]:
        own = rule.get("id") or rule.get("name") or rule.get("metric") or rule.get("type") or "quality"
        key = f"{prop.name}.{own}" if prop else str(own)
        kind = rule.get("type") or "library"
        said = rule.get("description") or rule.get("name") or f"{kind} rule"
        common: dict[str, Any] = {
            "severity": "warning" if str(rule.get("severity") or "").lower() in WARNINGS else "error",
            "dimension": rule.get("dimension") or "",
        }
        if kind == "text":
            yield self._unchecked(key, path, said, "documentation", excused=True, **common)
        elif kind in ("sql", "custom"):
            engine = f" of engine '{rule.get('engine')}'" if kind == "custom" else ""
            yield self._unchecked(key, path, said, f"{kind} rules{engine} are not executed yet", **common)
        elif rule.get("metric"):
            yield from self._metric(rule, key, path, prop, common)
        else:
            yield self._unchecked(key, path, said, "the rule has neither metric nor query", **common)

    def _metric(
        self, rule: Mapping[str, Any], key: str, path: Path, prop: Property | None, common: dict[str, Any]
    ) -> Iterator[Check | Unchecked]:
        expect = self._comparison(rule, path)
        metric, arguments = rule["metric"], rule.get("arguments") or {}
        where: Path = (*path, "arguments")
        policy = self._rule_policy(rule, path)
        if expect is None:
            return
        extra: dict[str, Any] = {
            **common,
            "expect": expect,
            "policy": policy,
            "description": rule.get("description") or "",
        }
        kind = prop.logical_type if prop else None
        if metric == "rowCount":
            if prop is not None:
                self._problem(path, "metric-level", "rowCount is a metric of the object, not of a property")
            elif expect.unit != "rows":
                self._problem((*path, "unit"), "metric-unit", "rowCount counts rows; it has no percentage")
            else:
                yield self._check(key, "row_count", path, **extra)
        elif metric == "duplicateValues":
            yield from self._duplicates(key, path, prop, arguments, extra)
        elif prop is None:
            self._problem(path, "metric-level", f"{metric} is a metric of a property; move the rule to one")
        elif metric == "nullValues":
            yield self._check(key, "not_null", path, prop, **extra)
        elif metric == "missingValues":
            listed = arguments.get("missingValues", [None, ""])
            if not isinstance(listed, list):
                self._problem(where, "metric-arguments", "missingValues takes a list: `missingValues: [null, '']`")
                return
            values = tuple(v if v is None else self._loose(v, prop) for v in listed)
            # A text that the column's type cannot hold cannot be in it.
            args = {"values": tuple(v for v in values if v is not _IMPOSSIBLE), "type": kind}
            yield self._check(key, "not_in_set", path, prop, args, **extra)
        elif metric == "invalidValues":
            listed, pattern = arguments.get("validValues"), arguments.get("pattern")
            if not isinstance(listed, list | None) or not isinstance(pattern, str | None):
                self._problem(where, "metric-arguments", "validValues takes a list, pattern a text")
            elif listed is None and pattern is None:
                self._problem(
                    path, "metric-arguments", "invalidValues needs arguments.validValues or arguments.pattern"
                )
            else:
                args = {"type": kind}
                if listed is not None:
                    values = tuple(None if v is None else self._loose(v, prop) for v in listed)
                    args["values"] = tuple(v for v in values if v is not _IMPOSSIBLE)
                if pattern is None:
                    yield self._check(key, "valid", path, prop, args, **extra)
                else:
                    yield from self._pattern(
                        key,
                        path,
                        pattern,
                        lambda k, w, v: self._check(k, "valid", w, prop, args | v, **extra),
                        kind,
                        severity=common["severity"],
                    )

    def _duplicates(
        self, key: str, path: Path, prop: Property | None, arguments: Mapping[str, Any], extra: dict[str, Any]
    ) -> Iterator[Check]:
        if prop is not None:
            yield self._check(key, "unique", path, prop, **extra)
            return
        names = arguments.get("properties")
        if not isinstance(names, list) or not names:
            self._problem(path, "metric-arguments", "duplicateValues of an object needs arguments.properties, a list")
            return
        unknown = [name for name in names if name not in self.by_name]
        for name in unknown:
            self._problem((*path, "arguments"), "dangling-reference", f"'{name}' is no property of {self.raw['name']}")
        if not unknown:
            yield self._check(key, "unique", path, *(self.by_name[name] for name in names), **extra)

    def _comparison(self, rule: Mapping[str, Any], path: Path) -> Comparison | None:
        operator = next(name for name in OPERATORS if name in rule)
        value = rule[operator]
        bounds = tuple(value) if isinstance(value, list) else (value,)
        for bound in bounds:
            if isinstance(bound, bool) or not isinstance(bound, int | Decimal):
                self._problem((*path, operator), "operator-value", f"{operator} is {bound!r}; a metric is a number")
                return None
        unit = UNITS.get(str(rule.get("unit") or "rows").lower())
        if unit is None:
            self._problem((*path, "unit"), "metric-unit", f"unit {rule['unit']!r}; allowed: rows, percent")
            return None
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            self._problem(
                (*path, operator), "bounds-order", f"{operator} {list(bounds)}: the smaller number comes first"
            )
            return None
        return Comparison(OPERATORS[operator], bounds, unit)

    def _rule_policy(self, rule: Mapping[str, Any], path: Path) -> tuple[str, ...]:
        policy: tuple[str, ...] = ()
        for index, _, value, wrong in settings.find(rule.get("customProperties"), "rule"):
            if wrong:
                self._problem((*path, "customProperties", index), "headgate-setting", wrong)
            else:
                policy = value
        return policy

    # --- values --------------------------------------------------------------------------------------------------

    def _value(self, value: Any, prop: Property, path: Path) -> Any:
        """`value` as the property's logical type has it; a problem and None where it cannot be one."""
        try:
            return _typed(value, prop)
        except ValueError as error:
            self._problem(path, "value-type", f"{path_text(path)} is {value!r}: {error}")
            return None

    def _loose(self, value: Any, prop: Property) -> Any:
        """As `_value`, but a value that the type cannot hold is dropped: `n/a` cannot stand in a number column."""
        try:
            return _typed(value, prop)
        except ValueError:
            return _IMPOSSIBLE

    def _pattern(
        self,
        key: str,
        path: Path,
        pattern: str,
        check: Callable[[str, Path, dict[str, Any]], Check],
        kind: str | None,
        severity: str = "error",
    ) -> Iterator[Check | Unchecked]:
        if _NOT_RE2.search(pattern):
            reason = "the pattern needs look-around or back-references, which RE2 does not have"
            yield self._unchecked(key, path, f"matches {pattern}", reason, severity=severity)
        else:
            yield check(key, path, {"pattern": pattern, "type": kind})

    # --- making them ---------------------------------------------------------------------------------------------

    def _check(
        self, key: str, kind: str, path: Path, *props: Property | dict[str, Any], args: Any = None, **fields: Any
    ) -> Check:
        columns = [p for p in props if isinstance(p, Property)]
        args = args or next((p for p in props if isinstance(p, dict)), {})
        return Check(
            key=self._unique(key),
            type=kind,
            columns=tuple(p.column for p in columns),
            args=args,
            expect=fields.pop("expect", NONE),
            dimension=fields.pop("dimension", "") or CATALOGUE[kind].dimension,
            classified=any(p.classified for p in columns),
            source=Source(path_text(path), self.document.line(path)),
            **fields,
        )

    def _unchecked(
        self,
        key: str,
        path: Path,
        said: str,
        reason: str,
        severity: str = "error",
        excused: bool = False,
        dimension: str = "",
    ) -> Unchecked:
        allowed = self.chosen["allowNotExecuted"]
        excused = excused or key in allowed or key.rpartition(".")[2] in allowed
        source = Source(path_text(path), self.document.line(path))
        return Unchecked(self._unique(key), said, reason, severity, excused, dimension, source)

    def _unique(self, key: str) -> str:
        """Two rules of the same name get a number each."""
        self._keys[key] = count = self._keys.get(key, 0) + 1
        return key if count == 1 else f"{key}#{count}"

    def _problem(self, path: Path, rule: str, message: str) -> None:
        self.problems.append(self.document.problem(path, rule, message))


_IMPOSSIBLE = object()


def _names(reference: Any) -> list[str]:
    return list(reference) if isinstance(reference, list) else [reference]


def _typed(value: Any, prop: Property) -> Any:
    kind = prop.logical_type
    if kind in ("integer", "number"):
        if isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValueError(f"{prop.name} is a number")
        return value
    if kind == "boolean":
        if not isinstance(value, bool):
            raise ValueError(f"{prop.name} is a boolean: true or false")
        return value
    if kind in ("date", "timestamp", "time"):
        return _moment(str(value), kind, str(prop.options.get("defaultTimezone") or "UTC"))
    if kind == "string" and isinstance(value, bool):
        raise ValueError(f"{prop.name} is a string; quote the value if the word is meant")
    return str(value) if kind == "string" else value


def _moment(text: str, kind: str, timezone: str) -> str:
    """A date, time or timestamp in ISO form; a timestamp without a zone takes the default one, and becomes UTC."""
    try:
        if kind == "date":
            return datetime.date.fromisoformat(text).isoformat()
        if kind == "time":
            return datetime.time.fromisoformat(text).isoformat()
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"no {kind} in ISO 8601 form") from None
    if moment.tzinfo is None:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"defaultTimezone '{timezone}' is not known") from None
    return moment.astimezone(datetime.UTC).isoformat(sep=" ")
