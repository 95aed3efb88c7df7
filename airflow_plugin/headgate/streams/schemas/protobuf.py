"""A dataset as a Protobuf message (proto3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from headgate.checks import Check
from headgate.contract import Dataset
from headgate.errors import Problem
from headgate.streams.schemas import names
from headgate.streams.schemas.coverage import Coverage
from headgate.streams.schemas.fields import Field, fields_of, holds
from headgate.streams.schemas.schema import Schema

# What readers of a text have to know.
DECIMAL_NOTE = "a decimal number ({}, {}): a double would round it"
WIDE_NOTE = "a whole number ({}): it has more than 64 bits"
LOCAL_NOTE = "a local time, as 2026-01-31T12:00:00"
DATE_NOTE, TIME_NOTE = "a date, as 2026-01-31", "a time, as 12:00:00"
_TIMESTAMP = "google.protobuf.Timestamp"
# The types that have no form of their own: any object, any array.
_STRUCT, _LIST = "google.protobuf.Struct", "google.protobuf.ListValue"
_IMPORTS = {_TIMESTAMP: "google/protobuf/timestamp.proto", _STRUCT: "google/protobuf/struct.proto",
            _LIST: "google/protobuf/struct.proto"}  # fmt: skip
_SIMPLE = {"string": "string", "boolean": "bool", "number": "double", "integer": "int64"}
_RANGES = {
    "int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1), "uint32": (0, 2**32 - 1), "uint64": (0, 2**64 - 1),
}  # fmt: skip
_KEYS = frozenset({"string", "int32", "int64", "uint32", "uint64", "bool"})
_WORD = re.compile(r"[A-Za-z0-9_]+")


def protobuf_of(dataset: Dataset) -> Schema:
    """Return the Protobuf file of a dataset. The numbers of its fields are those of the contract, never positions.

    Raises:
        ContractError: Protobuf does not take the name or the type of a field, or a property has no `fieldNumber`, or
            one that is reserved or that another one has.
    """
    writer = _Writer(dataset)
    message = writer.message(names.record_name(dataset), dataset.description, fields_of(dataset), _reserved(dataset))
    names.refuse(writer.problems)
    lines = ['syntax = "proto3";', "", f"package {names.namespace_of(dataset)};", ""]
    imports = sorted({_IMPORTS[used] for used in writer.used if used in _IMPORTS})
    lines += [*(f'import "{name}";' for name in imports), *([""] if imports else []), *message]
    return Schema("PROTOBUF", "\n".join(lines) + "\n", writer.coverage.lost())


def _reserved(dataset: Dataset) -> tuple[int, ...]:
    numbers: tuple[int, ...] = dataset.settings["reservedNumbers"]
    return numbers


@dataclass
class _Scope:
    """What a message holds: the names that are taken in it, and the lines of the types inside it."""

    taken: set[str]
    types: list[str] = field(default_factory=list)

    def free(self, name: str) -> str:
        """Return a name that neither a field nor a type of the message has."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


