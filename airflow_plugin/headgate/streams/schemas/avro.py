"""A dataset as an Avro record."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from headgate.checks import Check
from headgate.contract import Dataset
from headgate.contract.values import typed
from headgate.errors import Problem
from headgate.streams.schemas import names
from headgate.streams.schemas.coverage import Coverage
from headgate.streams.schemas.fields import Field, fields_of, holds
from headgate.streams.schemas.schema import Schema

_INT, _LONG = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_SIMPLE = {"string": "string", "boolean": "boolean", "number": "double", "integer": "long"}
_DOCUMENT = "a JSON text, since the contract does not say what is inside"


def avro_of(dataset: Dataset) -> Schema:
    """Return the Avro schema of a dataset.

    Raises:
        ContractError: Avro does not take the name of a field, or a property has no type.
    """
    writer = _Writer(dataset)
    top = writer.record(names.record_name(dataset), names.namespace_of(dataset), fields_of(dataset))
    names.refuse(writer.problems)
    if dataset.description:
        top = {key: top[key] for key in ("type", "name", "namespace")} | {"doc": dataset.description} | top
    for check in dataset.checks:
        if check.type == "no_extra_columns":
            writer.coverage.say(check)
    return Schema("AVRO", json.dumps(top, indent=2) + "\n", writer.coverage.lost())


class _Writer:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.coverage = Coverage(dataset, "Avro")
        self.problems: list[Problem] = []

    def record(self, name: str, namespace: str, fields: tuple[Field, ...]) -> dict[str, Any]:
        """Return a record. What is inside has a namespace of its own, so that no two records have one name; it is not
        called as the record, since Java takes no class and package of one name."""
        made = [self._field(field, f"{namespace}.{name}_types") for field in fields]
        return {"type": "record", "name": name, "namespace": namespace, "fields": made}

    def _field(self, field: Field, within: str) -> dict[str, Any]:
        if wrong := names.name_problem(self.dataset, field, "Avro"):
            self.problems.append(wrong)
        made: dict[str, Any] = {"name": field.name}
        if field.prop.description:
            made["doc"] = field.prop.description
        kind = self._type(field, within, field.name)
        self._say(field, kind)
        if field.default is not None:
            value = _encoded(field, kind)
            if isinstance(kind, dict) and kind["type"] == "enum" and value in kind["symbols"]:
                kind["default"] = value
            return made | {"type": kind if field.never_null else [kind, "null"], "default": value}
        return made | ({"type": kind} if field.never_null else {"type": ["null", kind], "default": None})

    def _inner(self, field: Field, within: str, named: str) -> Any:
        """Return the type of an item of an array, or of a value of a map."""
        kind = self._type(field, within, named)
        self._say(field, kind)
        return kind if field.never_null else ["null", kind]

    def _type(self, field: Field, within: str, named: str) -> Any:
        """Return the type of a field that is there; a record or enum is called `named`, in the namespace `within`."""
        kind = field.kind
        values, checks = field.enum
        if kind == "string" and values and all(isinstance(v, str) and names.NAME.fullmatch(v) for v in values):
            self.coverage.say(*checks)
            return {"type": "enum", "name": named, "namespace": within, "symbols": [*dict.fromkeys(values)]}
        if kind == "object" and field.fields:
            return self.record(named, within, field.fields)
        if kind in ("array", "vector") and (field.items is not None or kind == "vector"):
            items = self._inner(field.items, within, named) if field.items is not None else "double"
            return {"type": "array", "items": items}
        if kind == "map" and field.value is not None:
            self._say_key(field.key)
            return {"type": "map", "values": self._inner(field.value, within, named)}
        if kind is None:
            said = f"{field.prop.name} has no logicalType; Avro needs the type of each field"
            self.problems.append(names.problem(self.dataset, field, "schema-type", said))
        if field.decimal is not None and field.decimal[1] > field.decimal[0]:
            precision, scale = field.decimal
            said = (
                f"{field.prop.name} is a DECIMAL({precision},{scale}); Avro takes no scale above the precision, write "
                f"DECIMAL({scale},{scale})"
            )
            self.problems.append(names.problem(self.dataset, field, "schema-type", said))
        return _scalar(field)

    def _say(self, field: Field, kind: Any) -> None:
        """Note which checks of a field its type says."""
        for check in field.checks:
            if _says(field, check, kind):
                self.coverage.say(check)
            elif kind == "float" and check.type == "between":
                self.coverage.lose(check, "a larger number becomes infinite and is not refused")
            elif check.type == "type" and field.kind in ("object", "array", "map"):
                self.coverage.lose(check, _DOCUMENT)

    def _say_key(self, key: Field | None) -> None:
        """Note what Avro says of the keys of a map: that they are texts."""
        for check in key.checks if key else ():
            is_text = check.type == "type" and key is not None and key.kind == "string"
            if check.type in ("column_exists", "not_null") or is_text:
                self.coverage.say(check)


def _scalar(field: Field) -> Any:
    kind = field.kind
    if field.bytes:
        return "bytes"
    if kind == "string" and field.prop.options.get("format") == "uuid":
        return {"type": "string", "logicalType": "uuid"}
    if field.decimal is not None:
        return _decimal(*field.decimal)
    if field.single:
        return "float"
    if field.integers is not None:
        low, high = field.integers
        if low < 0 and high <= _INT[1]:
            return "int"
        return "long" if high <= _LONG[1] else _decimal(len(str(high)), 0)
    match kind:
        case "date":
            return {"type": "int", "logicalType": "date"}
        case "time":
            return {"type": "long", "logicalType": "time-micros"}
        case "timestamp":
            return {"type": "long", "logicalType": "local-timestamp-micros" if field.local else "timestamp-micros"}
    return _SIMPLE.get(str(kind), "string")


def _decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def _says(field: Field, check: Check, kind: Any) -> bool:
    """Return whether a field of the Avro type `kind` cannot break a check."""
    match check.type:
        case "column_exists":
            return True
        case "not_null":
            return True  # the type is no union then
        case "type":
            return not (field.kind in ("object", "array", "map") and kind == "string")
        case "physical_type":
            return isinstance(kind, dict) and kind.get("logicalType") == "decimal"
        case "timezone":
            return field.kind == "timestamp" and check.args["zoned"] is not field.local
        case "has_properties":
            whole = {inner.name for inner in field.fields if inner.never_null}
            return whole >= set(check.args["names"])
        case "between":
            held = {"int": _INT, "long": _LONG}.get(kind) if isinstance(kind, str) else None
            return held is not None and holds(check, *held)
    return False


def _encoded(field: Field, kind: Any) -> Any:
    """Return the default of a field as Avro writes it in a schema."""
    value = field.default
    logical = kind.get("logicalType") if isinstance(kind, Mapping) else None
    if logical == "decimal":
        unscaled = int(Decimal(value).scaleb(kind["scale"]))
        size = (unscaled + (unscaled < 0)).bit_length() // 8 + 1
        return unscaled.to_bytes(size, "big", signed=True).decode("latin-1")
    match field.kind:
        case "number":
            return float(value)
        case "date":
            return (datetime.date.fromisoformat(str(value)) - _EPOCH.date()).days
        case "time":
            clock = datetime.time.fromisoformat(str(value))
            midnight = datetime.datetime.combine(_EPOCH.date(), clock, datetime.UTC)
            return (midnight - _EPOCH) // _MICROSECOND
        case "timestamp":
            moment = datetime.datetime.fromisoformat(str(value))
            if not field.local:
                moment = datetime.datetime.fromisoformat(typed(str(value), field.prop))
            return (moment.replace(tzinfo=moment.tzinfo or datetime.UTC) - _EPOCH) // _MICROSECOND
    return value