class _Writer:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.coverage = Coverage(dataset, "Protobuf")
        self.problems: list[Problem] = []
        self.used: set[str] = set()

    def message(self, name: str, doc: str, fields: tuple[Field, ...], reserved: Sequence[int]) -> list[str]:
        """Return the lines of a message."""
        self._check(fields, reserved)
        scope = _Scope({name, *(each.name for each in fields)})
        made = [line for each in fields for line in self._field(each, scope)]
        kept = [f"reserved {', '.join(map(str, sorted(set(reserved))))};"] if reserved else []
        body = [*kept, *scope.types, *made]
        return [*_comment(doc), f"message {name} {{", *(f"  {line}" if line else line for line in body), "}"]

    def _check(self, fields: tuple[Field, ...], reserved: Collection[int]) -> None:
        """Gather what is wrong with the names and numbers of a message's fields."""
        numbers = Counter(_number(each) for each in fields)
        spellings = Counter(_json_name(each.name) for each in fields)
        free = (n for n in range(1, 19_000) if n not in numbers and n not in reserved)
        for each in fields:
            if wrong := names.name_problem(self.dataset, each, "Protobuf"):
                self.problems.append(wrong)
            elif spellings[_json_name(each.name)] > 1:
                said = f"Protobuf takes '{each.name}' and another field for one name; give one a physicalName"
                self._wrong(each, "schema-name", said)
            number = _number(each)
            if number is None:
                self._wrong(each, "schema-number", _without_number(self.dataset, each, next(free)))
            elif numbers[number] > 1:
                self._wrong(each, "schema-number", f"{each.prop.name}: another field has the number {number}, too")
            elif number in reserved:
                self._wrong(each, "schema-number", f"{each.prop.name}: the field number {number} is reserved")

    def _wrong(self, each: Field, rule: str, said: str) -> None:
        self.problems.append(names.problem(self.dataset, each, rule, said))

    def _field(self, each: Field, scope: _Scope) -> Iterator[str]:
        """Yield the lines of one field."""
        kind, note = self._kind(each, scope)
        self._say(each, kind)
        if each.default is not None:
            self.coverage.lose_default(each, "proto3 has no defaults of its own")
        yield from _comment(each.prop.description)
        spelt = f' [json_name = "{each.name}"]' if _json_name(each.name) != each.name else ""
        held = kind.startswith(("repeated ", "map<")) or self._is_message(kind, scope)
        yield f"{'' if held else 'optional '}{kind} {each.name} = {_number(each)}{spelt};" + (
            f"  // {note}" if note else ""
        )

    def _is_message(self, kind: str, scope: _Scope) -> bool:
        return kind in _IMPORTS or any(line == f"message {kind} {{" for line in scope.types)

    def _kind(self, each: Field, scope: _Scope) -> tuple[str, str]:
        """Return the type of a field, and what a reader has to know about it."""
        kind = each.kind
        if kind == "vector" and each.items is None:
            return "repeated double", ""
        if kind in ("array", "vector") and each.items is not None:
            return self._repeated(each, each.items, scope)
        if kind == "map" and each.value is not None:
            return self._map(each, each.key, each.value, scope)
        return self._one(each, each.name, scope)

    def _one(self, each: Field, named: str, scope: _Scope) -> tuple[str, str]:
        """Return the type of one value; a message or an enum of its own is called after `named`."""
        kind = each.kind
        if kind == "object" and each.fields:
            name = scope.free(names.pascal(named))
            reserved = each.prop.settings.get("reservedNumbers", ())
            scope.types += [*self.message(name, "", each.fields, reserved), ""]
            return name, ""
        if kind == "string" and (listed := self._enum(each, named, scope)):
            return listed, ""
        if kind is None:
            said = f"{each.prop.name} has no logicalType; Protobuf needs the type of each field"
            self._wrong(each, "schema-type", said)
        found, note = _scalar(each)
        self.used.add(found)
        return found, note

    def _repeated(self, each: Field, items: Field, scope: _Scope) -> tuple[str, str]:
        if items.kind in ("array", "vector", "map"):
            said = f"{each.prop.name} is an array of type {items.kind}s, which Protobuf has no form for; use objects"
            self._wrong(each, "schema-type", said.replace("of type ", "of "))
            return "repeated string", ""
        kind, note = self._one(items, each.name, scope)
        self._say(items, kind, inside=True)
        return f"repeated {kind}", note

    def _map(self, each: Field, key: Field | None, value: Field, scope: _Scope) -> tuple[str, str]:
        keys = _scalar(key)[0] if key is not None else "string"
        if value.kind in ("array", "vector", "map"):
            self._wrong(each, "schema-type", f"{each.prop.name} is a map of {value.kind}s; Protobuf has no form for it")
            return "map<string, string>", ""
        keys = keys if keys in _KEYS else "string"
        kind, note = self._one(value, each.name, scope)
        self._say(value, kind, inside=True)
        if key is not None:
            self._say(key, keys, inside=True)
        return f"map<{keys}, {kind}>", note

    def _enum(self, each: Field, named: str, scope: _Scope) -> str | None:
        """Return the name of the enum of a field's values; None if the values are not names, or lack numbers."""
        values, checks = each.enum
        numbers = each.prop.settings.get("enumNumbers", {})
        if not values:
            return None
        prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", names.as_name(named)).upper().strip("_")
        spelt = {f"{prefix}_{value}".upper(): str(value) for value in values}
        why = ""
        if not all(isinstance(value, str) and _WORD.fullmatch(value) for value in values):
            why = "values are not names, so it is a text"
        elif len(spelt) < len(set(values)) or f"{prefix}_UNSPECIFIED" in spelt or scope.taken & set(spelt):
            why = "values are one name in Protobuf, so it is a text"
        elif missing := [value for value in values if value not in numbers]:
            why = f"a text, since enumNumbers gives no number of {'***' if each.prop.classified else missing[0]}"
        for check in checks:
            self.coverage.lose(check, why or "readers take UNSPECIFIED, and numbers that the enum does not name")
        if why:
            return None
        scope.taken |= {*spelt, f"{prefix}_UNSPECIFIED"}
        name = scope.free(names.pascal(named))
        scope.types += [f"enum {name} {{", *(f"  {line}" for line in _enum_lines(prefix, spelt, numbers)), "}", ""]
        return name

    def _say(self, each: Field, kind: str, inside: bool = False) -> None:
        """Note which checks a field of this type says; `inside` an array or a map there is no null."""
        for check in each.checks:
            if check.type == "column_exists" or (check.type == "not_null" and inside) or _says(each, check, kind):
                self.coverage.say(check)
            elif check.type == "type":
                what = "decimal number" if each.decimal is not None else each.kind
                self.coverage.lose(check, f"a text, since Protobuf has no {what}")
            elif check.type == "not_null":
                self.coverage.lose(check, "proto3 has no required fields")


def _number(each: Field) -> int | None:
    number: int | None = each.prop.settings.get("fieldNumber")
    return number


def _without_number(dataset: Dataset, each: Field, free: int) -> str:
    early = dataset.contract.api_version < "v3.2"
    entry = f"property: {'headgate.' if early else ''}fieldNumber, value: {free}{'' if early else ', vendor: headgate'}"
    return f"{each.prop.name} has no field number, which Protobuf needs; add `customProperties: [{{{entry}}}]`"


def _json_name(name: str) -> str:
    """Return the name that a field has in JSON by default."""
    return re.sub(r"_(.)?", lambda match: (match[1] or "").upper(), name)


def _comment(text: str) -> list[str]:
    return [f"// {line}".rstrip() for line in text.splitlines()]


def _enum_lines(prefix: str, spelt: Mapping[str, str], numbers: Mapping[str, int]) -> Iterator[str]:
    yield f"{prefix}_UNSPECIFIED = 0;"
    for name, value in spelt.items():
        yield f"{name} = {numbers[value]};  // {value}"


def _scalar(each: Field) -> tuple[str, str]:
    """Return the type of a value that is not a message of its own, and what a reader has to know about it."""
    if each.bytes:
        return "bytes", ""
    if each.decimal is not None:
        return "string", DECIMAL_NOTE.format(*each.decimal)
    if each.single:
        return "float", ""
    if each.integers is not None:
        fits = [name for name, (low, high) in _RANGES.items() if low <= each.integers[0] and each.integers[1] <= high]
        signed = [name for name in fits if (each.integers[0] < 0) is (not name.startswith("u"))]
        return (signed[0], "") if signed else ("string", WIDE_NOTE.format(each.prop.options["format"]))
    match each.kind:
        case "timestamp":
            return ("string", LOCAL_NOTE) if each.local else (_TIMESTAMP, "")
        case "date":
            return "string", DATE_NOTE
        case "time":
            return "string", TIME_NOTE
        case "object" | "map":
            return _STRUCT, ""
        case "array":
            return _LIST, ""
    return _SIMPLE.get(str(each.kind), "string"), ""


def _says(each: Field, check: Check, kind: str) -> bool:
    """Return whether a field of the Protobuf type `kind` cannot break a check."""
    if check.type == "type":
        return kind != "string" or each.kind == "string"
    if check.type == "timezone":
        return kind == _TIMESTAMP and check.args["zoned"] is True
    if check.type == "between" and kind in _RANGES and each.kind == "integer":
        return holds(check, *_RANGES[kind])
    return False
